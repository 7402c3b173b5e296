"""`data/processed`: what cleaning made of the raw files, rebuilt whenever they, the code or the tables have changed.

To see that nothing has changed needs no frame, so pandas is imported where a table is read.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
from collections.abc import Iterator, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.cleaning.parts import (
    CURRENT_TARGETS,
    INDICATOR,
    SET_ASIDE,
    TARGETS,
    piece_file,
    piece_of_indicator,
    piece_of_units,
    pieces_of,
    write_parts,
)
from analysis.cleaning.raw import PACKAGE, find_layout, hash_file, read_package
from analysis.cleaning.shapes import (
    OBSERVATION_COLUMNS,
    QUARANTINE_COLUMNS,
    SOURCE_COLUMNS,
    TARGET_COLUMNS,
    UNIT_TABLES,
    column_types,
    join,
    shape,
)
from analysis.cleaning.store import (
    FOLDER,
    STAMP,
    TRUSTED,
    hash_tables,
    only_one,
    read_checked,
    read_stamp,
    refuse_unstated,
)
from analysis.cleaning.writing import write_csv, write_json
from analysis.project import find_root
from analysis.reference.indicators import OWN_LINES

if TYPE_CHECKING:
    import pandas as pd

    from analysis.cleaning.files import FileOutcome
    from analysis.cleaning.shapes import Cleaned

# Before a text that a spreadsheet would take for a formula: where a cell begins, quoted or not.
_APOSTROPHE = re.compile(rb"""(?:^|[,"\n])'[=+\-@\t\r]""")
TABLES = {
    "observations": OBSERVATION_COLUMNS,
    "targets": TARGET_COLUMNS,
    "sources": SOURCE_COLUMNS,
    "quarantine": QUARANTINE_COLUMNS,
}

_COLUMNS = TABLES | UNIT_TABLES | {SET_ASIDE: OBSERVATION_COLUMNS}


def observations(root: Path | None = None, *, part: str = "", indicators: Sequence[str] = ()) -> pd.DataFrame:
    """Return observations: one row a figure, with unit, source and the raw row it came from.

    `part` names what is needed: nothing for all; `survey` for the survey's scores of all provinces; a province's
    code for those, the nation's figures and the province's own. `indicators` names indicators instead: their figures of
    whole periods (months, quarters, half-years, years), all provinces and the nation. What reads a part does not depend
    on the rest: a new file on one province leaves the others' results as they are.
    """
    pieces = _pieces(part, indicators)
    return _read_parts("observations", pieces, root) if pieces else _read("observations", root)


def targets(root: Path | None = None, *, superseded: bool = False) -> pd.DataFrame:
    """Return every target: who set it, when, for what, how high, until when.

    Of several rows on one decision the one that counts (see `current_targets`), in an order that does not depend on
    that of the files; with `superseded` all rows, as the files have them.
    """
    if superseded:
        return _read("targets", root)
    return _read_table(ready_root(root), CURRENT_TARGETS, "targets")


def sources(root: Path | None = None, *, part: str = "", indicators: Sequence[str] = ()) -> pd.DataFrame:
    """Return the publications that `source_id` stands for; of a part (see `observations`) with those of all targets."""
    pieces = _pieces(part, indicators)
    if not pieces:
        return _read("sources", root)
    found = _read_parts("sources", (*pieces, TARGETS), root)
    return found.drop_duplicates("source_id", ignore_index=True)


def set_aside(root: Path | None = None, *, indicators: Sequence[str]) -> pd.DataFrame:
    """Return figures of whole periods that the comparison over time set aside, in the columns of observations."""
    return _read_parts(SET_ASIDE, _pieces("", indicators), root)


def of_units(
    code: str, frame: str, root: Path | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the figures of the units of one province on a map, the targets that count for them, and their sources.

    Empty where there are none.
    """
    pieces = (piece_of_units(code, frame),)
    names = (*UNIT_TABLES, "sources")
    figures, targets, sources = (_read_parts(name, pieces, root) for name in names)
    return figures, targets, sources


def quarantine(root: Path | None = None) -> pd.DataFrame:
    """Return what could not be used, with the rule that held it back and how to mend it."""
    return _read("quarantine", root)


def tables_of_units(code: str, frame: str) -> list[str]:
    """Return the tables that `of_units` reads, also those that are not there."""
    return [piece_file(name, piece_of_units(code, frame)) for name in (*UNIT_TABLES, "sources")]


def tables_of(*, part: str = "", indicators: Sequence[str] = ()) -> list[str]:
    """Return the tables that observations, sources, what is set aside and targets of a part or of indicators are in.

    Their places below `data/processed`, also of those that are not there: the first figure of an indicator makes one.
    Without a part and indicators: the whole tables.
    """
    pieces = _pieces(part, indicators)
    files = [piece_file(name, piece) for name in ("observations", "sources") for piece in (*pieces, TARGETS)]
    files += [piece_file(SET_ASIDE, piece) for piece in pieces if piece.startswith(INDICATOR)]
    return [*(files if pieces else [f"{name}.csv" for name in TABLES]), CURRENT_TARGETS]


def hashes_of(
    indicators: Sequence[str], root: Path | None = None, *, units: tuple[str, str] = ("", "63")
) -> dict[str, str]:
    """Return the sha256 of the tables behind the figures of these indicators and targets; empty for one that is absent.

    `units` is the code and map of a province whose units' tables are wanted as well.

    Raises:
        NotStated: a notebook of a run did not state one of them.
    """
    root = ready_root(root)
    there, places = read_stamp(root).get("tables", {}), tables_of(indicators=indicators)
    places += tables_of_units(*units) if units[0] else []
    for place in places:
        refuse_unstated(root, place)
    return {place: there.get(place, "") for place in places}


def last_observations(root: Path) -> pd.DataFrame | None:
    """Return the observations as they were last published, however old; nothing where they never were."""
    path = root / FOLDER / "observations.csv"
    return _parse(path.read_bytes(), "observations") if path.is_file() else None


def rebuild(root: Path | None = None) -> list[FileOutcome]:
    """Clean all raw files and publish the tables, the stamp last; safe when two processes do it at once.

    Returns one outcome a file.

    Raises:
        RawFileChanged, RawFileMissing, ShapeBroken: nothing is published then.
    """
    root = root or find_root()
    with only_one(root):
        return _rebuild(root)


def _rebuild(root: Path) -> list[FileOutcome]:
    from analysis.cleaning.described import clean_described
    from analysis.cleaning.over_time import hold_back_described
    from analysis.cleaning.validation import check_shapes

    made_from = stamp(root)  # before they are read: a file that changes meanwhile makes the tables stale
    described = clean_described(root)
    outcomes = hold_back_described(root, described)
    cleaned = join([outcome.cleaned for outcome in outcomes])
    check_shapes(cleaned)
    (root / FOLDER / STAMP).unlink(missing_ok=True)
    for name, columns in TABLES.items():
        write_csv(root / FOLDER / f"{name}.csv", getattr(cleaned, name)[list(columns)])
    for name, columns in UNIT_TABLES.items():
        (root / FOLDER / f"{name}.csv").unlink(missing_ok=True)
        if len(getattr(cleaned, name)):
            write_csv(root / FOLDER / f"{name}.csv", getattr(cleaned, name)[list(columns)])
    written = [
        *(f"{name}.csv" for name in (*TABLES, *UNIT_TABLES)),
        *write_parts(root / FOLDER, cleaned, _held(described, cleaned)),
    ]
    write_json(root / FOLDER / STAMP, made_from | {"tables": hash_tables(root, written)})
    return outcomes


def _rebuild_unless_fresh(root: Path) -> None:
    """Rebuild, unless another process did so while this one waited: the files that it reads keep their times."""
    with only_one(root):
        if not is_fresh(root):
            _rebuild(root)


def is_fresh(root: Path) -> bool:
    """Tell whether the published tables are those of the raw files and the code as they are now."""
    written = read_stamp(root)
    tables = written.pop("tables", {})
    return bool(tables) and written == stamp(root) and hash_tables(root, tables) == tables


@contextlib.contextmanager
def trusted(root: Path) -> Iterator[None]:
    """Rebuild what is stale, then let notebooks started inside take the tables as they are."""
    root = ready_root(root)
    before = os.environ.get(TRUSTED)
    os.environ[TRUSTED] = str(root)
    try:
        yield
    finally:
        os.environ.pop(TRUSTED) if before is None else os.environ.update({TRUSTED: before})


def _held(described: Sequence[FileOutcome], cleaned: Cleaned) -> pd.DataFrame:
    """Return the observations of files that are not among those that were kept."""
    import pandas as pd

    known = join([outcome.cleaned for outcome in described]).observations
    if len(known) == len(cleaned.observations):
        return known.iloc[:0]
    key = ["raw_location", "indicator", "province_code", "period_start", "period_end"]
    left = pd.MultiIndex.from_frame(cleaned.observations[key])
    return known[~pd.MultiIndex.from_frame(known[key]).isin(left)]


def stamp(root: Path) -> dict[str, object]:
    """Return the sha256 of every raw file, every layout of one, and of the code and tables that clean them.

    The project's own codebook counts among the tables, described or not: its lines hold as soon as it is there.
    """
    code = hashlib.sha256()
    for package in ("analysis.cleaning", "analysis.reference"):
        for item in _code_below(resources.files(package)):
            code.update(item.name.encode() + b"\0" + item.read_bytes())
    for noted in (root / PACKAGE.parent / "corrections.toml", root / OWN_LINES):
        if noted.is_file():
            code.update(noted.read_bytes())
    files = read_package(root)
    layouts = {raw.layout: find_layout(root, raw) for raw in files if raw.layout}
    hashes = {raw.path: hash_file(root, raw) for raw in files}
    hashes |= {place: hashlib.sha256(path.read_bytes()).hexdigest() for place, path in layouts.items()}
    return {"raw": hashes, "code": code.hexdigest()}


def _code_below(folder: Traversable) -> Iterator[Traversable]:
    """Walk over the code and the tables of a package and of those in it, in the order of their names."""
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.name.endswith((".py", ".csv", ".toml")):
            yield item
        elif item.is_dir():
            yield from _code_below(item)


def _read(name: str, root: Path | None) -> pd.DataFrame:
    return _read_table(ready_root(root), f"{name}.csv", name)


def _pieces(part: str, indicators: Sequence[str]) -> tuple[str, ...]:
    named = tuple(piece_of_indicator(code) for code in indicators)
    return (*(pieces_of(part) if part else ()), *named)


def _read_parts(name: str, pieces: tuple[str, ...], root: Path | None) -> pd.DataFrame:
    import pandas as pd

    root = ready_root(root)
    places = [piece_file(name, piece) for piece in pieces]
    for place in places:
        refuse_unstated(root, place)
    there = read_stamp(root).get("tables", {})
    frames = [_read_table(root, place, name) for place in places if place in there]
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return frames[0] if frames else shape([], _COLUMNS[name])
    whole = pd.concat(filled, ignore_index=True)
    # A figure may lie in two pieces: its province's and its indicator's.
    return whole.drop_duplicates(ignore_index=True)


def ready_root(root: Path | None) -> Path:
    """Return the project's folder with its tables rebuilt if they are stale.

    A run that has just seen to that says so in the environment, so that notebooks do not read every raw file to
    find out and come to depend on all of them.
    """
    root = root or find_root()
    if os.environ.get(TRUSTED) != str(root) and not is_fresh(root):
        _rebuild_unless_fresh(root)
    return root


def _read_table(root: Path, place: str, name: str) -> pd.DataFrame:
    return _parse(read_checked(root, place), name)


def _parse(content: bytes, name: str) -> pd.DataFrame:
    import pandas as pd

    types = column_types(_COLUMNS[name])
    numbers = {column: [""] for column, kind in types.items() if kind == "float64"}
    frame = pd.read_csv(io.BytesIO(content), dtype=types, keep_default_na=False, na_values=numbers)
    if not _APOSTROPHE.search(content):
        return frame
    texts = [column for column, kind in types.items() if kind == "str"]
    return frame.assign(**{column: _undo_apostrophe(frame[column]) for column in texts})


def _undo_apostrophe(texts: pd.Series[str]) -> pd.Series[str]:
    return texts.str.replace(r"^'(?=[=+\-@\t\r])", "", regex=True)
