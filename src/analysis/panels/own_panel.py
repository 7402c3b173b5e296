"""One province of a study's panel beside those that may stand for it: the panel of a synthetic control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.panels.refusals import PanelRefused
from analysis.reference.provinces import find_province
from analysis.reference.unit_levels import fold_unit

if TYPE_CHECKING:
    import pandas as pd

    from analysis.panels.study_panel import StudyPanel


@dataclass(frozen=True)
class OwnPanel:
    """A province's rows and its donors': all provinces not known to be treated and not doubtful.

    Attributes:
        code, name: of the province on the study's map.
        start: the first period that counts as after.
        is_treated: whether the province is known to be treated; else the comparison is a placebo.
        rows: the panel's levels of the province and its donors, treated_from of the province alone. Periods of
            anticipation before the start are left out.
        columns: the words that estimators take the rows by; units are names.
        asked: the province asked for, where the map has another unit in its place.
        skipped: the periods left out because the province may already have been preparing.
    """

    code: str
    name: str
    start: object
    is_treated: bool
    rows: pd.DataFrame
    columns: dict[str, Any]
    asked: str
    skipped: tuple[object, ...]


def own_panel(panel: StudyPanel, province: str, start: str = "") -> OwnPanel:
    """Return a province beside its donors.

    `province` is any spelling of one of the 63; on the map of 34 it means the unit that took it in. `start` is needed
    only where the province is not treated: by default the middle one of the treated provinces' starts.

    Raises:
        UnknownProvince: no such province.
        PanelRefused: it has no figure, or no start inside the panel can be had.
    """
    code = _unit_code(panel, province) if panel.study.units else code_on_map(province, panel.study.frame)
    name = panel.name_of(code)
    rows = panel.levels
    if code not in set(rows["province_code"]):
        raise PanelRefused(f"{name}: {_why_not(panel, code)}")
    known = rows.loc[rows["province_code"] == code, "treated_from"].iloc[0]
    is_treated = code in panel.treated
    chosen = known if is_treated and not start else _start(panel, start)
    skipped = (
        tuple(p for p in panel.periods if p < chosen)[-panel.anticipation :] if panel.anticipation else ()
    )
    left_out = {*panel.treated, *panel.doubtful} - {code}
    kept = rows[~rows["province_code"].isin(sorted(left_out)) & ~rows["period"].isin(skipped)]
    began = kept["treated_from"].astype("object").where(kept["province_code"] != code, chosen)
    began = began.where(kept["province_code"] == code, None)
    columns = {key: value for key, value in panel.level_columns.items() if key != "weights"}
    place = name if panel.study.units else find_province(province).name_vi
    return OwnPanel(
        code,
        name,
        chosen,
        is_treated,
        kept.assign(treated_from=began),
        columns,
        "" if place == name else place,
        skipped,
    )


def _unit_code(panel: StudyPanel, unit: str) -> str:
    """Return the code of a unit of the panel by its code or name.

    Raises:
        PanelRefused: there is none.
    """
    for code, name in panel.names.items():
        if fold_unit(unit) in (fold_unit(code), fold_unit(name)):
            return code
    shown = ", ".join([*panel.names.values()][:6])
    raise PanelRefused(f"{unit!r} is no unit of the panel. There are: {shown}, … Give one as province.")


def code_on_map(province: str, frame: str) -> str:
    """Return a province's code on a map: its own of the 63, or that of the unit of the 34 that took it in."""
    place = find_province(province)
    return place.code if frame == "63" else place.successor_code


def _why_not(panel: StudyPanel, code: str) -> str:
    if any(start.province_code == code for start in panel.too_early):
        return (
            f"its decision is too early for this panel, which begins in {panel.periods[0]}: nothing before it "
            f"is left to "
            "compare with. Choose an earlier first."
        )
    return "no figure in this window. Choose another window or another province."


def _start(panel: StudyPanel, start: str) -> object:
    """Return the period to count from, of the panel's own kind."""
    if start:
        found = [period for period in panel.periods if str(period) == str(start)]
        if not found:
            raise PanelRefused(f"start = {start!r} is no period of the panel. Periods: {_span(panel)}.")
        return found[0]
    starts = sorted(panel.rows.drop_duplicates("province_code")["treated_from"].dropna())
    if not starts:
        raise PanelRefused(
            f"No province is treated in this panel, so give start: a period of {_span(panel)}."
        )
    return starts[len(starts) // 2]


def _span(panel: StudyPanel) -> str:
    return f"{panel.periods[0]} to {panel.periods[-1]}"
