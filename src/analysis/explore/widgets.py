"""Widgets that choose a province, an indicator, years and a method, and show the view of them."""

from __future__ import annotations

import html
from typing import Any

from analysis.errors import RequestError
from analysis.estimation.errors import require_option
from analysis.explore.choices import METHODS, Choice, Ground, read_ground
from analysis.explore.views import View, look
from analysis.reference.alphabet import sort_key
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import find_province, provinces

QUESTIONS = {
    "before-after": "Two published figures of the province beside the national tide (more in 02-before-after)",
    "did": "Provinces known to have set targets beside the others (more in 03-regression)",
    "event-study": "The same two groups, year by year (more in 03-regression)",
    "synthetic-control": "The province beside a twin made of others (more in 04-synthetic-control)",
}


def explore(
    province: str = "Thái Nguyên",
    indicator: str = "papi_d81_portal_access",
    method: str = "did",
    live: bool = True,
) -> Explorer | View:
    """Return the explorer for a notebook to show; with `live` off, the one view of these choices.

    Raises:
        UnknownProvince, UnknownIndicator: a name that is not known; the message names near ones.
        RequestError: an indicator with too few figures, or an unknown method; the message lists what there is.
    """
    ground = read_ground()
    code = find_indicator(indicator).code
    if code not in ground.years:
        raise RequestError(
            f"{code} has too few figures to explore. Choose one of: {', '.join(ground.years)}."
        )
    require_option("method", method, METHODS)
    first, last = ground.window(code)
    choice = Choice(find_province(province), code, first, last, method)
    return Explorer(ground, choice) if live else look(ground, choice)


class Explorer:
    """Four widgets and the view of what they say; `view` is what is shown now."""

    def __init__(self, ground: Ground, choice: Choice) -> None:
        """Build the widgets at a choice and show its view."""
        self._ground = ground
        self._quiet = False
        self._build(choice)
        self.show()
        for widget in (self.province, self.method, self.window):
            widget.observe(self._moved, "value")
        self.indicator.observe(self._indicator_moved, "value")

    @property
    def choice(self) -> Choice:
        """What the widgets say now."""
        first, last = self.window.value
        return Choice(
            find_province(self.province.value), self.indicator.value, first, last, self.method.value
        )

    def show(self) -> None:
        """Show the view of what the widgets say; a fault is named instead of leaving the last view to mislead."""
        try:
            self.view = look(self._ground, self.choice)
        except Exception as fault:
            reason = html.escape(repr(fault))
            self._screen.value = (
                f"<p><strong>This choice failed by a fault of the program: {reason}</strong></p>"
            )
            raise
        self._screen.value = self.view.as_html()

    def _moved(self, _: Any) -> None:
        if not self._quiet:
            self.show()

    def _indicator_moved(self, _: Any) -> None:
        """Give the slider the years of the new indicator, then show once."""
        code = self.indicator.value
        self._quiet = True
        try:
            first, last = self._ground.years[code]
            # Widened before it is narrowed: a slider refuses limits that cross each other.
            self.window.min, self.window.max = min(self.window.min, first), max(self.window.max, last)
            self.window.value = self._ground.window(code)
            self.window.min, self.window.max = first, last
        finally:
            self._quiet = False
        self.show()

    def _build(self, choice: Choice) -> None:
        import ipywidgets as widgets

        wide = {"style": {"description_width": "5.5em"}, "layout": widgets.Layout(width="31em")}
        names = sorted((place.name_vi for place in provinces()), key=sort_key)
        self.province = widgets.Dropdown(
            options=names, value=choice.province.name_vi, description="Province", **wide
        )
        self.indicator = widgets.Dropdown(
            options=[(find_indicator(code).name_en, code) for code in self._ground.years],
            value=choice.indicator,
            description="Indicator",
            **wide,
        )
        first, last = self._ground.years[choice.indicator]
        self.window = widgets.IntRangeSlider(
            value=(choice.first, choice.last),
            min=first,
            max=last,
            description="Years",
            continuous_update=False,
            **wide,
        )
        self.method = widgets.ToggleButtons(
            options=list(METHODS),
            value=choice.method,
            tooltips=[QUESTIONS[name] for name in METHODS],
            description="Method",
            style={"description_width": "5.5em", "button_width": "11em"},
        )
        self._screen = widgets.HTML(layout=widgets.Layout(width="auto", min_width="0"))
        row = widgets.Layout(flex_flow="row wrap")
        places = widgets.HBox([self.province, self.indicator], layout=row)
        self.box = widgets.VBox([places, self.method, self.window, self._screen])

    def _repr_mimebundle_(self, **words: Any) -> dict[str, Any]:
        """Show the widgets; where a notebook is read without a kernel, the view as it was when it ran."""
        bundle: dict[str, Any] = self.box._repr_mimebundle_(**words)
        return bundle | {"text/html": self.view.as_html(), "text/plain": repr(self.view)}
