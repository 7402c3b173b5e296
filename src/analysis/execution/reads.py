"""Which files a kernel opened to read: noted by an audit hook while the notebook runs, judged afterwards.

The hook sees what goes through Python's `open` (pandas, json, zipfile, openpyxl); a library that opens files in
compiled code is not seen, so such inputs are declared in the task.
"""

from __future__ import annotations

import contextlib
import os
import site
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

NOTE_FILE = "DVCTT_NOTE_READS"
# Answers that notebooks hand on, below the project's folder. They are named by the hash of all they follow from, so
# that a notebook that takes one depends on those inputs, which it has read itself, and not on the file.
HANDED_ON = str(Path("reports") / "shared" / "answers")
_SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/lib64", "/opt", "/System", "/Library")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def note_reads(note_file: Path) -> None:
    """Append to `note_file`, for each file first opened to read, a line `size mtime_ns path`.

    A file this process wrote before it read it is its own business and not noted.
    """
    handle = os.open(note_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    ignored = ignored_folders(note_file.parent)
    handed_on = f"{os.sep}{HANDED_ON}{os.sep}"
    seen: set[str] = set()

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event != "open" or not isinstance(arguments[0], (str, bytes, os.PathLike)):
            return
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path in seen:
            return
        seen.add(path)
        flags = arguments[2] if isinstance(arguments[2], int) else 0
        ours = path.endswith((".py", ".pyc")) or handed_on in path
        if not flags & _WRITING and not path.startswith(ignored) and not ours:
            with contextlib.suppress(OSError):
                found = os.stat(path)  # noqa: PTH116 - a Path here would itself raise audit events
                os.write(
                    handle, f"{found.st_size} {found.st_mtime_ns} {path}\n".encode(errors="surrogateescape")
                )

    sys.addaudithook(hook)


def ignored_folders(*more: Path) -> tuple[str, ...]:
    """Return the folders whose files are no inputs: libraries, the system's files, caches of the tools."""
    libraries = [sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *site.getsitepackages()]
    settings = ("IPYTHONDIR", "MPLCONFIGDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR")
    tools = [os.environ[name] for name in settings if name in os.environ]
    home = [
        str(Path("~").expanduser() / name) for name in (".ipython", ".cache", ".config", ".local", ".jupyter")
    ]
    folders = {os.path.realpath(folder) + os.sep for folder in [*libraries, *tools, *home, *map(str, more)]}
    return (*sorted(folders), *(f"{folder}/" for folder in _SYSTEM))


@dataclass(frozen=True)
class Read:
    """A file as it was when a kernel first opened it: size in bytes, time of change in nanoseconds."""

    path: Path
    size: int
    modified_ns: int

    def unchanged(self) -> bool:
        """Tell whether the file is still the one that was read."""
        try:
            now = self.path.stat()
        except OSError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size, self.modified_ns)


def read_notes(note_file: Path) -> tuple[Read, ...]:
    """Return what `note_reads` noted; a line that a killed kernel left unfinished is dropped."""
    try:
        lines = note_file.read_text(encoding="utf-8", errors="surrogateescape").splitlines(keepends=True)
    except FileNotFoundError:
        return ()
    parts = (line.rstrip("\n").split(" ", 2) for line in lines if line.endswith("\n"))
    return tuple(Read(Path(name), int(size), int(modified)) for size, modified, name in parts)
