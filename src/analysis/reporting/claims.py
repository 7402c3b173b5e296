"""The claims check: every published claim that arithmetic can test is tested, with its verdict and its rows.

Four kinds: a printed share against its own printed counts; a printed "times a year earlier" or "up on a year
earlier" against the level printed for a year earlier; a "+x % on the previous month" in both its readings; two
publications that print the same share for nearly the same day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

import pandas as pd

from analysis.reference.indicators import indicators
from analysis.reporting.audit import file_and_line, name_of
from analysis.reporting.evidence import printed_digits

AGREES, DIFFERS, UNTESTED = "agrees", "does not agree", "no figure to test it with"
# A level printed for the year before counts when it lies this near: the printed dates are rarely the same day.
NEAR_DAYS = 100
# "About" and a ratio of one decimal are rounded; a claim differs only when rounding cannot explain it.
ABOUT_PCT = 0.5
# Two publications speak of the same moment when their days lie this near; by then a share may have moved a point.
SAME_MOMENT_DAYS, SAME_MOMENT_PP = 15, 1.0
MOST_SHOWN = 40  # claims that a notebook lists

Row = dict[str, Any]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """One tested claim: what was printed, what the other rows imply, and the verdict."""

    province_code: str
    indicator: str
    claim: str
    implied: str
    verdict: str
    rows: tuple[str, ...]
    province_frame: str = "63"


@dataclass(frozen=True)
class Figures:
    """All observations, and where to find them: what is looked up once a figure must not be searched for.

    `printed` finds the first of an indicator, place, map, day and publication; `on_day` the first of an indicator,
    place and day; `series` the figures of an indicator and place in order of day, in the order of the rows on one day.
    """

    rows: list[Row]
    printed: dict[Key, Row]
    on_day: dict[Key, Row]
    series: dict[Key, list[tuple[int, Row]]]


def check_claims(observations: pd.DataFrame) -> tuple[Claim, ...]:
    """Test every claim among the observations that arithmetic can test."""
    figures = _look_up([{str(k): v for k, v in row.items()} for row in observations.to_dict("records")])
    return (*_shares(figures), *_year_earlier(figures), *_month_earlier(figures), *_two_sources(figures))


def _look_up(rows: list[Row]) -> Figures:
    printed: dict[Key, Row] = {}
    on_day: dict[Key, Row] = {}
    series: dict[Key, list[tuple[int, Row]]] = {}
    for row in rows:
        place, day = (row["indicator"], row["province_code"]), str(row["period_end"])[:10]
        printed.setdefault((*place, row["province_frame"], day, row["source_id"]), row)
        on_day.setdefault((*place, day), row)
        series.setdefault(place, []).append((date.fromisoformat(day).toordinal(), row))
    for figures in series.values():
        figures.sort(key=itemgetter(0))
    return Figures(rows, printed, on_day, series)


def answer_claims(claims: tuple[Claim, ...]) -> str:
    """Say how many claims were tested, how many agree, and how many of those that do not are shown."""
    count = Counter(claim.verdict for claim in claims)
    more = count[DIFFERS] - MOST_SHOWN
    return (
        f"{len(claims):,} claims: {count[AGREES]:,} agree, {count[DIFFERS]:,} do not, {count[UNTESTED]:,} have no "
        "figure to be tested with."
        + (f" Of those that do not, the first {MOST_SHOWN} are shown." if more > 0 else "")
    )


def table_of_claims(claims: tuple[Claim, ...]) -> pd.DataFrame:
    """Return one row a claim that does not agree, no more than can be read; `answer_claims` counts them all."""
    lines = [
        (
            name_of(c.province_code, c.province_frame),
            c.indicator,
            c.claim,
            c.implied,
            c.verdict,
            "; ".join(map(file_and_line, c.rows)),
        )
        for c in [claim for claim in claims if claim.verdict == DIFFERS][:MOST_SHOWN]
    ]
    columns = ["province", "indicator", "printed", "what other rows imply", "verdict", "raw rows"]
    return pd.DataFrame(lines, columns=columns)


def _shares(figures: Figures) -> Iterator[Claim]:
    """Recompute each share from counts of the same place, day and publication."""
    for line in _share_counts():
        for share in (row for row in figures.rows if row["indicator"] == line["share"]):
            top, bottom = (_beside(figures, share, line[name]) for name in ("numerator", "denominator"))
            if top is None or bottom is None:
                continue
            computed = 100 * top["value"] / bottom["value"]
            yield Claim(
                share["province_code"],
                share["indicator"],
                f"{_qualified(share)}%",
                f"{top['value']:,.0f} of {bottom['value']:,.0f} are {computed:.2f}%",
                AGREES if _fits(share, computed) else DIFFERS,
                tuple(row["raw_location"] for row in (share, top, bottom)),
                share["province_frame"],
            )


def _year_earlier(figures: Figures) -> Iterator[Claim]:
    """Hold "1.6 times" or "+14.57" on a year earlier against the level printed for a year earlier."""
    for row in figures.rows:
        name, kind = _stem(row["indicator"])
        if kind not in ("ratio_vs_year_earlier", "change_vs_year_earlier"):
            continue
        level = _on_day(figures, row, name)
        if level is None:
            continue
        low, high = _implied_range(kind, level["value"], row)
        earlier = _near_a_year_before(figures, row, name)
        implied = f"a year earlier it was {low:.1f} to {high:.1f}%"
        if earlier is None:
            verdict = UNTESTED
        else:
            implied += f"; printed: {_qualified(earlier)}% on {earlier['period_end']}"
            slack = ABOUT_PCT if earlier["qualifier"] == "about" else 0.0
            verdict = AGREES if low - slack <= earlier["value"] <= high + slack else DIFFERS
        printed = f"{level['value']:g}%, {'×' if 'ratio' in kind else '+'} {row['value']:g} on a year earlier"
        yield Claim(
            row["province_code"], name, printed, implied, verdict,
            tuple(r["raw_location"] for r in (row, level, earlier) if r is not None),
            row["province_frame"],
        )  # fmt: skip


def _month_earlier(figures: Figures) -> Iterator[Claim]:
    """Show both readings of "+x % on the previous month"; a level is not derived from it in silence."""
    for row in figures.rows:
        name, kind = _stem(row["indicator"])
        level = _on_day(figures, row, name) if kind == "change_vs_previous_month" else None
        if level is None:
            continue
        points, relative = level["value"] - row["value"], level["value"] / (1 + row["value"] / 100)
        yield Claim(
            row["province_code"], name, f"{level['value']:g}%, up {row['value']:g}% on the previous month",
            f"the month before: {points:.2f}% if points are meant, {relative:.2f}% if per cent of it",
            UNTESTED, (row["raw_location"], level["raw_location"]), row["province_frame"],
        )  # fmt: skip


def _two_sources(figures: Figures) -> Iterator[Claim]:
    """Hold two publications' figures for one share and nearly one day against each other."""
    for series in figures.series.values():
        shares = [(day, row) for day, row in series if _is_share(row)]
        days = [day for day, _ in shares]
        for place, (day, first) in enumerate(shares):
            for _, second in shares[place + 1 : bisect_right(days, day + SAME_MOMENT_DAYS)]:
                if _same_map(first, second) and first["source_id"] != second["source_id"]:
                    yield _compared(first, second)


def _is_share(row: Row) -> bool:
    return row["unit"] == "percent" and row["qualifier"] in ("exact", "about")


def _same_map(first: Row, second: Row) -> bool:
    return bool(first["province_frame"] == second["province_frame"])


def _compared(first: Row, second: Row) -> Claim:
    slack = SAME_MOMENT_PP + (ABOUT_PCT if "about" in (first["qualifier"], second["qualifier"]) else 0.0)
    return Claim(
        first["province_code"], first["indicator"],
        f"{_qualified(first)}% on {first['period_end']}", f"{_qualified(second)}% on {second['period_end']}",
        AGREES if abs(first["value"] - second["value"]) <= slack else DIFFERS,
        (first["raw_location"], second["raw_location"]), first["province_frame"],
    )  # fmt: skip


def _implied_range(kind: str, level: float, row: Row) -> tuple[float, float]:
    """Return the levels a year earlier that a printed ratio or change leaves possible, within its rounding."""
    if kind == "ratio_vs_year_earlier":
        half = 0.5 * 10.0 ** -printed_digits(row["value"])
        return level / (row["value"] + half), level / (row["value"] - half)
    return level - row["value"] - 0.05, level - row["value"] + 0.05


def _fits(share: Row, computed: float) -> bool:
    digits = len(f"{share['value']:g}".partition(".")[2])
    half = ABOUT_PCT if share["qualifier"] == "about" else 0.5 * 10.0**-digits
    if share["qualifier"] in ("over", "at_least"):
        return bool(computed >= share["value"] - half)
    return bool(abs(computed - share["value"]) <= half + 1e-9)


def _stem(indicator: str) -> tuple[str, str]:
    for kind in ("ratio_vs_year_earlier", "change_vs_year_earlier", "change_vs_previous_month"):
        if indicator.endswith(f"_{kind}"):
            return indicator.removesuffix(f"_{kind}"), kind
    return indicator, ""


def _beside(figures: Figures, share: Row, indicator: str) -> Row | None:
    day = str(share["period_end"])[:10]
    return figures.printed.get(
        (indicator, share["province_code"], share["province_frame"], day, share["source_id"])
    )


def _on_day(figures: Figures, row: Row, indicator: str) -> Row | None:
    return figures.on_day.get((indicator, row["province_code"], str(row["period_end"])[:10]))


def _near_a_year_before(figures: Figures, row: Row, indicator: str) -> Row | None:
    """Return the figure nearest to a year before a row, if one lies near; of two as near the first by raw row."""
    day = (pd.Timestamp(row["period_end"]) - pd.DateOffset(years=1)).toordinal()
    series = figures.series.get((indicator, row["province_code"]), [])
    start = bisect_left(series, day - NEAR_DAYS, key=itemgetter(0))
    end = bisect_left(series, day + NEAR_DAYS + 1, key=itemgetter(0))
    near = [(abs(other - day), r["raw_location"], r) for other, r in series[start:end]]
    return min(near, key=lambda found: found[:2])[2] if near else None


def _qualified(row: Row) -> str:
    word = {"exact": "", "about": "about ", "over": "over ", "at_least": "at least ", "at_most": "at most "}
    return f"{word[row['qualifier']]}{row['value']:g}"


def _share_counts() -> list[dict[str, str]]:
    """Return the codebook's shares whose two counts are indicators too."""
    return [
        {"share": line.code, "numerator": line.numerator_code, "denominator": line.denominator_code}
        for line in indicators()
        if line.numerator_code and line.denominator_code
    ]
