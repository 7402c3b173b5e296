"""The cleaned tables once more in parts, so that a result depends only on the part it reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analysis.cleaning.shapes import Cleaned
from analysis.cleaning.writing import write_csv
from analysis.reference.provinces import NATION, by_code, successors

if TYPE_CHECKING:
    import pandas as pd

SURVEY = "survey"
SURVEY_PREFIX = "papi_d"
TARGETS = "targets"
CURRENT_TARGETS = "parts/targets.current.csv"  # of several rows on one decision the one that counts
INDICATOR = (
    "indicator-"  # before an indicator's code: its figures of whole periods, all provinces and the nation
)
SET_ASIDE = "set_aside"  # figures that the comparison over time keeps out, by indicator
WHOLE_PERIODS = ("M", "Q", "S", "A")


def parts_folder(folder: Path) -> Path:
    """Return where the parts lie beside the whole tables."""
    return folder / "parts"


def pieces_of(part: str) -> tuple[str, ...]:
    """Return the files a part is read from: the survey alone, or survey, nation and one province on both maps."""
    if part == SURVEY:
        return (SURVEY, TARGETS)
    return (SURVEY, TARGETS, NATION, f"63-{part}", f"34-{by_code()[part].successor_code}")


def piece_of_indicator(code: str) -> str:
    """Return the file that holds an indicator's figures of whole periods: what panels are made from."""
    return f"{INDICATOR}{code}"


def piece_file(name: str, piece: str) -> str:
    """Return where the rows of a table that belong to a piece lie, below the tables' folder; they may not be there."""
    return f"parts/{name}.{piece}.csv"


def write_parts(folder: Path, cleaned: Cleaned, held: pd.DataFrame | None = None) -> list[str]:
    """Write observations and their sources by part; a part whose bytes are the same keeps its file.

    `held` are figures that the comparison over time set aside, in the columns of observations; they are written by
    indicator. Returns the files' places below `folder`.
    """
    from analysis.cleaning.current_targets import current_targets

    target = parts_folder(folder)
    target.mkdir(parents=True, exist_ok=True)
    for left in (*target.glob(".*.tmp"), *target.glob(".*.new")):
        left.unlink()  # by a process that was killed; who writes here holds the lock
    rows = cleaned.observations
    pieces = dict.fromkeys((*_places(), SURVEY), rows.iloc[:0])
    pieces |= dict(list(rows.groupby(_piece(rows), sort=True)))
    whole = rows[rows["frequency"].isin(WHOLE_PERIODS)]
    pieces |= {piece_of_indicator(str(code)): own for code, own in whole.groupby("indicator", sort=True)}
    cited = {name: set(rows["source_id"]) for name, rows in pieces.items()}
    cited[TARGETS] = set(cleaned.targets["source_id"])
    kept = set()
    for name, rows in pieces.items():
        kept.add(write_csv_if_new(target / f"observations.{name}.csv", rows))
    aside = rows.iloc[:0] if held is None else held[held["frequency"].isin(WHOLE_PERIODS)]
    for code, own in aside.groupby("indicator", sort=True):
        kept.add(write_csv_if_new(target / f"{SET_ASIDE}.{piece_of_indicator(str(code))}.csv", own))
    current = current_targets(cleaned.targets, cleaned.sources).rows
    kept.add(write_csv_if_new(folder / CURRENT_TARGETS, current))
    kept |= _write_units(target, cleaned, cited)
    for name, ids in cited.items():
        rows = cleaned.sources[cleaned.sources["source_id"].isin(ids)]
        kept.add(write_csv_if_new(target / f"sources.{name}.csv", rows))
    for stale in set(target.glob("*.csv")) - kept:
        stale.unlink()
    return sorted(path.relative_to(folder).as_posix() for path in kept)


def piece_of_units(code: str, frame: str) -> str:
    """Return the piece that holds the figures and targets of the units of one province on a map."""
    return f"units-{frame}-{code}"


def _write_units(target: Path, cleaned: Cleaned, cited: dict[str, set[str]]) -> set[Path]:
    """Write the figures of units and the targets that count by province; note in `cited` which sources they name."""
    from analysis.cleaning.current_targets import current_targets

    counting = (
        current_targets(cleaned.unit_targets, cleaned.sources).rows if len(cleaned.unit_targets) else None
    )
    kept = set()
    for name, rows in (("unit_observations", cleaned.unit_observations), ("unit_targets", counting)):
        if rows is None:
            continue
        for (frame, code), own in rows.groupby(["province_frame", "province_code"], sort=True):
            piece = piece_of_units(str(code), str(frame))
            kept.add(write_csv_if_new(target / f"{name}.{piece}.csv", own))
            cited[piece] = cited.get(piece, set()) | set(own["source_id"])
    return kept


def write_csv_if_new(path: Path, rows: pd.DataFrame) -> Path:
    """Write a table unless the file holds it already; return the path."""
    aside = path.with_name(f".{path.name}.new")
    write_csv(aside, rows)
    if path.is_file() and path.read_bytes() == aside.read_bytes():
        aside.unlink()
    else:
        aside.replace(path)
    return path


def _places() -> list[str]:
    """Return the parts that are written even without rows: whoever reads one depends on its first row."""
    return [NATION, *(f"63-{code}" for code in by_code()), *(f"34-{code}" for code in successors())]


def _piece(observations: pd.DataFrame) -> pd.Series[str]:
    """Name each row's part: the survey, the nation, or map and province."""
    own = observations["province_frame"] + "-" + observations["province_code"]
    named = own.where(observations["province_code"] != NATION, NATION)
    return named.where(~observations["indicator"].str.startswith(SURVEY_PREFIX), SURVEY)
