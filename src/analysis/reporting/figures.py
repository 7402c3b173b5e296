"""Figures: each takes results and an axis and returns the axis; unit and source stand on each."""

from __future__ import annotations

from itertools import accumulate, pairwise
from textwrap import fill
from typing import TYPE_CHECKING

from analysis.panels.published_results import Point
from analysis.reporting.numbers import format_number
from analysis.reporting.style import GREY, INK, SHADE, house_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE_CHARACTERS = 72  # what a figure of the usual width has room for
LINE_SHARE = 0.135  # of the usual axis' height: a line of a name at a line's end
FEWEST_WHOLE = 3  # a shorter axis has too few whole numbers to mark it with


def new_axes(width_in: float = 6.6, height_in: float = 2.5) -> Axes:
    """Return the axes of a new figure that belongs to no window, in the house style."""
    from matplotlib.figure import Figure

    with house_style():
        figure = Figure(figsize=(width_in, height_in), layout="constrained")
        return figure.add_subplot()


def shade_from(ax: Axes, first: float, last: float, label: str) -> None:
    """Shade a stretch of the horizontal axis and name it at the top, where `leave_headroom` keeps lines away."""
    ax.axvspan(first, last, color=SHADE, zorder=0)
    ax.text(
        first + 0.05, 0.97, label, transform=ax.get_xaxis_transform(), va="top", fontsize=8, color=INK
    )  # fmt: skip


def leave_headroom(ax: Axes, share: float = 0.16) -> None:
    """Stretch the vertical axis upwards, so that nothing drawn so far reaches a name at the top."""
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + share * (high - low))


def label_ends(ax: Axes, x: float, ends: list[tuple[float, str, str]], *, stroke: bool = True) -> None:
    """Write each line's name near its end, from `x`, with a stroke to it; pushed apart so that no two overlap."""
    low, high = ax.get_ylim()
    ends = sorted(ends)
    steps = [(high - low) * LINE_SHARE * (1 + text.count("\n")) for _, text, _ in ends]
    heights = spread([value for value, _, _ in ends], steps)
    for (value, text, colour), y in zip(ends, heights, strict=True):
        if stroke:
            ax.plot([x + 0.06, x + 0.24], [value, y], color=colour, lw=0.7, clip_on=False)
        ax.annotate(text, (x + 0.28, y), color=colour, fontsize=8.5, va="center", annotation_clip=False,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4})  # fmt: skip


def spread(values: list[float], sizes: list[float]) -> list[float]:
    """Return ascending values moved as little as can be, in squares, so that things of these sizes do not overlap."""
    offsets = [0.0, *accumulate((one + other) / 2 for one, other in pairwise(sizes))]
    blocks: list[tuple[float, int]] = []
    for value, offset in zip(values, offsets, strict=True):
        mean, size = value - offset, 1
        while blocks and blocks[-1][0] > mean:
            other, more = blocks.pop()
            mean, size = (mean * size + other * more) / (size + more), size + more
        blocks.append((mean, size))
    flat = [mean for mean, size in blocks for _ in range(size)]
    return [mean + offset for mean, offset in zip(flat, offsets, strict=True)]


def finish(ax: Axes, labels: dict[str, str]) -> None:
    """Give a figure its title, its vertical axis and its source line, from `title ylabel source`."""
    ax.set_title(fill(labels["title"], TITLE_CHARACTERS))
    ax.set_ylabel(labels["ylabel"])
    figure = ax.get_figure()
    if figure is not None and labels.get("source"):
        figure.supxlabel(labels["source"], x=0.01, ha="left", fontsize=7.5, color=GREY)


def percent(point: Point, language: str) -> str:
    """Write a figure with the digits it was printed with; ≈ before a figure printed as “about”."""
    digits = 0 if point.value_pct == int(point.value_pct) else len(f"{point.value_pct:g}".split(".")[1])
    about = "≈ " if point.qualifier == "about" else ""
    return f"{about}{format_number(point.value_pct, digits, language)}%"
