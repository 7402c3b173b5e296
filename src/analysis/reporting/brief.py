"""A brief as plain content: sections of paragraphs, tables and figures in one language, with its ledger.

The content is assembled in the executed notebook and travels in it as JSON; the HTML and the PDF are two
renderings of the same content.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, fields
from typing import Any

from analysis import __version__
from analysis.answers.study_answer import choose_rung
from analysis.panels.published_results import BeforeAfter, NotAvailable
from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import provinces
from analysis.reporting.brief_panel import (
    enter_panels,
    leading_panel,
    other_sections,
    panel_headline,
    panel_lead,
    panel_points,
    panel_sections,
)
from analysis.reporting.brief_parts import (
    chart_section,
    each_section,
    not_shown,
    started_low,
    survey_section,
    target_text,
)
from analysis.reporting.brief_sources import sources_section
from analysis.reporting.brief_sure import sure_section
from analysis.reporting.brief_writer import Writer
from analysis.reporting.entries_known import enter_own_decided
from analysis.reporting.entries_own import enter_own_survey
from analysis.reporting.entries_published import (
    enter_frame,
    enter_nation,
    enter_published,
    enter_target,
    may_be_cumulated,
)
from analysis.reporting.entries_survey import enter_each, enter_survey
from analysis.reporting.evidence import Evidence
from analysis.reporting.figures_used import list_figures, list_files, write_figures
from analysis.reporting.known_words import known_words
from analysis.reporting.ledger import Ledger
from analysis.reporting.pair_words import (
    asks_for_others,
    one_source_words,
    survey_tail,
)
from analysis.reporting.place_names import ranked_name, successor_name
from analysis.reporting.prose import Span, plain_text
from analysis.reporting.survey_words import is_blunt, rise_words

MIME_TYPE = "application/vnd.dvctt.brief+json"


@dataclass(frozen=True)
class Brief:
    """The content of one brief: sections of a heading and items of kind `text`, `list`, `table`, `figure`, `sources`.

    Spans carry the name of the number they print and the keys of its raw rows; `ledger` holds both. `rests_on` is the
    kind of evidence, `panel`, `pair` or `survey`; `figures_used` is a CSV text of the observations behind the
    numbers, `files` the raw files that any figure at hand came from.
    """

    province_code: str
    slug: str
    language: str
    title: str
    kicker: str
    province_line: str
    headline: list[Span]
    lead: list[Span]
    sections: list[dict[str, Any]]
    ledger: dict[str, Any]
    rests_on: str
    figures_used: str
    files: dict[str, dict[str, Any]]
    version: str
    data_date: str

    def to_dict(self) -> dict[str, Any]:
        """Return the content as plain data."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Show the headline in a notebook and carry the whole content for the renderers."""
        head, lead = plain_text(self.headline), plain_text(self.lead)
        preview = f"<h3>{html.escape(head)}</h3><p>{html.escape(lead)}</p>"
        return {"text/plain": f"{head}\n{lead}", "text/html": preview, MIME_TYPE: self.to_dict()}


def assemble_brief(evidence: Evidence, language: str) -> Brief:
    """Assemble the brief of a province in one language from the evidence.

    Raises:
        RequestError: there is no such language.
        LedgerError: a sentence names a number that has no lineage.
    """
    writer = Writer(evidence, language)
    leads = leading_panel(evidence) is not None
    _fill_ledger(writer, leads)
    panels = enter_panels(writer)
    if not leads:
        sections = [*_sections(writer), *other_sections(None, panels)]
        headline, lead = _headline(writer), _lead(writer)
    else:
        first, *others = panels
        points = {"kind": "list", "rows": panel_points(first, _survey_point(writer))}
        sections = [
            {"id": "points", "heading": "", "items": [points]},
            *panel_sections(first, others),
            survey_section(writer),
        ]
        headline, lead = panel_headline(first), panel_lead(first)
    sections += [sources_section(writer), _about_section(writer)]
    return Brief(
        province_code=evidence.province.code,
        slug=evidence.province.slug,
        language=language,
        title=writer.text("", "title"),
        kicker=writer.text("", "kicker"),
        province_line=writer.text("", "province_line", boundaries=_boundaries(writer)),
        headline=headline,
        lead=lead,
        sections=[section for section in sections if section["items"]],
        ledger=writer.ledger.to_dict(),
        rests_on="panel" if leads else "pair" if isinstance(evidence.published, BeforeAfter) else "survey",
        figures_used=write_figures(list_figures(evidence, writer.ledger)),
        files=list_files(evidence),
        version=__version__,
        data_date=str(writer.ledger.entries["data_date"].value),
    )


def _sections(writer: Writer) -> list[dict[str, Any]]:
    """Write what the brief says; the province's own line comes first, its published figures or else the survey."""
    pair = isinstance(writer.evidence.published, BeforeAfter)
    points = {"id": "points", "heading": "", "items": [{"kind": "list", "rows": _key_points(writer, pair)}]}
    chart, survey = chart_section(writer, pair), survey_section(writer)
    first, last = (chart, survey) if pair else (survey, chart)
    return [
        points,
        first,
        _section(writer, "method", [writer.spans("method", "pair" if pair else "no_pair")]),
        sure_section(writer, pair),
        _section(writer, "not_shown", not_shown(writer, pair), kind="list"),
        *([] if pair else [each_section(writer)]),
        last,
        _section(writer, "targets", [target_text(writer, pair)]),
        _section(writer, "settle", [_settle(writer)]),
    ]


def _settle(writer: Writer) -> list[Span]:
    """Ask for the figures that would help; never for those that are there."""
    if asks_for_others(writer):
        return writer.fill(str(writer.texts["panel"]["pair"]["settle"]))
    return writer.spans("settle", "text")


def _fill_ledger(writer: Writer, panel_leads: bool) -> None:
    """Enter what the brief may name; figures from the press only where no panel stands in their place."""
    evidence, ledger = writer.evidence, writer.ledger
    if not panel_leads:
        _enter_figures(writer)
    enter_survey(ledger, evidence)
    enter_own_survey(ledger, evidence)
    if not panel_leads and not isinstance(evidence.published, BeforeAfter):
        enter_each(ledger, evidence)
    enter_own_decided(ledger, evidence)
    enter_frame(ledger, evidence)


def _enter_figures(writer: Writer) -> None:
    evidence, ledger = writer.evidence, writer.ledger
    if isinstance(evidence.published, BeforeAfter):
        enter_published(ledger, evidence, evidence.published)
        _name_paces(ledger)
    else:
        enter_nation(ledger, evidence)
    enter_target(ledger, evidence)


def _name_paces(ledger: Ledger) -> None:
    """Name the slowest and the fastest pace that the range of the nation's rise comes to."""
    months = float(ledger.entries["months"].value)
    for name, rise in (("slowest_pace_pp", "tide_low_pp"), ("fastest_pace_pp", "tide_high_pp")):
        ledger.computed(name, float(ledger.entries[rise].value) / months, unit="percentage points a month",
                        formula=f"{rise} / months", inputs=(rise, "months"))  # fmt: skip


def _boundaries(writer: Writer) -> str:
    """Say which unit of July 2025 the province is now part of, and with whom."""
    own, language = writer.evidence.province, writer.language
    others = [p for p in provinces() if p.successor_code == own.successor_code and p != own]
    text: str = writer.texts["boundaries"]["merged" if others else "alone"]
    names = ", ".join(ranked_name(p, language) for p in sorted(others, key=lambda p: sort_key(p.name_vi)))
    return text.replace("{others}", names).replace("{successor}", successor_name(own, language))


def _key_points(writer: Writer, pair: bool) -> list[list[Span]]:
    survey = _survey_point(writer, again=not pair)
    if pair:
        nation = "nation_observed" if "tide_observed_pp" in writer.ledger.entries else "nation"
        return [_happened(writer), writer.spans("points", nation), survey]
    key = "happened_around" if _is_around_decision(writer) else "happened_none"
    known = writer.spans("points", key, known=known_words(writer))
    rise = rise_words(writer, "rise_same")
    return [known, _nation_alone(writer), [*survey, {"text": " "}, *rise] if rise else survey]


def _survey_point(writer: Writer, *, again: bool = False) -> list[Span]:
    """Say what residents answered; `again` where the lead has given the difference."""
    rung = _survey_rung(writer)
    unclear = "survey_again" if again else "survey"
    blunt = writer.texts["points"]["blunt"] if is_blunt(writer) else ""
    return writer.spans("points", unclear if rung == "unclear" else f"survey_clear_{rung}", blunt=blunt)


def _happened(writer: Writer) -> list[Span]:
    """Name the two figures by their quarters where the first is of one, by their months otherwise."""
    published, rows = writer.evidence.published, writer.evidence.observations
    assert isinstance(published, BeforeAfter)
    first = rows.loc[rows["raw_location"] == published.before.raw_location, "frequency"]
    style = "quarter" if (first == "Q").any() else "month"
    when = {"first_when": f"{{before_date:{style}}}", "last_when": f"{{after_date:{style}}}"}
    return writer.spans("points", "happened", **when)


def _nation_alone(writer: Writer) -> list[Span]:
    """Say how the nation moved, what is rounded, what bears its day of printing, what comes after a break."""
    nation, texts, entries = writer.evidence.nation, writer.texts["points"], writer.ledger.entries
    last = writer.evidence.source(nation[-1].source_id) or {}
    return writer.spans(
        "points",
        "nation_none",
        first_about=texts["about"] if nation[0].qualifier == "about" else "",
        last_about=texts["about"] if nation[-1].qualifier == "about" else "",
        reported=texts["reported"] if last.get("published") == nation[-1].date else "",
        broke=texts["broke"] if nation[0].date < str(entries["date_42"].value) <= nation[-1].date else "",
    )


def _survey_rung(writer: Writer) -> str:
    checks = (*writer.evidence.effect.checks, *writer.evidence.events.checks)
    return choose_rung(writer.evidence.effect, checks)


def _headline(writer: Writer) -> list[Span]:
    """Choose the headline by what the numbers are: rose or fell, above, within or below the national range."""
    published, texts, status = writer.evidence.published, writer.texts["headline"], writer.evidence.status
    if not isinstance(published, BeforeAfter):
        return writer.spans(
            "headline", "no_pair_around" if _is_around_decision(writer) else f"no_pair_{status}"
        )
    above = "above_observed" if published.rest_low_pp == published.rest_high_pp else "above"
    place = above if published.rest_low_pp > 0 else "below" if published.rest_high_pp < 0 else "within"
    return writer.spans(
        "headline",
        "pair",
        moved=texts["fell" if published.change_pp < 0 else "rose"],
        stretch=texts[
            "stretch_of_year" if published.before.date[:4] == published.after.date[:4] else "stretch_to"
        ],
        against=texts[place],
        condition=texts["condition"] if may_be_cumulated(writer.evidence) else "",
        tail=survey_tail(writer) or texts["tail_set" if writer.evidence.decided else "tail_not_known"],
    )


def _is_around_decision(writer: Writer) -> bool:
    """Tell whether there are figures, but none on either side of the decision, of one definition."""
    published = writer.evidence.published
    judged = isinstance(published, NotAvailable) and published.reason == "no_pair_around_decision"
    return judged and "own_decided" in writer.ledger.entries


def _lead(writer: Writer) -> list[Span]:
    """Say what stands beside the change: one source for both figures, a start below the nation's line."""
    published, texts = writer.evidence.published, writer.texts["lead"]
    if not isinstance(published, BeforeAfter):
        return writer.spans(
            "lead", "no_pair", defined=texts["defined"], rung=texts[f"rung_{_survey_rung(writer)}"]
        )
    low = started_low(writer)
    cumulated = texts["cumulated"] if may_be_cumulated(writer.evidence) else ""
    return writer.spans(
        "lead",
        "pair",
        cumulated=cumulated,
        defined=texts["defined"],
        low_start=texts["low_start"] if low else "",
        one_source=one_source_words(writer),
    )


def _about_section(writer: Writer) -> dict[str, Any]:
    """Say where data and version come from, whom to write to, and under which licence."""
    contact = [{"text": " "}, *({**span, "role": "contact"} for span in writer.spans("about", "contact"))]
    rows = [[*writer.spans("about", "text"), *contact], writer.spans("about", "licence")]
    return _section(writer, "about", rows)


def _section(writer: Writer, name: str, rows: list[list[Span]], kind: str = "text") -> dict[str, Any]:
    return {"id": name, "heading": writer.text("headings", name), "items": [{"kind": kind, "rows": rows}]}
