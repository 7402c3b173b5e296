"""The first page of a province without two comparable figures: its own figures, rank, targets and survey line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import NATION
from analysis.reporting.brief_writer import Writer
from analysis.reporting.entries_figures import OwnFigure
from analysis.reporting.entries_own import enter_own_measures
from analysis.reporting.entries_targets import OwnTarget, enter_missing
from analysis.reporting.other_prints import OtherPrint
from analysis.reporting.prose import Span, plain_text, put_parts
from analysis.reporting.standing import Standing, standing_note
from analysis.reporting.survey_words import rise_verdict
from analysis.reporting.target_distance import known_targets
from analysis.study import HEADLINE_INDICATORS

Spans = list[Span]
MOST_WORDS = 15  # of a headline
MOST_AIMS = 3  # so many of its targets stand on the first page


@dataclass(frozen=True)
class OwnWords:
    """Write on what a province's own figures and targets say; `chosen` is the figure that the page is about."""

    writer: Writer
    figures: tuple[OwnFigure, ...]
    targets: tuple[OwnTarget, ...]
    others: tuple[OtherPrint, ...] = ()  # figures of the pair's share that it does not compare
    standing: Standing | None = None  # where the province stands now, if nothing else on the page says it

    @property
    def chosen(self) -> OwnFigure | None:
        """Return the figure that the page is about; None where the targets or the survey say more.

        A headline share with a target of the province's own; else a share of use, with a place in a ranking before
        others, the newest first; else one that has a target.
        """
        aimed = [one for one in self.figures if one.base in HEADLINE_INDICATORS and self.target_of(one)]
        if aimed:
            return aimed[0]
        used = [one for one in self.figures if one.is_used]
        if used:
            return sorted(used, key=lambda one: (not one.end, not one.is_placed))[0]
        return next((one for one in self.figures if self.target_of(one)), None)

    def target_of(self, figure: OwnFigure) -> OwnTarget | None:
        """Return the province's own target of the same share whose deadline lies in the figure's year."""
        if figure.is_range or figure.qualifier == "at_most":
            return None
        alike = [one for one in self.targets if one.indicator == figure.base]
        return next((one for one in alike if one.deadline[:4] == figure.date[:4]), None)

    def first(self, group: str, key: str, **parts: str) -> Spans:
        """Write a sentence of the first page; parts are pieces of template and may hold others."""
        return self.fill(put_parts(str(self.writer.texts["first"][group][key]), parts, 3))

    def fill(self, template: str) -> Spans:
        """Write a template; whom a target binds is put into the reader's language."""
        pairs = self.writer.texts["first"]["scopes"]["words"]
        spans = []
        for span in self.writer.fill(template):
            if str(span.get("number", "")).endswith("_scope"):
                for theirs, ours in pairs:
                    span = {**span, "text": span["text"].replace(theirs, ours)}
            spans.append(span)
        return spans

    def parts(self, figure: OwnFigure) -> dict[str, str]:
        """Return the pieces that a sentence on a figure may name."""
        name, sign = figure.name, "%" if figure.unit == "percent" else ""
        qualifier = self.writer.texts["first"]["qualifiers"][figure.qualifier]
        value = (
            f"{{{name}_low}}–{{{name}_high}}{sign}"
            if figure.is_range
            else f"{qualifier}{{{name}_value}}{sign}"
        )
        return {
            "value": value, "when": self.when(figure), "short": self.short(figure.base),
            "label": self.label(figure.base), "period": self.when(figure), "brief": self.briefest(figure.base),
            "ordinal": self._ordinal(figure),
            "place": f"{{{name}_place:0}}", "named": f"{{{name}_named:0}}", "nation": f"{{{name}_nation_value}}",
        }  # fmt: skip

    def _ordinal(self, figure: OwnFigure) -> str:
        """Return what follows an English rank: 2nd, 3rd, 4th; the printed ends of rankings are short."""
        place = int(self.writer.ledger_value(f"{figure.name}_place")) if figure.is_placed else 0
        return {1: "st", 2: "nd", 3: "rd"}.get(place, "th")

    def when(self, figure: OwnFigure) -> str:
        """Return the piece that writes a figure's period."""
        return f"{{{figure.name}_date:{figure.style}}}" if figure.style else f"{{{figure.name}_date}}"

    def nation_when(self, figure: OwnFigure) -> str:
        """Return the piece that writes the period of the country's figure: as the province's, if they end together."""
        nation = self.writer.ledger.entries[f"{figure.name}_nation_date"].value
        style = f":{figure.style}" if figure.style and nation == figure.date else ""
        return f"{{{figure.name}_nation_date{style}}}"

    def nation_is_provinces(self, figure: OwnFigure) -> bool:
        """Tell whether the country's figure beside it is that of provinces together, without ministries."""
        ledger, rows = self.writer.ledger, self.writer.evidence.observations
        place = ledger.sources[ledger.sources_of(f"{figure.name}_nation_value")[0]].location
        return bool(rows.loc[rows["raw_location"] == place, "indicator"].str.endswith("_provinces").any())

    def label(self, code: str) -> str:
        """Return a share's name at the beginning of a line."""
        named = self.writer.texts["first"]["labels"].get(code)
        return str(named or getattr(find_indicator(code), f"name_{self.writer.language}"))

    def short(self, code: str) -> str:
        """Return what a share is a share of, in few words."""
        named = self.writer.texts["first"]["short"].get(code)
        if named:
            return str(named)
        label = re.sub(r"^(Tỷ lệ|Share of) | \(.*\)$", "", self.label(code))
        return label[:1].lower() + label[1:]

    def briefest(self, code: str) -> str:
        """Return what a share is a share of where a headline has no room for more; empty where that is not written."""
        return str(self.writer.texts["first"]["briefest"].get(code, ""))

    def measures(self) -> str:
        """Return the province's fee cuts and campaigns as a piece of template; empty where none is known."""
        texts, pieces, entries = self.writer.texts["caveats"], [], self.writer.ledger.entries
        for number, (indicator, at_most, has_year) in enumerate(own_measures(self.writer)):
            name = f"measure_{number}"
            piece = str(texts.get(f"measure_{indicator}", texts["measure_other"]))
            piece = piece.replace("{up_to}", texts["up_to"] if at_most else "")
            date = f"{{{name}_date{':year' if has_year else ''}}}"
            value = f"{{{name}_value:0}}" if f"{name}_value" in entries else ""
            pieces.append(piece.replace("{value}", value).replace("{date}", date))
        return "; ".join(pieces)


def own_measures(writer: Writer) -> list[tuple[str, bool, bool]]:
    """Enter, once, the province's fee cuts and campaigns: code, whether “at most”, whether only the year is known."""
    if writer.measures is None:
        found = enter_own_measures(writer.ledger, writer.evidence)
        entries = writer.ledger.entries
        writer.measures = [(code, most, entries[f"{name}_date"].unit == "year") for code, name, most in found]
    return writer.measures


def headline_of(words: OwnWords) -> Spans:
    """Choose the headline: place in a ranking, distance to a target, the country's figure, a level, or the survey."""
    chosen = words.chosen
    if chosen is None:
        return _targets_headline(words) if words.targets else survey_headline(words)
    parts = words.parts(chosen)
    if chosen.end:
        return words.first("headlines", _place_key(words, chosen), **parts)
    target = words.target_of(chosen)
    if target is not None:
        parts["target"] = f"{{{target.name}_value}}"
        reached = _missing(words, chosen, target.name) <= 0
        return words.first("headlines", "target_reached" if reached else "target_short", **parts)
    if chosen.has_nation:
        value, nation = (words.writer.ledger_value(f"{chosen.name}_{one}value") for one in ("", "nation_"))
        return words.first("headlines", "nation_above" if value >= nation else "nation_below", **parts)
    spans = words.first("headlines", "alone", **parts)
    long = len(plain_text(spans).split()) > MOST_WORDS
    return words.first("headlines", "alone_bare", **parts) if long else spans


def _place_key(words: OwnWords, chosen: OwnFigure) -> str:
    """Return the headline of a place; where a figure is printed of a group alone, the one that adds the own survey."""
    if not chosen.is_placed:
        key = "below" if chosen.qualifier == "at_most" and chosen.has_nation else f"group_{chosen.end}"
        known = "own_after_margin_pp" in words.writer.ledger.entries and words.briefest(chosen.base)
        return f"{key}_used" if known else key
    if words.writer.ledger_value(f"{chosen.name}_place") > 1:
        return f"place_{chosen.end}"
    return "place_first" if chosen.end == "highest" else "place_last"


def _targets_headline(words: OwnWords) -> Spans:
    """Name the levels of the latest targets; how they were printed once, where it is the same of all."""
    texts = words.writer.texts["first"]["qualifiers"]
    shown = [one for one in words.targets if one.deadline == words.targets[0].deadline][:MOST_AIMS]
    alike = len({one.qualifier for one in shown}) == 1
    levels = [
        f"{'' if alike and number else texts[one.qualifier]}{{{one.name}_value}}%"
        for number, one in enumerate(shown)
    ]
    return words.first("headlines", "targets", levels=words.writer.join(levels, "and"))


def survey_headline(words: OwnWords) -> Spans:
    """Say how many residents used the portal, there and elsewhere."""
    entries = words.writer.ledger.entries
    if "own_after_pct" not in entries:
        return words.first("headlines", "survey_level" if "own_last_pct" in entries else "survey_none")
    side = _survey_side(words.writer)
    if words.writer.evidence.status == "set" and side != "bare":
        side = "set"
    own = [words.writer.ledger_value(f"own_{when}_pct") for when in ("before", "after")]
    move = words.writer.texts["first"]["words"]["up" if own[1] >= own[0] else "down"]
    return words.first("headlines", f"survey_{side}", move=move)


def _survey_side(writer: Writer) -> str:
    """Tell whether the share lies `above` or `below` that of others by more than sampling alone makes, or `alike`."""
    if "own_after_margin_pp" not in writer.ledger.entries:
        return "bare"
    apart = writer.ledger_value("own_after_pct") - writer.ledger_value("others_after_pct")
    if abs(apart) <= writer.ledger_value("own_after_margin_pp"):
        return "alike"
    return "above" if apart > 0 else "below"


def residents_of(words: OwnWords) -> Spans:
    """Write the province's survey line: its means before and after with their margins, beside the others'."""
    if "own_after_pct" not in words.writer.ledger.entries:
        return words.first("residents", "own_none")
    side, known = _survey_side(words.writer), "n_as_far" in words.writer.ledger.entries
    unclear = known and rise_verdict(words.writer) in ("rise_near", "rise_within")
    rise = str(words.writer.texts["first"]["residents"]["rise_unclear"]) if unclear else ""
    return words.first("residents", f"own_{side}", rise=rise)


def doubt_of(words: OwnWords) -> Spans:
    """Say what keeps the targets from being judged: what is missing, what else happened."""
    evidence, measures = words.writer.evidence, words.measures()
    entries = words.writer.ledger.entries
    if evidence.status == "set" and "own_decided" in entries:
        spans = words.first("doubts", "set_by" if "own_document" in entries else "set")
        return (
            [*spans, {"text": " "}, *words.first("doubts", "also_measures", measures=measures)]
            if measures
            else spans
        )
    if words.targets:
        return words.first("doubts", "aims")
    if measures:
        return words.first("doubts", "measures", Measures=measures[:1].upper() + measures[1:])
    if evidence.status == "doubtful":
        return words.first("doubts", "doubtful")
    if words.chosen is not None:
        return words.first("doubts", "one_date")
    return words.first("doubts", "survey_only" if "respondents" in entries else "no_survey")


def aim_words(words: OwnWords, target: OwnTarget, before: OwnTarget | None) -> str:
    """Return one target as a piece of template: level as printed, what of, whom it binds, by when.

    The deadline begins it, unless it is that of the target `before` it.
    """
    texts = words.writer.texts["first"]
    scope = texts["aims"]["scope"].replace("{scope}", f"{{{target.name}_scope}}") if target.scope else ""
    lead = end = ""
    if target.deadline and (before is None or before.deadline != target.deadline):
        lead = texts["aims"]["deadline"].replace("{deadline}", f"{{{target.name}_deadline}}")
    elif not target.deadline:
        end = texts["aims"]["year"].replace("{year}", f"{{{target.name}_year:year}}")
    parts = {
        "qualifier": texts["qualifiers"][target.qualifier], "level": f"{{{target.name}_value}}",
        "short": words.short(target.indicator), "scope": scope, "end": end,
    }  # fmt: skip
    text = put_parts(str(texts["aims"]["one"]), parts)
    return lead + text if lead else text[:1].upper() + text[1:]


def targets_of(words: OwnWords) -> dict[str, Any] | None:
    """Return the box on targets: the province's own or, on the scale of its figure, the country's; else None."""
    chosen = words.chosen
    if words.standing is not None and not words.targets:
        return standing_box(words)
    if words.targets:
        alike = words.target_of(chosen) if chosen else None
        # Beside a figure the targets of its own share have room; the others stand on the next page.
        kept = [one for one in words.targets if alike is None or one.indicator == alike.indicator]
        shown = kept[:MOST_AIMS]
        pieces = [f"{aim_words(words, one, last)}." for one, last in zip(shown, (None, *shown), strict=False)]
        target = words.target_of(chosen) if chosen else None
        if chosen and target is not None:
            key = "reached" if _missing(words, chosen, target.name) <= 0 else "short"
            pieces.append(plain_parts(words, "aims", key, chosen))
        elif chosen:
            pieces.append(str(words.writer.texts["first"]["aims"]["other"]))
        if words.standing is not None:
            pieces.append(standing_note(words.writer, words.standing, words.short(words.standing.indicator)))
        if len(words.targets) > len(shown):
            pieces.append(str(words.writer.texts["first"]["aims"]["more"]))
        return {"heading": words.first("boxes", "aims"), "text": words.fill(" ".join(pieces))}
    whose = "" if chosen is None or chosen.is_range else _enter_national(words, chosen)
    if chosen is None or not whose:
        return None
    missing = _missing(words, chosen, "national_aim")
    key = "national_reached" if missing <= 0 else "national_short"
    if key == "national_reached" and chosen.qualifier == "at_most":
        return None
    key += "_least" if chosen.qualifier == "at_most" else ""
    named = {
        "level": "{national_aim_value}", "deadline": "{national_aim_deadline}", "missing": "{missing_abs_pp}",
        "whose": str(words.writer.texts["first"]["aims"][f"whose_{whose}"]),
    }  # fmt: skip
    text = words.first("aims", key, **words.parts(chosen), **named)
    heading = words.first("boxes", f"{whose}_aim", level="{national_aim_value}")
    return {"heading": heading, "text": text}


def standing_box(words: OwnWords, shown_until: str = "") -> dict[str, Any]:
    """Return the box on the target that the newest figure of a headline share is held against.

    `shown_until` is the ISO day of the last figure of the same share on the page; empty where it is about another.
    """
    assert words.standing is not None
    short = "" if shown_until else words.short(words.standing.indicator)
    text = words.fill(standing_note(words.writer, words.standing, short, shown_until))
    if words.standing.target is None:
        return {"heading": words.first("boxes", "now"), "text": text}
    return {"heading": words.first("boxes", "target_now"), "text": text}


def plain_parts(words: OwnWords, group: str, key: str, figure: OwnFigure) -> str:
    """Return a sentence on a figure as a piece of template."""
    parts = words.parts(figure) | {"missing": "{missing_abs_pp}"}
    return put_parts(str(words.writer.texts["first"][group][key]), parts)


def _enter_national(words: OwnWords, figure: OwnFigure) -> str:
    """Enter the target of the same share in the figure's year: of `provinces` together where there is one.

    Else that of the country (`national`); empty where there is neither.
    """
    evidence, ledger = words.writer.evidence, words.writer.ledger
    rows = [
        row
        for code in (f"{figure.base}_provinces", figure.base)
        for row in known_targets(evidence.targets, NATION, code)
        if str(row["deadline"])[:4] == figure.date[:4] and str(row["deadline"]) >= figure.date
    ]
    if not rows:
        return ""
    key = ledger.cite(evidence.source(str(rows[0]["source_id"])), str(rows[0]["raw_location"]))
    ledger.printed("national_aim_value", float(rows[0]["target_value"]), key)
    ledger.date("national_aim_deadline", str(rows[0]["deadline"]), key)
    return "provinces" if str(rows[0]["indicator"]).endswith("_provinces") else "national"


def _missing(words: OwnWords, figure: OwnFigure, target: str) -> float:
    ledger = words.writer.ledger
    if "missing_abs_pp" not in ledger.entries:
        enter_missing(ledger, "missing", target, figure.name)
    return float(ledger.entries[f"{target}_value"].value) - float(
        ledger.entries[f"{figure.name}_value"].value
    )


def rise_of(words: OwnWords) -> Spans:
    """Say by how much the province's survey share rose and the others', and whether the difference stands out."""
    writer = words.writer
    if "own_rise_pp" not in writer.ledger.entries:
        return words.first("residents", "own_none")
    texts = writer.texts["survey"]
    own, others = (
        texts["moved_up" if writer.ledger_value(f"{who}_rise_pp") >= 0 else "moved_down"].replace(
            "{who}", who
        )
        for who in ("own", "others")
    )
    return words.first(
        "residents", "own_rise", own=own, others=others, verdict=str(texts[rise_verdict(writer)])
    )
