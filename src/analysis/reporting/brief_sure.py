"""The part of a brief that says how sure it is: readings of the nation's figures, the survey, its control."""

from __future__ import annotations

from typing import Any

from analysis.estimation.results import BeforeAfter, Tide
from analysis.reporting.brief_writer import Writer
from analysis.reporting.entries_published import bounding_tides, may_be_cumulated
from analysis.reporting.prose import Span, write_spans
from analysis.reporting.survey_words import control_words, pre_period_words


def sure_section(writer: Writer, pair: bool) -> dict[str, Any]:
    """Say what the range leaves out, how the survey's difference stands to chance, and what the control is worth."""
    items: list[dict[str, Any]] = []
    if pair:
        items = [_readings_table(writer)]
        note = [_cap_note(writer)] if _capped(writer) else []
        items.append({"kind": "text", "rows": [*note, _sure_of_figures(writer)]})
    items.append({"kind": "text", "rows": [pre_period_words(writer), control_words(writer)]})
    return {"id": "sure", "heading": writer.text("headings", "sure"), "items": items}


def _published(writer: Writer) -> BeforeAfter:
    published = writer.evidence.published
    assert isinstance(published, BeforeAfter)
    return published


def _sure_of_figures(writer: Writer) -> list[Span]:
    """Say what the range reflects and what it leaves out: definition, rounding, quarters; and the widest case."""
    texts, entries = writer.texts["sure"], writer.ledger.entries
    worst = "worst_rest_pp" in entries and writer.ledger_value("tide_low_pp") > 0
    left_out = _left_out(writer)
    return writer.spans(
        "sure",
        "observed" if "tide_observed_pp" in entries else "pair",
        rounded=_rounded(writer),
        uncovered=texts["uncovered"].replace("{parts}", writer.join(left_out, "or")) if left_out else "",
        worst=texts["worst"] if worst else "",
    )


def _rounded(writer: Writer) -> str:
    """Say how the two figures were printed, where one of them is only “about”."""
    published, texts = _published(writer), writer.texts["sure"]
    if published.after.qualifier != "about":
        return ""
    whole = all(point.value_pct == int(point.value_pct) for point in (published.before, published.after))
    return str(texts["rounded" if whole else "rounded_one"])


def _left_out(writer: Writer) -> list[str]:
    """Name what the range of the readings does not cover."""
    texts, entries = writer.texts["sure"], writer.ledger.entries
    broke = (
        str(entries["before_date"].value)
        < str(entries["date_42"].value)
        <= str(entries["readings_from"].value)
    )
    parts = {
        "open_break": broke,
        "open_rounding": _published(writer).after.qualifier == "about",
        "open_window": may_be_cumulated(writer.evidence),
    }
    return [texts[name] for name, holds in parts.items() if holds]


def _capped(writer: Writer) -> list[Tide]:
    """Return the readings that exceed the cap."""
    published = _published(writer)
    return [tide for tide in bounding_tides(published) if tide.change_pp > published.tide_high_pp]


def _cap_note(writer: Writer) -> list[Span]:
    return writer.spans("readings", "cap_ratio" if "cap_ratio_high" in writer.ledger.entries else "cap")


def _readings_table(writer: Writer) -> dict[str, Any]:
    """List the readings by what they give; one that exceeds the cap shows what the cap makes of it."""
    capped, rows = [tide.reading for tide in _capped(writer)], []
    for tide in sorted(bounding_tides(_published(writer)), key=lambda t: t.change_pp):
        name = tide.reading
        cells = [f"{{tide_{name}_pp}}", f"{{rest_{name}_pp}}"]
        if name in capped:
            cells = [f"{cells[0]} → {{tide_high_pp}}*", f"{cells[1]} → {{rest_low_pp}}*"]
        texts = [_reading_template(writer, name), *cells]
        rows.append([write_spans(text, writer.ledger, writer.language, writer.words) for text in texts])
    header = [writer.text("readings", f"col_{name}") for name in ("reading", "tide", "rest")]
    return {"kind": "table", "caption": writer.spans("readings", "caption"), "header": header, "body": rows}


def _reading_template(writer: Writer, reading: str) -> str:
    """Return the sentence of a reading with the ledger's names of its own points put in."""
    template: str = writer.texts["readings"][reading]
    names = {
        "linear_a": "linear_a", "linear_b": "linear_b", "fast_a": "pace_points_a", "fast_b": "pace_points_b",
        "yoy_date": "year_on_year_a_date", "yoy_ratio": "year_on_year_b_value",
        "printed_change": f"{reading}_a_value", "printed_since": f"{reading}_a_since",
    }  # fmt: skip
    for short, full in names.items():
        template = template.replace("{" + short + "}", "{" + full + "}")
        template = template.replace("{" + short + "_", "{" + full + "_")
    return template
