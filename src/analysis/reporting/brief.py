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
from analysis.reference.alphabet import sort_key
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import by_code
from analysis.reporting.charts import Chart, chart_published, chart_survey
from analysis.reporting.evidence import (
    Evidence,
    enter_decision,
    enter_frame,
    enter_known_figures,
    enter_nation,
    enter_own_measures,
    enter_own_survey,
    enter_published,
    enter_survey,
    enter_target,
    has_later_figure,
    share_pct,
)
from analysis.reporting.ledger import Ledger
from analysis.reporting.prose import Span, plain_text, write_spans
from analysis.reporting.texts import load_texts
from analysis.reporting.wording import choose_wording

MIME_TYPE = "application/vnd.dvctt.brief+json"
FIRST_TREATED_YEAR = 2022


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


class Writer:
    """Write sentences of one language from one ledger; every method returns content, nothing is printed."""

    def __init__(self, evidence: Evidence, language: str) -> None:
        self.evidence, self.language = evidence, language
        self.texts = load_texts("brief", language)
        self.ledger = Ledger()
        province = evidence.province
        self.words = {"province": province.name_vi, "version": __version__, "about": ""}
        published = evidence.published
        if isinstance(published, BeforeAfter) and published.after.qualifier == "about":
            self.words["about"] = "khoảng " if language == "vi" else "about "

    def spans(self, section: str, key: str, **parts: str) -> list[Span]:
        """Write the sentence `section.key`; `parts` are pieces of template put in before the numbers."""
        template: str = self.texts[section][key] if section else self.texts[key]
        for name, part in parts.items():
            template = template.replace("{" + name + "}", part)
        return write_spans(template, self.ledger, self.language, self.words)

    def text(self, section: str, key: str, **parts: str) -> str:
        """Write a sentence as plain words, for labels and alternative texts."""
        return plain_text(self.spans(section, key, **parts))


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
    chart, survey = _chart_section(writer, pair), _survey_section(writer)
    # The province's own line comes first: its published figures where it has them, else the survey.
    first, last = (chart, survey) if pair else (survey, chart)
    sections = [
        points,
        first,
        _section(writer, "method", [writer.spans("method", "pair" if pair else "no_pair")]),
        _sure_section(writer, pair),
        _section(writer, "not_shown", _not_shown(writer, pair), kind="list"),
        last,
        _section(writer, "targets", [_target_text(writer, pair)]),
        _section(writer, "settle", [writer.spans("settle", "text")]),
    ]
    headline, lead = _headline(writer), _lead(writer)
    about = [writer.spans("about", "text"), writer.spans("about", "licence")]
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


def _chart_section(writer: Writer, pair: bool) -> dict[str, Any]:
    evidence, ledger = writer.evidence, writer.ledger
    levels = [n for n in ledger.entries if n.startswith("nation_") and n.endswith("_value")]
    keys = {
        key
        for name in (["rest_low_pp", "rest_high_pp"] if pair else levels)
        for key in ledger.sources_of(name)
    }
    chart = chart_published(
        evidence.published,
        evidence.nation,
        evidence.province,
        language=writer.language,
        keys=", ".join(sorted(keys, key=int)),
    )
    heading = writer.text("headings", "chart") if pair else writer.text("chart_nation", "title")
    return {"id": "chart", "heading": heading, "items": [_figure(chart)]}


def _sure_section(writer: Writer, pair: bool) -> dict[str, Any]:
    survey = writer.spans("sure", _pre_period_key(writer), pre_years=_pre_years(writer))
    verdict = "control_pass" if (writer.evidence.control.p_value or 0) > 0.05 else "control_fail"
    control = writer.spans("sure", "control", control_verdict=writer.texts["sure"][verdict])
    items: list[dict[str, Any]] = []
    if pair:
        items = [_readings_table(writer), {"kind": "text", "rows": [_sure_of_figures(writer)]}]
    items.append({"kind": "text", "rows": [survey, control]})
    return {"id": "sure", "heading": writer.text("headings", "sure"), "items": items}


def _sure_of_figures(writer: Writer) -> list[Span]:
    """Say what the range of the rest reflects: rounding, missing national figures, the widest case."""
    published, texts, entries = writer.evidence.published, writer.texts["sure"], writer.ledger.entries
    assert isinstance(published, BeforeAfter)
    return writer.spans(
        "sure",
        "observed" if "tide_observed_pp" in entries else "pair",
        rounded=texts["rounded"] if published.after.qualifier == "about" else "",
        worst=texts["worst"] if "worst_rest_pp" in entries else "",
    )


def _pre_period_key(writer: Writer) -> str:
    trend = [check for check in writer.evidence.events.checks if check.name == "pre-trend"]
    return "survey_p_flat" if trend and trend[0].passed else "survey_p"


def _pre_years(writer: Writer) -> str:
    """Write the pre-period terms as a piece of template: “2019 +1.3 points, 2020 +1.0 points”."""
    years = [n.split("_")[1] for n in writer.ledger.entries if n.startswith("pre_") and n.endswith("_pp")]
    term = writer.texts["sure"]["pre_term"]
    return ", ".join(
        term.replace("{name}", f"{{pre_{y}_year:year}}").replace("{value}", f"{{pre_{y}_pp:+1}}")
        for y in years
    )


def _readings_table(writer: Writer) -> dict[str, Any]:
    published = writer.evidence.published
    assert isinstance(published, BeforeAfter)
    rows = []
    for tide in sorted(published.tides, key=lambda t: (t.reading == "never_fell", t.change_pp)):
        rows.append(
            [
                write_spans(
                    _reading_template(writer, tide.reading), writer.ledger, writer.language, writer.words
                ),
                write_spans(f"{{tide_{tide.reading}_pp}}", writer.ledger, writer.language),
                write_spans(f"{{rest_{tide.reading}_pp}}", writer.ledger, writer.language),
            ]
        )
    header = [writer.text("readings", f"col_{name}") for name in ("reading", "tide", "rest")]
    return {"kind": "table", "caption": writer.spans("readings", "caption"), "header": header, "body": rows}


def _reading_template(writer: Writer, reading: str) -> str:
    """Return the sentence of a reading with the ledger's names of its own points put in."""
    template: str = writer.texts["readings"][reading]
    if reading == "never_fell" and _rests_on_ratio(writer):
        template = writer.texts["readings"]["never_fell_ratio"]
    names = {
        "linear_a": "linear_a", "linear_b": "linear_b", "fast_a": "pace_points_a", "fast_b": "pace_points_b",
        "yoy_date": "year_on_year_a_date", "yoy_ratio": "year_on_year_b_value",
        "printed_change": f"{reading}_a_value", "printed_since": f"{reading}_a_since",
        "cap_ratio": f"{reading}_b_value",
    }  # fmt: skip
    for short, full in names.items():
        template = template.replace("{" + short + "}", "{" + full + "}")
        template = template.replace("{" + short + "_", "{" + full + "_")
    return template


def _rests_on_ratio(writer: Writer) -> bool:
    """Tell whether the cap uses a printed "1.6 times a year earlier" rather than a printed level."""
    published = writer.evidence.published
    assert isinstance(published, BeforeAfter)
    cap = next(tide for tide in published.tides if tide.reading == "never_fell")
    rows = writer.evidence.observations
    units = rows.loc[rows["raw_location"].isin([point.raw_location for point in cap.points]), "unit"]
    return bool((units == "ratio").any())


def _not_shown(writer: Writer, pair: bool) -> list[list[Span]]:
    keys = ["causal", "timing", "start", "window"] if pair else ["causal_none"]
    keys += ["own_measures", "controls", "survey"]
    entries, published = writer.ledger.entries, writer.evidence.published
    if pair and not enter_decision(writer.ledger, writer.evidence):
        keys.remove("timing")
    low = isinstance(published, BeforeAfter) and "nation_then" in entries
    if pair and not (low and float(entries["nation_then"].value) > float(entries["before_value"].value)):
        keys.remove("start")
    if not enter_own_measures(writer.ledger, writer.evidence):
        keys.remove("own_measures")
    among = writer.texts["not_shown"]["among"] if writer.evidence.status == "doubtful" else ""
    return [writer.spans("not_shown", key, among=among) for key in keys]


def _survey_section(writer: Writer) -> dict[str, Any]:
    evidence = writer.evidence
    shares = evidence.survey.assign(share_pct=evidence.survey["outcome"].map(share_pct))
    chart = chart_survey(
        shares,
        evidence.treated,
        evidence.province,
        first_treated=FIRST_TREATED_YEAR,
        language=writer.language,
        keys=", ".join(writer.ledger.entries["n_obs"].sources),
    )
    text = {"kind": "text", "rows": _own_survey(writer)}
    return {"id": "survey", "heading": writer.text("headings", "survey"), "items": [_figure(chart), text]}


def _own_survey(writer: Writer) -> list[list[Span]]:
    if "own_first_pct" not in writer.ledger.entries:
        return [writer.spans("survey", "own_none"), _treated_names(writer)]
    gaps = ", ".join(f"{{{name}:year}}" for name in writer.ledger.entries if name.startswith("own_gap_"))
    mid = writer.texts["survey"]["own_mid"] if "own_mid_pct" in writer.ledger.entries else ""
    own = writer.spans("survey", "own", own_mid=mid)
    if gaps:
        own = [*own, {"text": " "}, *writer.spans("survey", "own_gap", own_gap_years=gaps)]
    return [own, _treated_names(writer)]


def _treated_names(writer: Writer) -> list[Span]:
    names = sorted((by_code()[code].name_vi for code in writer.evidence.treated), key=sort_key)
    return writer.spans("survey", "names", treated_names=", ".join(names))


def _target_text(writer: Writer, pair: bool) -> list[Span]:
    if not pair:
        return writer.spans("targets", "national_only")
    if "needed_pp" not in writer.ledger.entries:
        return writer.spans("targets", "reached")
    return writer.spans("targets", "pair_later" if has_later_figure(writer.evidence) else "pair_own_unknown")


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


def _figure(chart: Chart) -> dict[str, Any]:
    return {"kind": "figure", "svg": chart.svg_base64, "alt": chart.alt}
