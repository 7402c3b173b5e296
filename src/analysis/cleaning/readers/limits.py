"""What a file may cost, and the refusals of files that would cost more or are not what they say."""

from __future__ import annotations

from analysis.cleaning.messages import message
from analysis.errors import AnalysisError

MAX_FILE_BYTES = 512 * 2**20
MAX_UNPACKED_BYTES = 768 * 2**20
MAX_CELLS = 20_000_000
# A page is held as a tree of some ten times its size.
MAX_PAGE_BYTES = 64 * 2**20
MAX_CELL_CHARS = 32_767
MAX_SHEETS = 256


class FileRefused(AnalysisError):
    """A file was not read; `message` names it, says why and how to mend it, in one line of either language."""

    def __init__(self, file: str, code: str, **values: object) -> None:
        self.message = message(code, file=file, **values)
        super().__init__(str(self.message))
