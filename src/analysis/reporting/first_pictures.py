"""What the picture of a first page shows: the figures, the country's part and the words on it, as plain data."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.panels.published_results import BeforeAfter
from analysis.reporting.brief_writer import Writer
from analysis.reporting.panel_findings import DECIDED
from analysis.reporting.panel_words import PanelWords
from analysis.reporting.prose import Span, plain_text

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
    rest = "rest_one" if single else "rest"
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
    template = str(writer.texts["first"]["picture"][key])
    for _ in range(2):  # a part may itself hold parts
        for name, part in parts.items():
            template = template.replace("{" + name + "}", part)
    return writer.fill(template)


def _panel_words(words: PanelWords, key: str) -> list[Span]:
    label = words.label[:1].upper() + words.label[1:]
    return words.write(str(words.writer.texts["first"]["picture"][key]), label_capital=label)
