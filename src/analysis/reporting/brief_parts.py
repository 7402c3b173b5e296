"""The parts of a brief: charts, what it does not show, survey, target."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from analysis.panels.published_results import BeforeAfter
from analysis.reporting.brief_writer import Writer
from analysis.reporting.charts import Chart, chart_published, chart_survey
from analysis.reporting.entries_known import enter_decision, enter_own_measures, has_later_figure
from analysis.reporting.entries_published import may_be_cumulated
from analysis.reporting.entries_survey import first_treated_year
from analysis.reporting.evidence import share_pct
from analysis.reporting.place_names import shown_names
from analysis.reporting.prose import Span
from analysis.reporting.small_multiples import chart_each_treated
from analysis.reporting.survey_shares import SurveyShares
from analysis.reporting.survey_words import rise_words


def chart_section(writer: Writer, pair: bool) -> dict[str, Any]:
    evidence, ledger = writer.evidence, writer.ledger
    levels = [n for n in ledger.entries if n.startswith("nation_") and n.endswith("_value")]
    keys = {
        key
        for name in (["rest_low_pp", "rest_high_pp"] if pair else levels)
        for key in ledger.sources_of(name)
    }
    chart = chart_published(
        evidence.published,
        evidence.nation,
        evidence.province,
        language=writer.language,
        keys=", ".join(sorted(keys, key=int)),
    )
    heading = writer.text("headings", "chart" if pair else "nation")
    return {"id": "chart", "heading": heading, "items": [_figure(chart)]}


def started_low(writer: Writer) -> bool:
    """Tell whether the province's first figure lies below every reading of where the nation then stood."""
    published, entries = writer.evidence.published, writer.ledger.entries
    then = [float(entries[name].value) for name in ("nation_then", "nation_then_low") if name in entries]
    return isinstance(published, BeforeAfter) and len(then) == 2 and min(then) > published.before.value_pct


def not_shown(writer: Writer, pair: bool) -> list[list[Span]]:
    """Name what the figures leave open, each point only where it holds for this province."""
    decided = enter_decision(writer.ledger, writer.evidence)
    window = "window" if may_be_cumulated(writer.evidence) else "definition"
    measures = own_measures(writer)
    keys = {
        "causal" if pair else "causal_none": True,
        f"timing_{decided}": bool(decided),
        "start": pair and started_low(writer),
        window: pair,
        "own_measures_one" if len(measures) == 1 else "own_measures": bool(measures),
        "controls": True,
        "survey": True,
    }
    same = round(writer.ledger_value("without_pp"), 1) == round(writer.ledger_value("did_pp"), 1)
    parts = {
        "doubtful_names": shown_names(writer.evidence.doubtful, writer.language),
        "measures": "; ".join(measures),
        "unchanged": writer.texts["not_shown"]["unchanged"] if same else "",
    }
    return [writer.spans("not_shown", key, **parts) for key, holds in keys.items() if holds]


def own_measures(writer: Writer) -> list[str]:
    """Write each known fee cut or campaign of the province as a piece of template."""
    texts, pieces = writer.texts["not_shown"], []
    for indicator, name, at_most in enter_own_measures(writer.ledger, writer.evidence):
        piece = str(texts.get(f"measure_{indicator}", texts["measure_other"]))
        year = ":year" if writer.ledger.entries[f"{name}_date"].unit == "year" else ""
        piece = piece.replace("{up_to}", texts["up_to"] if at_most else "")
        pieces.append(
            piece.replace("{value}", f"{{{name}_value:0}}").replace("{date}", f"{{{name}_date{year}}}")
        )
    return pieces


def survey_section(writer: Writer) -> dict[str, Any]:
    items = [_survey_figure(writer, chart_survey), {"kind": "text", "rows": _own_survey(writer)}]
    return {"id": "survey", "heading": writer.text("headings", "survey"), "items": items}


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


def _own_survey(writer: Writer) -> list[list[Span]]:
    """Give the province's own shares by year and, where no other part does, its rise and the provinces named."""
    entries, texts, pair = writer.ledger.entries, writer.texts["survey"], _has_pair(writer)
    names = _and(writer.spans("survey", "names", treated_names=_treated_names(writer))) if pair else []
    if "own_last_pct" not in entries:
        return [[*writer.spans("survey", "own_none"), *names]]
    years = [f"{{{name}:year}}" for name in entries if name.startswith("own_gap_")]
    shares = [name.removesuffix("_pct") for name in entries if re.fullmatch(r"own_\d+_pct", name)]
    series = [
        texts["own_year"].replace("{pct}", f"{{{n}_pct}}").replace("{year}", f"{{{n}_year:year}}")
        for n in shares
    ]
    own = writer.spans("survey", "own", own_series=", ".join(series))
    gaps = writer.spans("survey", "own_gap", own_gap_years=writer.join(years, "and")) if years else []
    rise = rise_words(writer, "rise_full") if pair else []
    return [row for row in ([*own, *_and(gaps), *names], rise) if row]


def _and(spans: list[Span]) -> list[Span]:
    """Put a space before a further sentence of a paragraph."""
    return [{"text": " "}, *spans] if spans else []


def _has_pair(writer: Writer) -> bool:
    return isinstance(writer.evidence.published, BeforeAfter)


def _treated_names(writer: Writer) -> str:
    return shown_names(writer.evidence.treated, writer.language)


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
