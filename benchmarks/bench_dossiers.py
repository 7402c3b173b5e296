"""Counting dossiers beside the bare SQL over the same file: what rules, reasons and repeats cost above it.

The file is made up, its counts are known, and every run is held to them. The bare SQL counts the same things of a file
that it takes to be clean, and looks for repeated numbers as the count does. Processor seconds are compared: on a shared
machine they say more than the clock.
"""

from __future__ import annotations

import os
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path

from analysis.cleaning.files import clean_file
from analysis.cleaning.layout_file import read_layout
from analysis.reference.provinces import provinces
from benchmarks.side_by_side import Row, show

MILLION, MANY = 1_000_000, 10_000_000
LAYOUT = """
[dossiers]
province_column = "tinh"
procedure_column = "thu_tuc"
day_column = "ngay"
channel_column = "kenh"
status_column = "trang_thai"
number_column = "so"
online = ["Trực tuyến"]
offline = ["Trực tiếp", "Bưu chính"]
processed = ["Đã trả"]
unprocessed = ["Đang xử lý"]
until = "2022-12-31"
"""
BARE = """
WITH groups AS (SELECT tinh, thu_tuc, date_trunc('month', strptime(ngay, '%d/%m/%Y')) m, count(*) n,
  count(*) FILTER (kenh = 'Trực tuyến') o, count(*) FILTER (kenh = 'Trực tuyến' AND trang_thai = 'Đã trả') p
  FROM read_csv('{path}', all_varchar = true, header = true) GROUP BY ALL)
SELECT tinh, m, sum(n), sum(o), sum(p), count(*) FILTER (o > 0) FROM groups GROUP BY ALL
"""
TWICE = (
    "SELECT count(*) FROM (SELECT hash(so) h FROM read_csv('{path}', all_varchar = true, header = true) "
    "GROUP BY h HAVING count(*) > 1)"
)


def bench_ten_million() -> Row:
    """Count ten million dossiers of 63 provinces, 2,000 procedures, 36 months and three channels."""
    return _beside_bare("count 10,000,000 dossiers", MANY)


def bench_million() -> Row:
    """Count one million; reading them as a table took 21 processor seconds and refused them."""
    return _beside_bare("count 1,000,000 dossiers", MILLION)


def write_dossiers(path: Path, rows: int) -> None:
    """Write the made-up export: row i is online where (i // 3) % 3 is 0, and processed where i % 4 is not 0."""
    import duckdb

    names = "[" + ", ".join(f"'{place.name_vi}'" for place in provinces()) + "]"
    with duckdb.connect(config={"memory_limit": "1GB", "threads": 2}) as connection:
        connection.execute(
            "COPY (SELECT printf('H%02d-%08d', i % 63, i) so, 'Nguyễn Văn ' || (i % 1000) ten, "
            f"{names}[1 + i % 63] tinh, "
            "printf('1.%06d', (i * 7919) % 2000) thu_tuc, "
            "strftime(DATE '2020-01-01' + ((i * 31) % 1096)::INT, '%d/%m/%Y') ngay, "
            "['Trực tuyến', 'Trực tiếp', 'Bưu chính'][1 + (i // 3) % 3] kenh, "
            f"CASE WHEN i % 4 = 0 THEN 'Đang xử lý' ELSE 'Đã trả' END trang_thai FROM range({rows}) t(i)) "
            f"TO '{path}' (HEADER)"
        )


def _beside_bare(name: str, rows: int) -> Row:
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dossiers.csv"
        write_dossiers(path, rows)
        (Path(folder) / "layout.toml").write_text(LAYOUT, encoding="utf-8")
        layout = read_layout(Path(folder) / "layout.toml")

        def ours() -> None:
            found = clean_file(path, layout=layout).cleaned.observations
            sums = found.groupby("indicator")[["value", "numerator"]].sum()
            known = [
                _known(rows, lambda i: (i // 3) % 3 == 0),
                _known(rows, lambda i: (i // 3) % 3 == 0 and i % 4 > 0),
            ]
            counted = [
                sums.at["n_dossiers_online", "value"],
                sums.at["share_dossiers_processed_online", "numerator"],
            ]
            assert sums.at["n_dossiers_total", "value"] == rows and counted == known

        def bare() -> None:
            settings = {"memory_limit": "1100MB", "threads": 2, "temp_directory": folder}
            with duckdb.connect(config=settings) as connection:
                connection.execute(TWICE.format(path=path)).fetchall()
                assert len(connection.execute(BARE.format(path=path)).fetchall()) == 63 * 36

        seconds = [(_processor(ours), _processor(bare)) for _ in range(2)]
        own, peer = (min(pair[k] for pair in seconds) for k in (0, 1))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    note = f"processor seconds; ours / bare SQL {own / peer:.2f}, aim at most 1.5; at most {memory:.2f} GB, aim 2"
    return Row(name, own, "duckdb", duckdb.__version__, peer, peer / own, note)


def _known(rows: int, counts: Callable[[int], bool]) -> int:
    """Return how many of the rows count: the rules repeat every 36."""
    each = [counts(i) for i in range(36)]
    return rows // 36 * sum(each) + sum(each[: rows % 36])


def _processor(work: Callable[[], None]) -> float:
    begun = os.times()
    work()
    ended = os.times()
    return ended.user - begun.user + ended.system - begun.system


def run() -> list[Row]:
    """Return the comparisons."""
    return [bench_million(), bench_ten_million()]


if __name__ == "__main__":
    show(run())
