"""An export of dossiers becomes figures of provinces and their units by month; what did not count is in quarantine."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.cleaning.dossiers import counting
from analysis.cleaning.dossiers.counting import Counts, count_dossiers
from analysis.cleaning.dossiers.database import Records, reading
from analysis.cleaning.dossiers.dossier_layout import DossierLayout
from analysis.cleaning.maps import MERGER
from analysis.cleaning.messages import Message, message
from analysis.cleaning.shapes import (
    HELD_COLUMNS,
    OBSERVATION_COLUMNS,
    UNIT_OBSERVATION_COLUMNS,
    Cleaned,
    quarantine_line,
    shape,
)
from analysis.cleaning.words.places import PLACE, read_code, read_place
from analysis.reference.unit_levels import UNIT_LEVELS, fold_unit, level_of_unit

if TYPE_CHECKING:
    from analysis.cleaning.files import FileOutcome

# The figures, from what was counted: numerator and denominator of a share, or the count itself.
COUNTED = {
    "n_dossiers_total": "received",
    "n_dossiers_online": "online",
    "n_services_with_online_dossiers": "services_online",
}
SHARES = {
    "share_dossiers_submitted_online": ("online", "received"),
    "share_dossiers_processed_online": ("processed", "received"),
    "share_services_with_online_dossiers": ("services_online", "provided"),
}
_COMMON = 3  # rows that a word must stand in to be shown: a rarer one may be a person's
_EXAMPLES = 3


def clean_dossiers(outcome: FileOutcome, path: Path, layout: DossierLayout, accessed: str) -> None:
    """Put into `outcome` what the dossiers of a file count up to; nothing is left half done where it cannot be read.

    Raises:
        FileRefused: the file cannot be read to its end, or not by this layout.
    """
    until = dt.date.fromisoformat(layout.until or accessed or dt.date.today().isoformat())
    units = _Units(layout)
    with reading(path, outcome.file) as records:
        records.open(layout.columns, layout.encoding, layout.delimiter)
        counts = count_dossiers(records, layout, until, units.places)
        days = (
            _shapes_of_days(records, layout)
            if {counting.DAY, counting.MONTH_FIRST} & {*counts.uncounted}
            else []
        )
    outcome.rows_read = counts.rows
    source_id = str(outcome.cleaned.sources["source_id"].item())
    lines = [*_held(outcome.file, counts, layout, until, days), *_unreadable(outcome.file, counts)]
    figures = _figures(counts, layout, units, f"{outcome.file}:2-{counts.rows + 1}", source_id)
    by_province = figures[figures["unit_code"].isna()][list(OBSERVATION_COLUMNS)].reset_index(drop=True)
    by_unit = figures[figures["unit_code"].notna()][list(UNIT_OBSERVATION_COLUMNS)].reset_index(drop=True)
    if counts.uncounted.get(counting.MONTH_FIRST):
        # Days such as 3/8 read either way: what the others of their column contradict is not taken.
        rows = counts.uncounted[counting.MONTH_FIRST]
        outcome.problems.append(
            message("days_month_first", file=outcome.file, rows=rows, column=layout.day_column)
        )
        by_province, by_unit = by_province.iloc[:0], by_unit.iloc[:0]
    outcome.notices.append(_rule(outcome.file, counts, layout, until))
    outcome.cleaned = Cleaned(
        by_province, outcome.cleaned.targets, shape(lines, HELD_COLUMNS), outcome.cleaned.sources, by_unit
    )
    if outcome.cleaned.is_empty and not outcome.problems:
        outcome.problems.append(message("no_dossier_counts", file=outcome.file, rows=counts.rows))


class _Units:
    """What the words of the columns of places and units stand for; names and levels by province and code."""

    def __init__(self, layout: DossierLayout) -> None:
        self.layout = layout
        self.named: dict[str, tuple[str, str]] = {}

    def places(self, words: pd.DataFrame) -> pd.DataFrame:
        """Return raw place and unit, the codes on either map, the unit's code, and why they stand for none."""
        pairs = words.groupby(["place", "unit"], dropna=False, sort=True)
        rows = [self._place(_text(place), _text(unit), own) for (place, unit), own in pairs]
        return pd.DataFrame(rows, columns=["place", "unit", "code_63", "code_34", "unit_code", "why"])

    def _place(self, place: str | None, unit: str | None, own: pd.DataFrame) -> tuple[object, ...]:
        label = self.layout.province or place or ""
        found = read_code(label) if label.strip().isdigit() else read_place(label)
        codes = (found.code_63, found.code_34) if found.kind == PLACE else ("", "")
        why = "" if any(codes) and "VN" not in codes else counting.PLACE
        code = " ".join((unit or "").split())
        if self.layout.unit_column and not why:
            why = "" if code and self._name(code, own) else counting.UNIT
        return (place, unit, *(codes if why != counting.PLACE else ("", "")), code, why)

    def _name(self, code: str, own: pd.DataFrame) -> bool:
        """Note name and level of a unit, those of most rows; tell whether its level is known."""
        names = own.groupby("unit_name")["n"].sum()
        name = str(names.idxmax()) if len(names) else code
        said = own.groupby("level")["n"].sum()
        level = level_of_unit(str(said.idxmax())) if len(said) else ""
        level = level if level in UNIT_LEVELS else ""
        given = self.layout.levels
        level = given.get(fold_unit(code)) or given.get(fold_unit(name)) or level or level_of_unit(name)
        self.named[code] = (name, level)
        return bool(level)


def _figures(
    counts: Counts, layout: DossierLayout, units: _Units, place: str, source_id: str
) -> pd.DataFrame:
    """Return the observations of provinces (without `unit_code`) and of units, one row a figure."""
    rows = counts.figures.rename(columns={"place": "province_code", "unit": "unit_code"})
    months = pd.to_datetime(rows["month"])
    named = rows["unit_code"].map(
        lambda code: units.named.get(code, ("", "")) if isinstance(code, str) else ("", "")
    )
    rows = rows.assign(
        province_frame=["34" if month >= pd.Timestamp(MERGER) else "63" for month in months],
        period_start=months.dt.strftime("%Y-%m-%d"),
        period_end=(months + pd.offsets.MonthEnd(0)).dt.strftime("%Y-%m-%d"),
        unit_name=[name for name, _ in named],
        unit_level=[level for _, level in named],
        provided=_provided(rows, layout, units),
        frequency="M",
        source_id=source_id,
        raw_location=place,
        qualifier=["about" if n else "exact" for n in rows["uncounted"]],
        note=["counted from dossiers" + (f"; {n} more of the month could not be counted" if n else "")
              for n in rows["uncounted"]],
    )  # fmt: skip
    parts = [
        rows.assign(indicator=code, unit="count", value=rows[column].astype("float64"), numerator=float("nan"),
                    denominator=float("nan"))
        for code, column in COUNTED.items()
    ]  # fmt: skip
    for code, (part, whole) in SHARES.items():
        known = rows[rows[whole].notna()] if part != "processed" or layout.status_column else rows.iloc[:0]
        over, under = known[part].astype("float64"), known[whole].astype("float64")
        parts.append(known.assign(indicator=code, unit="percent", value=100 * over / under, numerator=over,
                                  denominator=under))  # fmt: skip
    whole_table = pd.concat(parts, ignore_index=True)
    others = ("value", "numerator", "denominator", "unit_code")
    return whole_table.astype(dict.fromkeys((n for n in UNIT_OBSERVATION_COLUMNS if n not in others), "str"))


def _provided(rows: pd.DataFrame, layout: DossierLayout, units: _Units) -> list[float]:
    """Return the number of services that each province or unit provides, where the layout says it."""
    from analysis.reference.provinces import name_of

    given = layout.services_provided
    found = []
    for code, unit, month in zip(rows["province_code"], rows["unit_code"], rows["month"], strict=True):
        frame = "34" if pd.Timestamp(month) >= pd.Timestamp(MERGER) else "63"
        names = [unit, units.named[unit][0]] if isinstance(unit, str) else [name_of(code, frame), code]
        found.append(next((float(given[fold_unit(n)]) for n in names if fold_unit(n) in given), float("nan")))
    return found


def _rule(file: str, counts: Counts, layout: DossierLayout, until: dt.date) -> Message:
    """Say how dossiers were counted, and that every row is told of."""
    counted = (
        counts.rows
        - sum(counts.uncounted.values())
        - counts.repeated
        - sum(n for _, n, _ in counts.unreadable)
    )
    return message(
        "dossiers_counted.processed" if layout.status_column else "dossiers_counted", file=file, rows=counts.rows,
        counted=counted, repeated=counts.repeated, uncounted=counts.rows - counted - counts.repeated, until=str(until),
        online=list(layout.online), processed=list(layout.processed), channel=layout.channel_column,
        day=layout.day_column, status=layout.status_column, procedure=layout.procedure_column,
    )  # fmt: skip


def _held(
    file: str, counts: Counts, layout: DossierLayout, until: dt.date, days: list[str]
) -> list[dict[str, str]]:
    """Return a line for each reason why rows do not count, with examples that are no person's."""
    lines = []
    for why, rows in counts.uncounted.items():
        key = "day" if why in _OF_DAYS else "province" if why == counting.PLACE else why
        column = getattr(layout, f"{key}_column", "")
        shown = days if why in (counting.DAY, counting.MONTH_FIRST) else _examples(counts.words, key)
        when = {"until": str(until), "first": str(counting.FIRST_DAY)}
        said = message(f"dossiers_uncounted.{why}", rows=rows, column=column, **when)
        lines.append(quarantine_line(file, "", "A1", "; ".join(shown), said))
    return lines


_OF_DAYS = (counting.DAY, counting.MONTH_FIRST, counting.EARLY, counting.FUTURE, counting.UNFINISHED)


def _unreadable(file: str, counts: Counts) -> list[dict[str, str]]:
    lines = []
    for kind, rows, first in counts.unreadable:
        code = "dossiers_uncounted.encoding" if "ENCODING" in kind else "dossiers_uncounted.line"
        lines.append(quarantine_line(file, "", f"A{first}", "", message(code, rows=rows, first=first)))
    return lines


def _examples(words: pd.DataFrame, key: str) -> list[str]:
    """Return the most frequent words of a column that stand for nothing; none that is rare or looks like a number."""
    column = {"province": "place", "unit": "unit"}.get(key, "odd")
    own = words[words["column"] == ("place" if column != "odd" else key)]
    rows = own.groupby(column)["n"].sum().sort_values(ascending=False, kind="stable")
    found = [
        f"{word} ({n:,})" for word, n in rows.items()
        if n >= _COMMON and _says_no_person(str(word))
        and not (key == "province" and read_place(str(word)).kind == PLACE)
        and not (key == "unit" and level_of_unit(str(word)))
    ]  # fmt: skip
    return found[:_EXAMPLES]


def _says_no_person(word: str) -> bool:
    """Tell whether a text is short and has few digits, as no number of a dossier or a person has."""
    return len(word) <= 40 and sum(map(str.isdigit, word)) <= 3


def _shapes_of_days(records: Records, layout: DossierLayout) -> list[str]:
    """Return how days that cannot be read are written, each digit as 9: no number in their place is shown."""
    day, _ = counting.day_of(records, layout)
    cell = records.column("day_column")
    form = f"regexp_replace(regexp_replace(left({cell}, 20), '[0-9]', '9', 'g'), '[^-0-9/:. +]', 'x', 'g')"
    rows = records.run(
        f"SELECT coalesce({form}, '') form, count(*) n FROM {records.scan} WHERE {day} IS NULL GROUP BY form "
        f"ORDER BY n DESC, form LIMIT {_EXAMPLES}",
        "days",
    )
    return [f"{re.sub(r'x+', '…', form) or '∅'} ({n:,})" for form, n in rows.values.tolist()]


def _text(cell: object) -> str | None:
    return cell if isinstance(cell, str) else None
