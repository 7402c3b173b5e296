"""A panel: one outcome as a matrix of units by periods, which every estimator starts from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.errors import (
    ConstantOutcome,
    EmptyPeriod,
    NoControlLeft,
    NoPostPeriod,
    NoPrePeriod,
    NoTreatedUnit,
    OneCluster,
    StaggeredStart,
    UnevenPeriods,
    UnknownColumn,
    some,
)

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

STAGGERED_METHODS = ("event-study", "callaway-santanna", "imputation", "bacon", "synthetic-did")


@dataclass(frozen=True)
class Panel:
    """One outcome of `n_units` units over `n_periods` periods.

    `outcome` is units by periods, NaN where `observed` is false. `treated_from` gives each unit the index of
    its first treated period; `n_periods` means not treated within the panel. `weights` is units by periods,
    zero where nothing is observed, or None; `covariates` maps a name to units by periods; `strata` and
    `cluster` are codes, one a unit, or None. `times` places the periods in time, in steps of the panel's frequency,
    where some are absent; `keeps_always_treated` lets units be treated from their first outcome on, which a two-way
    regression compares later ones with. `extra` maps further columns, which some methods read, to units by periods, NaN
    where they are empty.
    """

    outcome: FloatArray
    observed: BoolArray
    treated_from: IntArray
    units: tuple[str, ...]
    periods: tuple[str, ...]
    outcome_name: str = "outcome"
    weights: FloatArray | None = None
    covariates: dict[str, FloatArray] = field(default_factory=dict)
    strata: IntArray | None = None
    cluster: IntArray | None = None
    notes: tuple[str, ...] = ()
    times: IntArray | None = None
    keeps_always_treated: bool = False
    extra: dict[str, FloatArray] = field(default_factory=dict)

    @classmethod
    def of(cls, frame: pd.DataFrame, **columns: Any) -> Panel:
        """Arrange a tidy frame as a panel once, for every method: `Panel.of(frame, unit=…, time=…, outcome=…, …)`.

        The words are those of `build_panel`, and so is what it refuses.
        """
        from analysis.estimation.panel.frames import build_panel

        return build_panel(frame, **columns)

    def column(self, name: str) -> FloatArray:
        """Return a further column, units by periods.

        Raises:
            UnknownColumn: the panel was arranged without it.
        """
        if name not in self.extra:
            raise UnknownColumn(
                f"No column {name!r} in the panel; it has {some(self.extra) or 'none'} beside the outcome. Name it in "
                "Panel.of(frame, …, extra=[…])."
            )
        return self.extra[name]

    @property
    def n_units(self) -> int:
        """Units, treated or not."""
        return len(self.units)

    @property
    def n_periods(self) -> int:
        """Periods, before and after."""
        return len(self.periods)

    @property
    def n_obs(self) -> int:
        """Cells with an outcome."""
        return int(self.observed.sum())

    @property
    def treated(self) -> BoolArray:
        """Which units are treated at some period of the panel."""
        return np.asarray(self.treated_from < self.n_periods)

    @property
    def n_treated(self) -> int:
        """Units treated at some period of the panel."""
        return int(self.treated.sum())

    @property
    def treatment(self) -> BoolArray:
        """Units by periods: is the unit treated in the period?"""
        return np.asarray(np.arange(self.n_periods)[None, :] >= self.treated_from[:, None])

    @property
    def starts(self) -> IntArray:
        """The distinct first treated periods, as indexes, in order."""
        return np.unique(self.treated_from[self.treated])

    @property
    def is_balanced(self) -> bool:
        """Has every unit an outcome in every period?"""
        return bool(self.observed.all())

    @property
    def cell_weights(self) -> FloatArray:
        """Units by periods: the weight of each cell, 1 or 0 when the panel has no weights."""
        return self.observed.astype(float) if self.weights is None else self.weights

    @property
    def always_treated(self) -> BoolArray:
        """Which treated units have no outcome before their start."""
        return np.asarray(self.treated & ~(self.observed & ~self.treatment).any(axis=1))

    def require_even(self, method: str) -> None:
        """Refuse periods that do not follow one another in equal steps.

        Raises:
            UnevenPeriods: some are absent; the message names the first gap.
        """
        steps = np.diff(np.arange(self.n_periods) if self.times is None else self.times)
        if len(wide := np.flatnonzero(steps > 1)):
            before, after = self.periods[wide[0]], self.periods[wide[0] + 1]
            raise UnevenPeriods(
                f"{method} goes from one period to the next, and the panel has none between {before} and {after}. Add "
                "them, or narrow the panel to a stretch without a gap."
            )

    def keep(
        self, *, units: BoolArray | None = None, periods: BoolArray | None = None, check: bool = True
    ) -> Panel:
        """Narrow the panel to some units and a set of periods, and check what is left unless told not to.

        A start moves to the first kept period at or after it.
        """
        rows = np.ones(self.n_units, bool) if units is None else units
        columns = np.ones(self.n_periods, bool) if periods is None else periods
        before = np.concatenate([[0], np.cumsum(columns)])
        cut = np.ix_(rows, columns)
        narrowed = replace(
            self,
            outcome=self.outcome[cut],
            observed=self.observed[cut],
            treated_from=before[self.treated_from[rows]].astype(np.int64),
            units=tuple(u for u, kept in zip(self.units, rows, strict=True) if kept),
            periods=tuple(p for p, kept in zip(self.periods, columns, strict=True) if kept),
            weights=None if self.weights is None else self.weights[cut],
            covariates={name: values[cut] for name, values in self.covariates.items()},
            extra={name: values[cut] for name, values in self.extra.items()},
            strata=None if self.strata is None else self.strata[rows],
            cluster=None if self.cluster is None else self.cluster[rows],
            times=None if self.times is None else self.times[columns],
        )
        if check:
            check_panel(narrowed)
        return narrowed

    def require_one_start(self, method: str) -> None:
        """Refuse units that start at different periods.

        Raises:
            StaggeredStart: they do; the message names the methods that take them.
        """
        if len(self.starts) > 1:
            raise StaggeredStart(
                f"{method} takes one common start, and the treated units start at "
                f"{some(self.periods[s] for s in self.starts)}. Methods that take staggered starts: "
                f"{', '.join(STAGGERED_METHODS)}."
            )

    def require_never_treated(self, method: str) -> None:
        """Refuse a panel in which every unit is treated in the end.

        Raises:
            NoControlLeft: no unit stays untreated to the last period.
        """
        if self.treated.all():
            raise NoControlLeft(
                f"{method} compares with units never treated, and all {self.n_units} units are treated by "
                f"{self.periods[-1]}. Add untreated units, or end the panel before the last start."
            )


def check_panel(panel: Panel, *, repeated_samples: bool = False, needs_controls: bool = True) -> None:
    """Refuse a panel from which nothing can be learnt.

    `repeated_samples` lets units be seen on one side of the start only, as long as their group is on both;
    `needs_controls=False` allows a panel of treated units alone.

    Raises:
        PanelError: one of its subclasses, for the first thing found wrong.
    """
    empty = [panel.periods[t] for t in np.flatnonzero(~panel.observed.any(axis=0))]
    if empty:
        raise EmptyPeriod(
            f"No unit has an outcome in {some(empty)}. Drop these periods, or fill them in the source."
        )
    seen = panel.outcome[panel.observed]
    if seen.max() == seen.min():
        raise ConstantOutcome(
            f"{panel.outcome_name!r} is {seen[0]:g} in all {len(seen)} cells; it has to move."
        )
    if panel.cluster is not None and len(np.unique(panel.cluster)) < 2:
        raise OneCluster("All units lie in one cluster; at least 2 are needed, many more are better.")
    if panel.n_treated == 0:
        raise NoTreatedUnit(
            f"None of {panel.n_units} units is treated between {panel.periods[0]} and {panel.periods[-1]}. "
            "At least one is needed."
        )
    if needs_controls and panel.treated.all() and len(panel.starts) == 1:
        said = f"All {panel.n_units} units are treated from {panel.periods[panel.starts[0]]}; none is left as control."
        raise NoControlLeft(" ".join((said, *panel.notes)))
    if not repeated_samples:
        _require_both_sides(panel)


def _require_both_sides(panel: Panel) -> None:
    treatment = panel.treatment
    before = (panel.observed & ~treatment).any(axis=1)
    after = (panel.observed & treatment).any(axis=1)
    late = [panel.units[i] for i in np.flatnonzero(panel.treated & ~before)]
    if late and not (panel.keeps_always_treated and len(late) < panel.n_treated):
        raise NoPrePeriod(
            f"{len(late)} treated unit(s) have no outcome before their start: {some(late)}. "
            "At least one unit needs a period before; lengthen the panel. (A column that marks who is treated at any "
            "time does not say when: treated_from names each unit's first treated period.)"
        )
    if len(gone := [panel.units[i] for i in np.flatnonzero(panel.treated & ~after)]):
        raise NoPostPeriod(
            f"{len(gone)} treated unit(s) have no outcome from their start on: {some(gone)}. "
            "Each needs at least one; leave them out or lengthen the panel."
        )
