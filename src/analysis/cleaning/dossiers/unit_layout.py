"""What a layout.toml says of a table of units (agencies, districts, communes): their figures or targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.cleaning.dossiers.dossier_layout import (
    RecordLayoutUnreadable,
    levels_of,
    refuse_no_province,
    refuse_others,
    typed,
)
from analysis.cleaning.words.periods import Period, parse_period
from analysis.reference.indicators import UnknownIndicator, find_indicator
from analysis.reference.unit_levels import UNIT_LEVELS, fold_unit

UNITS = "units"


@dataclass(frozen=True)
class UnitLayout:
    """What the table `[units]` of a layout.toml says; columns are named by their heads.

    Attributes:
        where: the layout's file, for messages.
        province_column, province: the column of provinces, or the one province that all rows are of.
        unit_column, unit_name_column: the code or name of a unit, and its name where the first is a code.
        level_column, level, levels: the level of each row, of all, or by unit; else the name tells.
        period_column, period: the period of each row, or of all.
        figures: indicator codes by the head of their column. A head may end in its period (wide tables):
            { indicator = "n_dossiers_total", period = "1/2022" }.
        targets: likewise of targets, for which `announced` (a column's head, or a day), `document` and `scope` say
            when and by which decision; a unit whose cell is empty has none and is exempt.
        complete: how many units a province has in all, by its name: figures of counts are summed to the province only
            where that many have one, or where the table's own row of the province gives the same sum.
    """

    where: str
    province_column: str = ""
    province: str = ""
    unit_column: str = ""
    unit_name_column: str = ""
    level_column: str = ""
    level: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)
    period_column: str = ""
    period: str = ""
    figures: Mapping[str, tuple[str, Period | None]] = field(default_factory=dict)
    targets: Mapping[str, tuple[str, Period | None]] = field(default_factory=dict)
    announced: str = ""
    deadline: str = ""
    document: str = ""
    scope: str = ""
    complete: Mapping[str, int] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """Return the heads that must be there."""
        named = (
            self.province_column,
            self.unit_column,
            self.unit_name_column,
            self.level_column,
            self.period_column,
        )
        return [head for head in (*named, *self.figures, *self.targets) if head]


def read_unit_layout(content: Mapping[str, Any], where: str) -> UnitLayout:
    """Return what the content of a layout.toml with a table `[units]` says.

    Raises:
        RecordLayoutUnreadable: a key is unknown, missing or holds another thing than it should.
    """
    refuse_others(content, (UNITS,), where)
    where = f"{where}, [{UNITS}]"
    values = typed(content[UNITS], UnitLayout, where)
    refuse_no_province(values, where)
    if not values.get("unit_column"):
        raise RecordLayoutUnreadable(
            f"{where}: unit_column is missing: the column of the units' codes or names."
        )
    if not (values.get("figures") or values.get("targets")):
        raise RecordLayoutUnreadable(
            f'{where}: name what is read: [units.figures] or [units.targets] with "head of a column" = "indicator".'
        )
    if values.get("targets") and not values.get("announced"):
        raise RecordLayoutUnreadable(f'{where}: targets need announced = "8/6/2022": when they were set.')
    if values.get("level", UNIT_LEVELS[0]) not in UNIT_LEVELS:
        raise RecordLayoutUnreadable(
            f"{where}: level = {values['level']!r}. Expected one of {', '.join(UNIT_LEVELS)}."
        )
    if values.get("period") and parse_period(values["period"]) is None:
        raise RecordLayoutUnreadable(
            f"{where}: period = {values['period']!r}. Write 2022, Quý I/2022 or 8/2022."
        )
    for key in ("figures", "targets"):
        values[key] = {
            head: _indicator(said, f"{where}: {key}: {head!r}") for head, said in values.get(key, {}).items()
        }
    dated = values.get("period") or values.get("period_column")
    if not dated and any(period is None for _, period in values["figures"].values()):
        raise RecordLayoutUnreadable(f"{where}: say the period of the figures: period_column, or period.")
    values["levels"] = levels_of(values.get("levels", {}), where)
    for name, number in values.get("complete", {}).items():
        if type(number) is not int or number < 1:
            raise RecordLayoutUnreadable(
                f"{where}: complete: {name!r} = {number!r}. Expected a number of units."
            )
    values["complete"] = {fold_unit(name): number for name, number in values.get("complete", {}).items()}
    return UnitLayout(where, **values)


def _indicator(said: Any, where: str) -> tuple[str, Period | None]:
    given = said if isinstance(said, Mapping) else {"indicator": said}
    if not isinstance(given.get("indicator"), str) or not set(given) <= {"indicator", "period"}:
        raise RecordLayoutUnreadable(f'{where} = {said!r}. Expected the code of an indicator, or {{ indicator = "…", '
                                     'period = "1/2022" }.')  # fmt: skip
    period = parse_period(str(given["period"])) if "period" in given else None
    if "period" in given and period is None:
        raise RecordLayoutUnreadable(
            f"{where}: period = {given['period']!r}. Write 2022, Quý I/2022 or 8/2022."
        )
    try:
        return find_indicator(given["indicator"]).code, period
    except UnknownIndicator as error:
        raise RecordLayoutUnreadable(f"{where}: {error}") from error
