"""The page on the whole country: what has been published on it, beside its targets and the survey, as a brief."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from analysis import __version__
from analysis.reference.provinces import NATION, NATION_PLACE
from analysis.reference.test_data import mark_of
from analysis.reporting.brief import Brief
from analysis.reporting.brief_writer import sources_section
from analysis.reporting.evidence import PERCENT, file_of
from analysis.reporting.explanation import spans_of_sections
from analysis.reporting.first_page import FirstPage, spans_of_first_page
from analysis.reporting.law_documents import DOCUMENTS, enter_documents
from analysis.reporting.nation_targets import Aim, aims_of
from analysis.reporting.nation_writer import CITIZENS, NationEvidence, NationWriter, Rows, enter_survey
from analysis.reporting.printed_figures import HELD, TARGET, USED, PrintedFigure, write_states
from analysis.reporting.prose import Span, plain_text
from analysis.reporting.target_distance import latest_access

HEADLINE = (
    CITIZENS,
    "share_services_with_online_dossiers",
    "share_dossiers_processed_online",
)
# Beginnings of the codes of a section's figures; the rest stand under `other`.
GROUPS = {
    "services": (HEADLINE[1], "usage_rate_", "proportion_online_services", "rate_of_online_public"),
    "dossiers": (HEADLINE[2],),
    "supply": ("share_eligible_", "share_services_level", "share_procedures_level", "n_services_level",
               "share_portal_services", "n_localities_below"),
}  # fmt: skip
PORTAL, ON_PORTAL = "portal_", "n_services_level3_4_on_portal"
WIDTHS = (1.2, 1.0, 1.2)  # of the columns of a table of words
Item = dict[str, Any]


def assemble_nation(evidence: NationEvidence, language: str) -> Brief:
    """Assemble the page on the country in one language.

    Raises:
        LedgerError: a sentence names a number that has no lineage, or a national document has no row.
    """
    writer = NationWriter(evidence, language)
    enter_documents(writer.ledger, evidence.targets, evidence.source)
    today = latest_access(evidence.observations)
    writer.ledger.chosen("data_date", today, "date", "latest day of access of the raw files")
    enter_survey(writer.ledger, evidence)
    aims = aims_of(writer, evidence.national, today)
    sections = [
        _section(
            writer,
            "citizens",
            [_text([writer.fill(writer.texts["nation"]["line"]), *_citizens(writer, evidence)])],
        ),
        *(_figures(writer, evidence, name) for name in GROUPS),
        _section(writer, "targets", _aims(writer, aims)),
        _section(writer, "portal", [_text(writer.known("portal")), _prints(writer, evidence)]),
        _section(writer, "local", [{"kind": "list", "rows": writer.known("local")}]),
        _section(writer, "other", [_other(writer, evidence)]),
        _section(writer, "documents", [{"kind": "list", "rows": _documents(writer)}]),
    ]
    first = _first_page(writer, aims).to_dict()
    shown = [*spans_of_first_page(first), *spans_of_sections(sections)]
    return Brief(
        province_code=NATION,
        slug=NATION_PLACE.slug,
        language=language,
        title=writer.texts["nation"]["title"],
        kicker=writer.text("", "kicker"),
        first_page=first,
        form=None,
        sections=[*sections, sources_section(writer, shown), _about(writer)],
        common={},
        ledger=writer.ledger.to_dict(),
        rests_on="nation",
        figures_used=write_states(evidence.figures, _shown_in(sections, first, aims)),
        files={file: {} for file in sorted({file_of(one.raw_location) for one in evidence.figures})},
        version=__version__,
        data_date=today,
        mark=mark_of([*evidence.observations["raw_location"], *evidence.targets["raw_location"]], language),
    )


def _citizens(writer: NationWriter, evidence: NationEvidence) -> Rows:
    """Give the administrative series, the survey's share, and why the two differ."""
    series = writer.series(evidence.of(CITIZENS, state=USED))
    return [writer.say("citizens", key, series=series) for key in writer.texts["nation"]["citizens"]]


def _figures(writer: NationWriter, evidence: NationEvidence, group: str) -> dict[str, Any]:
    """Say what a group of figures shows, and list all of them where there is room."""
    table = _figures_table(
        writer, evidence.of(*GROUPS[group]), group
    )  # also enters what printed ratios imply
    levels = [one for one in evidence.of(GROUPS[group][0], state=USED) if one.indicator == GROUPS[group][0]]
    return _section(writer, group, [_text(writer.known(group, series=writer.series(levels))), table])


def _other(writer: NationWriter, evidence: NationEvidence) -> Item:
    """List the country's figures that no other section has."""
    elsewhere = (*(beginning for group in GROUPS.values() for beginning in group), CITIZENS)
    twice = _printed_twice(evidence)
    rest = [one for one in evidence.of("") if not one.indicator.startswith(elsewhere) and one not in twice]
    loose = [one for one in evidence.national if one.state == TARGET and one.unit != "percent"]
    return _figures_table(
        writer, [*sorted(rest, key=lambda one: (one.indicator, one.end)), *loose], "other"
    ) | {"on_page_only": True}


def _figures_table(writer: NationWriter, figures: Iterable[PrintedFigure], group: str) -> Item:
    """List figures, one a row, with what a printed ratio implies and why one is held back."""
    texts, rows = writer.texts["nation"], []
    for one in figures:
        note = texts["held"].replace("{rule}", texts["rules"][one.rule]) if one.state == HELD else ""
        rows.append([
            [*writer.fill(f"{writer.label(one.indicator)}{note}{_implied(writer, one)}"), _citation(writer, one)],
            writer.fill(writer.level(one)),
            writer.fill(writer.when(one)),
        ])  # fmt: skip
    caption = writer.say("captions", group)
    return {
        "kind": "table",
        "caption": caption,
        "header": texts["header"],
        "body": rows,
        "on_page_only": True,
    }


def _citation(writer: NationWriter, one: PrintedFigure) -> Span:
    """Return the wordless span that cites a row's figure at its label, where tables carry their references."""
    return {"text": "", "sources": list(writer.ledger.sources_of(one.name))}


def _implied(writer: NationWriter, one: PrintedFigure) -> str:
    """Return what a printed ratio to the year before says of that year, where the level it speaks of is printed too."""
    level = one.indicator.removesuffix("_ratio_vs_year_earlier")
    if level == one.indicator:
        return ""
    beside = [other for other in writer.figures.values() if other.indicator == level and other.state == USED]
    match = next((other for other in beside if other.end and other.end in (one.end, one.published)), None)
    if match is None or (one.state != USED and not one.published):
        return ""
    name = f"{one.name}_before"
    if name not in writer.ledger.entries:
        writer.ledger.computed(name, match.value / one.value, unit=PERCENT, digits=0,
                               formula=f"{match.name} / {one.name}", inputs=(match.name, one.name))  # fmt: skip
    return str(writer.texts["nation"]["implied"]).replace("{before}", f"{{{name}}}")


def _printed_twice(evidence: NationEvidence) -> list[PrintedFigure]:
    """Return the counts of the portal that a second publication prints for the same period, or with its unit."""
    counts = evidence.of(PORTAL, ON_PORTAL)
    files = {
        _count(one): {file_of(other.raw_location) for other in counts if _count(other) == _count(one)}
        for one in counts
    }
    return [one for one in counts if len(files[_count(one)]) > 1]


def _count(one: PrintedFigure) -> str:
    return one.indicator.removesuffix("_as_printed_unit_missing")


def _prints(writer: NationWriter, evidence: NationEvidence) -> Item:
    """Set the portal's counts side by side where a second publication prints them too."""
    texts, twice = writer.texts["nation"], _printed_twice(evidence)
    first = min((file_of(one.raw_location) for one in twice), default="")
    rows: dict[str, list[list[Span]]] = {}
    for one in twice:
        cells = rows.setdefault(_count(one), [writer.fill(writer.label(_count(one))), [], []])
        column = 1 if file_of(one.raw_location) == first else 2
        held = texts["held"].replace("{rule}", texts["rules"][one.rule]) if one.rule else ""
        joint = "; " if cells[column] else ""
        cells[column] += writer.fill(f"{joint}{writer.level(one)} ({writer.when(one)}{held})")
    caption = writer.say("captions", "portal")
    return {
        "kind": "table",
        "caption": caption,
        "header": texts["prints"],
        "body": [*rows.values()],
        "widths": WIDTHS,
    }


def _aims(writer: NationWriter, aims: list[Aim]) -> list[Item]:
    """Hold each target against the last figure by its deadline; those without any are named in one sentence."""
    texts = writer.texts["nation"]
    body = [
        [
            [*writer.fill(aim.label), _citation(writer, aim.target)],
            writer.fill(aim.last),
            writer.fill(aim.verdict),
        ]
        for aim in aims
        if aim.figure
    ]
    table = {
        "kind": "table",
        "caption": writer.say("captions", "targets"),
        "header": texts["aims_header"],
        "body": body,
    }
    rest = "; ".join(aim.label for aim in aims if not aim.figure)
    return [
        table | {"widths": WIDTHS},
        *([_text([writer.say("aims", "unknown", rest=rest)])] if rest else []),
    ]


def _documents(writer: NationWriter) -> Rows:
    return [writer.say("documents", number) for number, _ in DOCUMENTS.values()]


def _first_page(writer: NationWriter, aims: list[Aim]) -> FirstPage:
    """Write the first page: what rose by how much, which target was reached, what residents say, whom to ask."""
    texts, rows = writer.texts["nation"], list[dict[str, Any]]()
    judged = {aim.indicator: aim for aim in reversed(aims) if aim.figure is not None}
    lead = [judged[code] for code in HEADLINE if code in judged]
    for aim in lead:
        assert aim.figure is not None and aim.oldest is not None
        points = [
            {
                "value": one.value,
                "text": writer.fill(writer.level(one)),
                "when": writer.fill(f"{{{one.name}_date:{'year' if one.frequency == 'A' else 'month'}}}"),
            }
            for one in ([aim.oldest] if aim.oldest is aim.figure else [aim.oldest, aim.figure])
        ]
        goal = {"to": aim.target.value, "text": writer.fill(f"{texts['goal']} {{{aim.target.name}}}%")}
        label = writer.fill(texts["short"][aim.indicator])
        rows.append({"label": label, "own": True, "points": points, "bracket": goal})
    reached = sum(aim.reached for aim in lead)
    key = "none" if not reached else "all" if reached == len(lead) else "some"
    alt = " ".join(f"{_row_in_words(row)}." for row in rows)
    draft = writer.fill(str(writer.texts["first"]["kickers"]["draft"]))
    return FirstPage(
        kicker=[*writer.say("first", "kicker"), *({**span, "role": "issuer"} for span in draft)],
        headline=writer.say("first", f"headline_{key}"),
        subtitle=writer.say("first", "subtitle"),
        picture={"kind": "progress", "alt": alt, "rows": rows} if rows else None,
        caption=writer.say("first", "caption"),
        boxes=[
            {"heading": writer.say("first", f"{box}_heading"), "text": writer.say("first", box)}
            for box in ("doubt", "residents", "supply")
        ],
        action_heading=writer.say("first", "action_heading"),
        action=writer.say("first", "action"),
    )


def _row_in_words(row: dict[str, Any]) -> str:
    points = ", ".join(
        f"{plain_text(point['text'])} ({plain_text(point['when'])})" for point in row["points"]
    )
    return f"{plain_text(row['label'])}: {points}; {plain_text(row['bracket']['text'])}"


def _shown_in(sections: list[Item], first: dict[str, Any], aims: list[Aim]) -> dict[str, list[str]]:
    """Return by figure the sections whose words hold its number; of a target printed twice both."""
    found: dict[str, list[str]] = {}
    for section in (*sections, {"id": "first-page", "items": first}):
        for name in dict.fromkeys(re.findall(r"'number': '(f\d{4})'", str(section["items"]))):
            found.setdefault(name.upper(), []).append(section["id"])
    for aim in aims:
        for other in aim.same:
            found.setdefault(other.id, ["targets"])
    return found


def _text(rows: Rows) -> Item:
    return {"kind": "text", "rows": rows}


def _section(writer: NationWriter, name: str, items: list[Item]) -> dict[str, Any]:
    return {"id": name, "heading": writer.texts["nation"]["headings"][name], "items": items}


def _about(writer: NationWriter) -> dict[str, Any]:
    contact = [{"text": " "}, *({**span, "role": "contact"} for span in writer.spans("about", "contact"))]
    rows = [[*writer.spans("about", "text"), *contact], writer.spans("about", "licence")]
    return {"id": "about", "heading": writer.text("headings", "about"), "items": [_text(rows)]}
