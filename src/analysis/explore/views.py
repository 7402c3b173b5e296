"""One view of a choice: a sentence, a figure and a small table, or the reason why there is none."""

from __future__ import annotations

import html
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.answers.study_answer import methods_of
from analysis.errors import AnalysisError, RequestError
from analysis.estimation.results import Estimate
from analysis.explore.choice import METHODS, Choice
from analysis.panels.own_panel import own_panel
from analysis.panels.published_results import BeforeAfter
from analysis.panels.study_panel import StudyPanel, assemble_panel
from analysis.reference.test_data import mark_of, marked
from analysis.reporting import answer_words, display, own_charts, own_words, study_charts
from analysis.reporting.charts import Chart
from analysis.reporting.numbers import format_date, format_number
from analysis.reporting.published_figures import chart_published
from analysis.reporting.tables import Table
from analysis.reporting.texts import load_texts
from analysis.study import read_study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class View:
    """A sentence with its uncertainty, a note on how to read it, a figure, a small table, and the call that gives it.

    A choice that cannot be estimated has its reason as the sentence and neither figure nor table.
    """

    sentence: str
    call: str
    note: str = ""
    figure: Chart | None = None
    table: Table | None = None

    def as_html(self) -> str:
        """Write the view for a notebook; texts are escaped."""
        parts = [f'<p role="status"><strong>{html.escape(self.sentence)}</strong></p>']
        parts += [f"<p>{html.escape(self.note)}</p>"] if self.note else []
        parts += [self.figure._repr_html_()] if self.figure else []
        parts += [f'<div style="overflow-x: auto">{self.table._repr_html_()}</div>'] if self.table else []
        parts += [f"<pre><code>{html.escape(self.call)}</code></pre>"]
        return f'<div class="jp-RenderedHTMLCommon" style="line-height: 1.5">{"".join(parts)}</div>'

    _repr_html_ = as_html

    def __repr__(self) -> str:
        parts = [self.sentence, self.note, self.figure, self.table, self.call]
        return "\n\n".join(str(part) for part in parts if part)


def look(choice: Choice) -> View:
    """Return the view of a choice; what an estimator refuses becomes the sentence.

    Raises:
        RequestError: no such study or method; the message lists what there is.
    """
    if choice.method and choice.method not in METHODS:
        raise RequestError(f"method = {choice.method!r}. Expected one of {', '.join(METHODS)}.")
    read_study(choice.study)
    texts = load_texts("explore", choice.language)
    try:
        if choice.method == "before-after":
            return _view_pair(choice, texts)
        panel = assemble_panel(choice.read())
        if choice.method == "synthetic-control":
            return _view_synthetic(choice, panel, texts)
        return _view_method(choice, panel, texts)
    except AnalysisError as error:
        method = texts["methods"].get(choice.method, choice.method or choice.study)
        reason, detail = _why(error, texts)
        return View(texts["refused"].format(method=method, reason=reason), choice.call(), detail)


def _why(error: AnalysisError, texts: dict[str, Any]) -> tuple[str, str]:
    """Return why there is no estimate, and the message itself where that is of another language."""
    told = texts.get("refusals", {})
    kind = next((one.__name__ for one in type(error).__mro__ if one.__name__ in told), None)
    return (told[kind], texts["detail"].format(reason=error)) if kind else (str(error), "")


def _table(frame: pd.DataFrame, texts: dict[str, Any]) -> Table:
    """Return a frame with the names of its columns, and of ways of inference, in the texts' language."""

    def named(column: Hashable) -> str:
        name, comma, unit = str(column).partition(", ")
        return f"{texts['columns'][name]}{comma}{texts['columns'].get(unit, unit)}"

    frame = frame.reset_index() if frame.index.name else frame
    if "inference" in frame:
        frame = frame.assign(inference=frame["inference"].replace(texts["inferences"]))
    return Table(frame.rename(columns={column: named(column) for column in frame}))


def _view_method(choice: Choice, panel: StudyPanel, texts: dict[str, Any]) -> View:
    """Show the treated provinces beside the others, by one method for the whole panel."""
    name = choice.method or next(iter(methods_of(panel)))
    found = _method(name, panel)(
        panel.levels, **panel.level_columns, draws=panel.study.draws, seed=panel.study.seed
    )
    words = {
        "treated": found.n_treated,
        "others": found.n_units - found.n_treated,
        "method": texts["methods"][name],
    }
    sentence = texts["estimate"].format(**words, **_size(found, panel, choice.language, texts))
    by_time = any(term.event_time is not None for term in found.terms) and name != "did"
    chart = (
        study_charts.chart_events(found, panel, choice.language, scale=1.0)
        if by_time
        else study_charts.chart_groups(panel, choice.language)
    )
    table = answer_words.frame_of_estimates({texts["methods"][name]: found}, None, panel.level_name)
    return View(sentence, choice.call(), _note(choice, panel, texts), _figure(chart), _table(table, texts))


def _method(name: str, panel: StudyPanel) -> Callable[..., Estimate]:
    """Return a method of the study's design by name, or one that would be taken for another design.

    Raises:
        RequestError: no such method.
    """
    from analysis.estimation.methods import find_method

    found = methods_of(panel)
    if name == "imputation-logit" and name not in found:
        raise RequestError(
            "it takes a share in percent, and the outcome is none. Choose imputation in points."
        )
    return found.get(name) or find_method(name)


def _view_synthetic(choice: Choice, panel: StudyPanel, texts: dict[str, Any]) -> View:
    from analysis.estimation.methods.synthetic_control import synthetic_control

    own = own_panel(panel, choice.province)
    found = synthetic_control(own.rows, **own.columns)
    words = {"province": own.name, "start": own.start}
    sentence = texts["twin"].format(**words, **_size(found, panel, choice.language, texts))
    sentence += "" if own.is_treated else texts["placebo"]
    chart = own_charts.chart_synthetic(found, own, panel, choice.language)
    return View(
        sentence,
        choice.call(),
        _note(choice, panel, texts),
        _figure(chart),
        _table(own_words.table_of_donors(found).frame, texts),
    )


def _view_pair(choice: Choice, texts: dict[str, Any]) -> View:
    """Show two figures of the province beside the country's, under all readings of the national figures or one."""
    from analysis.cleaning import processed
    from analysis.panels.before_after import before_after, national_points
    from analysis.panels.own_pair import choose_pair
    from analysis.panels.study_panel import indicators_of
    from analysis.reference.provinces import find_province

    study = choice.read()
    part: dict[str, Any] = {"part": find_province(choice.province).code, "indicators": indicators_of(study)}
    sources = processed.sources(**part)
    pair = choose_pair(processed.observations(**part), sources, processed.targets(), study, choice.province)
    found = before_after(
        pair.rows, province=pair.code, indicator=pair.indicator, before=pair.before, after=pair.after,
        breaks=pair.breaks, frame=pair.frame, decided=pair.decided, sources=sources,
    )  # fmt: skip
    if not isinstance(found, BeforeAfter):
        reason = display.reason_of(found, choice.language)
        return View(texts["no_pair"].format(province=pair.name, reason=reason), choice.call())
    nation = national_points(pair.rows, pair.indicator, sources)
    chart = chart_published(found, nation, pair.place, indicator=pair.indicator, language=choice.language)
    sentence = _pair_sentence(found, choice, pair.name, texts)
    table = Table(display.table_of_tides(found, choice.language).frame.iloc[:, :-1])  # without the raw rows
    mark = mark_of(pair.rows["raw_location"], choice.language)
    return View(sentence, choice.call(), mark, _figure(chart), table)


def _pair_sentence(found: BeforeAfter, choice: Choice, name: str, texts: dict[str, Any]) -> str:
    readings = {tide.reading: tide.change_pp for tide in found.tides}
    if choice.reading and choice.reading not in readings:
        raise RequestError(f"reading = {choice.reading!r}. Readings of this pair: {', '.join(readings)}.")
    one = readings.get(choice.reading)
    low, high = (one, one) if one is not None else (found.tide_low_pp, found.tide_high_pp)
    language = choice.language
    return str(
        texts["pair"].format(
            province=name,
            before=format_number(found.before.value_pct, 1, language),
            after=format_number(found.after.value_pct, 1, language),
            before_date=format_date(found.before.date, language),
            after_date=format_date(found.after.date, language),
            change=format_number(found.change_pp, 1, language),
            nation=_range(low, high, texts, language),
            rest=_range(found.change_pp - high, found.change_pp - low, texts, language),
        )
    )


def _range(low: float, high: float, texts: dict[str, Any], language: str) -> str:
    one, other = format_number(low, 1, language), format_number(high, 1, language)
    return one if one == other else str(texts["range"].format(low=one, high=other))


def _size(found: Estimate, panel: StudyPanel, language: str, texts: dict[str, Any]) -> dict[str, str]:
    """Return an estimate, its interval and its p-value in words of a language."""
    unit = texts["points"] if panel.points_per_unit is not None else panel.unit
    low, high = found.conf_low, found.conf_high
    interval = (
        texts["no_interval"]
        if low is None or high is None
        else texts["interval"].format(
            level=f"{found.conf_level:.0%}",
            low=format_number(low, 2, language),
            high=format_number(high, 2, language),
        )
    )
    p = (
        ""
        if found.p_value is None
        else texts["p"].format(
            p=format_number(found.p_value, 3, language),
            inference=texts["inferences"].get(found.inference, found.inference),
        )
    )
    return {"size": format_number(found.estimate, 2, language), "unit": unit, "interval": interval, "p": p}


def _note(choice: Choice, panel: StudyPanel, texts: dict[str, Any]) -> str:
    note = texts["note"].format(
        figures=len(panel.rows),
        provinces=panel.rows["province_code"].nunique(),
        first=panel.periods[0],
        last=panel.periods[-1],
        draws=panel.study.draws,
        all_draws=read_study(choice.study).draws,
    )
    return marked(note, panel.rows["raw_location"], choice.language)


def _figure(chart: Chart | display.Answer) -> Chart | None:
    return chart if isinstance(chart, Chart) else None
