"""The page of notes that hold for every province: the survey of residents, how it was read, and its limits."""

from __future__ import annotations

from typing import Any

from analysis.reference.test_data import mark_of
from analysis.reporting.brief_writer import Writer, sources_section
from analysis.reporting.entries_published import enter_frame
from analysis.reporting.entries_survey import enter_survey, first_treated_year
from analysis.reporting.evidence import Evidence, share_pct
from analysis.reporting.explanation import both_sides, section_of, spans_of_sections
from analysis.reporting.first_page import spans_of_picture
from analysis.reporting.place_names import shown_names
from analysis.reporting.prose import Span, plain_text
from analysis.reporting.survey_words import control_words, pre_period_words, survey_point

CAVEATS = ("national", "controls", "everywhere", "survey", "moves", "definition", "mixed", "list")


def assemble_common(evidence: Evidence, language: str) -> dict[str, Any]:
    """Return the page's content in one language; it is the same for every province of one state of the figures.

    Nothing of the province of the evidence stands in it, so that whichever brief is published last writes the same.
    """
    writer = Writer(evidence, language)
    ledger = writer.ledger
    enter_survey(ledger, evidence)
    enter_frame(ledger, evidence)
    treated, doubtful = (shown_names(codes, language) for codes in (evidence.treated, evidence.doubtful))
    names = writer.spans("common", "names", treated_names=treated, doubtful_names=doubtful)
    rows = [
        [*survey_point(writer), *both_sides(writer)],
        pre_period_words(writer),
        control_words(writer),
        names,
    ]
    picture, caption = _picture(writer), writer.spans("common", "caption")
    sections = [
        section_of(writer, "group", rows),
        section_of(writer, "common_method", [writer.spans("common", key) for key in ("method", "defined")]),
        section_of(writer, "common_caveats", [writer.spans("common", key) for key in CAVEATS], kind="list"),
    ]
    shown = [*spans_of_sections(sections), *spans_of_picture(picture)]
    mark = mark_of([*evidence.survey["raw_location"], *evidence.targets["raw_location"]], language)
    sections += [
        sources_section(writer, shown),
        section_of(writer, "about", [writer.spans("about", "licence")]),
    ]
    return {
        "language": language,
        "title": writer.text("common", "title"),
        "lead": writer.spans("common", "lead"),
        "picture": picture,
        "caption": caption,
        "sections": sections,
        "ledger": ledger.to_dict(),
        "version": writer.words["version"],
    } | ({"mark": mark} if mark else {})


def _picture(writer: Writer) -> dict[str, Any]:
    """Show the yearly mean shares of the provinces with targets and of the others."""
    evidence = writer.evidence
    named = evidence.survey["province_code"].isin(evidence.treated)
    means = evidence.survey.groupby(["period", named])["outcome"].mean().unstack().map(share_pct)
    series = []
    for own, name in ((True, "with"), (False, "others")):
        text, label = writer.fill(f"{{mean_{name}_pct}}%"), writer.spans("common", f"series_{name}")
        series.append({"values": [float(v) for v in means[own]], "text": text, "label": label, "own": own})
    place = [*means.index].index(first_treated_year(evidence))
    ends: list[list[Span]] = [writer.fill(f"{{{name}:year}}") for name in ("first_year", "last_year")]
    start = {"place": place, "label": writer.spans("common", "start")}
    alt = plain_text(writer.spans("common", "alt"))
    return {"kind": "lines", "series": series, "ends": ends, "start": start, "alt": alt}
