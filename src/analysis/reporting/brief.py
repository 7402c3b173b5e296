"""A brief as plain content: sections of paragraphs, tables and figures in one language, with its ledger.

The content is assembled in the executed notebook and travels in it as JSON; the HTML and the PDF are two
renderings of the same content.
"""

from __future__ import annotations

import html
from dataclasses import asdict, dataclass
from typing import Any

from analysis import __version__
from analysis.estimation.results import BeforeAfter
from analysis.reference.indicators import find_indicator
from analysis.reporting.brief_parts import (
    chart_section,
    each_section,
    not_shown,
    sure_section,
    survey_section,
    target_text,
)
from analysis.reporting.brief_writer import Writer
from analysis.reporting.entries_published import (
    enter_frame,
    enter_known_figures,
    enter_nation,
    enter_published,
    enter_target,
)
from analysis.reporting.entries_survey import enter_each, enter_own_survey, enter_survey
from analysis.reporting.evidence import Evidence
from analysis.reporting.ledger import Ledger
from analysis.reporting.prose import Span, plain_text
from analysis.reporting.wording import choose_wording

MIME_TYPE = "application/vnd.dvctt.brief+json"


@dataclass(frozen=True)
class Brief:
    """The content of one brief: sections of a heading and items of kind `text`, `list`, `table`, `figure`, `sources`.

    Spans carry the name of the number they print and the keys of its raw rows; `ledger` holds both.
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
    version: str
    data_date: str

    def to_dict(self) -> dict[str, Any]:
        """Return the content as plain data."""
        return asdict(self)

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
    _fill_ledger(writer)
    pair = isinstance(evidence.published, BeforeAfter)
    points = {"id": "points", "heading": "", "items": [{"kind": "list", "rows": _key_points(writer, pair)}]}
    chart, survey = chart_section(writer, pair), survey_section(writer)
    # The province's own line comes first: its published figures where it has them, else the survey.
    first, last = (chart, survey) if pair else (survey, chart)
    sections = [
        points,
        first,
        _section(writer, "method", [writer.spans("method", "pair" if pair else "no_pair")]),
        sure_section(writer, pair),
        _section(writer, "not_shown", not_shown(writer, pair), kind="list"),
        *([] if pair else [each_section(writer)]),
        last,
        _section(writer, "targets", [target_text(writer, pair)]),
        _section(writer, "settle", [writer.spans("settle", "text")]),
    ]
    headline, lead = _headline(writer), _lead(writer)
    contact = [{"text": " "}, *({**span, "role": "contact"} for span in writer.spans("about", "contact"))]
    about = [[*writer.spans("about", "text"), *contact], writer.spans("about", "licence")]
    sections += [_sources_section(writer), _section(writer, "about", about)]
    return Brief(
        province_code=evidence.province.code,
        slug=evidence.province.slug,
        language=language,
        title=writer.text("", "title"),
        kicker=writer.text("", "kicker"),
        province_line=writer.text("", "province_line"),
        headline=headline,
        lead=lead,
        sections=[section for section in sections if section["items"]],
        ledger=writer.ledger.to_dict(),
        version=__version__,
        data_date=str(writer.ledger.entries["data_date"].value),
    )


def _fill_ledger(writer: Writer) -> None:
    evidence, ledger = writer.evidence, writer.ledger
    if isinstance(evidence.published, BeforeAfter):
        enter_published(ledger, evidence, evidence.published)
        _name_paces(ledger)
    else:
        enter_nation(ledger, evidence)
    enter_target(ledger, evidence)
    enter_survey(ledger, evidence)
    enter_own_survey(ledger, evidence)
    if not isinstance(evidence.published, BeforeAfter):
        enter_each(ledger, evidence)
    enter_frame(ledger, evidence)


def _name_paces(ledger: Ledger) -> None:
    """Name the slowest and the fastest of the paces, whichever readings they come from."""
    names = [n for n in ledger.entries if n.startswith("pace_") and n.endswith("_pp") and n != "pace_pp"]
    paces = {name: float(ledger.entries[name].value) for name in names}
    for name, chosen in (("slowest_pace_pp", min), ("fastest_pace_pp", max)):
        if paces:
            best = chosen(paces, key=paces.__getitem__)
            ledger.computed(name, paces[best], unit="percentage points a month", formula=best, inputs=(best,))


def _key_points(writer: Writer, pair: bool) -> list[list[Span]]:
    survey = writer.spans("points", _survey_rung(writer))
    if pair:
        nation = "nation_observed" if "tide_observed_pp" in writer.ledger.entries else "nation"
        return [writer.spans("points", "happened"), writer.spans("points", nation), survey]
    known = writer.spans("points", "happened_none", known=_known_figures(writer))
    return [known, writer.spans("points", "nation_none"), survey]


def _known_figures(writer: Writer) -> str:
    """Write what else has been published on the province as a piece of template, each figure with its name."""
    texts, pieces = writer.texts["points"], []
    for code, name in enter_known_figures(writer.ledger, writer.evidence):
        label = getattr(find_indicator(code), f"name_{writer.language}")
        piece = texts["known_item"].replace("{label}", label[0].lower() + label[1:])
        pieces.append(piece.replace("{value}", f"{{{name}_value}}").replace("{date}", f"{{{name}_date}}"))
    return texts["known"].replace("{items}", "; ".join(pieces)) if pieces else ""


def _survey_rung(writer: Writer) -> str:
    checks = (*writer.evidence.effect.checks, *writer.evidence.events.checks)
    rung = choose_wording(writer.evidence.effect, checks)
    return "survey" if rung == "unclear" else f"survey_clear_{rung}"


def _headline(writer: Writer) -> list[Span]:
    """Choose the headline by what the numbers are: rose or fell, above, within or below the national range."""
    published, texts, status = writer.evidence.published, writer.texts["headline"], writer.evidence.status
    if not isinstance(published, BeforeAfter):
        return writer.spans("headline", f"no_pair_{status}")
    above = "above_observed" if published.rest_low_pp == published.rest_high_pp else "above"
    place = above if published.rest_low_pp > 0 else "below" if published.rest_high_pp < 0 else "within"
    return writer.spans(
        "headline",
        "pair",
        moved=texts["fell" if published.change_pp < 0 else "rose"],
        against=texts[place],
        tail=texts["tail_set" if status == "set" else "tail_not_known"],
    )


def _lead(writer: Writer) -> list[Span]:
    """Say what stands beside the change: one source for both figures, a start below the nation's line."""
    published, texts, entries = writer.evidence.published, writer.texts["lead"], writer.ledger.entries
    if not isinstance(published, BeforeAfter):
        return writer.spans("lead", "no_pair")
    low = "nation_then" in entries and float(entries["nation_then"].value) > published.before.value_pct
    one = published.before.source_id == published.after.source_id
    return writer.spans(
        "lead",
        "pair",
        low_start=texts["low_start"] if low else "",
        one_source=texts["one_source"] if one else "",
    )


def _sources_section(writer: Writer) -> dict[str, Any]:
    """List the raw rows; a publication named before is named by its first number only."""
    rows, seen = [], dict[str, str]()
    for source in writer.ledger.sources.values():
        title = ". ".join(part for part in (source.publisher, source.title, source.published) if part)
        if title in seen:
            text, url = writer.texts["sources"]["as_source"].format(key=seen[title]), ""
        else:
            text, url = title, source.url
            seen[title] = source.key
        rows.append({"key": source.key, "title": text, "url": url, "place": source.location})
    header = [writer.text("sources", f"col_{name}") for name in ("key", "source", "place")]
    table = {"kind": "sources", "caption": writer.text("sources", "caption"), "header": header, "rows": rows}
    return {"id": "sources", "heading": writer.text("headings", "sources"), "items": [table]}


def _section(writer: Writer, name: str, rows: list[list[Span]], kind: str = "text") -> dict[str, Any]:
    return {"id": name, "heading": writer.text("headings", name), "items": [{"kind": kind, "rows": rows}]}
