"""What the picture of a first page shows: figures, the country's part, targets and the words on it, as plain data."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.panels.published_results import BeforeAfter
from analysis.reporting.brief_writer import Writer
from analysis.reporting.entries_published import may_be_cumulated
from analysis.reporting.first_own import MOST_AIMS, OwnWords, Spans
from analysis.reporting.panel_findings import DECIDED
from analysis.reporting.panel_words import PanelWords
from analysis.reporting.prose import Span, plain_text, put_parts

Picture = dict[str, Any]


def picture_of_pair(writer: Writer, published: BeforeAfter, when: dict[str, str]) -> Picture:
    """Show the province's two figures over where the country's rise would have brought it, and what is left."""
    single = published.tide_low_pp == published.tide_high_pp
    tide = "tide_one" if single else "tide"
    about = writer.texts["first"]["picture"]["approximately"] if published.after.qualifier == "about" else ""
    points = [
        {"value": point.value_pct, "text": writer.fill(text), "when": writer.fill(when[side])}
        for point, text, side in (
            (published.before, "{before_value}%", "first_when"),
            (published.after, f"{about}{{after_value}}%", "last_when"),
        )
    ]
    ends = [writer.ledger_value(f"tide_end_{side}") for side in ("low", "high")]
    band: Picture = {"label": _words(writer, tide), "band": {"low": ends[0], "high": ends[1]}}
    rest = "rest_one" if single else "rest_maybe" if may_be_cumulated(writer.evidence) else "rest"
    above = published.rest_low_pp > 0
    if above:
        band["bracket"] = {"to": published.after.value_pct, "text": _words(writer, rest)}
    parts = when | {
        name: writer.texts["first"]["picture"][key] for name, key in (("tide", tide), ("rest", rest))
    }
    parts["rest"] = f"{parts['rest'][:1].upper()}{parts['rest'][1:]}." if above else ""
    alt = plain_text(_words(writer, "alt_pair", **parts)).strip()
    return {
        "kind": "rows",
        "alt": alt,
        "rows": [{"label": _words(writer, "own"), "own": True, "points": points}, band],
    }


def picture_of_survey(writer: Writer) -> Picture:
    """Show the province's mean shares of the survey before and after over those of the other provinces.

    Where it has no figure on one side, its last share alone.
    """
    if "own_before_pct" not in writer.ledger.entries:
        point = {
            "value": max(writer.ledger_value("own_last_pct"), 0.0),
            "text": writer.fill("{own_last_pct}%"),
            "when": writer.fill("{own_last_year:year}"),
        }
        alt = plain_text(_words(writer, "alt_level"))
        return {
            "kind": "rows",
            "alt": alt,
            "rows": [{"label": _words(writer, "own"), "own": True, "points": [point]}],
        }
    years = {
        "before": "{first_year:year}–{last_before_year:year}",
        "after": "{first_treated_year:year}–{last_year:year}",
    }
    drawn = []
    for who in ("own", "others"):
        points = [
            {
                "value": max(writer.ledger_value(f"{who}_{side}_pct"), 0.0),
                "text": writer.fill(f"{{{who}_{side}_pct}}%"),
                "when": writer.fill(when),
            }
            for side, when in years.items()
        ]
        label = "own_margin" if who == "own" and "own_after_margin_pp" in writer.ledger.entries else who
        drawn.append({"label": _words(writer, label), "own": who == "own", "points": points})
    return {"kind": "rows", "alt": plain_text(_words(writer, "alt_survey")), "rows": drawn}


def picture_of_panel(words: PanelWords) -> Picture:
    """Show the province's line beside the country's and, where a decision was estimated, where it would have been."""
    findings = words.findings
    periods = [str(period) for period in findings.panel.periods]
    series = [
        _series(
            findings.own, "outcome", periods, words.write("{x_last_value}%"), words.write("{place}"), own=True
        )
    ]
    nation = findings.panel.nation
    if words.has("nation_value") and len(nation):
        label = _panel_words(words, "nation")
        series.append(_series(nation, "value", periods, words.write("{x_nation_value}%"), label, own=False))
    alt = plain_text(_panel_words(words, "alt_panel"))
    picture: Picture = {
        "kind": "lines",
        "series": series,
        "ends": [words.write("{x_first:period}"), words.write("{x_end:period}")],
        "alt": alt + (plain_text(_panel_words(words, "alt_nation")) if len(series) > 1 else ""),
    }
    start = findings.start
    if findings.role == DECIDED and start is not None:
        place = next((n for n, period in enumerate(periods) if period >= start.period), len(periods) - 1)
        picture["start"] = {"place": place, "label": _panel_words(words, "start")}
        low, high = words.value("own_low"), words.value("own_high")
        if low is not None and high is not None:
            # The mean effect taken off each period's figure: the same distance everywhere, as it is an average.
            shown = [value if n >= place else None for n, value in enumerate(series[0]["values"])]
            ends = [None if value is None else (value - high, value - low) for value in shown]
            picture["range"] = {"label": _panel_words(words, "without"), "ends": ends}
    return picture


def _series(
    rows: pd.DataFrame, column: str, periods: list[str], text: list[Span], label: list[Span], *, own: bool
) -> Picture:
    known = dict(zip(rows["period"].astype(str), rows[column].astype(float), strict=True))
    values = [known.get(period) for period in periods]
    return {
        "values": [None if value != value else value for value in values],
        "text": text,
        "label": label,
        "own": own,
    }


def _words(writer: Writer, key: str, **parts: str) -> list[Span]:
    return writer.fill(put_parts(str(writer.texts["first"]["picture"][key]), parts, 2))


def _panel_words(words: PanelWords, key: str) -> list[Span]:
    label = words.label[:1].upper() + words.label[1:]
    return words.write(str(words.writer.texts["first"]["picture"][key]), label_capital=label)


def picture_of_own(words: OwnWords) -> dict[str, Any] | None:
    """Show the figure that the page is about over the country's, the ends of its ranking and its target."""
    chosen, writer = words.chosen, words.writer
    if chosen is None:
        return _picture_of_targets(words) if words.targets else None
    parts = words.parts(chosen)
    low, high = (f"{chosen.name}_{one}" for one in ("low", "high"))
    if chosen.is_range:
        ends = {"low": writer.ledger_value(low), "high": writer.ledger_value(high)}
        rows = [{"label": words.first("picture", "range", **parts), "band": ends, "own": True}]
    elif chosen.qualifier == "at_most":
        ends = {"low": 0.0, "high": writer.ledger_value(f"{chosen.name}_value")}
        text = words.fill(f"≤ {{{chosen.name}_value}}%")
        rows = [{"label": words.first("picture", "below", **parts), "band": ends, "own": True, "text": text}]
    else:
        rows = [_row(words, "own", f"{chosen.name}_value", parts["when"], own=True, text=parts["value"])]
    if chosen.has_nation:
        key = "nation_provinces" if words.nation_is_provinces(chosen) else "nation"
        rows.append(_row(words, key, f"{chosen.name}_nation_value", words.nation_when(chosen)))
    target = words.target_of(chosen)
    if target is not None:
        rows.append(_row(words, "aim", f"{target.name}_value", f"{{{target.name}_deadline}}") | {"aim": True})
    return _rows_picture(plain_text(words.first("subtitles", "own", **parts)), rows)


def _picture_of_targets(words: OwnWords) -> dict[str, Any]:
    """Show the levels of the first targets, hollow as nothing has been measured, each with its deadline."""
    texts, rows, undated = words.writer.texts["first"], [], words.writer.texts["aims"]["year"]
    for one in words.targets[:MOST_AIMS]:
        year = str(undated).replace("{year}", f"{{{one.name}_year:year}}")
        end = words.fill(f"{{{one.name}_deadline}}" if one.deadline else year)
        point = {
            "value": words.writer.ledger_value(f"{one.name}_value"),
            "text": words.fill(f"{{{one.name}_value}}%"), "when": end,
        }  # fmt: skip
        label = [{"text": f"{texts['picture']['aim']}: {texts['qualifiers'][one.qualifier]}"}]
        label = [
            *label,
            *words.fill(f"{{{one.name}_value}}% {texts['picture']['of']}{words.short(one.indicator)}"),
        ]
        rows.append({"label": label, "own": True, "aim": True, "points": [point]})
    return _rows_picture(plain_text(words.first("subtitles", "targets")), rows)


def _row(
    words: OwnWords, key: str, number: str, when: str, *, own: bool = False, text: str = ""
) -> dict[str, Any]:
    point = {
        "value": words.writer.ledger_value(number),
        "text": words.fill(text or f"{{{number}}}%"),
        "when": words.fill(when),
    }
    return {"label": words.first("picture", key), "own": own, "points": [point]}


def _rows_picture(label: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the picture with an alternative text that gives each row as it is printed."""
    told = []
    for row in rows:
        points = [f"{plain_text(p['text'])} ({plain_text(p['when'])})" for p in row.get("points", ())]
        told.append(": ".join(filter(None, (plain_text(row["label"]), "; ".join(points)))))
    return {"kind": "rows", "alt": f"{label}. {'; '.join(told)}.", "rows": rows, "top": 100.0}


def caption_of(words: OwnWords) -> Spans:
    """Say that only a group's figure was printed, or which other figure there is, not older than the one shown."""
    chosen = words.chosen
    if chosen is not None and chosen.end and not chosen.is_placed:
        return words.first("captions", "range" if chosen.is_range else "group", **words.parts(chosen))
    others = [
        one for one in words.figures if one.unit == "percent" and not one.is_range and one is not chosen
    ]
    if chosen is None:
        return words.first("captions", "only", **words.parts(others[0])) if others else []
    year = [one for one in others if one.base == chosen.base and one.date[:4] == chosen.date[:4]]
    year = [
        one for one in year if not one.style == chosen.style == "month"
    ]  # another month is no second print
    later = [one for one in others if one.is_used and one.date >= chosen.date and one.base != chosen.base]
    found = [*(("same", one) for one in year), *(("also", one) for one in later)]
    return words.first("captions", found[0][0], **words.parts(found[0][1])) if found else []
