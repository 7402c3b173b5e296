"""The picture of a province's own figures: over the country's, the ends of their ranking, and the target."""

from __future__ import annotations

from typing import Any

from analysis.reporting.first_own import MOST_AIMS, OwnWords, Spans
from analysis.reporting.prose import plain_text

SHORT = 52  # so many characters have room below a dot


def picture_of_own(words: OwnWords) -> dict[str, Any] | None:
    """Show the figure that the page is about over the country's, the ends of its ranking and its target."""
    chosen, writer = words.chosen, words.writer
    if chosen is None:
        return _picture_of_targets(words) if words.targets else None
    parts = words.parts(chosen)
    low, high = (f"{chosen.name}_{one}" for one in ("low", "high"))
    if chosen.is_range:
        ends = {"low": writer.ledger_value(low), "high": writer.ledger_value(high)}
        rows = [{"label": words.first("picture", "range", **parts), "band": ends}]
    elif chosen.qualifier == "at_most":
        ends = {"low": 0.0, "high": writer.ledger_value(f"{chosen.name}_value")}
        rows = [{"label": words.first("picture", "below", **parts), "band": ends}]
    else:
        rows = [_row(words, "own", f"{chosen.name}_value", parts["when"], own=True, text=parts["value"])]
    if chosen.has_nation:
        cited = writer.ledger.sources[writer.ledger.sources_of(f"{chosen.name}_nation_value")[0]].location
        rows_of = writer.evidence.observations
        code = rows_of.loc[rows_of["raw_location"] == cited, "indicator"].iloc[0]
        key = "nation_provinces" if str(code).endswith("_provinces") else "nation"
        rows.append(_row(words, key, f"{chosen.name}_nation_value", words.nation_when(chosen)))
    target = words.target_of(chosen)
    aim = target.name if target else "national_aim" if "national_aim_value" in writer.ledger.entries else ""
    if aim:
        key = "aim" if target else "aim_national"
        rows.append(_row(words, key, f"{aim}_value", f"{{{aim}_deadline}}"))
    return _rows_picture(plain_text(words.first("subtitles", "own", **parts)), rows)


def _picture_of_targets(words: OwnWords) -> dict[str, Any]:
    """Show the levels of the first targets, each with whom it binds where that is short, else with its deadline."""
    texts, rows = words.writer.texts["first"], []
    for one in words.targets[:MOST_AIMS]:
        end = words.fill(f"{{{one.name}_deadline}}" if one.deadline else f"{{{one.name}_year:year}}")
        scope = words.fill(f"{{{one.name}_scope}}") if one.scope else end
        point = {
            "value": words.writer.ledger_value(f"{one.name}_value"),
            "text": words.fill(f"{{{one.name}_value}}%"), "when": scope if len(plain_text(scope)) <= SHORT else end,
        }  # fmt: skip
        label = [{"text": f"{texts['picture']['aim']}: {texts['qualifiers'][one.qualifier]}"}]
        label = [
            *label,
            *words.fill(f"{{{one.name}_value}}% {texts['picture']['of']}{words.short(one.indicator)}"),
        ]
        rows.append({"label": label, "own": True, "points": [point]})
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
    """Say that only a group's range was printed, or which other figure there is, not older than the one shown."""
    chosen = words.chosen
    if chosen is not None and chosen.is_range:
        return words.first("captions", "range")
    others = [
        one for one in words.figures
        if one.unit == "percent" and not one.is_range and one is not chosen
        and (chosen is None or (one.is_used and one.date >= chosen.date and one.base != chosen.base))
    ]  # fmt: skip
    return words.first("captions", "also", **words.parts(others[0])) if others else []
