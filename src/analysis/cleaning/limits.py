"""What a file may cost, and the refusals of files that would cost more or are not what they say."""

from __future__ import annotations

from analysis.errors import AnalysisError

MAX_FILE_BYTES = 512 * 2**20
MAX_UNPACKED_BYTES = 768 * 2**20
MAX_CELLS = 20_000_000
MAX_CELL_CHARS = 32_767
MAX_SHEETS = 256


class FileRefused(AnalysisError):
    """A file was not read; the message is one line that names it, says why and how to mend it."""

    def __init__(self, file: str, why: str, mend: str) -> None:
        self.file, self.why, self.mend = file, why, mend
        super().__init__(f"{file}: {why} {mend}")
