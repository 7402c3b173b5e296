"""The claims check: every published claim that arithmetic can test is tested, with its verdict and its rows.

Four kinds: a printed share against its own printed counts; a printed "times a year earlier" or "up on a year
earlier" against the level printed for a year earlier; a "+x % on the previous month" in both its readings; two
publications that print the same share for nearly the same day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pandas as pd

from analysis.reference.indicators import indicators
from analysis.reporting.audit import file_and_line, name_of

AGREES, DIFFERS, UNTESTED = "agrees", "does not agree", "no figure to test it with"
# A level printed for the year before counts when it lies this near: the printed dates are rarely the same day.
NEAR_DAYS = 100
# "About" and a ratio of one decimal are rounded; a claim differs only when rounding cannot explain it.
ABOUT_PCT = 0.5
# Two publications speak of the same moment when their days lie this near; by then a share may have moved a point.
SAME_MOMENT_DAYS, SAME_MOMENT_PP = 15, 1.0

Row = dict[str, Any]


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


def check_claims(observations: pd.DataFrame) -> tuple[Claim, ...]:
    """Test every claim among the observations that arithmetic can test."""
    rows = [{str(k): v for k, v in row.items()} for row in observations.to_dict("records")]
    return (*_shares(rows), *_year_earlier(rows), *_month_earlier(rows), *_two_sources(rows))


def table_of_claims(claims: tuple[Claim, ...]) -> pd.DataFrame:
    """Return one row a claim, those that do not agree first."""
    order = {DIFFERS: 0, UNTESTED: 1, AGREES: 2}
    lines = [
        (
            name_of(c.province_code, c.province_frame),
            c.indicator,
            c.claim,
            c.implied,
            c.verdict,
            "; ".join(map(file_and_line, c.rows)),
        )
        for c in sorted(claims, key=lambda c: order[c.verdict])
    ]
    columns = ["province", "indicator", "printed", "what other rows imply", "verdict", "raw rows"]
    return pd.DataFrame(lines, columns=columns)


def _shares(rows: list[Row]) -> Iterator[Claim]:
    """Recompute each share from counts of the same place, day and publication."""
    for line in _share_counts():
        for share in (row for row in rows if row["indicator"] == line["share"]):
            top, bottom = (_beside(rows, share, line[name]) for name in ("numerator", "denominator"))
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


def _year_earlier(rows: list[Row]) -> Iterator[Claim]:
    """Hold "1.6 times" or "+14.57" on a year earlier against the level printed for a year earlier."""
    for row in rows:
        name, kind = _stem(row["indicator"])
        if kind not in ("ratio_vs_year_earlier", "change_vs_year_earlier"):
            continue
        level = _on_day(rows, row, name)
        if level is None:
            continue
        low, high = _implied_range(kind, level["value"], row)
        earlier = _near_a_year_before(rows, row, name)
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


def _month_earlier(rows: list[Row]) -> Iterator[Claim]:
    """Show both readings of "+x % on the previous month"; a level is not derived from it in silence."""
    for row in rows:
        name, kind = _stem(row["indicator"])
        level = _on_day(rows, row, name) if kind == "change_vs_previous_month" else None
        if level is None:
            continue
        points, relative = level["value"] - row["value"], level["value"] / (1 + row["value"] / 100)
        yield Claim(
            row["province_code"], name, f"{level['value']:g}%, up {row['value']:g}% on the previous month",
            f"the month before: {points:.2f}% if points are meant, {relative:.2f}% if per cent of it",
            UNTESTED, (row["raw_location"], level["raw_location"]), row["province_frame"],
        )  # fmt: skip


def _two_sources(rows: list[Row]) -> Iterator[Claim]:
    """Hold two publications' figures for one share and nearly one day against each other."""
    shares = [row for row in rows if row["unit"] == "percent" and row["qualifier"] in ("exact", "about")]
    for first, second in combinations(sorted(shares, key=lambda row: str(row["period_end"])), 2):
        same = all(first[key] == second[key] for key in ("province_code", "province_frame", "indicator"))
        days = (pd.Timestamp(second["period_end"]) - pd.Timestamp(first["period_end"])).days
        if not same or first["source_id"] == second["source_id"] or days > SAME_MOMENT_DAYS:
            continue
        slack = SAME_MOMENT_PP + (ABOUT_PCT if "about" in (first["qualifier"], second["qualifier"]) else 0.0)
        yield Claim(
            first["province_code"], first["indicator"],
            f"{_qualified(first)}% on {first['period_end']}", f"{_qualified(second)}% on {second['period_end']}",
            AGREES if abs(first["value"] - second["value"]) <= slack else DIFFERS,
            (first["raw_location"], second["raw_location"]), first["province_frame"],
        )  # fmt: skip


def _implied_range(kind: str, level: float, row: Row) -> tuple[float, float]:
    """Return the levels a year earlier that a printed ratio (rounded to a tenth) or change leaves possible."""
    if kind == "ratio_vs_year_earlier":
        return level / (row["value"] + 0.05), level / (row["value"] - 0.05)
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


def _beside(rows: list[Row], share: Row, indicator: str) -> Row | None:
    same = ("province_code", "province_frame", "period_end", "source_id")
    found = [r for r in rows if r["indicator"] == indicator and all(r[key] == share[key] for key in same)]
    return found[0] if found else None


def _on_day(rows: list[Row], row: Row, indicator: str) -> Row | None:
    same = ("province_code", "period_end")
    found = [r for r in rows if r["indicator"] == indicator and all(r[key] == row[key] for key in same)]
    return found[0] if found else None


def _near_a_year_before(rows: list[Row], row: Row, indicator: str) -> Row | None:
    day = pd.Timestamp(row["period_end"]) - pd.DateOffset(years=1)
    places = [r for r in rows if r["indicator"] == indicator and r["province_code"] == row["province_code"]]
    distances = [(abs((pd.Timestamp(r["period_end"]) - day).days), r["raw_location"], r) for r in places]
    near = min((d for d in distances if d[0] <= NEAR_DAYS), key=lambda d: d[:2], default=None)
    return near[2] if near else None


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
