"""Tables of the units of provinces: figures and targets of units, which stand for their province only in whole sums."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.cleaning.dossiers.unit_layout import UnitLayout
from analysis.cleaning.figures.numerals import read_column
from analysis.cleaning.figures.scales import Scale
from analysis.cleaning.maps import frame_of
from analysis.cleaning.messages import Message, message
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.readers.limits import FileRefused
from analysis.cleaning.readers.opening import read_sheets
from analysis.cleaning.shapes import (
    HELD_COLUMNS,
    OBSERVATION_COLUMNS,
    UNIT_OBSERVATION_COLUMNS,
    UNIT_TARGET_COLUMNS,
    Cleaned,
    quarantine_line,
    shape,
)
from analysis.cleaning.words.periods import Period, bounds_of, parse_period, parse_periods
from analysis.cleaning.words.places import PLACE, TOTAL, Place, read_code, read_place
from analysis.reference.indicators import by_code
from analysis.reference.provinces import NATION, name_of
from analysis.reference.unit_levels import fold_unit, level_of_unit

if TYPE_CHECKING:
    from analysis.cleaning.files import FileOutcome

_DAY = "%Y-%m-%d"
_SUM_NOTE = "the sum of all units of the province in the same table"
_AT_ONCE = 5  # provinces named in one message


def clean_units(outcome: FileOutcome, path: Path, layout: UnitLayout) -> None:
    """Put into `outcome` the figures and targets of a table of units, and the whole sums of provinces.

    Raises:
        FileRefused: no sheet has the columns named.
    """
    sheet, head, columns = _find_table(read_sheets(path, outcome.file), layout, outcome.file)
    source_id = str(outcome.cleaned.sources["source_id"].item())
    outcome.rows_read = len(sheet.rows) - head - 1
    rows, lines = _units(sheet, head, columns, layout, outcome.file)
    figures, held = _read(sheet, rows, columns, layout, outcome.file)
    lines += held
    for column, value in (
        ("source_id", source_id),
        ("numerator", float("nan")),
        ("denominator", float("nan")),
    ):
        figures[column] = value
    by_unit = figures[~figures["is_whole"] & ~figures["is_target"]]
    sums, said, differing = _sums(
        by_unit, figures[figures["is_whole"] & ~figures["is_target"]], layout, outcome.file
    )
    outcome.notices += said
    outcome.problems += differing
    outcome.cleaned = Cleaned(
        sums.reindex(columns=list(OBSERVATION_COLUMNS)).reset_index(drop=True),
        outcome.cleaned.targets,
        shape(lines, HELD_COLUMNS),
        outcome.cleaned.sources,
        by_unit.reindex(columns=list(UNIT_OBSERVATION_COLUMNS)).reset_index(drop=True),
        _targets(figures[figures["is_target"] & ~figures["is_whole"]], layout),
    )


def _find_table(sheets: list[Sheet], layout: UnitLayout, file: str) -> tuple[Sheet, int, dict[str, int]]:
    """Return the sheet, the row of heads and the columns by head."""
    wanted = {fold_unit(head): head for head in layout.columns}
    for sheet in sheets:
        for i in range(min(30, len(sheet.rows))):
            found = {fold_unit(cell): j for j, cell in reversed([*enumerate(sheet.rows[i])])}
            if set(wanted) <= set(found):
                return sheet, i, {head: found[folded] for folded, head in wanted.items()}
    there = [cell for cell in (sheets[0].rows[0] if sheets and len(sheets[0].rows) else []) if cell]
    raise FileRefused(file, "record_columns_absent", columns=list(layout.columns), there=there)


def _units(
    sheet: Sheet, head: int, columns: dict[str, int], layout: UnitLayout, file: str
) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Return one row a unit or whole province: its place in the sheet, codes on both maps, unit, level and period."""
    places = range(head + 1, len(sheet.rows))

    def cells(key: str, default: str = "") -> pd.Series[str]:
        name = getattr(layout, f"{key}_column", "")
        if not name:
            return pd.Series([default] * len(places), index=places, dtype="str")
        codes, texts = sheet.codes(columns[name])
        return pd.Series([" ".join(texts[n].split()) for n in codes[head + 1 :]], index=places, dtype="str")

    rows = pd.DataFrame({"province": cells("province", layout.province), "unit_code": cells("unit")})
    rows["unit_name"] = cells("unit_name").where(lambda names: names != "", rows["unit_code"])
    found = {
        label: read_code(label) if label.isdigit() else read_place(label)
        for label in rows["province"].unique()
    }
    for column in ("code_63", "code_34"):
        codes = {
            label: getattr(place, column) if place.kind == PLACE else "" for label, place in found.items()
        }
        rows[column] = rows["province"].map(codes).replace(NATION, "")
    pairs = {*zip(rows["province"], rows["unit_code"], strict=True)}
    whole = {(province, name): _is_whole(name, found[province]) for province, name in pairs}
    rows["is_whole"] = [whole[pair] for pair in zip(rows["province"], rows["unit_code"], strict=True)]
    said = cells("level", layout.level)
    levels = {
        pair: _level(*pair, layout)
        for pair in {*zip(rows["unit_code"], rows["unit_name"], said, strict=True)}
    }
    rows["unit_level"] = [
        levels[pair] for pair in zip(rows["unit_code"], rows["unit_name"], said, strict=True)
    ]
    texts = cells("period", layout.period).tolist()
    known = dict(zip(texts, parse_periods(texts), strict=True)) if layout.period_column else {}
    periods = [known.get(text) if layout.period_column else parse_period(layout.period) for text in texts]
    rows["period"] = pd.Series(periods, index=places, dtype="object")
    filled = rows["province"].ne("") | rows["unit_code"].ne("")
    why = pd.Series("", index=rows.index, dtype="str")
    why[~rows["is_whole"] & rows["unit_level"].eq("")] = "unit_unknown"
    why[rows["code_63"].eq("") & rows["code_34"].eq("")] = "unit_unknown.province"
    if layout.period_column:
        why[[period is None for period in periods]] = "unit_unknown.period"
    j, units = columns[layout.unit_column], rows["unit_code"].tolist()
    lines = [
        quarantine_line(file, sheet.name, sheet.address(i, j), units[n], message(code))
        for n, (i, code) in enumerate(zip(places, why.tolist(), strict=True))
        if code and (units[n] or rows["province"].iat[n])
    ]
    return rows[filled & why.eq("")], lines


def _is_whole(name: str, province: Place) -> bool:
    """Tell whether a row is its province's: its cell of units is empty, a total, or that province's name."""
    found = read_place(name)
    return not name or found.kind == TOTAL or (found.kind == PLACE and found == province)


def _level(code: str, name: str, said: str, layout: UnitLayout) -> str:
    given = layout.levels
    stated = said if said in ("department", "district", "commune") else level_of_unit(said) if said else ""
    return given.get(fold_unit(code)) or given.get(fold_unit(name)) or stated or level_of_unit(name)


def _read(
    sheet: Sheet, rows: pd.DataFrame, columns: dict[str, int], layout: UnitLayout, file: str
) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Return one row a figure or target, each column read as a whole, and the cells that hold none."""
    parts, lines = [], list[dict[str, str]]()
    named = [
        *((one, False) for one in layout.figures.items()),
        *((one, True) for one in layout.targets.items()),
    ]
    for (head, (indicator, period)), is_target in named:
        line, j = by_code()[indicator], columns[head]
        texts = [sheet.rows[i][j] if j < len(sheet.rows[i]) else "" for i in rows.index]
        kinds = (
            "".join(sheet.kinds[i][j] if j < len(sheet.kinds[i]) else "t" for i in rows.index)
            if sheet.kinds
            else ""
        )
        scale = Scale(line.unit, line.lower, line.upper, says_percent="%" in head)
        readings = read_column(texts, kinds, scale)
        own = rows.assign(
            indicator=indicator, unit=line.unit, value=readings.values, is_target=is_target, note="",
            qualifier=[readings[n].qualifier for n in range(len(texts))],
            raw_location=[f"{file}!{sheet.name}!{sheet.address(i, j)}" for i in rows.index],
            period=pd.Series([period or one for one in rows["period"].tolist()], index=rows.index, dtype="object"),
        )  # fmt: skip
        for n, i in enumerate(rows.index):
            reason = readings[n].said if pd.isna(readings.values[n]) else None
            if reason is not None and (texts[n] or not is_target):
                lines.append(quarantine_line(file, sheet.name, sheet.address(i, j), texts[n], reason))
        parts.append(own[own["value"].notna()])
    return _dated(pd.concat(parts, ignore_index=True), layout), lines


def _dated(figures: pd.DataFrame, layout: UnitLayout) -> pd.DataFrame:
    """Return figures with their days, and the code on the map of these; those of no map are left to their map."""
    ends = {period: period.end for period in set(figures["period"]) if isinstance(period, Period)}
    announced = bounds_of(_iso(layout.announced))[1] if layout.announced else None
    last = [announced if target else ends[period]
            for period, target in zip(figures["period"], figures["is_target"], strict=True)]  # fmt: skip
    frames = [frame_of(day) if day else "63" for day in last]
    figures = figures.assign(
        province_frame=pd.Series(frames, index=figures.index, dtype="str"),
        province_code=figures["code_63"].where(np.array(frames) == "63", figures["code_34"]),
        period_start=[p.start.strftime(_DAY) if isinstance(p, Period) else "" for p in figures["period"]],
        period_end=[p.end.strftime(_DAY) if isinstance(p, Period) else "" for p in figures["period"]],
        frequency=[p.frequency if isinstance(p, Period) else "" for p in figures["period"]],
    )
    texts = [
        "indicator",
        "unit",
        "note",
        "qualifier",
        "raw_location",
        "period_start",
        "period_end",
        "frequency",
    ]
    return figures[figures["province_code"] != ""].astype(dict.fromkeys(texts, "str"))


def _iso(day: str) -> str:
    found = parse_period(day)
    if found is None:
        raise FileRefused("layout.toml", "announced_unreadable", text=day)
    return found.end.strftime(_DAY) if found.start == found.end else found.end.strftime(_DAY)[:7]


def _sums(
    units: pd.DataFrame, whole: pd.DataFrame, layout: UnitLayout, file: str
) -> tuple[pd.DataFrame, list[Message], list[Message]]:
    """Return the sums of counts that are complete, what is said of the others, and totals that differ from their sum.

    Complete: as many units as the layout says the province has, or the same sum as the table's own row of it.
    """
    keys = ["province_code", "province_frame", "indicator", "period_start", "period_end", "frequency", "unit"]
    counts = units[units["unit"] == "count"]
    if counts.empty:
        return counts, [], []
    summed = counts.groupby(keys, sort=True, as_index=False).agg(
        value=("value", "sum"), n=("unit_code", "nunique"), rows=("unit_code", "size"),
        raw_location=("raw_location", "first"), source_id=("source_id", "first"),
    )  # fmt: skip
    printed = whole.groupby(keys, as_index=False).agg(
        printed=("value", "first"), several=("value", "nunique")
    )
    summed = summed.merge(printed, on=keys, how="left")
    pairs = zip(summed["province_code"], summed["province_frame"], strict=True)
    names = [name_of(code, frame) for code, frame in pairs]
    stated = pd.Series(
        [layout.complete.get(fold_unit(name)) for name in names], index=summed.index, dtype="float64"
    )
    agrees = summed["printed"].eq(summed["value"]) & summed["several"].eq(1)
    once = summed["n"].eq(summed["rows"])  # a unit with two figures of one period would be counted twice
    differs = summed["printed"].notna() & ~agrees
    complete = once & ~differs & (agrees | stated.eq(summed["n"]))
    summed = summed.assign(
        numerator=float("nan"), denominator=float("nan"), qualifier="exact", note=_SUM_NOTE
    )
    found = zip(
        names,
        summed["indicator"],
        summed["period_end"],
        summed["value"],
        summed["printed"],
        differs,
        strict=True,
    )
    wrong = [
        message("units_differ", file=file, province=name, indicator=code, period=end, sum=value, printed=total)
        for name, code, end, value, total, wrong in found if wrong
    ][:_AT_ONCE]  # fmt: skip
    left = list(dict.fromkeys(names[i] for i in summed.index[~complete & ~differs]))
    more = {"names": left[:_AT_ONCE], "count": len(left)}
    said = [message("units_not_summed", file=file, **more)] if left else []
    return summed[complete], said, wrong


def _targets(rows: pd.DataFrame, layout: UnitLayout) -> pd.DataFrame:
    """Return the targets of units."""
    if rows.empty:
        return shape([], UNIT_TARGET_COLUMNS)
    announced = _iso(layout.announced)
    found = rows.assign(
        announced=announced, date_precision="day" if len(announced) == 10 else "month", effective_from="",
        target_value=rows["value"], deadline=_iso(layout.deadline) if layout.deadline else "", scope=layout.scope,
        document=layout.document, stated_by="official" if layout.document else "user",
    )  # fmt: skip
    texts = [name for name in UNIT_TARGET_COLUMNS if name != "target_value"]
    return found[list(UNIT_TARGET_COLUMNS)].astype(dict.fromkeys(texts, "str")).reset_index(drop=True)
