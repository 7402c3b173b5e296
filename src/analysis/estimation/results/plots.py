"""Small plots of results on one axis, for a notebook; the briefs' figures are made elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.estimation.results.display import term_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from analysis.estimation.results import Estimate, Power, SpecificationCurve

COLOUR, QUIET = "#1f4e79", "#7f7f7f"
COLOURS = (COLOUR, "#c0504d", QUIET, "#bf9000")
# Where a mark stands: its estimate, its interval where it has one, whether it is the reference.
Mark = tuple[float, float, float | None, float | None, bool]


def plot_estimate(result: Estimate, ax: Axes | None = None) -> Axes:
    """Draw a result's terms with their intervals, or its one estimate when it has no terms."""
    axis = own_axis() if ax is None else ax
    axis.axhline(0, color=QUIET, linewidth=0.8)
    if result.method in (own := {"bacon": plot_decomposition, "rambachan-roth": plot_bounds}):
        return own[result.method](result, axis)
    terms = list(result.terms)
    if terms and all(term.event_time is not None for term in terms):
        _draw(axis, [_mark(float(term.event_time or 0), term) for term in terms])
        axis.axvline(-0.5, color=QUIET, linewidth=0.8, linestyle=":")
        axis.set_xlabel("periods since treatment")
    else:
        shown: list[Any] = [*terms] or [result]
        _draw(axis, [_mark(float(k), one) for k, one in enumerate(shown)])
        axis.set_xticks(range(len(shown)), [term_name(t) for t in terms] or [result.method])
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
    axis.axhline(0, color=QUIET, linewidth=0.8)
    if rows:
        _draw(
            axis,
            [(float(k), r["estimate"], r["conf_low"], r["conf_high"], False) for k, r in enumerate(rows)],
        )
    axis.set_xlabel("specification, by size")
    axis.set_ylabel(f"effect ({', '.join(sorted({row['unit'] for row in rows}))})")
    axis.set_title(f"{len(rows)} estimates; {len(result.rows) - len(rows)} not possible", fontsize=9)
    return axis


def own_axis() -> Axes:
    """Open a new figure with one axis."""
    from matplotlib import pyplot

    _, axis = pyplot.subplots(figsize=(6, 3.5), layout="constrained")
    return axis


def _mark(place: float, one: Any) -> Mark:
    return place, one.estimate, one.conf_low, one.conf_high, getattr(one, "is_reference", False)


def _draw(axis: Axes, marks: list[Mark]) -> None:
    for x, _, low, high, _ in marks:
        if low is not None and high is not None:
            axis.plot([x, x], [low, high], color=COLOUR, linewidth=1.5)
    filled = [(x, estimate) for x, estimate, _, _, is_reference in marks if not is_reference]
    axis.plot(*zip(*filled, strict=True), "o", color=COLOUR)
    for x, *_, is_reference in marks:
        if is_reference:
            axis.plot([x], [0.0], "o", markerfacecolor="white", markeredgecolor=COLOUR)


def plot_decomposition(result: Estimate, axis: Axes) -> Axes:
    """Draw each two-by-two comparison's estimate over its weight, and the coefficient they average to."""
    for colour, kind in zip(COLOURS, result.weights, strict=True):
        rows = [row for row in result.checks[0].table if row["kind"] == kind]
        if rows:
            label = f"{kind}: {result.weights[kind]:.0%}"
            weights, estimates = [row["weight"] for row in rows], [row["estimate"] for row in rows]
            axis.plot(weights, estimates, "o", color=colour, label=label)
    axis.axhline(result.estimate, color=COLOURS[0], linewidth=0.8, linestyle=":")
    axis.set(xlabel="weight", ylabel=f"effect ({result.unit})")
    axis.set_title(f"{result.method}: two-way coefficient {result.estimate:.3g}", fontsize=9)
    axis.legend(frameon=False, fontsize=8)
    return axis


def plot_bounds(result: Estimate, axis: Axes) -> Axes:
    """Draw the interval under each bound, one colour a restriction, after the one under parallel trends."""
    ticks = ["parallel"]
    if result.conf_low is not None and result.conf_high is not None:
        axis.plot([0, 0], [result.conf_low, result.conf_high], color="black", linewidth=2)
    for colour, check in zip(COLOURS, result.checks, strict=False):
        for row in check.table:
            if "reason" in row:  # a bound without an interval
                continue
            place = [len(ticks)] * 2
            label = check.name if row is check.table[0] else None
            axis.plot(place, [row["conf_low"], row["conf_high"]], color=colour, linewidth=2, label=label)
            ticks.append(f"{row['bound']:g}")
    axis.set_xticks(range(len(ticks)), ticks)
    axis.set(xlabel="bound on how trends may part", ylabel=f"effect ({result.unit})")
    axis.set_title(f"{result.method}, {100 * result.conf_level:g} % intervals", fontsize=9)
    axis.legend(frameon=False, fontsize=8)
    return axis
