"""The explanation of a brief without a panel: what its numbers are, the survey, the method, what to keep in mind."""

from __future__ import annotations

import re
from typing import Any

from analysis.answers.study_answer import choose_rung
from analysis.panels.published_results import BeforeAfter
from analysis.reporting.brief_sure import readings_section
from analysis.reporting.brief_writer import Writer
from analysis.reporting.entries_figures import OwnFigure
from analysis.reporting.entries_own import enter_decision, has_later_figure
from analysis.reporting.entries_published import may_be_cumulated
from analysis.reporting.first_own import OwnWords
from analysis.reporting.first_page import pair_dates, started_low
from analysis.reporting.other_prints import others_text
from analysis.reporting.prose import Span, put_parts
from analysis.reporting.standing import standing_words
from analysis.reporting.survey_words import drift_of_named, rise_words

Section = dict[str, Any]
Spans = list[Span]
MOST_CAVEATS = 6
SPACE: Span = {"text": " "}
NOTHING: Span = {"text": "–"}
PRESS = "/published-figures/"  # the raw folder whose figures are taken from the press and from web pages


def explain(words: OwnWords) -> list[Section]:
    """Write the sections of the page: figures or their readings, targets, the survey, the method, caveats."""
    writer = words.writer
    pair = isinstance(writer.evidence.published, BeforeAfter)
    first = [_happened(words), readings_section(writer)] if pair else [_figures(words), _targets(words)]
    method = writer.spans(
        "method", "pair" if pair else "own" if "respondents" in writer.ledger.entries else "bare"
    )
    return [
        *first,
        survey_section(writer, full=True),
        section_of(writer, "method", [method]),
        section_of(writer, "caveats", caveats(words, pair)[:MOST_CAVEATS], kind="list"),
    ]


def section_of(writer: Writer, name: str, rows: list[Spans], kind: str = "text") -> Section:
    """Return a section of paragraphs or of one list, under its heading."""
    items = [{"kind": kind, "rows": rows}] if rows else []
    return {"id": name, "heading": writer.text("headings", name), "items": items}


def spans_of_sections(sections: list[Section]) -> Spans:
    """Return all spans of sections: of paragraphs, lists, and tables with their captions."""
    spans: Spans = []
    for item in (item for section in sections for item in section["items"]):
        if item["kind"] in ("text", "list"):
            spans += [span for row in item["rows"] for span in row]
        elif item["kind"] == "table":
            spans += [*item["caption"], *(span for row in item["body"] for cell in row for span in cell)]
    return spans


def standing_rows(words: OwnWords, shown_until: str = "") -> list[Spans]:
    """Say where the province stands now, where nothing else in the brief does."""
    if words.standing is None:
        return []
    text = standing_words(words.writer, words.standing, shown_until)
    return [words.fill(words.writer.texts["standing"]["heading"] + text)]


def _happened(words: OwnWords) -> Section:
    """Say what the province's two figures are, how the country moved, how far the target was, where it stands now."""
    writer = words.writer
    published, texts = writer.evidence.published, writer.texts["points"]
    assert isinstance(published, BeforeAfter)
    beyond = str(texts["beyond_above" if published.rest_low_pp > 0 else "beyond_other"])
    key = "nation_observed" if "tide_observed_pp" in writer.ledger.entries else "nation"
    nation = writer.spans("points", key, beyond=beyond, beyond_inside=beyond[0].lower() + beyond[1:])
    told = [*writer.spans("points", "happened", **pair_dates(writer)), *writer.fill(_one_source(writer))]
    now = standing_rows(words, published.after.date)
    others = others_text(writer, words.others)
    named = [writer.fill(others)] if others else []
    return section_of(writer, "figures", [told, *named, nation, _target_text(words), *now])


def _one_source(writer: Writer) -> str:
    """Say that both figures come from one publication: a newspaper article, or whose table it is."""
    published = writer.evidence.published
    if not isinstance(published, BeforeAfter) or published.before.source_id != published.after.source_id:
        return ""
    source = writer.evidence.source(published.before.source_id) or {}
    if PRESS in str(source.get("resource", PRESS)):
        return str(writer.texts["points"]["one_source"])
    return str(writer.texts["panel"]["pair"]["one_table"]).replace("{publisher}", str(source["publisher"]))


def _target_text(words: OwnWords) -> Spans:
    """Say how far the target was and which pace it left; after the deadline, what is known of its end."""
    writer = words.writer
    entries, texts = writer.ledger.entries, writer.texts["targets"]
    own = "own_known" if "own_target_value" in entries else "own_unknown"
    parts = {"own": texts[own] if own == "own_known" or writer.evidence.status == "set" else ""}
    if "needed_pp" not in entries:
        return writer.spans("targets", "reached", **parts)
    passed = str(entries["target_deadline"].value) < str(entries["data_date"].value)
    seen = words.standing is not None and words.standing.is_of_the_end  # then its own sentence says so
    parts["missed"] = texts["missed"] if passed and not seen else ""
    parts["later"] = "" if has_later_figure(writer.evidence) else texts["no_later"]
    return writer.spans("targets", "distance", **parts)


def _figures(words: OwnWords) -> Section:
    """List the province's published figures with the country's beside them and its place in printed rankings."""
    writer = words.writer
    if not words.figures:
        key = "none_before" if writer.evidence.has_new_figures else "none"
        return section_of(writer, "figures", [writer.spans("figures", key)])
    body = [[_label(words, one), *_cells(words, one)] for one in words.figures]
    columns = {"label": 2.4, "own": 1.5, "nation": 1.4, "place": 1.3}
    kept = [place for place in range(len(columns)) if any(row[place] != [NOTHING] for row in body)]
    names = [[*columns][place] for place in kept]
    around = _is_around_decision(writer)
    key = "around" if around else "caption" if "nation" in names else "caption_own"
    table = {
        "kind": "table",
        "caption": writer.spans("figures", key),
        "header": [writer.text("figures", f"col_{name}") for name in names],
        "body": [[row[place] for place in kept] for row in body],
        "widths": [columns[name] for name in names],
    }
    now = [{"kind": "text", "rows": rows}] if (rows := standing_rows(words)) else []
    return {**section_of(writer, "figures", []), "items": [table, *now]}


def _label(words: OwnWords, one: OwnFigure) -> Spans:
    return [{"text": words.label(one.base)}]


def _cells(words: OwnWords, one: OwnFigure) -> list[Spans]:
    texts, parts = words.writer.texts["figures"], words.parts(one)
    nation: Spans = [NOTHING]
    if one.has_nation:
        only = texts["provinces_only"] if words.nation_is_provinces(one) else ""
        nation = words.fill(f"{{{one.name}_nation_value}}%{only} ({words.nation_when(one)})")
    place: Spans = [NOTHING]
    if one.end:
        key = f"{'place' if one.is_placed else 'group'}_{one.end}"
        place = words.fill(put_parts(str(texts[key]), parts))
    return [words.fill(put_parts("{value} ({when})", parts)), nation, place]


def _targets(words: OwnWords) -> Section:
    """List the province's own targets: level as printed, deadline or year, whom each binds."""
    writer, first = words.writer, words.writer.texts["first"]
    if not words.targets:
        return section_of(writer, "aims", [])
    body = []
    for one in words.targets:
        year = str(writer.texts["aims"]["year"]).replace("{year}", f"{{{one.name}_year:year}}")
        end = f"{{{one.name}_deadline}}" if one.deadline else year
        scope = words.fill(f"{{{one.name}_scope}}") if one.scope else [NOTHING]
        level = words.fill(f"{first['qualifiers'][one.qualifier]}{{{one.name}_value}}%")
        body.append([[{"text": words.label(one.indicator)}], level, words.fill(end), scope])
    header = [writer.text("aims", f"col_{name}") for name in ("label", "level", "end", "scope")]
    caption = writer.spans("aims", "caption")
    table = {"kind": "table", "caption": caption, "header": header, "body": body, "widths": [2.2, 0.9, 1, 2]}
    return {**section_of(writer, "aims", []), "items": [table]}


def _is_around_decision(writer: Writer) -> bool:
    """Tell whether there are figures of the first share, but none on either side of the decision."""
    published = writer.evidence.published
    judged = getattr(published, "reason", "") == "no_pair_around_decision"
    return judged and "own_decided" in writer.ledger.entries


def survey_section(writer: Writer, *, full: bool) -> Section:
    """Say what the survey gives of the province, `full` also how its rise stands beside others.

    What it gives of the group that decided is said of its members; for all others it stands on the page of notes.
    """
    group = group_words(writer) if writer.evidence.status == "set" else []
    rows = [*_own_survey(writer), rise_words(writer) if full else [], group]
    return section_of(writer, "survey", [row for row in rows if row])


def group_words(writer: Writer) -> Spans:
    """Say what the survey gives of the provinces with targets, on its rung of the wording ladder, and by both bases."""
    effect, events = writer.evidence.effect, writer.evidence.events
    rung = choose_rung(effect, (*effect.checks, *events.checks))
    key = "group" if "did_low_pp" in writer.ledger.entries else "group_bare"
    spans = writer.spans("points", key, rung=writer.texts["points"][f"rung_{rung}"])
    return [*spans, *both_sides(writer)]


def both_sides(writer: Writer) -> Spans:
    """Say what the last year before alone would give, and why that is trusted less, where it is what falls apart."""
    entries = writer.ledger.entries
    if "last_base_pp" not in entries or "last_base_low_pp" not in entries:
        return []
    flat = all(check.passed for check in writer.evidence.events.checks if check.name == "pre-trend")
    dipped = not flat and "drift_pp" in entries and drift_of_named(writer) < 0
    return writer.spans("points", "both_dipped" if dipped else "both")


def _own_survey(writer: Writer) -> list[Spans]:
    """Give the province's own shares by year, and the years without one."""
    entries, texts = writer.ledger.entries, writer.texts["survey"]
    if "own_last_pct" not in entries:
        return [writer.spans("survey", "own_none")]
    shares = [name.removesuffix("_pct") for name in entries if re.fullmatch(r"own_\d+_pct", name)]
    series = [
        texts["own_year"].replace("{pct}", f"{{{n}_pct}}").replace("{year}", f"{{{n}_year:year}}")
        for n in shares
    ]
    own = writer.spans("survey", "own", own_series=", ".join(series))
    years = [f"{{{name}:year}}" for name in entries if name.startswith("own_gap_")]
    if years:
        own += [SPACE, *writer.spans("survey", "own_gap", own_gap_years=writer.join(years, "and"))]
    return [own]


def caveats(words: OwnWords, pair: bool) -> list[Spans]:
    """Name what the province's own figures leave open, the weightiest first; what holds for all is on one page."""
    writer, figures = words.writer, words.figures
    decided = enter_decision(writer.ledger, writer.evidence)
    measures = words.measures()
    shares = [one for one in figures if one.unit == "percent"]
    days = [one.date for one in shares]
    change = str(writer.ledger.entries["date_42"].value)
    keys = {
        "window": pair and may_be_cumulated(writer.evidence),
        "start": pair and started_low(writer),
        "own_measures": bool(measures),
        f"timing_{decided}": bool(decided),
        "definition": pair and not may_be_cumulated(writer.evidence),
        "range": any(one.is_range for one in figures),
        "ends": any(one.end and not one.is_range for one in figures),
        "centre": any("provincial_centre" in one.base for one in figures),
        "levels": any("level4" in one.base or "levels_3_4" in one.base for one in figures),
        "supply": bool(shares) and not any(one.is_used for one in shares),
        "broke": bool(days) and min(days) < change <= max(days),
    }
    parts = {"measures": measures[:1].upper() + measures[1:]}
    return [writer.spans("caveats", key, **parts) for key, holds in keys.items() if holds]
