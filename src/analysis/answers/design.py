"""How the next targets would have to be set so that they can be judged: what a panel can show, and a roll-out by lot.

The order of a roll-out is drawn at random within regions, so that provinces that start early are no others than those
that start late, but for chance.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.errors import RequestError
from analysis.periods import frequency_of, shift
from analysis.reference.provinces import by_code, provinces

if TYPE_CHECKING:
    import pandas as pd

    from analysis.panels.study_panel import StudyPanel

HORIZONS = (1, 3, 6, 12)
LEVEL, POWER = 0.95, 0.80
SWEEPS = 30  # of taking off province and period means in turn; with few gaps they settle after a handful


class PlanRefused(RequestError):
    """A roll-out that the panel or the number of provinces does not allow; names the parameter."""


@dataclass(frozen=True)
class RolloutPlan:
    """Which province starts in which period.

    Attributes:
        rows: province_code, province, region, step (from 1; 0 keeps waiting), start (a period, empty for none).
        periods: from the first step to the last period observed.
        before: periods observed before each step, counted from the first period of the plan's window.
        n_periods: periods of the plan's window, those before the first step included.
        per_step, seed: as drawn.
    """

    rows: pd.DataFrame
    periods: tuple[str, ...]
    before: tuple[int, ...]
    n_periods: int
    per_step: int
    seed: int

    def table(self) -> pd.DataFrame:
        """Return provinces by period: 1 from the start on, 0 before; provinces that start first stand first."""
        ordered = self.rows.sort_values(
            ["step", "province"], key=lambda c: c.replace(0, 99) if c.name == "step" else c
        )
        marks = {p: (ordered["start"] != "") & (ordered["start"] <= p) for p in self.periods}
        return ordered[["province_code", "province", "region", "start"]].assign(
            **{period: marked.astype(int) for period, marked in marks.items()}
        )

    def csv(self) -> str:
        """Return the table as CSV."""
        return self.table().to_csv(index=False)

    def _repr_html_(self) -> str:
        from analysis.reporting.tables import Table

        text = f"Order drawn with seed {self.seed}, within regions. As CSV, to copy:"
        return f"{Table(self.table())._repr_html_()}<p>{text}</p><pre>{html.escape(self.csv())}</pre>"

    def __repr__(self) -> str:
        return self.csv()


def plan_rollout(
    panel: StudyPanel,
    *,
    steps: int = 4,
    per_step: int = 0,
    between: int = 0,
    first_step: str = "",
    seed: int = 0,
) -> RolloutPlan:
    """Draw a roll-out among the provinces of a panel that are not known to be treated.

    Args:
        panel: whose residuals will judge it; the plan's window is as long as the panel.
        steps: groups of provinces that start one after another.
        per_step: provinces a step; 0: half of all, over the steps.
        between: periods between steps; 0: the steps spread over the middle third of the window.
        first_step: the period of the first step; empty: so that a third of the window lies before it, counted from the
            panel's last period.
        seed: of the lots; 0: the study's.

    Raises:
        PlanRefused: more steps or provinces than there are periods or provinces.
    """
    length = len(panel.periods)
    before = _before(length, steps, between)
    waiting = panel.rows[panel.rows["treated_from"].isna()].drop_duplicates("province_code")
    waiting = waiting[["province_code", "province"]].sort_values("province_code", ignore_index=True)
    size = per_step or max(1, len(waiting) // (2 * len(before)))
    if size * len(before) > len(waiting) - 2:
        raise PlanRefused(
            f"steps = {len(before)} of per_step = {size} take {size * len(before)} provinces; {len(waiting)} "
            f"are not known "
            f"to have targets, and at least 2 must stay without. Choose per_step of at most "
            f"{(len(waiting) - 2) // len(before)}."
        )
    first = first_step or shift(str(panel.periods[-1]), before[0] + 1)
    if frequency_of(first) != panel.frequency:
        raise PlanRefused(f"first_step = {first!r}; expected a period written like {panel.periods[-1]}.")
    starts = [shift(first, number - before[0]) for number in before]
    seed = seed or panel.study.seed
    waiting["region"] = [region_of(code, panel.study.frame) for code in waiting["province_code"]]
    step = _draw_steps(waiting["region"].to_numpy(), len(before), size, np.random.default_rng(seed))
    rows = waiting.assign(step=step, start=[starts[number - 1] if number else "" for number in step])
    observed = tuple(shift(first, number) for number in range(length - before[0]))
    return RolloutPlan(rows, observed, before, length, size, seed)


def region_of(code: str, frame: str) -> str:
    """Return the region of a province on a map; of a unit of the 34, that of the province whose name it bears."""
    if frame == "63":
        return by_code()[code].region_en
    own = [place for place in provinces() if place.successor_code == code]
    return next((place for place in own if place.name_vi == place.successor_vi), own[0]).region_en


def arrange_by_region(panel: StudyPanel) -> Any:
    """Return the panel's levels as matrices whose strata are regions, for the power of a roll-out."""
    from analysis.estimation.panel.frames import build_panel

    rows = panel.levels
    regions = [region_of(code, panel.study.frame) for code in rows["province_code"]]
    words: dict[str, Any] = panel.level_columns
    return build_panel(rows.assign(region=regions), **words, strata="region")


def detectable_alone(panel: StudyPanel) -> pd.DataFrame:
    """Return the smallest effect in one province alone that would be found, by periods observed after its start.

    One row a province not known to be treated: `noise`, the standard deviation of what is left of its figures once
    province and period means are off, and for each horizon the effect (in the panel's level unit) found 80 times in
    100 at 5 %. The shape of chance is that of all untreated provinces at every start; each counts with its own noise.
    """
    left = _residuals(panel)
    left = left[left.index.isin(_untreated(panel))]
    noise = left.std(axis=1, ddof=1)
    scaled = left.div(noise, axis=0)
    found = {"figures": left.notna().sum(axis=1), "noise": noise}
    for horizon in (h for h in HORIZONS if h <= len(panel.periods) // 2):
        gaps = np.concatenate(
            [_gaps_at(scaled, start, horizon) for start in range(2, len(panel.periods) - horizon + 1)]
        )
        needed = np.quantile(np.abs(gaps), LEVEL) + np.quantile(-gaps, POWER)
        found[f"after {horizon}"] = noise * needed
    import pandas as pd

    return pd.DataFrame(found).sort_values("noise").rename_axis("province")


def _before(length: int, steps: int, between: int) -> tuple[int, ...]:
    """Return how many periods lie before each step."""
    if steps < 1:
        raise PlanRefused(f"steps = {steps}; expected at least 1.")
    first = max(2, length // 3)
    if between:
        found = [first + number * between for number in range(steps)]
    else:
        found = sorted({round(place) for place in np.linspace(first, max(first, 2 * length // 3), steps)})
    if found[-1] >= length:
        raise PlanRefused(
            f"steps = {steps}, between = {between}: the last step comes after {found[-1]} periods, and the panel has "
            f"{length}. Choose fewer steps or fewer periods between them."
        )
    return tuple(found)


def _draw_steps(regions: Any, steps: int, size: int, rng: np.random.Generator) -> list[int]:
    """Draw who starts in which step, each step spread over the regions by their size; 0 keeps waiting."""
    places = np.empty(len(regions))
    for region in np.unique(regions):
        members = np.flatnonzero(regions == region)
        places[members] = (rng.permutation(len(members)) + rng.random()) / len(members)
    order = np.repeat(np.arange(1, steps + 1), size)
    numbers = np.append(order, np.zeros(len(regions) - len(order), int))
    return [int(numbers[rank]) for rank in np.argsort(np.argsort(places))]


def _untreated(panel: StudyPanel) -> set[str]:
    return set(panel.rows.loc[panel.rows["treated_from"].isna(), "province"])


def _residuals(panel: StudyPanel) -> pd.DataFrame:
    """Return untreated figures less province and period means: provinces by periods, treated cells and gaps empty."""
    rows = panel.levels
    began = rows["treated_from"].notna()
    treated = began & (rows["period"] >= rows["treated_from"].where(began, rows["period"].max()))
    wide = rows[~treated].pivot_table(index="province", columns="period", values=panel.level_name)
    left = wide.sub(wide.mean(axis=1), axis=0)
    for _ in range(SWEEPS):
        left = left - left.mean(axis=0)
        left = left.sub(left.mean(axis=1), axis=0)
    return left[left.notna().sum(axis=1) > 2]


def _gaps_at(left: pd.DataFrame, start: int, horizon: int) -> Any:
    """Return each province's mean over the periods from a start on less its mean before."""
    values = left.to_numpy()
    before, after = values[:, :start], values[:, start : start + horizon]
    whole = ~(np.isnan(before).any(axis=1) | np.isnan(after).any(axis=1))
    return after[whole].mean(axis=1) - before[whole].mean(axis=1)
