"""Files published whole: written aside in the same folder, flushed to disk, then renamed into place."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import pandas as pd


@contextlib.contextmanager
def publishing(path: Path) -> Iterator[TextIO]:
    """Give a stream for a file's text; a reader sees the old file or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(aside).chmod(0o644)
        Path(aside).replace(path)
    except BaseException as error:
        Path(aside).unlink(missing_ok=True)
        if isinstance(error, OSError):
            # The system says of a full disk that it is full, not where.
            error.filename = error.filename or str(path)
        raise


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    with publishing(path) as stream:
        stream.write(text)


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a frame as UTF-8 CSV in which no cell is a formula to a spreadsheet program."""
    from analysis.cleaning.csv_text import csv_pieces

    with publishing(path) as stream:
        stream.writelines(csv_pieces(frame))


def write_json(path: Path, content: object) -> None:
    """Write JSON with Vietnamese letters as they are."""
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
