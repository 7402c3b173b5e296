"""Raw files of publishers become observations and targets; nothing is lost on the way.

`reading` makes sheets of files, `figures` numbers of cells, `words` provinces, periods and indicators of texts;
`tables` and `heads` say what stands where and what it means, `layouts` what a person adds; `outcomes` hands on
observations and quarantine. `files` goes this way for one file, `command` for many, `processed` for `data/raw`.
"""
