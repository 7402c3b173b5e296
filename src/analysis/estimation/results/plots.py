"""Small plots of results on one axis, for a notebook; the briefs' figures are made elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.estimation.results import Estimate, Power, SpecificationCurve, Term
from analysis.estimation.results.bounds_plots import plot_bounds, plot_decomposition
from analysis.estimation.results.display import term_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOUR, QUIET = "#1f4e79", "#7f7f7f"
_OWN_PLOTS = {"bacon": plot_decomposition, "rambachan-roth": plot_bounds}


def plot_estimate(result: Estimate, ax: Axes | None = None) -> Axes:
    """Draw a result's terms with their intervals, or its one estimate when it has no terms."""
    axis = own_axis() if ax is None else ax
    axis.axhline(0, color=QUIET, linewidth=0.8)
    if result.method in _OWN_PLOTS:
        return _OWN_PLOTS[result.method](result, axis)
    terms = list(result.terms)
    if terms and all(term.event_time is not None for term in terms):
        _draw(axis, [(float(term.event_time or 0), term) for term in terms])
        axis.axvline(-0.5, color=QUIET, linewidth=0.8, linestyle=":")
        axis.set_xlabel("periods since treatment")
    else:
        shown = terms or [Term(result.estimate, result.std_error, result.conf_low, result.conf_high)]
        _draw(axis, [(float(k), term) for k, term in enumerate(shown)])
        axis.set_xticks(range(len(shown)), [term_name(t) if terms else result.method for t in shown])
        axis.tick_params(axis="x", labelrotation=90 if len(shown) > 6 else 0)
    axis.set_ylabel(f"effect ({result.unit})")
    axis.set_title(
        f"{result.method}, {100 * result.conf_level:g} % intervals ({result.inference})", fontsize=9
    )
    return axis


def plot_power(result: Power, ax: Axes | None = None) -> Axes:
    """Draw the share of repetitions in which each effect would have been found, one line an inference."""
    axis = own_axis() if ax is None else ax
    for name, rows in result.frame().groupby("inference", sort=False):
        axis.plot(rows["effect"], rows["power"], label=str(name))
    axis.axhline(result.power, color=QUIET, linewidth=1.2, linestyle=":")
    axis.annotate(
        f"{100 * result.power:g} in 100", (0, result.power), xytext=(0, 3), textcoords="offset points"
    )
    axis.set(xlabel=f"true effect ({result.unit})", ylabel="share found", ylim=(0, 1.02))
    if len({row["inference"] for row in result.rows}) > 1:
        axis.legend(frameon=False, loc="lower right")
    return axis


def plot_specifications(result: SpecificationCurve, ax: Axes | None = None) -> Axes:
    """Draw the estimates in order of size; those that could not be made are counted in the title."""
    axis = own_axis() if ax is None else ax
    rows = [row for row in result.rows if "estimate" in row]
    rows.sort(key=lambda row: row["estimate"])
    terms = [Term(row["estimate"], row["std_error"], row["conf_low"], row["conf_high"]) for row in rows]
    axis.axhline(0, color=QUIET, linewidth=0.8)
    if terms:
        _draw(axis, [(float(k), term) for k, term in enumerate(terms)])
    axis.set_xlabel("specification, by size")
    axis.set_ylabel(f"effect ({', '.join(sorted({row['unit'] for row in rows}))})")
    axis.set_title(f"{len(rows)} estimates; {len(result.rows) - len(rows)} not possible", fontsize=9)
    return axis


def own_axis() -> Axes:
    """Open a new figure with one axis."""
    from matplotlib import pyplot

    _, axis = pyplot.subplots(figsize=(6, 3.5), layout="constrained")
    return axis


def _draw(axis: Axes, placed: list[tuple[float, Term]]) -> None:
    for x, term in placed:
        if term.conf_low is not None and term.conf_high is not None:
            axis.plot([x, x], [term.conf_low, term.conf_high], color=COLOUR, linewidth=1.5)
    filled = [(x, term.estimate) for x, term in placed if not term.is_reference]
    axis.plot(*zip(*filled, strict=True), "o", color=COLOUR)
    for x, term in placed:
        if term.is_reference:
            axis.plot([x], [0.0], "o", markerfacecolor="white", markeredgecolor=COLOUR)
