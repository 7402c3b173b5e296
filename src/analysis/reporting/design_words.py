"""What a panel or a roll-out could show, in words and tables for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import pandas as pd

from analysis.reporting.answer_words import rounded
from analysis.reporting.display import Answer, Reason
from analysis.reporting.study_words import CELLS
from analysis.reporting.tables import Table

if TYPE_CHECKING:
    from analysis.estimation.results import Power
    from analysis.panels.study_panel import StudyPanel


@runtime_checkable
class HasRolloutPower(Protocol):
    """The power of a roll-out, as estimation gives it: see `simulate_rollout_power`."""

    starts: tuple[int, ...]
    per_step: int
    n_units: int
    detectable: tuple[dict[str, Any], ...]
    power: float
    conf_level: float

    def frame(self) -> pd.DataFrame:
        """Return the power curve."""


def answer_power(power: Power, panel: StudyPanel) -> Answer:
    """Say the smallest effect that this panel could have shown."""
    found = [value for value in power.detectable.values() if value is not None]
    groups = (
        f"With {len(panel.treated)} of {panel.rows['province_code'].nunique()} provinces treated as they were"
    )
    level = f"{power.power:.0%} of the time at a level of {1 - power.conf_level:.0%}"
    if not found:
        return Answer(f"{groups}, no effect would be found {level}, whatever its size.")
    return Answer(
        f"{groups}, an effect that is the same everywhere would be found {level} from about {min(found):.1f} "
        f"{panel.level_name} on ({power.repetitions} simulations: other draws may move the last digit).{_judged(panel)}"
    )


def _judged(panel: StudyPanel) -> str:
    """Say by which method an effect counts as found, where that is not the one that answers."""
    if not panel.is_staggered:
        return ""
    return (
        " Found is what the two-way regression finds. With several starts it is biased where effects grow, so "
        "that 03 and the briefs do not answer by it; it is not where an effect is the same everywhere, as simulated."
    )


def answer_rollout(power: HasRolloutPower | Reason, panel: StudyPanel) -> Answer:
    """Say the smallest full effect that a roll-out would show once all its periods are observed."""
    if not isinstance(power, HasRolloutPower):
        return Answer(str(power))
    last = power.detectable[-1]
    steps = len(power.starts)
    start = f"{power.per_step * steps} of {power.n_units} provinces, started in {steps} steps by lot"
    if last["effect"] is None:
        return Answer(f"{start}: no effect of the sizes tried would be found {power.power:.0%} of the time.")
    return Answer(
        f"{start}: after {last['periods']} periods a full effect of {last['effect']:.1f} {panel.level_name} or "
        f"more would "
        f"be found {power.power:.0%} of the time at a level of {1 - power.conf_level:.0%}.{_earlier(power)}"
    )


def _earlier(power: HasRolloutPower) -> str:
    """Say where fewer periods show a smaller effect than all of them do, and how that can be."""
    last = power.detectable[-1]
    known = [row for row in power.detectable if row["effect"] is not None]
    best = min(known, key=lambda row: row["effect"])
    if round(best["effect"], 1) >= round(last["effect"], 1):
        return ""
    return (
        f" After {best['periods']} periods it is {best['effect']:.1f} already. More periods need not help: the mean is "
        "over all treated cells, and the later ones lie further from what is known of their province before its start "
        "and are compared with fewer provinces still waiting."
    )


def table_of_rollout(power: HasRolloutPower | Reason, panel: StudyPanel) -> Table:
    """Return one row a number of periods observed: provinces started, and the smallest full effect found by then."""
    rows = [
        {
            "periods observed": row["periods"],
            "provinces started": row["units_started"],
            f"treated {CELLS[panel.frequency]}": round(row["unit_periods"]),
            f"smallest full effect found, {panel.level_name}": rounded(row["effect"], 1),
        }
        for row in (power.detectable if isinstance(power, HasRolloutPower) else ())
    ]
    return Table(pd.DataFrame(rows, columns=list(rows[0]) if rows else ["periods observed"]))


def table_alone(alone: pd.DataFrame, panel: StudyPanel) -> Table:
    """Return one row a province: its noise, and the smallest effect in it alone by periods after the start."""
    renamed = alone.rename(columns={"noise": f"noise, {panel.level_name}"})
    return Table(renamed.round(1).reset_index())
