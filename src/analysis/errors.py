"""The errors a user may see: one line that says what was found, what was expected and how to mend it.

Each room derives its own named errors from these two; `cli` turns them into an exit status and prints no
traceback unless asked to.
"""


class AnalysisError(Exception):
    """The work failed: a file, a figure or a panel is not what the work needs."""

    exit_status = 1


class RequestError(AnalysisError):
    """The request was wrong: an unknown province, a misspelt parameter, an impossible option."""

    exit_status = 2
