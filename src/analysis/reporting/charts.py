"""Charts with their words: a figure as SVG, an alternative text that says what is seen, labels in a language."""

from __future__ import annotations

import base64
import html
from dataclasses import dataclass
from typing import Any, Protocol

from analysis.reporting import figures
from analysis.reporting.style import house_style, to_svg

SHARE = "share_services_with_online_dossiers"


class Plottable(Protocol):
    """A result that draws itself on an axis and returns the axis."""

    def plot(self, ax: Any = None) -> Any:
        """Draw on the axis given, or on a new one."""


@dataclass(frozen=True)
class Chart:
    """A figure as SVG text and what it shows in words; a notebook displays it with its alternative text."""

    svg: str
    alt: str

    @property
    def svg_base64(self) -> str:
        """The SVG for a data address."""
        return base64.b64encode(self.svg.encode()).decode()

    def _repr_html_(self) -> str:
        return f'<img src="data:image/svg+xml;base64,{self.svg_base64}" alt="{html.escape(self.alt)}">'

    def __repr__(self) -> str:
        return self.alt


def chart_result(
    result: Plottable, *, title: str, alt: str, source: str, xlabel: str = "", ylabel: str = ""
) -> Chart:
    """Chart any result that plots itself, with its source under it and its words beside it.

    Args:
        result: something with `plot(ax)`.
        title: the line above the figure.
        alt: what the figure shows, in words.
        source: the line under the figure.
        xlabel, ylabel: the axes with their units; empty keeps the result's own.
    """
    with house_style():
        axes = figures.new_axes(height_in=3.0)
        result.plot(axes)
        axes.set_xlabel(xlabel or axes.get_xlabel())
        figures.finish(axes, {"title": title, "ylabel": ylabel or axes.get_ylabel(), "source": source})
    return Chart(to_svg(axes), alt)
