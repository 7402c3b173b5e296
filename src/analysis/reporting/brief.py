"""A brief as plain content: sections of paragraphs, tables and figures in one language, with its ledger.

The content is assembled in the executed notebook and travels in it as JSON; the HTML and the PDF are two
renderings of the same content.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, fields, replace
from typing import Any

from analysis import __version__
from analysis.panels.published_results import BeforeAfter
from analysis.reference.test_data import mark_of
from analysis.reporting.brief_panel import (
    enter_panels,
    leading_panel,
    other_sections,
    panel_lead,
    panel_points,
    panel_sections,
)
from analysis.reporting.brief_writer import Writer, sources_section
from analysis.reporting.common_page import assemble_common
from analysis.reporting.entries_figures import enter_figures
from analysis.reporting.entries_own import enter_own_decided, enter_own_survey
from analysis.reporting.entries_published import enter_frame, enter_published, enter_target
from analysis.reporting.entries_survey import enter_survey
from analysis.reporting.entries_targets import enter_targets
from analysis.reporting.evidence import Evidence
from analysis.reporting.explanation import (
    explain,
    section_of,
    spans_of_sections,
    standing_rows,
    survey_section,
)
from analysis.reporting.figures_used import list_figures, list_files, write_figures
from analysis.reporting.first_own import OwnWords
from analysis.reporting.first_page import asks_for_others, spans_of_first_page, write_first_page
from analysis.reporting.ledger import Ledger
from analysis.reporting.other_prints import enter_others
from analysis.reporting.panel_findings import PanelFindings, day_of
from analysis.reporting.prose import plain_text
from analysis.reporting.standing import enter_standing, find_standing

MIME_TYPE = "application/vnd.dvctt.brief+json"


@dataclass(frozen=True)
class Brief:
    """The content of one brief: sections of a heading and items of kind `text`, `list`, `table`, `sources`.

    Spans carry the name of the number they print and the keys of its raw rows; `ledger` holds both. `first_page` is
    what `first_page.write_first_page` gives, `common` the page of notes that all provinces share (empty: none), `form`
    the first and last month asked for. `rests_on` is the kind of evidence, `panel`, `pair`, `survey` or, of the page on
    the country, `nation`; `figures_used` is a CSV text of the observations behind the numbers, `files` the raw files
    that any figure at hand came from.
    """

    province_code: str
    slug: str
    language: str
    title: str
    kicker: str
    first_page: dict[str, Any]
    form: dict[str, str] | None
    sections: list[dict[str, Any]]
    common: dict[str, Any]
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
    lead = leading_panel(evidence)
    leads = lead is not None
    own = _with_standing(_fill_ledger(writer, leads), lead)
    panels = enter_panels(writer)
    first_page = write_first_page(writer, panels[0] if leads else None, own).to_dict()
    if not leads:
        sections = [*explain(own), *other_sections(None, panels)]
    else:
        first, *others = panels
        points = {"kind": "list", "rows": [*panel_points(first), *standing_rows(own)]}
        items = [{"kind": "text", "rows": [panel_lead(first)]}, points]
        sections = [
            {"id": "points", "heading": writer.text("headings", "figures"), "items": items},
            *panel_sections(first, others, own.measures()),
            survey_section(writer, full=False),
        ]
    sections += [
        sources_section(writer, [*spans_of_first_page(first_page), *spans_of_sections(sections)]),
        _about_section(writer),
    ]
    files = list_files(evidence)
    return Brief(
        province_code=evidence.province.code,
        slug=evidence.province.slug,
        language=language,
        title=writer.text("", "title"),
        kicker=writer.text("", "kicker"),
        form=_form(writer, leads),
        first_page=first_page,
        sections=[section for section in sections if section["items"]],
        common=assemble_common(evidence, language),
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


def _fill_ledger(writer: Writer, panel_leads: bool) -> OwnWords:
    """Enter what the brief may name; figures from the press only where no panel stands in their place."""
    evidence, ledger = writer.evidence, writer.ledger
    own = OwnWords(writer, (), ())
    if not panel_leads:
        _enter_figures(writer)
        own = replace(own, others=enter_others(writer))
        if not isinstance(evidence.published, BeforeAfter):
            own = OwnWords(writer, enter_figures(ledger, evidence), enter_targets(ledger, evidence))
    enter_survey(ledger, evidence)
    enter_own_survey(ledger, evidence)
    enter_own_decided(ledger, evidence)
    # Months are asked for up to the figure that the page is about: others could not judge it.
    asked = max(evidence.dates["settle_to"], own.chosen.date if own.chosen else "")
    enter_frame(ledger, replace(evidence, dates={**evidence.dates, "settle_to": asked}))
    return own


def _with_standing(own: OwnWords, lead: PanelFindings | None) -> OwnWords:
    """Enter where the province stands now, unless the evidence of the brief already ends with that figure."""
    evidence, standing = own.writer.evidence, find_standing(own.writer.evidence)
    if standing is None:
        return own
    if lead is not None:
        shown, until = {lead.panel.study.outcome}, day_of(lead.own["period"].iloc[-1])
    elif isinstance(evidence.published, BeforeAfter):
        shown, until = {evidence.published.indicator}, evidence.published.after.date
    else:
        shown, until = ({own.chosen.base}, own.chosen.date) if own.chosen else (set(), "")
    if standing.indicator in shown and standing.date <= until:
        return own
    enter_standing(own.writer, standing)
    return replace(own, standing=standing)


def _enter_figures(writer: Writer) -> None:
    evidence, ledger = writer.evidence, writer.ledger
    if isinstance(evidence.published, BeforeAfter):
        enter_published(ledger, evidence, evidence.published)
        _name_paces(ledger)
    enter_target(ledger, evidence)


def _name_paces(ledger: Ledger) -> None:
    """Name the slowest and the fastest pace that the range of the nation's rise comes to."""
    months = float(ledger.entries["months"].value)
    for name, rise in (("slowest_pace_pp", "tide_low_pp"), ("fastest_pace_pp", "tide_high_pp")):
        ledger.computed(name, float(ledger.entries[rise].value) / months, unit="percentage points a month",
                        formula=f"{rise} / months", inputs=(rise, "months"))  # fmt: skip


def _about_section(writer: Writer) -> dict[str, Any]:
    """Say where data and version come from, and whom to write to."""
    contact = [{"text": " "}, *({**span, "role": "contact"} for span in writer.spans("about", "contact"))]
    return section_of(writer, "about", [[*writer.spans("about", "text"), *contact]])
