"""A brief as plain content: sections of paragraphs, tables and figures in one language, with its ledger.

The content is assembled in the executed notebook and travels in it as JSON; the HTML and the PDF are two
renderings of the same content.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, fields
from typing import Any

from analysis import __version__
from analysis.panels.published_results import BeforeAfter, NotAvailable
from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import provinces
from analysis.reference.test_data import mark_of
from analysis.reporting.brief_panel import (
    enter_panels,
    leading_panel,
    other_sections,
    panel_lead,
    panel_points,
    panel_sections,
)
from analysis.reporting.brief_parts import caveats, each_section, survey_point, survey_section, target_text
from analysis.reporting.brief_sources import sources_section
from analysis.reporting.brief_sure import readings_section, sure_rows
from analysis.reporting.brief_writer import Writer
from analysis.reporting.entries_known import enter_own_decided
from analysis.reporting.entries_own import enter_own_survey
from analysis.reporting.entries_published import (
    enter_frame,
    enter_nation,
    enter_published,
    enter_target,
)
from analysis.reporting.entries_survey import enter_each, enter_survey
from analysis.reporting.evidence import Evidence
from analysis.reporting.figures_used import list_figures, list_files, write_figures
from analysis.reporting.first_page import pair_dates, write_first_page
from analysis.reporting.known_words import known_words
from analysis.reporting.ledger import Ledger
from analysis.reporting.pair_words import asks_for_others, one_source_words
from analysis.reporting.place_names import ranked_name, successor_name
from analysis.reporting.prose import Span, plain_text

MIME_TYPE = "application/vnd.dvctt.brief+json"


@dataclass(frozen=True)
class Brief:
    """The content of one brief: sections of a heading and items of kind `text`, `list`, `table`, `figure`, `sources`.

    Spans carry the name of the number they print and the keys of its raw rows; `ledger` holds both. `first_page` is
    what `first_page.write_first_page` gives, `form` the first and last month asked for. `rests_on` is the kind of
    evidence, `panel`, `pair` or `survey`; `figures_used` is a CSV text of the observations behind the numbers, `files`
    the raw files that any figure at hand came from.
    """

    province_code: str
    slug: str
    language: str
    title: str
    kicker: str
    province_line: str
    first_page: dict[str, Any]
    form: dict[str, str] | None
    sections: list[dict[str, Any]]
    ledger: dict[str, Any]
    rests_on: str
    figures_used: str
    files: dict[str, dict[str, Any]]
    version: str
    data_date: str
    issuer: dict[str, str] | None = None  # filled when the brief is published
    mark: str = ""  # of a brief that rests on test data; it stands on every page

    def to_dict(self) -> dict[str, Any]:
        """Return the content as plain data."""
        content = {field.name: getattr(self, field.name) for field in fields(self)}
        return content if self.mark else {name: own for name, own in content.items() if name != "mark"}

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Show the headline in a notebook and carry the whole content for the renderers."""
        head, lead = plain_text(self.first_page["headline"]), plain_text(self.first_page["subtitle"])
        preview = f"<h3>{html.escape(head)}</h3><p>{html.escape(lead)}</p>"
        if self.mark:
            head, preview = (
                f"{self.mark}\n{head}",
                f"<p><strong>{html.escape(self.mark)}</strong></p>{preview}",
            )
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
    else:
        first, *others = panels
        points = {"kind": "list", "rows": panel_points(first, survey_point(writer))}
        items = [{"kind": "text", "rows": [panel_lead(first)]}, points]
        sections = [
            {"id": "points", "heading": writer.text("headings", "figures"), "items": items},
            *panel_sections(first, others),
            survey_section(writer, full=False),
        ]
    sections += [sources_section(writer), _about_section(writer)]
    files = list_files(evidence)
    return Brief(
        province_code=evidence.province.code,
        slug=evidence.province.slug,
        language=language,
        title=writer.text("", "title"),
        kicker=writer.text("", "kicker"),
        province_line=writer.text("", "province_line", boundaries=_boundaries(writer)),
        form=_form(writer, leads),
        first_page=write_first_page(writer, panels[0] if leads else None).to_dict(),
        sections=[section for section in sections if section["items"]],
        ledger=writer.ledger.to_dict(),
        rests_on="panel" if leads else "pair" if isinstance(evidence.published, BeforeAfter) else "survey",
        figures_used=write_figures(list_figures(evidence, writer.ledger)),
        files=files,
        mark=mark_of(files, language),
        version=__version__,
        data_date=str(writer.ledger.entries["data_date"].value),
    )


def _form(writer: Writer, leads: bool) -> dict[str, str] | None:
    """Return the months that the form beside the brief asks for; None where the figures are there."""
    if leads or asks_for_others(writer):
        return None
    entries = writer.ledger.entries
    return {"first": str(entries["settle_from"].value), "last": str(entries["settle_to"].value)}


def _sections(writer: Writer) -> list[dict[str, Any]]:
    """Write the explanation: figures, readings of the country's, the survey and how sure it is, method, caveats."""
    pair = isinstance(writer.evidence.published, BeforeAfter)
    return [
        {"id": "points", "heading": writer.text("headings", "figures"), "items": _figures(writer, pair)},
        *([readings_section(writer)] if pair else []),
        survey_section(writer, full=True),
        _section(writer, "sure", sure_rows(writer)),
        *([] if pair else [each_section(writer)]),
        _section(
            writer,
            "method",
            [writer.spans("method", "pair" if pair else "no_pair", survey=writer.texts["method"]["survey"])],
        ),
        _section(writer, "caveats", caveats(writer, pair), kind="list"),
    ]


def _figures(writer: Writer, pair: bool) -> list[dict[str, Any]]:
    """Say what has been published on province and country, what a target is, and how far the target was."""
    texts = writer.texts["lead"]
    defined = writer.fill(str(texts["defined"]).strip())
    if pair:
        rows = [[*_happened(writer), *writer.fill(one_source_words(writer))], _nation(writer)]
        return [{"kind": "text", "rows": [*rows, [*target_text(writer, pair), {"text": " "}, *defined]]}]
    first = writer.spans("points", "happened_around" if _is_around_decision(writer) else "happened_none")
    known, items = known_words(writer)
    listed = [{"kind": "text", "rows": [known]}, {"kind": "list", "rows": items}] if items else []
    rows = [_nation_alone(writer), [*target_text(writer, pair), {"text": " "}, *defined]]
    return [{"kind": "text", "rows": [first]}, *listed, {"kind": "text", "rows": rows}]


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


def _happened(writer: Writer) -> list[Span]:
    """Name the two figures by their quarters where the first is of one, by their months otherwise."""
    return writer.spans("points", "happened", **pair_dates(writer))


def _nation(writer: Writer) -> list[Span]:
    """Say what the country did meanwhile, and what of the province's change lies beyond it."""
    published, texts = writer.evidence.published, writer.texts["points"]
    assert isinstance(published, BeforeAfter)
    beyond = str(texts["beyond_above" if published.rest_low_pp > 0 else "beyond_other"])
    key = "nation_observed" if "tide_observed_pp" in writer.ledger.entries else "nation"
    return writer.spans("points", key, beyond=beyond, beyond_inside=beyond[0].lower() + beyond[1:])


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


def _is_around_decision(writer: Writer) -> bool:
    """Tell whether there are figures, but none on either side of the decision, of one definition."""
    published = writer.evidence.published
    judged = isinstance(published, NotAvailable) and published.reason == "no_pair_around_decision"
    return judged and "own_decided" in writer.ledger.entries


def _about_section(writer: Writer) -> dict[str, Any]:
    """Say where data and version come from, whom to write to, and under which licence."""
    contact = [{"text": " "}, *({**span, "role": "contact"} for span in writer.spans("about", "contact"))]
    rows = [[*writer.spans("about", "text"), *contact], writer.spans("about", "licence")]
    return _section(writer, "about", rows)


def _section(writer: Writer, name: str, rows: list[list[Span]], kind: str = "text") -> dict[str, Any]:
    return {"id": name, "heading": writer.text("headings", name), "items": [{"kind": kind, "rows": rows}]}
