"""DuckDB held to a stated memory: one connection a file, what does not fit on disk and removed after, progress, Ctrl-C.

DuckDB is imported here alone, and only for a file whose layout asks for it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.cleaning.readers.limits import FileRefused
from analysis.project import ProjectNotFound, find_root

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

# With Python, pandas and what DuckDB does not count as its own, a process stays below 2 GB.
MEMORY = "1100MB"
MOST_THREADS = 4  # each has buffers of its own
_LOOK_SECONDS = 0.2
KINDS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".parquet")


class Records:
    """The records of one file as a table of texts; `file` is what messages call it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, file: str) -> None:
        self.file, self.path = file, path
        self._connection = connection
        self.is_parquet = path.suffix.lower() == ".parquet"
        self.scan = f"read_parquet({text(str(path))})"
        self.types: dict[str, str] = {}

    def open(self, columns: Mapping[str, str], encoding: str = "utf-8", delimiter: str = "") -> None:
        """Look that the columns named are there, each once.

        Raises:
            FileRefused: they are not, or the file is none that DuckDB reads.
        """
        if not self.is_parquet:
            further = f", delim={text(delimiter)}" if delimiter else ""
            self.scan = (
                f"read_csv({text(str(self.path))}, all_varchar=true, header=true, encoding={text(encoding)}, "
                f"store_rejects=true{further})"
            )
        described = self.run(f"DESCRIBE SELECT * FROM {self.scan}", "").values.tolist()
        there: dict[str, str] = {}
        for name, kind, *_ in described:
            there.setdefault(_same(str(name)), str(name))
            self.types[str(name)] = str(kind)
        absent = [head for head in columns.values() if _same(head) not in there]
        if absent:
            raise FileRefused(self.file, "record_columns_absent", columns=absent, there=list(self.types))
        self.heads = {key: there[_same(head)] for key, head in columns.items()}

    def column(self, key: str) -> str:
        """Return the SQL of a column's cells as texts, NULL where it is not there.

        Blanks are left to the few words or groups that come of it: to trim every cell takes longer than to count.
        """
        if key not in self.heads:
            return "NULL::VARCHAR"
        head = name(self.heads[key])
        return head if self.types[self.heads[key]] == "VARCHAR" else f"{head}::VARCHAR"

    def run(self, sql: str, stage: str) -> pd.DataFrame:
        """Run one statement and return its rows; `stage` names it beside the progress, empty for one too short to show.

        Raises:
            FileRefused: DuckDB cannot read the file to its end; nothing of what it says of single lines is repeated.
        """
        import duckdb

        connection = self._connection
        with ThreadPoolExecutor(1) as pool, _bar(stage) as show:
            going = pool.submit(lambda: connection.execute(sql).df())
            try:
                while True:
                    with contextlib.suppress(NotYet):
                        return going.result(_LOOK_SECONDS)
                    show(connection.query_progress())
            except KeyboardInterrupt:
                connection.interrupt()
                raise
            except duckdb.Error as error:
                first = str(error).splitlines()[0].replace(str(self.path), self.file)
                code = (
                    "records_cut_off" if "GZIP" in first or "magic bytes" in first else "records_unreadable"
                )
                raise FileRefused(self.file, code, error=first[:200]) from error

    def rows_at_most(self) -> int:
        """Return how many records there are, of a text about: no line of an export is shorter than 60 bytes."""
        if self.is_parquet:
            return self.number(f"SELECT count(*) FROM {self.scan}")
        return self.path.stat().st_size // (6 if self.path.suffix.lower() == ".gz" else 60)

    def number(self, sql: str) -> int:
        """Return the one whole number that a statement gives."""
        return int(str(self.run(sql, "").iloc[0, 0]))

    def unreadable(self) -> list[tuple[str, int, int]]:
        """Return why lines of the last scan were no records: kind, how many, the first line; parquet has none."""
        if self.is_parquet:
            return []
        rows = self.run(
            "SELECT kind, count(*) n, min(line) first FROM (SELECT line, min(error_type)::VARCHAR kind FROM "
            " reject_errors WHERE scan_id = (SELECT max(scan_id) FROM reject_scans) GROUP BY line) "
            "GROUP BY kind ORDER BY n DESC",
            "",
        )
        return [(str(kind), int(n), int(first)) for kind, n, first in rows.values.tolist()]


@contextlib.contextmanager
def reading(path: Path, file: str) -> Iterator[Records]:
    """Give the records of a file; what DuckDB wrote aside is gone afterwards, however it ends.

    Raises:
        FileRefused: its name ends in none of KINDS, or DuckDB is not installed.
    """
    if not path.name.lower().endswith(KINDS):
        raise FileRefused(file, "records_kind")
    try:
        import duckdb
    except ImportError as error:
        raise FileRefused(file, "duckdb_absent") from error
    with _folder_aside() as aside:
        settings: dict[str, Any] = {
            "memory_limit": MEMORY,
            "threads": min(MOST_THREADS, os.cpu_count() or 1),
            "temp_directory": aside,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
        }
        connection = duckdb.connect(":memory:", config=settings)
        # It is asked for, and shown by tqdm.
        connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        try:
            yield Records(connection, path, file)
        finally:
            connection.close()


@contextlib.contextmanager
def _folder_aside() -> Iterator[str]:
    """Give a folder for what memory does not hold; folders of processes that were killed are removed first.

    A process holds the lock in its folder as long as it lives: what it wrote are dossiers, and may not stay.
    """
    from filelock import FileLock, Timeout

    home = _cache()
    for lock in home.glob(".counting-*/lock"):
        with contextlib.suppress(Timeout, OSError), FileLock(lock, timeout=0):
            shutil.rmtree(lock.parent, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".counting-", dir=home) as aside, FileLock(Path(aside) / "lock"):
        yield aside


def _cache() -> Path:
    """Return the project's folder of rebuilt tables, where it has one, else the system's folder for such files."""
    with contextlib.suppress(ProjectNotFound):
        folder = find_root() / "data" / "processed"
        if folder.is_dir() and os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.gettempdir())


@contextlib.contextmanager
def _bar(stage: str) -> Iterator[Any]:
    """Give what shows a percentage, on a terminal only."""
    from tqdm import tqdm

    with tqdm(total=100, desc=stage, unit="%", leave=False, disable=None if stage else True) as bar:

        def show(percent: float) -> None:
            bar.update(max(percent - bar.n, 0.0))

        yield show


def text(value: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def name(value: str) -> str:
    """Return a column's name as SQL writes it."""
    return '"' + value.replace('"', '""') + '"'


def _same(head: str) -> str:
    return " ".join(unicodedata.normalize("NFC", head).casefold().split())
