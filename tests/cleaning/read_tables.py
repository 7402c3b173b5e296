"""Tables as tests write them, cleaned: what came out, by province, and what was held, by cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbooks import csv, html, xlsx

from analysis.cleaning.files import FileOutcome, clean_file
from analysis.cleaning.layout_file import read_layout

Rows = list[list[Any]]
_WRITERS = {"csv": lambda rows: csv(rows, ";"), "xlsx": xlsx, "xls": html}


def read(folder: Path, rows: Rows, name: str = "a.csv", layout: str = "", **keys: Any) -> FileOutcome:
    """Write rows into a file, whose ending says of what kind, and clean it, with a layout where one is given."""
    path = folder / name
    path.write_bytes(_WRITERS[path.suffix[1:]](rows, **keys))
    if not layout:
        return clean_file(path)
    (folder / "layout.toml").write_text(layout, encoding="utf-8")
    return clean_file(path, layout=read_layout(folder / "layout.toml"))


def figures(outcome: FileOutcome, *columns: str) -> list[tuple[Any, ...]]:
    """Return the observations of an outcome: by default province, indicator, last day and value."""
    wanted = [*(columns or ("province_code", "indicator", "period_end", "value"))]
    return sorted(outcome.cleaned.observations[wanted].itertuples(index=False, name=None))


def held(outcome: FileOutcome) -> dict[str, str]:
    """Return the rule of each cell in the quarantine."""
    rows = outcome.cleaned.quarantine
    return dict(zip(rows["cell"], rows["rule"], strict=True))
