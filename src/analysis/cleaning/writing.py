"""Files published whole: written aside in the same folder, flushed to disk, then renamed into place."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?"


def write_text(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(aside).chmod(0o644)
        Path(aside).replace(path)
    except BaseException as error:
        Path(aside).unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = error.filename or str(
                path
            )  # the system says of a full disk that it is, not where
        raise


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a frame as UTF-8 CSV in which no cell is a formula to a spreadsheet program."""
    write_text(path, defuse(frame).to_csv(index=False, lineterminator="\n"))


def write_json(path: Path, content: object) -> None:
    """Write JSON with Vietnamese letters as they are."""
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def defuse(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose texts beginning with = + - @ got an apostrophe; numbers keep their sign."""
    from pandas.api.types import is_numeric_dtype

    safe = frame.copy()
    for name in safe.columns:
        if is_numeric_dtype(safe[name]):
            continue
        texts = safe[name].astype("str")
        risky = texts.str.startswith(_FORMULA) & ~texts.str.fullmatch(_NUMBER)
        if risky.any():
            safe[name] = texts.where(~risky, "'" + texts)
    return safe
