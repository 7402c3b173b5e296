"""What the project printed when the golden set was last written, to hold a rebuilt room against.

`reference/` holds tables of the raw files as they were then: sha256 of data/processed, every number of every brief as
printed in Vietnamese and English, sha256 of each page's words, and the words themselves of five provinces and of 03.
Run `python -m tests.golden` in the project's folder to compare `reports/` with it, `--write` to write it anew.
"""
