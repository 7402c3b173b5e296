"""The claims check: every published claim that arithmetic can test is tested, with its verdict and its rows.

Four kinds: a printed share against its own printed counts; a printed "times a year earlier" or "up on a year
earlier" against the level printed for a year earlier; a "+x % on the previous month" in both its readings; two
publications that print the same share for nearly the same day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.reference.indicators import indicators
from analysis.reporting.audit import file_and_line, name_of
from analysis.reporting.ledger import printed_digits

AGREES, DIFFERS, UNTESTED = "agrees", "does not agree", "no figure to test it with"
# A level printed for the year before counts when it lies this near: the printed dates are rarely the same day.
NEAR_DAYS = 100
# "About" and a ratio of one decimal are rounded; a claim differs only when rounding cannot explain it.
ABOUT_PCT = 0.5
# Two publications speak of the same moment when their days lie this near; by then a share may have moved a point.
SAME_MOMENT_DAYS, SAME_MOMENT_PP = 15, 1.0
MOST_SHOWN = 40  # claims that a notebook lists

KINDS = ("ratio_vs_year_earlier", "change_vs_year_earlier", "change_vs_previous_month")
QUALIFIERS = {"exact": "", "about": "about ", "over": "over ", "at_least": "at least ", "at_most": "at most "}

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
    rows = observations.assign(day=pd.to_datetime(observations["period_end"]))
    return (*_shares(rows), *_against_earlier(rows), *_two_sources(rows))


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
        (name_of(c.province_code, c.province_frame), c.indicator, c.claim, c.implied, c.verdict,
         "; ".join(map(file_and_line, c.rows)))
        for c in [claim for claim in claims if claim.verdict == DIFFERS][:MOST_SHOWN]
    ]  # fmt: skip
    columns = ["province", "indicator", "printed", "what other rows imply", "verdict", "raw rows"]
    return pd.DataFrame(lines, columns=columns)


def _shares(rows: pd.DataFrame) -> Iterator[Claim]:
    """Recompute each share from counts of the same place, day and publication."""
    same = ["province_code", "province_frame", "period_end", "source_id"]
    for line in indicators():
        shares = rows[rows["indicator"] == line.code]
        for part, code in (("_top", line.numerator_code), ("_bottom", line.denominator_code)):
            counts = rows.loc[rows["indicator"] == (code or None), [*same, "value", "raw_location"]]
            shares = shares.merge(counts.drop_duplicates(same), on=same, suffixes=("", part))
        for share in _records(shares):
            top, bottom = share["value_top"], share["value_bottom"]
            yield _claim(
                share, line.code, f"{_qualified(share)}%", f"{top:,.0f} of {bottom:,.0f} are {100 * top / bottom:.2f}%",
                AGREES if _fits(share, 100 * top / bottom) else DIFFERS,
                share["raw_location"], share["raw_location_top"], share["raw_location_bottom"],
            )  # fmt: skip


def _against_earlier(rows: pd.DataFrame) -> Iterator[Claim]:
    """Hold what is printed against an earlier level, beside the level of its day: of a year or of a month before."""
    for kind in KINDS:
        said = rows[rows["indicator"].str.endswith(f"_{kind}")]
        said = said.assign(indicator=said["indicator"].str.removesuffix(f"_{kind}"))
        place = ["indicator", "province_code"]
        found = rows.sort_values(["day", "raw_location"], kind="stable")
        found = found[[*place, "day", "value", "qualifier", "period_end", "raw_location"]]
        levels = rows.drop_duplicates([*place, "day"])[[*place, "day", "value", "raw_location"]]
        said = said.merge(levels, on=[*place, "day"], suffixes=("", "_level"))
        if kind == "change_vs_previous_month":
            yield from map(_month_earlier, _records(said))
            continue
        said = said.assign(day=said["day"] - pd.DateOffset(years=1)).sort_values("day", kind="stable")
        once = found.drop_duplicates([*place, "day"])
        near = pd.merge_asof(said, once, on="day", by=place, direction="nearest", suffixes=("", "_earlier"),
                             tolerance=pd.Timedelta(days=NEAR_DAYS))  # fmt: skip
        yield from (_year_earlier(row, kind) for row in _records(near))


def _year_earlier(row: Row, kind: str) -> Claim:
    """Hold "1.6 times" or "+14.57" on a year earlier against the level printed for a year earlier."""
    low, high = _implied_range(kind, row["value_level"], row)
    implied, verdict = f"a year earlier it was {low:.1f} to {high:.1f}%", UNTESTED
    places = [row["raw_location"], row["raw_location_level"]]
    if row["value_earlier"] == row["value_earlier"]:
        earlier = {"value": row["value_earlier"], "qualifier": row["qualifier_earlier"]}
        implied += f"; printed: {_qualified(earlier)}% on {row['period_end_earlier']}"
        slack = ABOUT_PCT if earlier["qualifier"] == "about" else 0.0
        verdict = AGREES if low - slack <= earlier["value"] <= high + slack else DIFFERS
        places.append(row["raw_location_earlier"])
    sign = "×" if "ratio" in kind else "+"
    printed = f"{row['value_level']:g}%, {sign} {row['value']:g} on a year earlier"
    return _claim(row, row["indicator"], printed, implied, verdict, *places)


def _month_earlier(row: Row) -> Claim:
    """Show both readings of "+x % on the previous month"; a level is not derived from it in silence."""
    level = row["value_level"]
    points, relative = level - row["value"], level / (1 + row["value"] / 100)
    printed = f"{level:g}%, up {row['value']:g}% on the previous month"
    implied = f"the month before: {points:.2f}% if points are meant, {relative:.2f}% if per cent of it"
    places = (row["raw_location"], row["raw_location_level"])
    return _claim(row, row["indicator"], printed, implied, UNTESTED, *places)


def _two_sources(rows: pd.DataFrame) -> Iterator[Claim]:
    """Hold two publications' figures for one share and nearly one day against each other."""
    shares = rows[(rows["unit"] == "percent") & rows["qualifier"].isin(["exact", "about"])]
    shares = shares.sort_values("day", kind="stable")
    for _, group in shares.groupby(["indicator", "province_code", "province_frame"], sort=False):
        series = _records(group)
        for place, first in enumerate(series):
            for second in series[place + 1 :]:
                if (second["day"] - first["day"]).days > SAME_MOMENT_DAYS:
                    break
                if first["source_id"] != second["source_id"]:
                    yield _compared(first, second)


def _compared(first: Row, second: Row) -> Claim:
    slack = SAME_MOMENT_PP + (ABOUT_PCT if "about" in (first["qualifier"], second["qualifier"]) else 0.0)
    told = [f"{_qualified(one)}% on {one['period_end']}" for one in (first, second)]
    verdict = AGREES if abs(first["value"] - second["value"]) <= slack else DIFFERS
    return _claim(first, first["indicator"], *told, verdict, first["raw_location"], second["raw_location"])


def _claim(row: Row, indicator: str, printed: str, implied: str, verdict: str, *places: str) -> Claim:
    return Claim(row["province_code"], indicator, printed, implied, verdict, places, row["province_frame"])


def _records(rows: pd.DataFrame) -> list[Row]:
    return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]


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


def _qualified(row: Row) -> str:
    return f"{QUALIFIERS[row['qualifier']]}{row['value']:g}"
