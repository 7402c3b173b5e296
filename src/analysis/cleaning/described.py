"""Every file that the data package describes, read by the reader it names and cleaned."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from analysis.cleaning.corrections import Correction, correct_lines, note_corrections, read_corrections
from analysis.cleaning.files import FileOutcome, clean_file
from analysis.cleaning.papi_table import clean_papi_dimension8
from analysis.cleaning.published import clean_published_figures
from analysis.cleaning.raw import PACKAGE, PackageUnreadable, RawFile, check_raw
from analysis.cleaning.shapes import join
from analysis.cleaning.sources import describe_source
from analysis.cleaning.target_setting import clean_target_setting

# Citations of the target table are looked up among the sources of the figures, so figures come first.
READERS = ("published_figures", "target_setting", "papi_table", "spreadsheet")


def clean_described(root: Path) -> list[FileOutcome]:
    """Clean all of `data/raw`, after comparing each file with its sha256; one outcome a file.

    Raises:
        RawFileMissing, RawFileChanged, PackageUnreadable: see `raw`.
        FileRefused: a cell is not what `data/raw/corrections.toml` expects.
    """
    files = check_raw(root)
    noted = root / PACKAGE.parent / "corrections.toml"
    corrections = read_corrections(noted) if noted.is_file() else []
    outcomes: list[FileOutcome] = []
    for raw in sorted(files, key=_turn):
        known = join([outcome.cleaned for outcome in outcomes]).sources if outcomes else None
        outcomes.append(_clean_one(root, raw, known, corrections))
    return outcomes


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


def _clean_one(
    root: Path, raw: RawFile, known: pd.DataFrame | None, corrections: list[Correction]
) -> FileOutcome:
    source = describe_source(raw.publisher, raw.title, raw.published, raw.url, raw.path)
    if raw.reader == "spreadsheet":
        return clean_file(root / raw.path, corrections=corrections, source=source, name=raw.path)
    rows, applied = correct_lines(read_lines(root / raw.path), raw.path, corrections)
    if raw.reader == "published_figures":
        cleaned = clean_published_figures(rows, raw.path)
    elif raw.reader == "target_setting":
        cleaned = clean_target_setting(rows, raw.path, known)
    else:
        cleaned = clean_papi_dimension8(rows, raw.path, source)
    note_corrections(cleaned.observations, applied)
    return FileOutcome(raw.path, cleaned, corrections=applied, rows_read=len(rows), path=root / raw.path)
