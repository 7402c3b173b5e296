"""A brief that rests on a panel of all provinces: what happened, the effect by the wording ladder, the target."""

from __future__ import annotations

from typing import Any

from analysis.reporting.brief_writer import Writer
from analysis.reporting.entries_panel import PanelEntries
from analysis.reporting.evidence import Evidence
from analysis.reporting.panel_findings import (
    ABSENT,
    BEFORE,
    DECIDED,
    NO_FIGURES,
    NOT_DECIDED,
    PanelFindings,
)
from analysis.reporting.panel_method import (
    limits_of_answer,
    method_rows,
    method_words,
    others_words,
    sets_apart,
    sure_rows,
)
from analysis.reporting.panel_words import PanelWords, shows_change
from analysis.reporting.place_names import shown_name, successor_name
from analysis.reporting.prose import Span

Section = dict[str, Any]
MOST_CAVEATS = 6
LEAST_PACE = 0.05  # points a month; a smaller pace would be printed as 0.0


def leading_panel(evidence: Evidence) -> PanelFindings | None:
    """Return the findings a brief rests on: the first panel on the map of 63 that judges the province; else None."""
    return next((one for one in evidence.panels if one.panel.study.frame == "63" and one.judges), None)


def enter_panels(writer: Writer) -> list[PanelWords]:
    """Enter the findings of all panels, the leading one first; return who writes on each."""
    evidence, lead = writer.evidence, leading_panel(writer.evidence)
    ordered = sorted(evidence.panels, key=lambda one: one is not lead)
    words = []
    for number, findings in enumerate(ordered):
        on_map = findings.panel.study.frame == "63"
        prefix = f"{'p' if on_map else 'n'}{number}"  # p0 is the leading panel, n… are of the map of 34
        PanelEntries(writer.ledger, evidence, findings, prefix).enter()
        place = evidence.province
        name = shown_name(place, writer.language) if on_map else successor_name(place, writer.language)
        words.append(PanelWords(writer, findings, prefix, name))
    return words


def panel_lead(words: PanelWords) -> list[Span]:
    """Say which figures the brief rests on, and why these."""
    return words.spans("lead", "text")


def panel_points(words: PanelWords) -> list[list[Span]]:
    """Write the key points: what happened, the effect, the target, how new the figures are."""
    rows = [[*happened(words), *words.write("{note}")], effect(words)]
    return [*rows, *_target(words), newest(words)]


def _target(words: PanelWords) -> list[list[Span]]:
    """Say how far the figures are from the target; nothing of a province without figures or target."""
    if not words.has("last_value") or (words.findings.start is None and not words.has("target")):
        return []
    spans = words.spans("points", target_key(words))
    if words.has("target") and words.findings.start is not None and words.is_national:
        spans += words.spans("points", "own_level_unknown")
    return [spans]


def happened(words: PanelWords) -> list[Span]:
    """Say how the province moved and how the country did, or why neither can be said."""
    role = words.findings.role
    if role in (BEFORE, ABSENT, NO_FIGURES):
        return words.spans("points", role)
    if role == DECIDED:
        key = "decided_by" if words.findings.is_vague else "decided"
        key = key if shows_change(words) else "decided_no_before"
        return [*words.spans("points", key), *_nation(words)]
    if role == NOT_DECIDED and words.findings.panel.study.frame != "63":
        role = f"{role}_34"
    level = words.spans("points", "level" if words.day("until") == words.day("last") else "level_until")
    if words.has("nation_value"):
        level += words.spans("points", "nation_level")
    level += _broke(words)
    return [*level, *words.spans("points", role)]


def _nation(words: PanelWords) -> list[Span]:
    counted = words.has("nation_change", "n_nation")
    key = "nation" if counted else "nation_printed" if words.has("nation_change") else "nation_none"
    return [*words.spans("points", key), *_broke(words)]


def _broke(words: PanelWords) -> list[Span]:
    """Say where the definition changed: between the two figures, or between them and the newest one."""
    if words.findings.crosses_break:
        return words.spans("points", "broke_between")
    return words.spans("points", "broke") if words.day("until") != words.day("last") else []


def effect(words: PanelWords, *, how: bool = True, full: bool = True) -> list[Span]:
    """Write the province's own effect and the mean effect, each on its rung of the ladder.

    `how` adds by which method, `full` what other methods find.
    """
    findings, answer = words.findings, words.findings.answer
    if answer is None:
        return no_answer(words)
    own: list[Span] = []
    if findings.role == DECIDED:
        shown = "none" if not words.has("own") else findings.own_rung if words.has("own_low") else "bare"
        own = words.spans("points", f"own_{shown}")
    bare = not words.has("effect_low", "effect_high")
    failed = failed_words(words)
    mean = words.spans("points", f"mean_{'bare' if bare else answer.rung}", failed=failed)
    spans = [*own, *(mean if own else _without_space(mean))]
    if how:
        spans += words.spans("points", "method", method=method_words(words))
    if not full:
        return spans
    odd = others_words(words, list(findings.disagreeing()))
    if odd:
        key = "one_disagrees" if len(findings.disagreeing()) == 1 else "disagree"
        spans += words.spans("points", key, methods=odd)
    more, one = words.value("more"), words.value("own")
    if own and more is not None and one is not None and more * one < 0 and findings.own_rung != "unclear":
        spans += words.spans("points", "differs")
    return spans


def no_answer(words: PanelWords) -> list[Span]:
    """Say why a panel allows no estimate: nobody is seen on both sides of a decision, or what the method lacks."""
    if words.findings.panel.treated:
        return words.spans("points", "no_answer")
    known = sets_apart(words)
    parts = words.texts["points"]["no_answer_known"].replace("{parts}", known) if known else ""
    return words.spans("points", "no_answer_none", known=parts)


def failed_words(words: PanelWords) -> str:
    """Name the check that failed, as a part of a sentence."""
    answer, texts = words.findings.answer, words.texts["checks"]
    assert answer is not None
    failed = [check.name for check in answer.checks if check.passed is False]
    return str(texts.get(failed[0], texts["other"]) if failed else texts["none"])


def target_key(words: PanelWords) -> str:
    """Return which sentence says how far the figures are from the province's own target."""
    if not words.has("target"):
        return "target_unknown"
    if words.has("needed"):
        # With a month left the pace a month says no more than the distance.
        steep = (words.value("needed") or 0.0) >= LEAST_PACE and (words.value("months_left") or 0.0) >= 1.5
        return "target_open" if steep else "target_near"
    if words.has("at_value"):
        reached_then = (words.value("at_missing") or 0.0) <= 0
        reached_now = (words.value("missing") or 0.0) <= 0
        return (
            "target_reached"
            if reached_then
            else "target_missed_now_reached"
            if reached_now
            else "target_missed_newest"
            if words.day("at") == words.day("last")
            else "target_missed"
        )
    return "target_reached_early" if (words.value("missing") or 0.0) <= 0 else "target_no_figure"


def newest(words: PanelWords) -> list[Span]:
    """Say how new the figures are, and which of the province are missing."""
    spans = words.spans("points", "newest")
    own, panel = words.findings.own, words.findings.panel
    if panel.set_aside:
        spans += words.spans("points", "set_aside", aside=words.set_aside())
    if len(own) and str(own["period"].iloc[-1]) != str(panel.periods[-1]):
        spans += words.spans("points", "own_older")
    if words.findings.own_gaps:
        spans += words.spans("points", "own_gaps", gaps=words.gaps())
    return spans


def panel_sections(words: PanelWords, others: list[PanelWords], measures: str) -> list[Section]:
    """Write the sections between the key points and the survey; `measures` are other ones of the province."""
    answered = words.findings.answer is not None
    caveats = [*(limits_of_answer(words) if answered else []), *_limits(words, measures)]
    return [
        *([_texts("method", words, method_rows(words))] if answered else []),
        *([_texts("sure", words, sure_rows(words))] if answered else []),
        *other_sections(words, others),
        _texts("caveats", words, caveats[:MOST_CAVEATS], kind="list"),
    ]


def other_sections(lead: PanelWords | None, others: list[PanelWords]) -> list[Section]:
    """Write what the other panels say: one section an indicator before July 2025, one for the successor since."""
    old = [one for one in others if one.findings.panel.study.frame == "63"]
    new = [one for one in others if one.findings.panel.study.frame != "63"]
    sections = [
        {
            "id": one.prefix,
            "heading": _capital(one.label),
            "items": [{"kind": "text", "rows": _told(one, lead)}],
        }
        for one in old
    ]
    if new:
        rows = [row for one in new for row in _told(one, lead)]
        rows.append([*newest(new[0]), {"text": " "}, *new[0].spans("since", "frames")])
        heading = _heading(new[0], "since").replace("{successor}", new[0].place)
        sections.append({"id": "since", "heading": heading, "items": [{"kind": "text", "rows": rows}]})
    return sections


def _told(words: PanelWords, lead: PanelWords | None) -> list[list[Span]]:
    """Write what happened and the effect in one paragraph, and the target; the method only where it is another."""
    answer, first = words.findings.answer, lead.findings.answer if lead else None
    how = answer is not None and (first is None or answer.headline != first.headline)
    return [[*happened(words), {"text": " "}, *effect(words, how=how, full=False)], *_target(words)]


def _limits(words: PanelWords, measures: str) -> list[list[Span]]:
    """Name what the figures themselves leave open; what holds for all provinces stands on the page of notes."""
    rows = [words.spans("not_shown", "break")] if words.has("break_0") else []
    return [*rows, words.spans("not_shown", "measures", measures=measures)] if measures else rows


def _texts(name: str, words: PanelWords, rows: list[list[Span]], kind: str = "text") -> Section:
    return {"id": name, "heading": _heading(words, name), "items": [{"kind": kind, "rows": rows}]}


def _heading(words: PanelWords, name: str) -> str:
    return str(words.texts["headings"][name]).replace("{place}", words.place)


def _without_space(spans: list[Span]) -> list[Span]:
    first = next((place for place, span in enumerate(spans) if span["text"].strip()), 0)
    return [
        {**span, "text": span["text"].lstrip()} if not n else span for n, span in enumerate(spans[first:])
    ]


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
