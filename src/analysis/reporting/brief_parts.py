"""The parts of a brief: charts, how sure it is, what it does not show, survey, target."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from analysis.estimation.results import BeforeAfter
from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import by_code
from analysis.reporting.brief_writer import Writer
from analysis.reporting.charts import Chart, chart_published, chart_survey
from analysis.reporting.entries_published import (
    enter_decision,
    enter_own_measures,
    has_later_figure,
    may_be_cumulated,
)
from analysis.reporting.evidence import share_pct
from analysis.reporting.prose import Span, write_spans
from analysis.reporting.small_multiples import chart_each_treated
from analysis.reporting.survey_shares import SurveyShares

FIRST_TREATED_YEAR = 2022


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


def sure_section(writer: Writer, pair: bool) -> dict[str, Any]:
    dip = writer.texts["sure"]["dip"] if _dipped(writer) else ""
    survey = writer.spans("sure", _pre_period_key(writer), pre_years=_pre_years(writer), dip=dip)
    verdict = "control_pass" if (writer.evidence.control.p_value or 0) > 0.05 else "control_fail"
    control = writer.spans("sure", "control", control_verdict=writer.texts["sure"][verdict])
    items: list[dict[str, Any]] = []
    if pair:
        items = [_readings_table(writer), {"kind": "text", "rows": [_sure_of_figures(writer)]}]
    items.append({"kind": "text", "rows": [survey, control]})
    return {"id": "sure", "heading": writer.text("headings", "sure"), "items": items}


def _sure_of_figures(writer: Writer) -> list[Span]:
    """Say what the range of the rest reflects: rounding, missing national figures, the widest case."""
    published, texts, entries = writer.evidence.published, writer.texts["sure"], writer.ledger.entries
    assert isinstance(published, BeforeAfter)
    return writer.spans(
        "sure",
        "observed" if "tide_observed_pp" in entries else "pair",
        rounded=texts["rounded"] if published.after.qualifier == "about" else "",
        capped=texts["capped"] if _is_capped(published) else "",
        worst=texts["worst"] if "worst_rest_pp" in entries else "",
    )


def _is_capped(published: BeforeAfter) -> bool:
    """Tell whether the cap stands in for the largest reading."""
    return max(t.change_pp for t in published.tides if t.reading != "never_fell") > published.tide_high_pp


def _pre_period_key(writer: Writer) -> str:
    trend = [check for check in writer.evidence.events.checks if check.name == "pre-trend"]
    return "survey_p_flat" if trend and trend[0].passed else "survey_p"


def _dipped(writer: Writer) -> bool:
    """Tell whether provinces with targets stood lower, against the others, in the reference year than ever before."""
    entries = writer.ledger.entries
    terms = [
        float(entries[name].value) for name in entries if name.startswith("pre_") and name.endswith("_pp")
    ]
    return bool(terms) and min(terms) > 0


def _pre_years(writer: Writer) -> str:
    """Write the pre-period terms as a piece of template: “2019 +1.3 points, 2020 +1.0 points”."""
    years = [n.split("_")[1] for n in writer.ledger.entries if n.startswith("pre_") and n.endswith("_pp")]
    term = writer.texts["sure"]["pre_term"]
    return ", ".join(
        term.replace("{name}", f"{{pre_{y}_year:year}}").replace("{value}", f"{{pre_{y}_pp:+1}}")
        for y in years
    )


def _readings_table(writer: Writer) -> dict[str, Any]:
    published = writer.evidence.published
    assert isinstance(published, BeforeAfter)
    rows = []
    for tide in sorted(published.tides, key=lambda t: (t.reading == "never_fell", t.change_pp)):
        rows.append(
            [
                write_spans(
                    _reading_template(writer, tide.reading), writer.ledger, writer.language, writer.words
                ),
                write_spans(f"{{tide_{tide.reading}_pp}}", writer.ledger, writer.language),
                write_spans(f"{{rest_{tide.reading}_pp}}", writer.ledger, writer.language),
            ]
        )
    header = [writer.text("readings", f"col_{name}") for name in ("reading", "tide", "rest")]
    return {"kind": "table", "caption": writer.spans("readings", "caption"), "header": header, "body": rows}


def _reading_template(writer: Writer, reading: str) -> str:
    """Return the sentence of a reading with the ledger's names of its own points put in."""
    template: str = writer.texts["readings"][reading]
    if reading == "never_fell" and "cap_ratio_high" in writer.ledger.entries:
        template = writer.texts["readings"]["never_fell_ratio"]
    names = {
        "linear_a": "linear_a", "linear_b": "linear_b", "fast_a": "pace_points_a", "fast_b": "pace_points_b",
        "yoy_date": "year_on_year_a_date", "yoy_ratio": "year_on_year_b_value",
        "printed_change": f"{reading}_a_value", "printed_since": f"{reading}_a_since",
        "cap_ratio": f"{reading}_b_value",
    }  # fmt: skip
    for short, full in names.items():
        template = template.replace("{" + short + "}", "{" + full + "}")
        if short != "cap_ratio":
            template = template.replace("{" + short + "_", "{" + full + "_")
    return template


def started_low(writer: Writer) -> bool:
    """Tell whether the province's first figure lies below every reading of where the nation then stood."""
    published, entries = writer.evidence.published, writer.ledger.entries
    then = [float(entries[name].value) for name in ("nation_then", "nation_then_low") if name in entries]
    return isinstance(published, BeforeAfter) and len(then) == 2 and min(then) > published.before.value_pct


def not_shown(writer: Writer, pair: bool) -> list[list[Span]]:
    window = "window" if may_be_cumulated(writer.evidence) else "definition"
    keys = ["causal", "timing", "start", window] if pair else ["causal_none"]
    keys += ["own_measures", "controls", "survey"]
    if pair and not enter_decision(writer.ledger, writer.evidence):
        keys.remove("timing")
    if pair and not started_low(writer):
        keys.remove("start")
    if not enter_own_measures(writer.ledger, writer.evidence):
        keys.remove("own_measures")
    same = round(writer.ledger_value("without_pp"), 1) == round(writer.ledger_value("did_pp"), 1)
    parts = {
        "doubtful_names": _names(writer.evidence.doubtful),
        "unchanged": writer.texts["not_shown"]["unchanged"] if same else "",
    }
    return [writer.spans("not_shown", key, **parts) for key in keys]


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
    shares = SurveyShares(rows, evidence.treated, FIRST_TREATED_YEAR)
    return _figure(chart(shares, evidence.province, language=writer.language, keys=keys))


def _own_survey(writer: Writer) -> list[list[Span]]:
    entries, texts = writer.ledger.entries, writer.texts["survey"]
    if "own_last_pct" not in entries:
        return [writer.spans("survey", "own_none"), *_treated_names(writer)]
    years = [f"{{{name}:year}}" for name in entries if name.startswith("own_gap_")]
    gaps = texts["and"].join(filter(None, (", ".join(years[:-1]), *years[-1:])))
    names = [name.removesuffix("_pct") for name in entries if re.fullmatch(r"own_\d+_pct", name)]
    series = [
        texts["own_year"].replace("{pct}", f"{{{n}_pct}}").replace("{year}", f"{{{n}_year:year}}")
        for n in names
    ]
    own = writer.spans("survey", "own", own_series=", ".join(series))
    if gaps:
        own = [*own, {"text": " "}, *writer.spans("survey", "own_gap", own_gap_years=gaps)]
    return [own, *_treated_names(writer)]


def _treated_names(writer: Writer) -> list[list[Span]]:
    """Name the provinces with targets, unless a picture of each bears its name."""
    if not isinstance(writer.evidence.published, BeforeAfter):
        return []
    return [writer.spans("survey", "names", treated_names=_names(writer.evidence.treated))]


def _names(codes: Iterable[str]) -> str:
    return ", ".join(sorted((by_code()[code].name_vi for code in codes), key=sort_key))


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
