"""Files put in place together: all written aside in the same folder, then renamed one after the other."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path


def put_in_place(contents: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write files, names relative to `folder`; a reader sees each old or new, never half, and none if one fails.

    They are renamed in the order given, so what links to the others comes last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder))
    try:
        for name, content in contents.items():
            _write(aside / name, content)
        for name in contents:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (aside / name).replace(folder / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return [folder / name for name in contents]


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
