"""The readings of the nation's figures, and what their range leaves out."""

from __future__ import annotations

from typing import Any

from analysis.panels.published_results import BeforeAfter, NationalReading
from analysis.reporting.brief_writer import Writer
from analysis.reporting.entries_published import bounding_tides, may_be_cumulated
from analysis.reporting.prose import Span, write_spans


def readings_section(writer: Writer) -> dict[str, Any]:
    """List the readings of the nation's figures, and say what their range leaves out."""
    note = [_cut_note(writer)] if _cut(writer) else []
    items = [_readings_table(writer), {"kind": "text", "rows": [*note, _sure_of_figures(writer)]}]
    return {"id": "readings", "heading": writer.text("headings", "readings"), "items": items}


def _published(writer: Writer) -> BeforeAfter:
    published = writer.evidence.published
    assert isinstance(published, BeforeAfter)
    return published


def _sure_of_figures(writer: Writer) -> list[Span]:
    """Say what the range leaves out: definition, rounding, quarters, a figure held back; and the widest case."""
    texts, entries = writer.texts["sure"], writer.ledger.entries
    left_out, pieces = left_out_of_range(writer), [_rounded(writer)]
    if "tide_observed_pp" not in entries:
        if left_out:
            pieces.append(texts["uncovered"].replace("{parts}", writer.join(left_out, "or")))
        pieces.append(texts["leans"] if texts["open_break"] in left_out else "")
        pieces.append(texts["held"] if "held_value" in entries else "")
        worst = "worst_rest_pp" in entries and writer.ledger_value("tide_low_pp") > 0
        pieces.append(texts["worst"] if worst else "")
    return writer.fill("".join([*pieces, texts["no_interval"]]))


def _rounded(writer: Writer) -> str:
    """Say how the two figures were printed, where one of them is only “about”."""
    published, texts = _published(writer), writer.texts["sure"]
    if published.after.qualifier != "about":
        return ""
    whole = all(point.value_pct == int(point.value_pct) for point in (published.before, published.after))
    return str(texts["rounded" if whole else "rounded_one"])


def left_out_of_range(writer: Writer) -> list[str]:
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


def _cut(writer: Writer) -> list[NationalReading]:
    """Return the readings that were cut to what all figures allow."""
    return [tide for tide in bounding_tides(_published(writer)) if tide.uncut_pp is not None]


def _cut_note(writer: Writer) -> list[Span]:
    """Say between which levels the readings were cut, and that one meaning of a printed change leaves less."""
    texts, cut = writer.texts["readings"], {tide.change_pp for tide in _cut(writer)}
    printed = [tide for tide in _cut(writer) if tide.reading.startswith("pace_printed")]
    less = _put_names(texts["less"], printed[0].reading) if len(cut) > 1 and printed else ""
    return writer.spans("readings", "cut", less=less)


def _readings_table(writer: Writer) -> dict[str, Any]:
    """List the readings by what they give; one that all figures together cut shows both numbers."""
    rows = []
    for tide in sorted(bounding_tides(_published(writer)), key=lambda t: t.change_pp):
        name = tide.reading
        cells = [f"{{tide_{name}_pp}}", f"{{rest_{name}_pp}}"]
        if tide.uncut_pp is not None:
            cells[0] = f"{{uncut_{name}_pp}} → {cells[0]}*"
        texts = [_put_names(writer.texts["readings"][name], name), *cells]
        rows.append([write_spans(text, writer.ledger, writer.language, writer.words) for text in texts])
    header = [writer.text("readings", f"col_{name}") for name in ("reading", "tide", "rest")]
    return {"kind": "table", "caption": writer.spans("readings", "caption"), "header": header, "body": rows}


def _put_names(template: str, reading: str) -> str:
    """Put the ledger's names of a reading's own points into its sentence."""
    printed = {"linear_points": "pace_printed_month", "linear_relative": "pace_printed_relative"}
    names = {
        "even_a": f"{reading}_a", "even_b": f"{reading}_b", "fast_a": "pace_points_a", "fast_b": "pace_points_b",
        "yoy_date": "year_on_year_a_date", "yoy_ratio": "year_on_year_b_value",
        "printed_change": f"{printed.get(reading, reading)}_a_value",
        "printed_since": f"{printed.get(reading, reading)}_since",
    }  # fmt: skip
    for short, full in names.items():
        template = template.replace("{" + short + "}", "{" + full + "}")
        template = template.replace("{" + short + ":", "{" + full + ":")
        template = template.replace("{" + short + "_", "{" + full + "_")
    return template
