"""The cleaned tables once more in parts, so that a result depends only on the part it reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.cleaning.shapes import Cleaned
from analysis.cleaning.writing import write_csv, write_json
from analysis.reference.provinces import NATION, by_code

if TYPE_CHECKING:
    import pandas as pd

SURVEY = "survey"
SURVEY_PREFIX = "papi_d"
TARGETS = "targets"
INDEX = "index.json"


def parts_folder(folder: Path) -> Path:
    """Return where the parts lie beside the whole tables."""
    return folder / "parts"


def pieces_of(part: str) -> tuple[str, ...]:
    """Return the files a part is read from: the survey alone, or survey, nation and one province on both maps."""
    if part == SURVEY:
        return (SURVEY, TARGETS)
    return (SURVEY, TARGETS, NATION, f"63-{part}", f"34-{by_code()[part].successor_code}")


def write_parts(folder: Path, cleaned: Cleaned) -> None:
    """Write observations and their sources by part; a part whose bytes are the same keeps its file."""
    target = parts_folder(folder)
    target.mkdir(parents=True, exist_ok=True)
    pieces = dict(list(cleaned.observations.groupby(_piece(cleaned.observations), sort=True)))
    cited = {name: set(rows["source_id"]) for name, rows in pieces.items()}
    cited[TARGETS] = set(cleaned.targets["source_id"])
    kept = set()
    for name, rows in pieces.items():
        kept.add(write_csv_if_new(target / f"observations.{name}.csv", rows))
    for name, ids in cited.items():
        rows = cleaned.sources[cleaned.sources["source_id"].isin(ids)]
        kept.add(write_csv_if_new(target / f"sources.{name}.csv", rows))
    for stale in set(target.glob("*.csv")) - kept:
        stale.unlink()
    write_json(target / INDEX, sorted(path.name for path in kept))


def parts_are_whole(folder: Path) -> bool:
    """Tell whether every part that was written is still there; a province without figures has none."""
    try:
        names = json.loads((parts_folder(folder) / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return all((parts_folder(folder) / name).is_file() for name in names)


def write_csv_if_new(path: Path, rows: pd.DataFrame) -> Path:
    """Write a table unless the file holds it already; return the path."""
    aside = path.with_name(f".{path.name}.new")
    write_csv(aside, rows)
    if path.is_file() and path.read_bytes() == aside.read_bytes():
        aside.unlink()
    else:
        aside.replace(path)
    return path


def _piece(observations: pd.DataFrame) -> pd.Series[str]:
    """Name each row's part: the survey, the nation, or map and province."""
    own = observations["province_frame"] + "-" + observations["province_code"]
    named = own.where(observations["province_code"] != NATION, NATION)
    return named.where(~observations["indicator"].str.startswith(SURVEY_PREFIX), SURVEY)
