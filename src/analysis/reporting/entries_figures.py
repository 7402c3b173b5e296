"""How a province's own published figures enter the ledger, with the country's and the place in a ranking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.panels.published_results import Point
from analysis.reference.indicators import find_indicator, indicators
from analysis.reference.leagues import League, league_of
from analysis.reference.provinces import NATION
from analysis.reporting.entries_own import last_day
from analysis.reporting.evidence import (
    PERCENT,
    Evidence,
    days_between,
    enter_point,
)
from analysis.reporting.ledger import Ledger

NEAR_DAYS = 100  # a figure of the country that lies this near in time stands beside one of a province
MOST_FIGURES = 8  # so many of a province's figures are listed, the newest
# Shares of what is used come before shares of what is offered or paid.
USED = (
    "share_services_with_online_dossiers", "share_dossiers_", "rate_online_dossiers", "share_level4_services_with",
)  # fmt: skip
_STYLES = {"Q": "quarter", "M": "month", "A": "year", "S": "half"}
_SHOWN = ("exact", "about", "over", "at_least", "at_most")

Row = dict[str, Any]


@dataclass(frozen=True)
class OwnFigure:
    """One published figure of the province: its numbers in the ledger begin with `name`.

    `base` is the indicator that names it, `style` how its period is written, `is_range` whether only bounds of its
    group were printed, `has_nation` whether the country's figure was entered, `end` on which end of a printed ranking
    it stands ("highest", "lowest" or "") and `is_placed` whether its place there is known.
    """

    name: str
    base: str
    date: str
    style: str
    unit: str
    qualifier: str
    is_range: bool
    has_nation: bool
    end: str
    is_placed: bool

    @property
    def is_used(self) -> bool:
        """Tell whether the share is one of use, not of supply or payment."""
        return self.base.startswith(USED)


def enter_figures(ledger: Ledger, evidence: Evidence) -> tuple[OwnFigure, ...]:
    """Enter the province's published shares and scores, the newest first; nothing of the survey."""
    own = _own_rows(evidence)
    figures = []
    for number, rows in enumerate(own[:MOST_FIGURES]):
        figures.append(_enter_figure(ledger, evidence, f"figure_{number}", rows))
    return tuple(figures)


def _own_rows(evidence: Evidence) -> list[list[Row]]:
    """Return each figure's rows: one or, of a group printed between bounds, two; newest first."""
    rows = evidence.observations
    rows = rows[
        (rows["province_code"] == evidence.province.code)
        & (rows["province_frame"] == "63")
        & rows["unit"].isin(["percent", "score"])
        & rows["qualifier"].isin(_SHOWN)
        & ~rows["indicator"].str.contains("^papi_|_change_|_ratio_")
    ]
    found: dict[tuple[str, str], list[Row]] = {}
    for plain in [*_plain(rows), *_computed_rows(evidence, rows)]:
        league = league_of(str(plain["indicator"]), str(plain["period_end"]))
        key = league.base if league else str(plain["indicator"])
        found.setdefault((str(plain["period_end"]), key), []).append(plain)
    # A figure printed twice for one day stands once; of a range both bounds stand.
    kept = {
        key: sorted(one, key=lambda r: r["value"])[: 2 if _is_range(one) else 1] for key, one in found.items()
    }
    return [kept[key] for key in sorted(kept, reverse=True)]


def _plain(rows: pd.DataFrame) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def _is_range(rows: list[Row]) -> bool:
    return len({row["indicator"] for row in rows}) == 2


def _computed_rows(evidence: Evidence, printed: pd.DataFrame) -> list[Row]:
    """Return shares that two printed counts of one period give, where they are those of one share alone."""
    rows = evidence.observations
    counts = rows[(rows["province_code"] == evidence.province.code) & (rows["province_frame"] == "63")]
    pairs = Counter((line.numerator_code, line.denominator_code) for line in indicators())
    found = []
    for line in indicators():
        if not line.numerator_code or pairs[line.numerator_code, line.denominator_code] > 1:
            continue
        tops = counts[(counts["indicator"] == line.numerator_code) & (counts["qualifier"] == "exact")]
        for top in _plain(tops):
            bottoms = counts[
                (counts["indicator"] == line.denominator_code)
                & (counts["period_end"] == top["period_end"])
                & (counts["source_id"] == top["source_id"])
            ]
            known = printed[
                (printed["indicator"] == line.code) & (printed["period_end"] == top["period_end"])
            ]
            if len(bottoms) == 1 and known.empty:
                bottom = bottoms.iloc[0]
                share = 100 * float(top["value"]) / float(bottom["value"])
                both = (str(top["raw_location"]), str(bottom["raw_location"]))
                found.append(
                    {**top, "indicator": line.code, "unit": "percent", "value": share, "counts": both}
                )
    return found


def _enter_figure(ledger: Ledger, evidence: Evidence, name: str, rows: list[Row]) -> OwnFigure:
    first = rows[0]
    league = league_of(str(first["indicator"]), str(first["period_end"]))
    is_range = len(rows) == 2
    if is_range:
        for side, row in zip(("low", "high"), rows, strict=True):
            _enter_value(ledger, evidence, f"{name}_{side}", row)
    else:
        _enter_value(ledger, evidence, f"{name}_value", first)
    key = ledger.cite(evidence.source(str(first["source_id"])), str(first["raw_location"]))
    ledger.date(f"{name}_date", str(first["period_end"]), key)
    base = league.base if league else str(first["indicator"])
    end, placed = _enter_place(ledger, evidence, name, first, league) if league else ("", False)
    return OwnFigure(
        name, base, str(first["period_end"]), written_style(first), str(first["unit"]),
        str(first["qualifier"]), is_range, _enter_nation(ledger, evidence, name, base, first), end, placed,
    )  # fmt: skip


def _enter_value(ledger: Ledger, evidence: Evidence, name: str, row: Row) -> None:
    source, value = evidence.source(str(row["source_id"])), float(row["value"])
    unit = PERCENT if row["unit"] == "percent" else "score"
    if "counts" in row:
        keys = tuple(ledger.cite(source, place) for place in row["counts"])
        line = find_indicator(str(row["indicator"]))
        formula = f"100 × {line.numerator_code} / {line.denominator_code}, as printed"
        ledger.computed(name, value, unit=unit, formula=formula, sources=keys)
        return
    key = ledger.cite(source, str(row["raw_location"]))
    ledger.printed(name, value, key, unit=unit)


def _enter_place(ledger: Ledger, evidence: Evidence, name: str, row: Row, league: League) -> tuple[str, bool]:
    """Enter how many provinces were named at this end and, where the source ranks them, the place from the end."""
    end, place, named = league.place_of(str(row["province_code"]))
    if not end:
        return "", False
    keys = (ledger.cite(evidence.source(str(row["source_id"])), str(row["raw_location"])),)
    note = f"provinces that the source names at the {end} end of the ranking"
    ledger.counted(f"{name}_named", named, note, *keys)
    if place:
        note = f"place from the {end} end of the ranking, as the source has it"
        ledger.counted(f"{name}_place", place, note, *keys)
    return end, bool(place)


def _enter_nation(ledger: Ledger, evidence: Evidence, name: str, base: str, row: Row) -> bool:
    """Enter the figure of the country, or of all provinces together, that is nearest in time, if one is near."""
    rows = evidence.observations
    nation = rows[
        (rows["province_code"] == NATION)
        & (rows["province_frame"] == "63")
        & rows["indicator"].isin([f"{base}_provinces", base])
        & rows["qualifier"].isin(["exact", "about"])
    ]
    day = str(row["period_end"])
    found = [
        (
            not str(one["indicator"]).endswith("_provinces"),
            abs(days_between(day, str(one["period_end"]))),
            one,
        )
        for one in nation.to_dict("records")
    ]
    near = [one for one in found if one[1] <= NEAR_DAYS]
    if not near:
        return False
    chosen = min(near, key=lambda one: (*one[:2], str(one[2]["raw_location"])))[2]
    enter_point(ledger, evidence, f"{name}_nation", Point.from_row(chosen))
    return True


def written_style(row: Mapping[Any, Any]) -> str:
    """Return how a figure's period is written: by its quarter, month, half or year, else by its last day."""
    start, end = str(row["period_start"]), str(row["period_end"])
    whole = start.endswith("-01") and end == last_day(end[:7])
    return _STYLES.get(str(row["frequency"]), "month" if whole else "")
