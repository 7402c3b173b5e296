"""The parts of a brief: charts, what it does not show, survey, target."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from analysis.answers.study_answer import choose_rung
from analysis.panels.published_results import BeforeAfter
from analysis.reporting.brief_writer import Writer
from analysis.reporting.charts import Chart, chart_survey
from analysis.reporting.entries_known import enter_decision, enter_own_measures, has_later_figure
from analysis.reporting.entries_published import may_be_cumulated
from analysis.reporting.entries_survey import first_treated_year
from analysis.reporting.evidence import days_between, share_pct
from analysis.reporting.law_documents import documents_between
from analysis.reporting.place_names import shown_names
from analysis.reporting.prose import Span
from analysis.reporting.small_multiples import chart_each_treated
from analysis.reporting.survey_shares import SurveyShares
from analysis.reporting.survey_words import rise_words

MOST_CAVEATS = 6


def started_low(writer: Writer) -> bool:
    """Tell whether the province's first figure lies below every reading of where the nation then stood."""
    published, entries = writer.evidence.published, writer.ledger.entries
    then = [float(entries[name].value) for name in ("nation_then", "nation_then_low") if name in entries]
    return isinstance(published, BeforeAfter) and len(then) == 2 and min(then) > published.before.value_pct


def caveats(writer: Writer, pair: bool) -> list[list[Span]]:
    """Name what the figures leave open: those that hold for this province, the weightiest first, six at most."""
    decided = enter_decision(writer.ledger, writer.evidence)
    measures, documents = own_measures(writer), _documents(writer)
    keys = {
        "window": pair and may_be_cumulated(writer.evidence),
        "causal": bool(documents),
        "own_measures": bool(measures),
        "start": pair and started_low(writer),
        f"timing_{decided}": bool(decided),
        "controls": True,
        "definition": pair and not may_be_cumulated(writer.evidence),
        "survey": True,
        "everywhere": True,
    }
    text = "; ".join(measures)
    parts = {"measures": text[:1].upper() + text[1:], "documents": documents}
    return [writer.spans("caveats", key, **parts) for key, holds in keys.items() if holds][:MOST_CAVEATS]


def _documents(writer: Writer) -> str:
    """Name the national documents of the months compared: between two figures each with the days that it covers."""
    published, ledger, texts = writer.evidence.published, writer.ledger, writer.texts["documents"]
    year, pair = first_treated_year(writer.evidence), isinstance(published, BeforeAfter)
    start, end = f"{year - 1}-12-31", f"{year}-12-31"
    if isinstance(published, BeforeAfter):
        start, end = published.before.date, published.after.date
    pieces = []
    for number, day in documents_between(ledger, start, end):
        piece = str(texts[number])
        if pair:
            inside = days_between(str(ledger.entries[day].value), end)
            name = ledger.computed(f"{number}_days", inside, unit="days", digits=0, inputs=(day, "after_date"),
                                   formula=f"days from {day} to after_date")  # fmt: skip
            piece += str(texts["days"]).replace("{inside}", f"{{{name}}}")
        pieces.append(piece)
    return writer.join(pieces, "and") if pieces else ""


def own_measures(writer: Writer) -> list[str]:
    """Write each known fee cut or campaign of the province as a piece of template."""
    texts, pieces = writer.texts["caveats"], []
    for indicator, name, at_most in enter_own_measures(writer.ledger, writer.evidence):
        piece = str(texts.get(f"measure_{indicator}", texts["measure_other"]))
        year = ":year" if writer.ledger.entries[f"{name}_date"].unit == "year" else ""
        piece = piece.replace("{up_to}", texts["up_to"] if at_most else "")
        pieces.append(
            piece.replace("{value}", f"{{{name}_value:0}}").replace("{date}", f"{{{name}_date{year}}}")
        )
    return pieces


def survey_section(writer: Writer, *, full: bool) -> dict[str, Any]:
    """Show the survey by year and say what it gives; `full` where no panel says more: also the province's own rise."""
    rows = [survey_point(writer), *_own_survey(writer, full=full)]
    items = [_survey_figure(writer, chart_survey), {"kind": "text", "rows": rows}]
    return {"id": "survey", "heading": writer.text("headings", "survey"), "items": items}


def survey_point(writer: Writer) -> list[Span]:
    """Say what the survey gives, on its rung of the wording ladder."""
    effect, events = writer.evidence.effect, writer.evidence.events
    rung = choose_rung(effect, (*effect.checks, *events.checks))
    if rung == "unclear" and "clear_from_pp" not in writer.ledger.entries:
        rung = "bare"
    return writer.spans("points", "survey", rung=writer.texts["points"][f"rung_{rung}"])


def each_section(writer: Writer) -> dict[str, Any]:
    """Show every province with targets on its own; briefs that carry published figures have no room for it."""
    lesser = writer.texts["each"]["rose_less_or_fell" if writer.ledger_value("n_fell") else "rose_less"]
    text = {"kind": "text", "rows": [writer.spans("each", "text", lesser=lesser)]}
    items = [_survey_figure(writer, chart_each_treated), text]
    return {"id": "each", "heading": writer.text("headings", "each"), "items": items}


def _survey_figure(writer: Writer, chart: Callable[..., Chart]) -> dict[str, Any]:
    """Chart the survey's shares in the brief's language, over the raw rows of its scores."""
    evidence, keys = writer.evidence, ", ".join(writer.ledger.entries["n_obs"].sources)
    rows = evidence.survey.assign(share_pct=evidence.survey["outcome"].map(share_pct))
    shares = SurveyShares(rows, evidence.treated, first_treated_year(evidence))
    return _figure(chart(shares, evidence.province, language=writer.language, keys=keys))


def _own_survey(writer: Writer, *, full: bool) -> list[list[Span]]:
    """Give the province's own shares by year, its rise beside that of others, and the provinces of either group."""
    entries, texts = writer.ledger.entries, writer.texts["survey"]
    treated, doubtful = (
        shown_names(codes, writer.language) for codes in (writer.evidence.treated, writer.evidence.doubtful)
    )
    names = writer.spans("survey", "names", treated_names=treated, doubtful_names=doubtful)
    if "own_last_pct" not in entries:
        return [writer.spans("survey", "own_none"), names]
    years = [f"{{{name}:year}}" for name in entries if name.startswith("own_gap_")]
    shares = [name.removesuffix("_pct") for name in entries if re.fullmatch(r"own_\d+_pct", name)]
    series = [
        texts["own_year"].replace("{pct}", f"{{{n}_pct}}").replace("{year}", f"{{{n}_year:year}}")
        for n in shares
    ]
    own = writer.spans("survey", "own", own_series=", ".join(series))
    if years:
        own += [{"text": " "}, *writer.spans("survey", "own_gap", own_gap_years=writer.join(years, "and"))]
    rise = rise_words(writer) if full else []
    return [row for row in (own, rise, names) if row]


def target_text(writer: Writer, pair: bool) -> list[Span]:
    """Say how far the target was and which pace it left; after the deadline, what is known of its end."""
    entries, texts = writer.ledger.entries, writer.texts["targets"]
    own = "own_known" if "own_target_value" in entries else "own_unknown"
    stated = own == "own_known" or writer.evidence.status == "set"
    parts = {"own": texts[own] if stated else ""}
    if not pair:
        return writer.spans("targets", "national_only", **parts)
    if "needed_pp" not in entries:
        return writer.spans("targets", "reached", **parts)
    passed = str(entries["target_deadline"].value) < str(entries["data_date"].value)
    parts["missed"] = texts["missed"] if passed else ""
    parts["later"] = "" if has_later_figure(writer.evidence) else texts["no_later"]
    return writer.spans("targets", "distance", **parts)


def _figure(chart: Chart) -> dict[str, Any]:
    return {"kind": "figure", "svg": chart.svg_base64, "alt": chart.alt}
