"""Every file that the data package describes, read by the reader it names and cleaned."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from analysis.cleaning.papi_table import clean_papi_dimension8
from analysis.cleaning.published import clean_published_figures
from analysis.cleaning.raw import PackageUnreadable, RawFile, check_raw
from analysis.cleaning.shapes import Cleaned, join
from analysis.cleaning.sources import describe_source
from analysis.cleaning.target_setting import clean_target_setting

# Citations of the target table are looked up among the sources of the figures, so figures come first.
READERS = ("published_figures", "target_setting", "papi_table", "spreadsheet")


def clean_described(root: Path) -> Cleaned:
    """Clean all of `data/raw`, after comparing each file with its sha256.

    Raises:
        RawFileMissing, RawFileChanged, PackageUnreadable: see `raw`.
    """
    files = check_raw(root)
    parts: list[Cleaned] = []
    for raw in sorted(files, key=_turn):
        known = join(parts).sources if parts else None
        parts.append(_clean_one(root, raw, known))
    return join(parts)


def read_lines(path: Path) -> pd.DataFrame:
    """Return a UTF-8 CSV file as text; the index is the line on which each row begins."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.reader(stream)
        header = next(rows)
        lines, cells, begins = [], [], rows.line_num + 1
        for row in rows:
            lines.append(begins)
            cells.append(row)
            begins = rows.line_num + 1
    return pd.DataFrame(cells, columns=header, index=lines, dtype="str")


def _turn(raw: RawFile) -> int:
    if raw.reader not in READERS:
        raise PackageUnreadable(
            f"{raw.path}: no reader {raw.reader!r} in datapackage.json. Readers are {', '.join(READERS)}."
        )
    return READERS.index(raw.reader)


def _clean_one(root: Path, raw: RawFile, known: pd.DataFrame | None) -> Cleaned:
    rows = read_lines(root / raw.path)
    if raw.reader == "published_figures":
        return clean_published_figures(rows, raw.path)
    if raw.reader == "target_setting":
        return clean_target_setting(rows, raw.path, known)
    source = describe_source(raw.publisher, raw.title, raw.published, raw.url, raw.path)
    return clean_papi_dimension8(rows, raw.path, source)
