"""Count what cleaning makes of 2,000 random tables as provinces write them: right, wrong, held, lost.

The tables are those of `tests/cleaning/random_tables.py`, seeds 0 to 1999. Writes
`benchmarks/random_tables_study.csv`, one row for each shape of table and one for all.

    python -m benchmarks.random_tables_study [TABLES]
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from analysis.cleaning.files import clean_file

TESTS = Path(__file__).resolve().parents[1] / "tests" / "cleaning"
TABLE = Path(__file__).with_name("random_tables_study.csv")
TABLES = 2000
COLUMNS = ("tables", "read_right", "held", "wrong", "lost", "remarks_lost", "tables_wrong", "tables_losing")


def count_tables(number: int) -> dict[str, Counter[str]]:
    """Return, for each shape and for all, how many figures and tables came out how; a traceback stops the count."""
    sys.path.insert(0, str(TESTS))
    from random_tables import make_table, write_table
    from verdicts import judge

    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with TemporaryDirectory() as folder:
        for seed in range(number):
            table = make_table(seed)
            path = write_table(table, Path(folder))
            verdict = judge(table, clean_file(path))
            path.unlink()
            found = (
                1,
                verdict.read - len(verdict.wrong),
                verdict.held,
                len(verdict.wrong),
                len(verdict.lost),
                len(verdict.unsaid),
                int(bool(verdict.wrong)),
                int(bool(verdict.lost)),
            )
            for shape in (table.shape, "all"):
                counts[shape].update(dict(zip(COLUMNS, found, strict=True)))
    return counts


def main(arguments: list[str]) -> None:
    """Count, print and write the table."""
    counts = count_tables(int(arguments[0]) if arguments else TABLES)
    rows = [(shape, *(counts[shape][column] for column in COLUMNS)) for shape in sorted(counts)]
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("shape", *COLUMNS), *rows])
    print(TABLE.read_text("utf-8"), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
