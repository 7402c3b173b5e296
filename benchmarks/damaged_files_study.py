"""Damage files of every kind at random, clean each, and count what came of it.

Whole files are cut off, bits flipped, pieces of one put into another, stretches set to zero; inside zipped workbooks
the same is done to one part, which then has its right checksum, and the sizes in the directory are made wrong; texts
get numbers, letters and marks that no cell has. A file may be read, read in part or refused. What must not
be: a traceback, an end of the process, minutes, gigabytes. Writes `benchmarks/damaged_files_study.csv`; the seed stands
in its first column.

    python -m benchmarks.damaged_files_study [FILES]
"""

from __future__ import annotations

import io
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from tests.cleaning.workbooks import csv, html, ods, xls, xlsb, xlsx

from analysis.cleaning.files import clean_file
from benchmarks.pools import write_table

SEED, FILES = 20_261_130, 10_000
TABLE = Path(__file__).with_name("damaged_files_study.csv")
HEAD = "Tỷ lệ hồ sơ xử lý trực tuyến (%)"
ROWS: list[list[object]] = [
    ["Quý I/2022"],
    ["STT", "Tỉnh", HEAD, "Tổng số hồ sơ tiếp nhận", "Ghi chú"],
    *([n, name, 20.5 + n, 1000 * n, ""] for n, name in enumerate(("Thái Nguyên", "Yên Bái", "Lào Cai"), 1)),
    ["", "Tổng cộng", 22.5, 6000, "số liệu sơ bộ"],
]
BASES: dict[str, Callable[[], bytes]] = {
    ".xlsx": lambda: xlsx(ROWS, merge=["A1:E1"]),
    ".xls": lambda: xls(ROWS),
    ".ods": lambda: ods(ROWS),
    ".xlsb": lambda: xlsb(ROWS),
    "-page.xls": lambda: html(ROWS, before="<h1>Báo cáo</h1>"),
    ".csv": lambda: csv(ROWS, ";"),
}
EXTREMES = (
    "-1",
    "4294967295",
    "99999999999999999999",
    "XFDXFD9",
    "1e999",
    "&e;",
    "\0",
    "_x0000_",
    '"',
    "<",
    "%",
)
Draw = np.random.Generator


def cut(content: bytes, draw: Draw, _: bytes) -> bytes:
    """Keep the beginning."""
    return content[: int(draw.integers(1, len(content)))]


def flip(content: bytes, draw: Draw, _: bytes) -> bytes:
    """Turn one to thirty bits round."""
    changed = bytearray(content)
    for place in draw.integers(0, len(changed), int(draw.integers(1, 31))):
        changed[place] ^= 1 << int(draw.integers(8))
    return bytes(changed)


def splice(content: bytes, draw: Draw, other: bytes) -> bytes:
    """Put a piece of another file in, over what was there or before it."""
    start, at = int(draw.integers(len(other))), int(draw.integers(len(content)))
    piece = other[start : start + int(draw.integers(1, 2000))]
    return content[:at] + piece + content[at + int(draw.integers(2)) * len(piece) :]


def blank(content: bytes, draw: Draw, _: bytes) -> bytes:
    """Set a stretch to zero."""
    at, size = int(draw.integers(len(content))), int(draw.integers(1, 1000))
    return content[:at] + b"\0" * size + content[at + size :]


def extreme(content: bytes, draw: Draw, _: bytes) -> bytes:
    """Put something that no cell has in place of numbers and words, or four bytes of ones in place of four others."""
    pieces = content.split(b'"') if content.count(b'"') > 20 else content.split(b";")
    if len(pieces) < 10:
        at = int(draw.integers(len(content)))
        return content[:at] + b"\xff" * 4 + content[at + 4 :]
    for place in draw.integers(1, len(pieces) - 1, int(draw.integers(1, 4))):
        pieces[place] = EXTREMES[int(draw.integers(len(EXTREMES)))].encode()
    return (b'"' if content.count(b'"') > 20 else b";").join(pieces)


DAMAGE = {"cut": cut, "flip": flip, "splice": splice, "blank": blank, "extreme": extreme}


def inside(content: bytes, draw: Draw, other: bytes, damage: Callable[[bytes, Draw, bytes], bytes]) -> bytes:
    """Damage one part of a zipped workbook and zip it anew."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = [info.filename for info in old.infolist() if info.file_size > 1]
        chosen = names[int(draw.integers(len(names)))]
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, damage(part, draw, other) if name == chosen else part)
    return out.getvalue()


def resize(content: bytes, draw: Draw, _: bytes) -> bytes:
    """Make a size in the directory of a zip wrong."""
    changed = bytearray(content)
    at = content.find(b"PK\x01\x02", int(draw.integers(len(content))))
    at = at if at >= 0 else content.find(b"PK\x01\x02")
    place = at + int(draw.choice([20, 24, 42]))
    changed[place : place + 4] = int(draw.choice([0, 1, 10**6, 2**31, 2**32 - 1])).to_bytes(4, "little")
    return bytes(changed)


def damaged(number: int, bases: dict[str, bytes]) -> tuple[str, str, bytes]:
    """Return the ending, the damage and the bytes of the file of a number."""
    draw = np.random.default_rng([SEED, number])
    kinds = list(bases)
    kind = kinds[number % len(kinds)]
    content, other = bases[kind], bases[kinds[int(draw.integers(len(kinds)))]]
    name = list(DAMAGE)[int(draw.integers(len(DAMAGE)))]
    if content.startswith(b"PK") and draw.random() < 0.6:
        if draw.random() < 0.1:
            return kind, "size", resize(content, draw, other)
        return kind, f"{name} inside", inside(content, draw, other, DAMAGE[name])
    return kind, name, DAMAGE[name](content, draw, other)


def outcome_of(path: str) -> tuple[str, float, int]:
    """Clean one file: what came of it, the seconds, and the most memory this process ever had, in MiB."""
    begun = time.perf_counter()
    try:
        outcome = clean_file(Path(path))
        figures = len(outcome.cleaned.observations)
        found = "read" if figures and not outcome.problems else "in part" if figures else "refused"
        if not figures and not outcome.problems and outcome.cleaned.quarantine.empty:
            found = "silent"
    except Exception:
        found = "traceback"
    took = time.perf_counter() - begun
    return found, took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def outcomes(files: int, folder: Path) -> Iterator[tuple[str, str, tuple[str, float, int]]]:
    """Clean files one after the other in a process that is begun anew when one of them ends it."""
    bases = {kind: make() for kind, make in BASES.items()}
    context = get_context("spawn")
    pool = ProcessPoolExecutor(1, mp_context=context)
    for number in range(files):
        kind, damage, content = damaged(number, bases)
        path = folder / f"damaged{kind}"
        path.write_bytes(content)
        try:
            yield kind, damage, pool.submit(outcome_of, str(path)).result()
        except BrokenProcessPool:
            pool = ProcessPoolExecutor(1, mp_context=context)
            yield kind, damage, ("abort", 0.0, 0)
    pool.shutdown()


def study(files: int) -> list[dict[str, object]]:
    """Return a row for each kind of file: how many were damaged, and how many ended in which way."""
    ends = ("read", "in part", "refused", "silent", "traceback", "abort")
    rows: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind, _, (found, took, memory) in outcomes(files, Path(folder)):
            row = rows.setdefault(
                kind,
                {
                    "seed": SEED,
                    "kind": kind,
                    "files": 0,
                    **dict.fromkeys(ends, 0),
                    "slowest_s": 0.0,
                    "peak_mib": 0,
                },
            )
            row["files"] = int(str(row["files"])) + 1
            row[found] = int(str(row[found])) + 1
            row["slowest_s"] = max(float(str(row["slowest_s"])), round(took, 1))
            row["peak_mib"] = max(int(str(row["peak_mib"])), memory)
    return list(rows.values())


if __name__ == "__main__":
    write_table(
        Path(sys.argv[2]) if sys.argv[2:] else TABLE, study(int(sys.argv[1]) if sys.argv[1:] else FILES)
    )
