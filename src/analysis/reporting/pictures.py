"""How the picture of a first page is drawn: SVG text from numbers and words, in the page's own type and colours.

A picture is plain data, so that it travels in the notebook and is drawn where it is rendered. Every word is escaped;
colours are attributes for the PDF and classes for the page, whose style turns them for a dark screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from analysis.reporting.prose import Span, plain_text
from analysis.reporting.style import BLUE, GREY, INK

WIDTH = 400  # units; a phone shows 358 of them, so that type of 13 units is 11.6 px there
# Where zero and the highest value of a scale lie: room for a value on either side.
LEFT, RIGHT = 62.0, 306.0
SMALL, LARGE = 13, 17
BAND = "#dfe5ea"
_CLASSES = {INK: "ink", BLUE: "accent", GREY: "grey", BAND: "band"}
ROW, LABEL, TRACK, WHEN = 68, 14, 38, 58  # heights: of a row, and in it of its label, its line and its dates
LINES_HEIGHT, LINES_TOP, LINES_BOTTOM = 190, 30, 150
APART = 96.0  # two dots nearer than this have no room for a date each
LINES_LEFT, LETTER = 12.0, 8.2  # and the width of a letter of a label


def draw_picture(picture: dict[str, Any]) -> str:
    """Return a picture as SVG text.

    Args:
        picture: `kind` ("rows", "lines" or "progress"), `alt`, and what the function of that kind takes.
    """
    height, marks = {"rows": _rows, "lines": _lines, "progress": _progress}[picture["kind"]](picture)
    body = "".join(marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" height="{height:g}" '
        f'role="img" aria-label="{escape(picture["alt"])}" font-family="DejaVu Sans, sans-serif">{body}</svg>'
    )


def _rows(picture: dict[str, Any]) -> tuple[float, list[str]]:
    """Draw one line a row on one scale from zero: two dots joined, or a band with the bracket of what lies beyond it.

    `rows` hold `label`, and either `points` (`value`, `text`, `when`; one or two) with `own` (in the accent colour)
    and `aim` (hollow: a target, nothing that was measured), or a `band` (`low`, `high`; `text` at its end) and, where
    something lies beyond it, a `bracket` (`to`, `text`). `top` is what the scale reaches at least.
    """
    values = [point["value"] for row in picture["rows"] for point in row.get("points", ())]
    values += [value for row in picture["rows"] if "band" in row for value in row["band"].values()]
    top = max([*values, picture.get("top", 1e-9)])
    marks = []
    for number, row in enumerate(picture["rows"]):
        base = number * ROW
        marks.append(_text(row["label"], 0.0, base + LABEL, SMALL, "start"))
        marks += _band(row, base, top) if "band" in row else _dots(row, base, top)
    return len(picture["rows"]) * ROW, marks


def _progress(picture: dict[str, Any]) -> tuple[float, list[str]]:
    """Draw a bar a row up to its last figure, in the frame of its target; below it first and last figure in words.

    `rows` hold `label`, `points` (`value`, `text`, `when`; one or two) and, as `bracket`, the target (`to`, `text`).
    """
    tops = [
        max(row["bracket"]["to"], *(point["value"] for point in row["points"])) for row in picture["rows"]
    ]
    share, marks = (WIDTH - 2.0) / max(tops), []
    for number, row in enumerate(picture["rows"]):
        base, points, goal = number * ROW, row["points"], row["bracket"]
        marks.append(_text(row["label"], 0.0, base + LABEL, SMALL, "start"))
        marks.append(_text(goal["text"], WIDTH, base + LABEL, SMALL, "end"))
        marks.append(
            f'<rect x="1" y="{base + 21}" width="{goal["to"] * share:.1f}" height="20" fill="{BAND}" stroke="{GREY}" '
            'class="fill-band stroke-grey"/>'
        )
        for point, colour in zip(reversed(points), (BLUE, GREY), strict=False):
            marks.append(
                f'<rect x="1" y="{base + 21}" width="{point["value"] * share:.1f}" height="20" {_fill(colour)}/>'
            )
        words: list[Span] = []
        for point in points:
            words += [
                *([{"text": " → "}] if words else []),
                *point["text"],
                {"text": " ("},
                *point["when"],
                {"text": ")"},
            ]
        marks.append(_text(words, 0.0, base + WHEN, SMALL, "start"))
    return len(picture["rows"]) * ROW + 4, marks


def _dots(row: dict[str, Any], base: float, top: float) -> list[str]:
    """Draw a row's figures; the lower one bears its value on the left, the higher one on the right."""
    colour, aim = BLUE if row["own"] else GREY, row.get("aim", False)
    ink = BLUE if row["own"] else INK
    spots = [(_across(point["value"], top), point) for point in row["points"]]
    start = spots[0][0] if len(spots) > 1 else LEFT  # a figure alone stands at the end of a bar from zero
    marks = [_rule(start, spots[-1][0], base + TRACK, colour, 1.5 if aim else 4, dashed=aim)]
    for number, (across, point) in enumerate(spots):
        on_left = len(spots) > 1 and across <= spots[1 - number][0] and not (number and across == spots[0][0])
        aside, anchor = (across - 13, "end") if on_left else (across + 13, "start")
        shape = f'fill="none" stroke-width="2.5" {_stroke(colour)}' if aim else _fill(colour)
        marks.append(f'<circle cx="{across:.1f}" cy="{base + TRACK}" r="8" {shape}/>')
        marks.append(_text(point["text"], aside, base + TRACK + 6, LARGE, anchor, bold=True, colour=ink))
        under, side = _aside(across, [other for other, _ in spots if other != across], on_left)
        marks.append(_text(point["when"], under, base + WHEN, SMALL, side))
    return marks


def _aside(across: float, others: Sequence[float], on_left: bool) -> tuple[float, str]:
    """Return where words stand: under their dot or, where another dot is near, drawn away from it."""
    if any(abs(across - other) < APART for other in others):
        return (across + 6, "end") if on_left else (across - 6, "start")
    return across, "middle"


def _band(row: dict[str, Any], base: float, top: float) -> list[str]:
    """Draw a range and, from its end on, the bracket of what lies beyond it."""
    low, high = (_across(row["band"][side], top) for side in ("low", "high"))
    fill = _fill(BLUE if row.get("own") else BAND)
    marks = [
        f'<rect x="{low:.1f}" y="{base + TRACK - 14}" width="{max(high - low, 3):.1f}" height="22" {fill}/>'
    ]
    if "text" in row:
        marks.append(_text(row["text"], high + 8, base + TRACK + 3, LARGE, "start", bold=True, colour=BLUE))
    if "bracket" in row:
        end = _across(row["bracket"]["to"], top)
        y = base + TRACK - 3
        marks.append(_rule(high, end, y, INK, 1.5))
        marks += [f'<path d="M{x:.1f} {y - 6}v12" stroke-width="1.5" {_stroke(INK)}/>' for x in (high, end)]
        words = row["bracket"]["text"]
        right = min(max(end, RIGHT, LETTER * len(plain_text(words))), WIDTH)
        marks.append(_text(words, right, base + WHEN, SMALL, "end"))
    return marks


def _lines(picture: dict[str, Any]) -> tuple[float, list[str]]:
    """Draw series over periods, each with its last value at its end.

    `series` hold `values` (None: no figure, the line breaks), `label`, `text` (the last value) and `own`; `ends` are
    the words of the first and last period; `start` (`place`, `label`) is where a decision counts; `range` (`ends`: low
    and high of each period or None, `label`) what would have been without it.
    """
    series = picture["series"]
    size = len(series[0]["values"])
    values = [value for one in series for value in one["values"] if value is not None]
    limits = picture["range"]["ends"] if "range" in picture else []
    values += [limit for pair in limits if pair for limit in pair]
    floor, ceiling = min(0.0, *values), max(values)
    longest = max(max(1.3 * len(plain_text(one["text"])), len(plain_text(one["label"]))) for one in series)
    right = WIDTH - 8 - LETTER * longest

    def x(place: float) -> float:
        return LINES_LEFT + (right - LINES_LEFT) * place / max(size - 1, 1)

    def y(value: float) -> float:
        share: float = (value - floor) / max(ceiling - floor, 1e-9)
        return LINES_BOTTOM - (LINES_BOTTOM - LINES_TOP) * share

    marks = [_rule(LINES_LEFT, right, LINES_BOTTOM, GREY, 1)]
    if "start" in picture:
        across = x(picture["start"]["place"] - 0.5)
        marks.append(
            f'<path d="M{across:.1f} {LINES_TOP - 10}V{LINES_BOTTOM}" stroke-dasharray="3 3" {_stroke(INK)}/>'
        )
        long = across + 5 + LETTER * len(plain_text(picture["start"]["label"])) > right
        anchor, aside = ("end", -5) if long else ("start", 5)
        marks.append(_text(picture["start"]["label"], across + aside, LINES_TOP - 12, SMALL, anchor))
    shown = [(x(place), y(pair[1]), y(pair[0])) for place, pair in enumerate(limits) if pair]
    if shown:
        corners = [(across, top) for across, top, _ in shown] + [
            (across, low) for across, _, low in reversed(shown)
        ]
        points = " ".join(f"{across:.1f},{down:.1f}" for across, down in corners)
        marks.append(f'<polygon points="{points}" {_fill(BAND)}/>')
    for one in series:
        marks += _line(one, x, y)
    marks += _line_labels(series, y, right)
    for words, across, anchor in zip(picture["ends"], (LINES_LEFT, right), ("start", "end"), strict=True):
        marks.append(_text(words, across, LINES_BOTTOM + 17, SMALL, anchor))
    if "range" in picture:
        label = picture["range"]["label"]
        marks.append(f'<rect x="{LINES_LEFT}" y="{LINES_BOTTOM + 24}" width="16" height="11" {_fill(BAND)}/>')
        marks.append(_text(label, LINES_LEFT + 22, LINES_BOTTOM + 34, SMALL, "start"))
    return LINES_HEIGHT, marks


def _line(one: dict[str, Any], x: Any, y: Any) -> list[str]:
    """Draw one series; a period without a figure breaks it, and a figure alone is a dot."""
    colour = BLUE if one["own"] else GREY
    runs: list[list[str]] = [[]]
    for place, value in enumerate(one["values"]):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{x(place):.1f},{y(value):.1f}")
    marks = [
        f'<polyline points="{" ".join(run)}" fill="none" stroke-width="3" {_stroke(colour)}/>'
        for run in runs
        if len(run) > 1
    ]
    spots = [run[0].split(",") for run in runs if len(run) == 1]
    return marks + [f'<circle cx="{across}" cy="{down}" r="3" {_fill(colour)}/>' for across, down in spots]


def _line_labels(series: Sequence[dict[str, Any]], y: Any, right: float) -> list[str]:
    """Write name and last value beside each line's end, two lines' apart."""
    ends = sorted(
        ((y(next(v for v in reversed(one["values"]) if v is not None)), one) for one in series),
        key=lambda end: end[0],
    )
    marks, last = [], float("-inf")
    for down, one in ends:
        place = max(down, last + 36)
        last = place
        colour = BLUE if one["own"] else INK
        marks.append(_text(one["text"], right + 6, place, LARGE, "start", bold=True, colour=colour))
        marks.append(_text(one["label"], right + 6, place + 15, SMALL, "start", colour=colour))
    return marks


def _across(value: float, top: float) -> float:
    return LEFT + (RIGHT - LEFT) * max(value, 0.0) / top


def _rule(start: float, end: float, y: float, colour: str, width: float, *, dashed: bool = False) -> str:
    dashes = ' stroke-dasharray="4 3"' if dashed else ""
    end -= 8 if dashed else 0  # a hollow dot is not struck through
    return f'<path d="M{start:.1f} {y:g}H{end:.1f}" stroke-width="{width:g}"{dashes} {_stroke(colour)}/>'


def _text(
    spans: Sequence[Span],
    x: float,
    y: float,
    size: int,
    anchor: str,
    *,
    bold: bool = False,
    colour: str = INK,
) -> str:
    """Write spans at a place; a number keeps its name."""
    words = "".join(
        f'<tspan data-number="{escape(span["number"])}">{escape(span["text"])}</tspan>'
        if "number" in span
        else escape(span["text"])
        for span in spans
    )
    weight = ' font-weight="700"' if bold else ""
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"'
    return f"<text {place}{weight} {_fill(colour)}>{words}</text>"


def _fill(colour: str) -> str:
    return f'fill="{colour}" class="fill-{_CLASSES[colour]}"'


def _stroke(colour: str) -> str:
    return f'stroke="{colour}" class="stroke-{_CLASSES[colour]}"'
