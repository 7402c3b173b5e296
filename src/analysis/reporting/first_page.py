"""What stands on the first page of a brief: one headline, one picture, three boxes, one action."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from analysis.answers.study_answer import choose_rung
from analysis.panels.published_results import BeforeAfter
from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import provinces
from analysis.reporting.brief_panel import failed_words, target_key
from analysis.reporting.brief_sure import left_out_of_range
from analysis.reporting.brief_writer import Writer
from analysis.reporting.entries_published import may_be_cumulated
from analysis.reporting.first_own import (
    OwnWords,
    doubt_of,
    headline_of,
    residents_of,
    rise_of,
    standing_box,
    targets_of,
)
from analysis.reporting.first_pictures import (
    caption_of,
    picture_of_own,
    picture_of_pair,
    picture_of_panel,
    picture_of_survey,
)
from analysis.reporting.law_documents import documents_words
from analysis.reporting.other_prints import contradiction
from analysis.reporting.panel_findings import DECIDED, DOUBTFUL, LATER
from analysis.reporting.panel_method import others_words
from analysis.reporting.panel_words import PanelWords
from analysis.reporting.place_names import shown_name, successor_name
from analysis.reporting.prose import Span, put_parts

Spans = list[Span]
LEAST_MARGIN = 1.0  # percentage points: the published figures are rounded to whole ones
Box = dict[str, Any]
SPACE: Span = {"text": " "}
JOINED_DASH = "\u2060–\u2060"  # no line ends at it


@dataclass(frozen=True)
class FirstPage:
    """The first page in one language.

    `kicker` ends with the words that stand for the issuing office until the brief is published. `boxes` hold
    `heading` and `text`, both spans: the strongest doubt, residents, the target. `picture` is data for
    `pictures.draw_picture`, None where there is no figure to draw.
    """

    kicker: Spans
    headline: Spans
    subtitle: Spans
    picture: dict[str, Any] | None
    caption: Spans
    boxes: list[Box]
    action_heading: Spans
    action: Spans

    def to_dict(self) -> dict[str, Any]:
        """Return the page as plain data."""
        return asdict(self)


def write_first_page(writer: Writer, lead: PanelWords | None, own: OwnWords) -> FirstPage:
    """Write the page on the strongest evidence there is: a panel's words, two dated figures, or what else there is."""
    if lead is not None:
        return _of_panel(lead)
    return _of_pair(own) if isinstance(writer.evidence.published, BeforeAfter) else _of_own(own)


def _of_pair(own: OwnWords) -> FirstPage:
    writer = own.writer
    published, entries = writer.evidence.published, writer.ledger.entries
    assert isinstance(published, BeforeAfter)
    when = pair_dates(writer)
    if own.standing is not None:
        target = standing_box(own, published.after.date)
    elif "distance_pp" in entries:
        past = str(entries["target_deadline"].value) < str(entries["data_date"].value)
        key = ("missing_past" if past else "missing") if "needed_pp" in entries else "missing_bare"
        words = _first(
            writer, "targets", key if writer.ledger_value("distance_pp") > 0 else "reached", **when
        )
        target = _box(_first(writer, "boxes", "target"), words)
    else:
        target = _national_target(writer)
    return FirstPage(
        kicker=_kicker(writer, _first(writer, "kickers", "pair", map=map_words(writer), **when)),
        headline=_pair_headline(writer),
        subtitle=_first(writer, "subtitles", "pair"),
        picture=picture_of_pair(writer, published, when),
        caption=_first(writer, "captions", _pair_caption(writer, when)),
        boxes=[
            _box(_first(writer, "boxes", "doubt"), _pair_doubt(own, when)),
            _box(_first(writer, "boxes", "residents"), _residents(writer)),
            target,
        ],
        action_heading=_first(writer, "boxes", "action"),
        action=_join(
            _first(writer, "actions", "ask_others" if asks_for_others(writer) else "ask"),
            _first(writer, "actions", "no_claim"),
            _first(writer, "actions", "next"),
        ),
    )


def _pair_caption(writer: Writer, when: dict[str, str]) -> str:
    if "tide_observed_pp" in writer.ledger.entries:
        return "observed"
    return "pair" if ":quarter" in when["first_when"] else "pair_months"


def pair_dates(writer: Writer) -> dict[str, str]:
    """Name the two figures by their quarters where the first is of one, by their months otherwise."""
    published, rows = writer.evidence.published, writer.evidence.observations
    assert isinstance(published, BeforeAfter)
    first = rows.loc[rows["raw_location"] == published.before.raw_location, "frequency"]
    style = "quarter" if (first == "Q").any() else "month"
    last = f"{{after_date:{style}}}"
    at_end = str(writer.texts["first"]["words"][f"at_end_{style}"]).replace("{last_when}", last)
    return {"first_when": f"{{before_date:{style}}}", "last_when": last, "After_when": at_end}


def _pair_headline(writer: Writer) -> Spans:
    published, texts = writer.evidence.published, writer.texts["first"]["headlines"]
    assert isinstance(published, BeforeAfter)
    side = "above" if published.rest_low_pp > 0 else "below" if published.rest_high_pp < 0 else "within"
    margin = min(abs(published.rest_low_pp), abs(published.rest_high_pp))
    if margin < LEAST_MARGIN and left_out_of_range(writer):
        side = "within"  # the range stops so near to nothing that what it leaves out could turn it
    if published.change_pp < 0:
        side = "fell"
    maybe = "_maybe" if side == "above" and may_be_cumulated(writer.evidence) else ""
    tail = texts["tail_set" if writer.evidence.decided else "tail_not_known"]
    return _first(writer, "headlines", f"pair_{side}{maybe}", tail=tail)


def started_low(writer: Writer) -> bool:
    """Tell whether the province's first figure lies below every reading of where the nation then stood."""
    published, entries = writer.evidence.published, writer.ledger.entries
    then = [float(entries[name].value) for name in ("nation_then", "nation_then_low") if name in entries]
    return isinstance(published, BeforeAfter) and len(then) == 2 and min(then) > published.before.value_pct


def asks_for_others(writer: Writer) -> bool:
    """Tell whether the province's own monthly figures are there, so that those of others are asked for."""
    published, rows = writer.evidence.published, writer.evidence.observations
    if not isinstance(published, BeforeAfter):
        return False
    places = [published.before.raw_location, published.after.raw_location]
    return bool((rows.loc[rows["raw_location"].isin(places), "frequency"] == "M").all())


def _pair_doubt(own: OwnWords, when: dict[str, str]) -> Spans:
    """Say the strongest doubt: figures that differ or may not compare, no rise beyond the country's, a low start."""
    writer, apart = own.writer, contradiction(own.writer, own.others)
    if apart:
        return writer.fill(apart)
    published = writer.evidence.published
    assert isinstance(published, BeforeAfter)
    documents = documents_words(writer)
    same = [_first(writer, "doubts", "documents", documents=documents)] if documents else []
    if may_be_cumulated(writer.evidence):
        return _join(_first(writer, "doubts", "cumulated", **when), *same)
    if published.rest_low_pp <= 0:
        return _first(writer, "doubts", "within")
    if started_low(writer) or not same:
        return _first(writer, "doubts", "low_start" if started_low(writer) else "national")
    return same[0]


def _of_own(words: OwnWords) -> FirstPage:
    """Write the page of a province without two comparable figures: its own figures, targets and survey line."""
    writer = words.writer
    headline, picture = headline_of(words), picture_of_own(words)
    shown = picture is not None
    if not shown:
        picture = picture_of_survey(writer) if "own_last_pct" in writer.ledger.entries else None
    target = targets_of(words) or _national_target(writer)
    residents = residents_of(words) if shown else rise_of(words)
    return FirstPage(
        kicker=_kicker(writer, _own_kicker(words, shown=shown)),
        headline=_capital(headline),
        subtitle=_own_subtitle(words, shown=shown),
        picture=picture,
        caption=caption_of(words),
        boxes=[
            _box(_first(writer, "boxes", "not_judged"), doubt_of(words)),
            _box(_first(writer, "boxes", "residents"), residents),
            target,
        ],
        action_heading=_first(writer, "boxes", "action"),
        action=_own_action(words, shown=shown),
    )


def _capital(spans: Spans) -> Spans:
    first = {**spans[0], "text": spans[0]["text"][:1].upper() + spans[0]["text"][1:]}
    return [first, *spans[1:]]


def _own_kicker(words: OwnWords, *, shown: bool) -> Spans:
    chosen = words.chosen
    key = "survey" if not shown else "own" if chosen else "aims"
    return words.first("kickers", key, map=map_words(words.writer), **(words.parts(chosen) if chosen else {}))


def _own_subtitle(words: OwnWords, *, shown: bool) -> Spans:
    if not shown:
        known = "own_last_pct" in words.writer.ledger.entries
        return words.first("subtitles", "survey" if known else "survey_none")
    chosen = words.chosen
    if chosen is None:
        return words.first("subtitles", "targets")
    return words.first("subtitles", "own", **words.parts(chosen))


def _own_action(words: OwnWords, *, shown: bool) -> Spans:
    """Say what to send: monthly counts, and the decision; what not to claim; how to set the next target."""
    set_one = words.writer.evidence.status in ("set", "later") or bool(words.targets)
    placed = shown and words.chosen is not None and bool(words.chosen.end)
    claim = "no_claim_place" if placed else "no_claim_figure"
    shows_figure = not shown or words.chosen is not None  # of targets alone there is nothing to cite
    known = "own_document" in words.writer.ledger.entries and bool(words.targets)
    decision = [] if known else ["ask_decision" if set_one else "ask_whether"]
    keys = ("ask", *decision, *([claim] if shows_figure else []), "next")
    return _join(*(_first(words.writer, "actions", key) for key in keys))


def map_words(writer: Writer) -> str:
    """Return what became of the province on the map of 34, as a piece of template."""
    own, language = writer.evidence.province, writer.language
    texts = writer.texts["first"]["map"]
    others = [p for p in provinces() if p.successor_code == own.successor_code and p != own]
    if not others:
        return str(texts["alone"])
    if own.successor_vi == own.name_vi:
        names = ", ".join(shown_name(p, language) for p in sorted(others, key=lambda p: sort_key(p.name_vi)))
        return str(texts["grown"]).replace("{others}", names)
    return str(texts["moved"]).replace("{successor}", successor_name(own, language))


def _residents(writer: Writer) -> Spans:
    effect, events = writer.evidence.effect, writer.evidence.events
    rung = choose_rung(effect, (*effect.checks, *events.checks))
    return _first(writer, "residents", rung if "did_low_pp" in writer.ledger.entries else "bare")


def _national_target(writer: Writer) -> Box:
    key = "no_figure_before" if writer.evidence.has_new_figures else "no_figure"
    return _box(_first(writer, "boxes", "target"), _first(writer, "targets", key))


def _of_panel(words: PanelWords) -> FirstPage:
    findings, writer = words.findings, words.writer
    # A headline on the rise is of the figures of one definition; all others go to the newest figure.
    rise = findings.role == DECIDED and findings.own_rung != "passed" and not findings.crosses_break
    return FirstPage(
        kicker=_kicker(writer, _panel(words, "kickers", "panel", map=map_words(writer))),
        headline=_panel_headline(words),
        subtitle=_panel(words, "subtitles", "panel_until" if rise else "panel", label_capital=_label(words)),
        picture=picture_of_panel(words),
        caption=_panel(words, "captions", "panel") if words.has("n_nation") else [],
        boxes=[
            _panel_doubt(words),
            _box(_first(writer, "boxes", "residents"), _residents(writer)),
            _panel_target(words),
        ],
        action_heading=_first(writer, "boxes", "action"),
        action=_panel_action(words),
    )


def _label(words: PanelWords) -> str:
    return words.label[0].upper() + words.label[1:]


def _panel_headline(words: PanelWords) -> Spans:
    """Choose the headline by the province's part; where it decided, by what its own interval and the checks allow."""
    findings = words.findings
    key = findings.role
    if key == DECIDED:
        key = findings.own_rung if findings.own_effect is not None else "unclear"
        if key in ("unclear", "failed") and findings.crosses_break:
            key += "_broke"
    elif not words.has("nation_value"):
        key = "level"
    return _panel(words, "headlines", f"panel_{key}", **_own_range(words))


def _own_range(words: PanelWords) -> dict[str, str]:
    """Return the interval of the province's own effect as sizes, the smaller one first."""
    low, high = words.value("own_low"), words.value("own_high")
    if low is None or high is None:
        return {"own_range": ""}
    ends = ("own_low_abs", "own_high_abs") if low >= 0 else ("own_high_abs", "own_low_abs")
    return {"own_range": JOINED_DASH.join(f"{{x_{name}}}" for name in ends)}


def _panel_doubt(words: PanelWords) -> Box:
    """Say what stands against a conclusion or, of a province that did not decide, which part it plays."""
    findings, writer = words.findings, words.writer
    if findings.role != DECIDED:
        key = {LATER: "later", DOUBTFUL: "doubtful"}.get(findings.role, "comparison")
        part = "doubt" if key == "doubtful" else "part"
        return _box(_first(writer, "boxes", part), _panel(words, "doubts", key))
    if not words.has("own_low", "own_high"):
        key = "no_interval"
    else:
        passed = "disagree" if findings.disagreeing() else "passed"
        key = {"unclear": "own_unclear", "failed": "failed"}.get(findings.own_rung, passed)
    failed = failed_words(words)
    methods = others_words(words, list(findings.disagreeing())) if key == "disagree" else ""
    spans = _panel(words, "doubts", key, Failed=failed[:1].upper() + failed[1:], methods=methods)
    return _box(_first(writer, "boxes", "caution" if key in ("passed", "disagree") else "doubt"), spans)


_TARGETS = {
    "target_open": "open", "target_near": "near", "target_reached_early": "reached_early",
    "target_reached": "reached_then", "target_missed_now_reached": "missed_now_reached", "target_missed": "missed",
    "target_missed_newest": "missed_newest", "target_no_figure": "no_figure_by_then", "target_unknown": "unknown",
}  # fmt: skip


def _panel_target(words: PanelWords) -> Box:
    known = words.has("target", "last_value")
    heading = _panel(words, "boxes", "own_target" if known else "target_unknown")
    return _box(heading, _panel(words, "targets", _TARGETS[target_key(words)] if known else "unknown"))


def _panel_action(words: PanelWords) -> Spans:
    """Say what to ask whom for, what not to claim, and how to set the next target."""
    findings = words.findings
    keys = ["ask_gaps" if findings.own_gaps else "ask_month"]
    if findings.start is not None and findings.start.precision not in ("day", "month"):
        keys.append("ask_date")
    if findings.role in (DECIDED, LATER):
        rung = findings.own_rung if findings.own_effect is not None else "unclear"
        keys.append("claim_with_interval" if rung == "passed" else "no_claim")
    gaps = words.gaps() if findings.own_gaps else ""
    return _join(*(_panel(words, "actions", key, gaps=gaps) for key in (*keys, "next")))


def _kicker(writer: Writer, spans: Spans) -> Spans:
    """End the kicker with what stands for the issuing office and the document's number and date."""
    return [*spans, *({**span, "role": "issuer"} for span in _first(writer, "kickers", "draft"))]


def _box(heading: Spans, text: Spans) -> Box:
    return {"heading": heading, "text": text}


def _first(writer: Writer, group: str, key: str, **parts: str) -> Spans:
    return writer.fill(put_parts(str(writer.texts["first"][group][key]), parts))


def _panel(words: PanelWords, group: str, key: str, **parts: str) -> Spans:
    moved = words.texts["words"]["fell" if (words.value("change") or 0.0) < 0 else "rose"]
    return words.write(
        str(words.writer.texts["first"][group][key]),
        Moved=moved[:1].upper() + moved[1:].removesuffix(" by"),
        **parts,
    )


def _join(*sentences: Spans) -> Spans:
    """Put sentences one after another with a space between them."""
    joined = [span for spans in sentences for span in (SPACE, *spans)]
    return joined[1:]


def spans_of_first_page(page: dict[str, Any]) -> Spans:
    """Return all spans of a first page's content, those on the picture included."""
    spans = [
        span
        for name in ("kicker", "headline", "subtitle", "caption", "action_heading", "action")
        for span in page[name]
    ]
    spans += [span for box in page["boxes"] for part in ("heading", "text") for span in box[part]]
    return [*spans, *spans_of_picture(page["picture"] or {})]


def spans_of_picture(picture: dict[str, Any]) -> Spans:
    """Return all spans on a picture."""
    spans: Spans = []
    for row in picture.get("rows", ()):
        spans += row["label"]
        spans += [
            span for point in row.get("points", ()) for part in ("text", "when") for span in point[part]
        ]
        spans += [*row.get("text", ()), *row.get("bracket", {}).get("text", ())]
    for one in picture.get("series", ()):
        spans += [*one["text"], *one["label"]]
    for name in ("start", "range"):
        spans += picture.get(name, {}).get("label", [])
    return [*spans, *(span for words in picture.get("ends", ()) for span in words)]
