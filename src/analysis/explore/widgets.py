"""Widgets that choose a study, a province, a method and what of the study is to be otherwise, and show the view."""

from __future__ import annotations

import html
from typing import Any

from analysis.errors import AnalysisError
from analysis.explore.choice import METHODS, Choice
from analysis.explore.views import View, look
from analysis.panels.study_panel import assemble_panel
from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import find_province, provinces
from analysis.reporting.texts import LANGUAGES, load_texts
from analysis.study import study_names

READINGS = (
    "linear",
    "linear_points",
    "linear_relative",
    "year_on_year",
    "pace_points",
    "observed",
    "never_fell",
)


def explore(live: bool = True, **chosen: str) -> Explorer | View:
    """Return the explorer for a notebook to show; with `live` off, the one view of these choices.

    `chosen` are the fields of `Choice`: study, province, method, first, last, provinces, first_treated, reading and
    language.

    Raises:
        UnknownProvince, StudyUnreadable, RequestError: a name that is not known; the message names near ones or all.
    """
    choice = Choice(**chosen)
    find_province(choice.province)
    return Explorer(choice) if live else look(choice)


class Explorer:
    """Widgets and the view of what they say; `view` is what is shown now."""

    def __init__(self, choice: Choice) -> None:
        """Build the widgets at a choice and show its view."""
        self._quiet = False
        self._build(choice)
        self.show()
        for name, widget in self.fields.items():
            widget.observe(self._study_moved if name == "study" else self._moved, "value")

    @property
    def choice(self) -> Choice:
        """What the widgets say now."""
        values = {name: str(widget.value) for name, widget in self.fields.items() if name != "window"}
        first, last = self.fields["window"].value
        whole = self.fields["window"].options
        # The whole window is the study's own: it then needs no naming in the call.
        span = (
            {"first": "", "last": ""}
            if (first, last) == (whole[0], whole[-1])
            else {"first": first, "last": last}
        )
        return Choice(**values, **span)

    def show(self) -> None:
        """Show the view of what the widgets say; a fault is named instead of leaving the last view to mislead."""
        choice = self.choice
        try:
            self.view = look(choice)
        except AnalysisError as error:
            self.view = View(str(error), choice.call())
        except Exception as fault:
            said = load_texts("explore", choice.language)["fault"].format(fault=repr(fault))
            self._screen.value = f"<p><strong>{html.escape(said)}</strong></p>"
            raise
        self._screen.value = self.view.as_html()

    def _moved(self, change: Any) -> None:
        if self._quiet:
            return
        if change["owner"] is self.fields["language"]:
            self._name()
        self.show()

    def _study_moved(self, _: Any) -> None:
        """Give the slider the periods of the new study and take back what was chosen otherwise, then show once."""
        self._quiet = True
        try:
            periods = _periods(self.fields["study"].value)
            self.fields["window"].options = periods
            self.fields["window"].index = (0, len(periods) - 1)
            self.fields["provinces"].value = self.fields["first_treated"].value = ""
        finally:
            self._quiet = False
        self.show()

    def _build(self, choice: Choice) -> None:
        import ipywidgets as widgets

        wide = {"style": {"description_width": "6em"}, "layout": widgets.Layout(width="31em")}
        names = sorted((place.name_vi for place in provinces()), key=sort_key)
        periods = _periods(choice.study)
        span = (choice.first or periods[0], choice.last or periods[-1])
        self.fields: dict[str, Any] = {
            "study": widgets.Dropdown(
                options=[*dict.fromkeys([*study_names(), choice.study])], value=choice.study, **wide
            ),
            "province": widgets.Dropdown(options=names, value=find_province(choice.province).name_vi, **wide),
            "method": widgets.Dropdown(
                options=[("–", ""), *((n, n) for n in METHODS)], value=choice.method, **wide
            ),
            "window": widgets.SelectionRangeSlider(
                options=periods, value=span, continuous_update=False, **wide
            ),
            "provinces": widgets.Text(value=choice.provinces, continuous_update=False, **wide),
            "first_treated": widgets.Text(value=choice.first_treated, continuous_update=False, **wide),
            "reading": widgets.Dropdown(
                options=[("", ""), *((n, n) for n in READINGS)], value=choice.reading, **wide
            ),
            "language": widgets.Dropdown(options=list(LANGUAGES), value=choice.language, **wide),
        }
        self._name()
        self._screen = widgets.HTML(layout=widgets.Layout(width="auto", min_width="0"))
        row = widgets.Layout(flex_flow="row wrap")
        self.box = widgets.VBox([widgets.HBox(list(self.fields.values()), layout=row), self._screen])

    def _name(self) -> None:
        """Label the widgets and their choices in the language chosen."""
        texts = load_texts("explore", self.fields["language"].value)
        for name, widget in self.fields.items():
            widget.description = texts["labels"][name]
        quiet, self._quiet = self._quiet, True
        method = self.fields["method"]
        kept = method.value
        method.options = [("–", ""), *((texts["methods"][name], name) for name in METHODS)]
        method.value = kept
        reading = self.fields["reading"]
        kept = reading.value
        reading.options = [(texts["all_readings"], ""), *((name, name) for name in READINGS)]
        reading.value = kept
        self._quiet = quiet

    def _repr_mimebundle_(self, **words: Any) -> dict[str, Any]:
        """Show the widgets; where a notebook is read without a kernel, the view as it was when it ran."""
        bundle: dict[str, Any] = self.box._repr_mimebundle_(**words)
        return bundle | {"text/html": self.view.as_html(), "text/plain": repr(self.view)}


def _periods(study: str) -> list[str]:
    """Return the periods of a study's panel as texts; one that has no figures yet gets a single empty one."""
    try:
        found = [str(period) for period in assemble_panel(Choice(study=study).read()).periods]
    except AnalysisError:
        found = []
    return found if len(found) > 1 else ["", " "]
