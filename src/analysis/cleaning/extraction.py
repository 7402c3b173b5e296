"""A table that was understood becomes observations; every row that does not is quarantined with its reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.cleaning import headers as h
from analysis.cleaning.blocks import Block
from analysis.cleaning.grid import TEXT
from analysis.cleaning.headers import Column, Context
from analysis.cleaning.maps import MERGER
from analysis.cleaning.mending import mend_of
from analysis.cleaning.numerals import Reading, Scale, read_column
from analysis.cleaning.periods import Period, parse_period
from analysis.cleaning.places import BELOW, Place, suggest
from analysis.cleaning.shapes import OBSERVATION_COLUMNS, QUARANTINE_COLUMNS, column_types, shape
from analysis.reference.indicators import Indicator

Objects = npt.NDArray[np.object_]


@dataclass
class TableOutcome:
    """What one table gave: observations, refused cells, and what the report tells of it."""

    file: str
    sheet: str
    block: Block
    columns: list[Column]
    context: Context
    observations: pd.DataFrame
    refused: list[dict[str, str]] = field(default_factory=list)
    readings: dict[int, list[Reading]] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Rows:
    """The data rows of a table with what holds for all their cells."""

    indices: npt.NDArray[np.int64]
    places: list[Place]
    place_of: npt.NDArray[np.int64]
    periods: list[Period | None]
    period_of: npt.NDArray[np.int64] | None
    indicators: list[Indicator | None]
    indicator_of: npt.NDArray[np.int64] | None
    old_map: bool


def extract_table(
    block: Block, columns: list[Column], context: Context, file: str, source_id: str
) -> TableOutcome:
    """Return the observations of a table and everything in it that is none.

    A name that is no province stops the table: nothing of it becomes an observation.
    """
    outcome = TableOutcome(file, block.sheet.name, block, columns, context, shape([], OBSERVATION_COLUMNS))
    unknown = [i for i, kind in block.others if kind == "unknown"]
    if unknown:
        _stop(outcome, unknown)
        return outcome
    rows = _read_rows(block, columns, context)
    frames = []
    for column in columns:
        if column.role == h.VALUE and not _is_empty(block, column):
            frames.extend(_read_values(outcome, rows, column, source_id))
        elif column.role == h.UNKNOWN_ROLE:
            _refuse_column(outcome, column)
    outcome.observations = pd.concat(frames, ignore_index=True) if frames else shape([], OBSERVATION_COLUMNS)
    _refuse_other_rows(outcome)
    _refuse_silent_rows(outcome)
    return outcome


def _is_empty(block: Block, column: Column) -> bool:
    return not any(block.sheet.text(i, column.index).strip() for i in block.data)


def _read_rows(block: Block, columns: list[Column], context: Context) -> _Rows:
    """Read names, periods and indicators of the rows, each distinct text once."""
    place_of, labels = pd.factorize(np.array([block.label(i) for i in block.data], dtype=object))
    places = [block.read_label(label) for label in labels]
    period_of, periods = _row_periods(block, columns, context)
    naming = next((column for column in columns if column.role == h.INDICATOR), None)
    indicator_of, indicators = None, []
    if naming is not None:
        indicator_of, texts = _factorize(block, naming.index)
        indicators = [h.indicator_of_cell(text) for text in texts]
    return _Rows(
        np.array(block.data, dtype=np.int64),
        places,
        place_of,
        periods,
        period_of,
        indicators,
        indicator_of,
        any(place.only_old for place in places),
    )


def _factorize(block: Block, j: int) -> tuple[npt.NDArray[np.int64], list[str]]:
    rows = block.sheet.rows
    texts = np.array([rows[i][j] if j < len(rows[i]) else "" for i in block.data], dtype=object)
    codes, distinct = pd.factorize(texts)
    return codes, list(distinct)


def _row_periods(
    block: Block, columns: list[Column], context: Context
) -> tuple[npt.NDArray[np.int64] | None, list[Period | None]]:
    """Return the period of each row from its period cells, None where the table has no such column."""
    by_role = {column.role: column.index for column in reversed(columns)}
    if h.END in by_role:
        return _joined(
            block, [by_role.get(h.START, -1), by_role[h.END]], lambda t: h.period_from_ends(t[0], t[1])
        )
    if h.PERIOD in by_role:
        return _joined(block, [by_role[h.PERIOD]], lambda t: parse_period(t[0], context.year))
    if h.YEAR in by_role:
        indices = [by_role[h.YEAR], by_role.get(h.MONTH, -1), by_role.get(h.QUARTER, -1)]
        return _joined(block, indices, lambda t: h.period_from_parts(t[0], t[1], t[2]))
    for role, word in ((h.MONTH, "tháng "), (h.QUARTER, "quý ")):
        if role in by_role:
            index = by_role[role]
            return _joined(
                block,
                [index],
                lambda t, w=word: parse_period(w + t[0] if len(t[0]) < 4 else t[0], context.year),
            )
    return None, []


def _joined(
    block: Block, indices: list[int], read: object
) -> tuple[npt.NDArray[np.int64], list[Period | None]]:
    texts = [tuple(block.sheet.text(i, j) if j >= 0 else "" for j in indices) for i in block.data]
    table = dict.fromkeys(texts)
    order = {key: n for n, key in enumerate(table)}
    codes = np.fromiter((order[key] for key in texts), dtype=np.int64, count=len(texts))
    return codes, [read(key) for key in table]  # type: ignore[operator]


def _read_values(outcome: TableOutcome, rows: _Rows, column: Column, source_id: str) -> list[pd.DataFrame]:
    """Return the observations of one column, one frame per indicator."""
    block = outcome.block
    code_of, texts = _cells(block, column.index)
    outcome.readings[column.index] = [Reading(rule="missing")] * len(rows.indices)
    if column.indicator is not None or rows.indicator_of is None:
        groups: list[tuple[Indicator | None, npt.NDArray[np.int64]]] = [
            (column.indicator or outcome.context.indicator, np.arange(len(rows.indices)))
        ]
    else:
        groups = [(ind, np.flatnonzero(rows.indicator_of == n)) for n, ind in enumerate(rows.indicators)]
    frames = []
    for indicator, chosen in groups:
        if indicator is None:
            _refuse_cells(
                outcome, rows, column, chosen, "indicator_unknown", "The codebook has no such indicator."
            )
            continue
        frames.append(_read_group(outcome, rows, column, indicator, chosen, code_of, texts, source_id))
    return [frame for frame in frames if len(frame)]


def _cells(block: Block, j: int) -> tuple[npt.NDArray[np.int64], list[tuple[str, str]]]:
    """Return the distinct cells of a column, text with kind, and which of them each row has."""
    sheet = block.sheet
    codes, texts = _factorize(block, j)
    if not sheet.kinds:
        return codes, [(text, TEXT) for text in texts]
    keys = [(texts[code], sheet.kind(i, j)) for i, code in zip(block.data, codes.tolist(), strict=True)]
    order = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    return np.fromiter((order[key] for key in keys), dtype=np.int64, count=len(keys)), list(order)


def _read_group(
    outcome: TableOutcome,
    rows: _Rows,
    column: Column,
    indicator: Indicator,
    chosen: npt.NDArray[np.int64],
    code_of: npt.NDArray[np.int64],
    texts: list[tuple[str, str]],
    source_id: str,
) -> pd.DataFrame:
    """Read the cells of one column that belong to one indicator."""
    used = np.unique(code_of[chosen])
    scale = Scale(
        indicator.unit, indicator.lower, indicator.upper, column.says_percent, column.decimal, column.fraction
    )
    keys = [texts[code] for code in used]
    readings = read_column([text for text, _ in keys], "".join(kind for _, kind in keys), scale)
    place_in = np.searchsorted(used, code_of[chosen])
    kept = outcome.readings[column.index]
    for position, n in zip(chosen.tolist(), place_in.tolist(), strict=True):
        kept[position] = readings[n]
    starts, ends, frequencies, dated = _dates(outcome, rows, column, chosen)
    read = np.array([not reading.rule for reading in readings])[place_in]
    _refuse_readings(outcome, rows, column, chosen[~read], [readings[n] for n in place_in[~read]])
    undated = read & ~dated
    _refuse_cells(
        outcome, rows, column, chosen[undated], "period_unknown", "No period is named for this figure."
    )
    good = read & dated
    return _observations(
        outcome, rows, column, indicator, chosen[good], [readings[n] for n in place_in[good]],
        (starts[good], ends[good], frequencies[good]), source_id,
    )  # fmt: skip


def _dates(
    outcome: TableOutcome, rows: _Rows, column: Column, chosen: npt.NDArray[np.int64]
) -> tuple[Objects, Objects, Objects, npt.NDArray[np.bool_]]:
    """Return first days, last days and frequencies (ISO texts), and which rows have them."""
    if column.period is not None or rows.period_of is None:
        periods: list[Period | None] = [column.period or outcome.context.period]
        which = np.zeros(len(chosen), dtype=np.int64)
    else:
        periods, which = rows.periods, rows.period_of[chosen]
    known = np.array([period is not None for period in periods], dtype=bool)
    filled = [period or Period(dt.date.min, dt.date.min, "X") for period in periods]
    starts = np.array([period.start.isoformat() for period in filled], dtype=object)
    ends = np.array([period.end.isoformat() for period in filled], dtype=object)
    frequencies = np.array([period.frequency for period in filled], dtype=object)
    return starts[which], ends[which], frequencies[which], known[which]


def _observations(
    outcome: TableOutcome,
    rows: _Rows,
    column: Column,
    indicator: Indicator,
    chosen: npt.NDArray[np.int64],
    readings: list[Reading],
    dates: tuple[Objects, Objects, Objects],
    source_id: str,
) -> pd.DataFrame:
    starts, ends, frequencies = dates
    new_map = (ends >= MERGER.isoformat()) & (not rows.old_map)
    old_codes = np.array([place.code_63 for place in rows.places], dtype=object)[rows.place_of[chosen]]
    new_codes = np.array([place.code_34 for place in rows.places], dtype=object)[rows.place_of[chosen]]
    frame = pd.DataFrame(
        {
            "province_code": np.where(new_map, new_codes, old_codes),
            "province_frame": np.where(new_map, "34", "63"),
            "indicator": indicator.code,
            "period_start": starts,
            "period_end": ends,
            "frequency": frequencies,
            "value": np.array([reading.value for reading in readings], dtype=float),
            "unit": indicator.unit,
            "numerator": np.nan,
            "denominator": np.nan,
            "qualifier": [reading.qualifier for reading in readings],
            "source_id": source_id,
            "raw_location": _locations(outcome, rows, column, chosen),
            "note": _notes(outcome, rows, column, chosen, readings),
        }
    )
    blank = (frame["province_code"] == "").to_numpy()
    if blank.any():
        reason = "The name is not on the map of this date."
        _refuse_cells(outcome, rows, column, chosen[blank], "name_not_on_map", reason)
        frame = frame[~blank]
    return _typed(frame)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Give every column the type of its shape."""
    types = column_types(OBSERVATION_COLUMNS)
    wrong = {name: kind for name, kind in types.items() if str(frame[name].dtype) != kind}
    return frame.astype(wrong) if wrong else frame


def _locations(
    outcome: TableOutcome, rows: _Rows, column: Column, chosen: npt.NDArray[np.int64]
) -> list[str]:
    sheet, file = outcome.block.sheet, outcome.file
    if sheet.lines and not sheet.transposed:
        numbers = sheet.numbers
        return [f"{file}:{numbers[i]}" for i in rows.indices[chosen].tolist()]
    start = f"{file}!{sheet.name}!" if sheet.name else f"{file}!"
    return [start + sheet.address(i, column.index) for i in rows.indices[chosen].tolist()]


def _notes(
    outcome: TableOutcome, rows: _Rows, column: Column, chosen: npt.NDArray[np.int64], readings: list[Reading]
) -> list[str] | str:
    sheet = outcome.block.sheet
    general = ["hidden sheet"] if sheet.hidden else []
    general += ["hidden column"] if column.index in sheet.hidden_columns else []
    general += (
        ["63-unit map after the merger"]
        if rows.old_map
        and (column.period or outcome.context.period)
        and (
            (column.period or outcome.context.period).end >= MERGER  # type: ignore[union-attr]
        )
        else []
    )
    if not sheet.hidden_rows and not any(reading.note for reading in readings):
        return "; ".join(general)
    notes = []
    for i, reading in zip(rows.indices[chosen].tolist(), readings, strict=True):
        hidden = ["hidden row"] if sheet.numbers[i] in sheet.hidden_rows else []
        notes.append("; ".join([*general, *hidden, *([reading.note] if reading.note else [])]))
    return notes


def refuse(outcome: TableOutcome, i: int, j: int, rule: str, reason: str, value: str | None = None) -> None:
    """Put one cell of a table into its quarantine."""
    sheet = outcome.block.sheet
    text = sheet.text(i, j) if value is None else value
    line = (outcome.file, sheet.name, sheet.address(i, j), text, rule, reason, mend_of(rule))
    outcome.refused.append(dict(zip(QUARANTINE_COLUMNS, line, strict=True)))


def _refuse_readings(
    outcome: TableOutcome, rows: _Rows, column: Column, chosen: npt.NDArray[np.int64], readings: list[Reading]
) -> None:
    for i, reading in zip(rows.indices[chosen].tolist(), readings, strict=True):
        refuse(outcome, i, column.index, reading.rule, reading.reason)


def _refuse_cells(
    outcome: TableOutcome, rows: _Rows, column: Column, chosen: npt.NDArray[np.int64], rule: str, reason: str
) -> None:
    for i in rows.indices[chosen].tolist():
        refuse(outcome, i, column.index, rule, reason)


def _refuse_column(outcome: TableOutcome, column: Column) -> None:
    """Put a column nobody understands into the quarantine, as one line for all its cells."""
    block = outcome.block
    filled = [i for i in block.data if block.sheet.text(i, column.index)]
    if not filled:
        return
    ends = block.sheet.address(filled[0], column.index), block.sheet.address(filled[-1], column.index)
    line = (
        outcome.file,
        block.sheet.name,
        ends[0] if ends[0] == ends[1] else ":".join(ends),
        column.head,
        "column_unknown",
        f"The header {column.head!r} names no indicator of the codebook; {len(filled)} cells are not read.",
        mend_of("column_unknown"),
    )
    outcome.refused.append(dict(zip(QUARANTINE_COLUMNS, line, strict=True)))


def _stop(outcome: TableOutcome, unknown: list[int]) -> None:
    """Quarantine every row of a table that holds names we do not know."""
    block = outcome.block
    for i in unknown:
        label = block.label(i) or next((text for text in block.sheet.rows[i] if text), "")
        near = suggest(label)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        outcome.stopped.append(f"{block.sheet.address(i, block.name_column)} “{label[:60]}”{hint}")
        refuse(outcome, i, block.name_column, "name_unknown", f"“{label[:60]}” is no province.{hint}", label)
    for i in sorted([*block.data, *(i for i, kind in block.others if kind != "unknown")]):
        refuse(
            outcome, i, block.name_column, "table_stopped", "Another row of this table has an unknown name."
        )


_ROW_RULES = {
    "total": ("total_row", "A total of rows, no province."),
    "average": ("average_row", "An average of rows, no province."),
    "region": ("region_row", "A region, no province."),
    BELOW: ("below_province", "A unit of administration other than a province."),
    "heading": ("no_figures", "A name without any figure beside it."),
}


def _refuse_other_rows(outcome: TableOutcome) -> None:
    for i, kind in outcome.block.others:
        row = outcome.block.sheet.rows[i]
        if kind == "region" and sum(bool(text) for text in row) <= 2:
            continue
        rule, reason = _ROW_RULES[kind]
        refuse(outcome, i, outcome.block.name_column, rule, reason, outcome.block.label(i))


def _refuse_silent_rows(outcome: TableOutcome) -> None:
    """Quarantine rows of provinces from which no cell was read or refused yet."""
    values = [column for column in outcome.columns if column.role == h.VALUE]
    if any(not _is_empty(outcome.block, column) for column in values):
        return
    if any(line["rule"] == "column_unknown" for line in outcome.refused):
        return
    for i in outcome.block.data:
        refuse(outcome, i, outcome.block.name_column, "no_figures", "A name without any figure beside it.")
