"""One view of a choice: a figure, a small table and a sentence, or the reason why there is none."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.errors import AnalysisError
from analysis.estimation.attempt import Refused
from analysis.estimation.before_after import before_after, national_points
from analysis.estimation.results import BeforeAfter, NotAvailable
from analysis.explore.choices import FIRST_TREATED, PUBLISHED, Choice, Ground, years_of
from analysis.reference.indicators import find_indicator
from analysis.reporting import charts, display, figures
from analysis.reporting.evidence import PP_PER_SCORE
from analysis.reporting.numbers import format_date
from analysis.reporting.style import to_svg
from analysis.reporting.tables import Table

PORTAL = "papi_d81_portal_access"
DRAWS, SEED = 999, 20220820
SOURCE = "Source: PAPI, unweighted scores; own computation."
_COLUMNS: dict[str, Any] = {
    "unit": "province",
    "time": "period",
    "outcome": "outcome",
    "treated_from": "treated_from",
}


@dataclass(frozen=True)
class View:
    """A sentence with its uncertainty, a note on how to read it, a figure and a small table.

    A choice that cannot be estimated has its reason as the sentence and neither figure nor table, except where
    the country's own figures can still be drawn.
    """

    sentence: str
    note: str = ""
    figure: charts.Chart | None = None
    table: Table | None = None

    def as_html(self) -> str:
        """Write the view for a notebook; texts are escaped."""
        parts = [f'<p role="status"><strong>{html.escape(self.sentence)}</strong></p>']
        parts += [f"<p>{html.escape(self.note)}</p>"] if self.note else []
        parts += [self.figure._repr_html_()] if self.figure else []
        parts += [f'<div style="overflow-x: auto">{self.table._repr_html_()}</div>'] if self.table else []
        return f'<div class="jp-RenderedHTMLCommon" style="line-height: 1.5">{"".join(parts)}</div>'

    _repr_html_ = as_html

    def __repr__(self) -> str:
        parts = [self.sentence, self.note, self.figure, self.table]
        return "\n\n".join(str(part) for part in parts if part)


def look(ground: Ground, choice: Choice) -> View:
    """Return the view of a choice; an estimator's refusal becomes its sentence."""
    try:
        return _VIEWS[choice.method](ground, choice)
    except AnalysisError as error:
        return View(str(Refused(choice.method, str(error))), ground.advice(choice))


def _view_before_after(ground: Ground, choice: Choice) -> View:
    rows, place = ground.observations, choice.province
    own = (rows["province_code"] == place.code) & (rows["indicator"] == choice.indicator)
    # A survey's scores are refused for want of a national figure, whatever the years.
    outside = own & ~years_of(rows).between(choice.first, choice.last) & (choice.indicator == PUBLISHED)
    result = before_after(
        rows[~outside],
        province=place.code,
        indicator=choice.indicator,
        breaks=[day.isoformat() for day in find_indicator(choice.indicator).breaks],
    )
    if isinstance(result, BeforeAfter):
        figure = display.chart_of_published(
            result, national_points(rows, choice.indicator), place, indicator=choice.indicator
        )
        return View(
            display.answer_before_after(result, place).text,
            "The years choose among the province's figures; all national figures are used.",
            figure if isinstance(figure, charts.Chart) else None,
            Table(display.table_of_tides(result).frame.drop(columns="raw rows")),
        )
    return _no_before_after(ground, choice, result, rows.loc[outside, "period_end"].tolist())


def _no_before_after(ground: Ground, choice: Choice, result: NotAvailable, outside: list[str]) -> View:
    nation = national_points(ground.observations, choice.indicator)
    figure = (
        charts.chart_published(result, nation, choice.province, indicator=choice.indicator)
        if nation
        else None
    )
    if outside:
        days = ", ".join(format_date(day, "en") for day in sorted(set(outside)))
        reason = f"in {choice.years} it has fewer than two published figures. Outside these years: {days}."
        return View(
            f"{choice.province.name_vi}: no before and after can be compared, because {reason}", figure=figure
        )
    return View(display.answer_before_after(result, choice.province).text, ground.advice(choice), figure)


def _view_did(ground: Ground, choice: Choice) -> View:
    from analysis.estimation.did import did
    from analysis.estimation.event_study import event_study

    panel = ground.panel(choice, ground.treated, set())
    words = _COLUMNS | {"draws": DRAWS, "seed": SEED}
    effect, events = did(panel, **words), event_study(panel, **words)
    estimates = {"all others": effect}
    without = panel[~panel["province_code"].isin(ground.doubtful)]
    if len(without) < len(panel):
        estimates["without doubtful provinces"] = did(without, **words)
    scale = PP_PER_SCORE if choice.indicator == PORTAL else None
    drawn = f"{DRAWS} permutations drawn; 03-regression draws more."
    note = f"{ground.reading(choice)}{ground.role(choice.province)} {drawn}"
    table = display.table_of_estimates(estimates, scale).reset_index()
    others = [f"p ({name})" for name in effect.p_values if name != effect.inference]
    return View(
        display.answer_survey(effect, events).text,
        note,
        _chart_means(ground, choice, panel),
        Table(table.drop(columns=others)),
    )


def _chart_means(ground: Ground, choice: Choice, panel: pd.DataFrame) -> charts.Chart:
    group = panel["province_code"].isin(ground.treated).map({True: "treated", False: "others"})
    means = panel.assign(group=group).pivot_table(index="period", columns="group", values="outcome")
    counts = panel.assign(group=group).groupby("group")["province_code"].nunique()
    own = (
        panel[panel["province_code"] == choice.province.code]
        .set_index("period")["outcome"]
        .reindex(means.index)
    )
    indicator, name = find_indicator(choice.indicator), choice.province.name_vi
    labels = {
        "title": indicator.name_en,
        "ylabel": indicator.unit,
        "source": SOURCE,
        "shade": "after targets",
    }
    labels |= {
        "treated": f"Set targets ({counts['treated']})",
        "others": f"Others ({counts['others']})",
        "own": name,
    }
    axes = figures.plot_group_means(means, own, labels, first_treated=FIRST_TREATED)
    lines = {labels["treated"]: means["treated"], labels["others"]: means["others"], name: own.dropna()}
    words = "; ".join(f"{line}: {_series(values)}" for line, values in lines.items() if len(values))
    return charts.Chart(to_svg(axes), f"Lines by year, {indicator.name_en}, mean scores. {words}.")


def _series(values: pd.Series[Any]) -> str:
    return ", ".join(f"{year} {value:.2f}" for year, value in values.items())


def _view_event_study(ground: Ground, choice: Choice) -> View:
    from analysis.estimation.event_study import event_study

    events = event_study(ground.panel(choice, ground.treated, set()), **_COLUMNS, draws=DRAWS, seed=SEED)
    reference = next(term.period for term in events.terms if term.is_reference)
    note = (
        f"{ground.reading(choice)}Against {reference} alone. {events.checks[0].text} "
        f"The groups are compared, so the province does not move this view. {DRAWS} permutations drawn."
    )
    table = events.terms_frame()[["period", "estimate", "conf_low", "conf_high", "p_value"]].round(3)
    figure = charts.chart_event_study(events, indicator=choice.indicator, source=SOURCE)
    return View(display.answer_survey(events, events).text, note, figure, Table(table))


def _view_synthetic_control(ground: Ground, choice: Choice) -> View:
    from analysis.estimation.synthetic_control import synthetic_control

    place = choice.province
    known = {*ground.treated, *ground.doubtful} - {place.code}
    panel = ground.panel(choice, (place.code,), known)
    twin = synthetic_control(panel, **_COLUMNS)
    own = panel[panel["province_code"] == place.code].set_index("period")["outcome"]
    ylabel = find_indicator(choice.indicator).unit
    figure = charts.chart_synthetic(
        own, twin, place, first_treated=FIRST_TREATED, ylabel=ylabel, source=SOURCE
    )
    note = f"{ground.reading(choice)}{twin.checks[0].text} The table shows whom the twin is made of."
    answer = display.answer_twin(twin, place, treated=place.code in ground.treated)
    return View(answer.text, note, figure, Table(display.table_of_weights(twin).head(8)))


_VIEWS: dict[str, Callable[[Ground, Choice], View]] = {
    "before-after": _view_before_after,
    "did": _view_did,
    "event-study": _view_event_study,
    "synthetic-control": _view_synthetic_control,
}
