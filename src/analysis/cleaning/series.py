"""Which figures compare over time: those of one indicator on one map, period by period, as files sent them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from analysis.reference.indicators import by_code as codebook
from analysis.reference.provinces import NATION, by_code, successors

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]

FEWEST_PROVINCES = 20  # below it a median over provinces says more of the few than of the file
NEAREST = 3  # periods on either side that a period is compared with
_FARTHEST = 24  # periods among which a copy is looked for
_LOGARITHMIC = ("count", "VND")
_PARTS = ("numerator", "denominator")
_KEYS = ["file", "province_frame", "frequency", "period_start", "period_end"]


@dataclass(frozen=True, order=True)
class Sending:
    """What one file says of one period on one map: its provinces stand in the same rows for all indicators."""

    end: str
    start: str
    frame: str
    frequency: str
    file: str

    @property
    def period(self) -> tuple[str, str]:
        """First and last day."""
        return self.start, self.end


@dataclass(frozen=True, eq=False)
class Series:
    """One indicator (or a count behind it) on one map: one row a sending, sorted by period, one column a province.

    `values` are as published; `scores` are on a scale where noise is alike at all levels: logits of percentages,
    logarithms of counts and money, other values as they are. `rows` are positions among the observations, -1 where
    there is none; `turns` the row of each
    province in the file, inf where it has none.
    """

    indicator: str
    part: str
    unit: str
    sendings: list[Sending]
    values: Floats
    scores: Floats
    rows: Positions
    turns: Floats

    @property
    def key(self) -> tuple[str, str]:
        """The map and the frequency: what figures may be compared at all."""
        return self.sendings[0].frame, self.sendings[0].frequency

    @cached_property
    def index(self) -> dict[Sending, int]:
        """The row of each sending."""
        return {sending: t for t, sending in enumerate(self.sendings)}

    @cached_property
    def noise(self) -> float:
        """How far a province ordinarily moves apart from the others between near periods.

        The lower quartile over pairs, so that neither a wrong file nor a decision of a few provinces widens it.
        """
        pairs = [(t, u) for t in range(len(self.sendings)) for u in (t + 1, t + 2) if u < len(self.sendings)]
        spreads = [spread(self.scores[u] - self.scores[t]) for t, u in pairs if self.differs(t, u)]
        known = sorted(value for value in spreads if np.isfinite(value))
        return max(known[(len(known) - 1) // 4], 0.002) if known else np.nan

    def differs(self, t: int, u: int) -> bool:
        """Tell whether two rows are of different periods."""
        return self.sendings[t].period != self.sendings[u].period

    def _broken(self, t: int, u: int) -> bool:
        """Tell whether the definition changed between two rows, so that they do not compare."""
        ends = sorted((self.sendings[t].end, self.sendings[u].end))
        return any(ends[0] < day.isoformat() <= ends[1] for day in codebook()[self.indicator].breaks)

    def neighbours(self, t: int, without: frozenset[Sending]) -> list[int]:
        """Return the rows of the nearest periods on either side, leaving out sendings found to be wrong."""
        used: list[int] = []
        for step in (-1, 1):
            seen: set[tuple[str, str]] = set()
            u = t + step
            while 0 <= u < len(self.sendings) and len(seen) < NEAREST:
                if self._broken(t, u):
                    break
                if self.sendings[u] not in without and self.differs(t, u):
                    used.append(u)
                    seen.add(self.sendings[u].period)
                u += step
        return used

    def reference(self, t: int, without: frozenset[Sending]) -> Floats | None:
        """Return the median score of each province in the neighbouring periods; nothing where there are not two."""
        used = self.neighbours(t, without)
        if len({self.sendings[u].period for u in used}) < 2:
            return None
        return column_medians(self.scores[used])

    @cached_property
    def is_level(self) -> bool:
        """Tell whether counts are known not to add up over the year: at new year they do not fall by half or more."""
        moves = [
            np.nanmedian(self.scores[t + 1] - self.scores[t])
            for t in range(len(self.sendings) - 1)
            if self.sendings[t].end[:4] < self.sendings[t + 1].end[:4] and self.differs(t, t + 1)
        ]
        return bool(moves) and float(np.median(moves)) > -np.log(2)

    @cached_property
    def usual_ratio(self) -> float:
        """How far a figure ordinarily lies from those of near periods, in powers of ten, common moves included."""
        with np.errstate(invalid="ignore", divide="ignore"):
            logs = np.log10(np.where(self.values > 0, self.values, np.nan))
        moves = [np.abs(logs[t + 1] - logs[t]) for t in range(len(logs) - 1) if self.differs(t, t + 1)]
        known = sorted(float(np.median(move[np.isfinite(move)])) for move in moves if np.isfinite(move).any())
        return max(1.4826 * known[(len(known) - 1) // 2], 0.02) if known else np.nan

    def figures(self, scores: Floats) -> Floats:
        """Return scores as figures again."""
        if self.is_share:
            odds = np.exp(scores)
            figures: Floats = (100.1 * odds - 0.1) / (1 + odds)
            return figures
        return np.exp(scores) if self.unit in _LOGARITHMIC else scores

    @cached_property
    def is_share(self) -> bool:
        """Tell whether all figures are percentages of a whole."""
        return self.unit == "percent" and bool(np.nanmin(self.values) >= 0 and np.nanmax(self.values) <= 100)

    def equal_rows(self) -> list[tuple[int, int]]:
        """Return pairs of rows of other periods that are equal in most provinces, which rows near in time are not.

        0 and 100 per cent say nothing; an indicator that often stays as it was, such as the number of services, is
        left out.
        """
        informative = np.where(self.is_share & np.isin(self.values, (0.0, 100.0)), np.nan, self.values)
        shares: dict[tuple[int, int], float] = {}
        for t in range(len(informative)):
            near = informative[t + 1 : t + 1 + _FARTHEST]
            known = (np.isfinite(near) & np.isfinite(informative[t])).sum(axis=1)
            equal = (near == informative[t]).sum(axis=1)
            for u in np.flatnonzero(known >= FEWEST_PROVINCES).tolist():
                if self.differs(t, t + 1 + u):
                    shares[t, t + 1 + u] = equal[u] / known[u]
        usual = np.quantile(list(shares.values()), 0.5) if len(shares) > 2 else 1.0
        return [pair for pair, share in shares.items() if usual < 0.1 and share > 0.5]

    def oddness(self, sending: Sending, without: set[Sending]) -> float:
        """Return how far a row lies, in the median province, from halfway between its neighbours in time."""
        t = self.index[sending]
        others = self.neighbours(t, frozenset(without))
        before, after = [u for u in others if u < t][:1], [u for u in others if u > t][:1]
        due = [self.scores[u] for u in (*before, *after)]
        away = self.scores[t] - np.mean(due, axis=0) if due else np.zeros(1)
        known = away[np.isfinite(away)]
        return abs(float(np.median(known))) / self.noise if len(known) else 0.0


def spread(differences: Floats) -> float:
    """Return the median absolute deviation, as a standard deviation; nan where provinces are too few."""
    known = differences[np.isfinite(differences)]
    if len(known) < FEWEST_PROVINCES:
        return float("nan")
    return float(1.4826 * np.median(np.abs(known - np.median(known))))


def column_medians(matrix: Floats) -> Floats:
    """Return the median of each column over its known values; nan where there is none."""
    ordered = np.sort(matrix, axis=0)  # nan comes last
    counts = np.isfinite(matrix).sum(axis=0)
    columns = np.arange(matrix.shape[1])
    middle = (
        ordered[np.maximum(counts - 1, 0) // 2, columns]
        + ordered[np.minimum(counts // 2, len(matrix) - 1), columns]
    )
    return np.where(counts > 0, middle / 2, np.nan)


def find_series(observations: pd.DataFrame, used: NDArray[np.bool_]) -> list[Series]:
    """Return the series of all tables with enough provinces among the observations used; the nation is in none."""
    rows = _by_file(observations, used & (observations["province_code"] != NATION).to_numpy())
    series = [_lay_out(key, own) for key, own in rows.groupby(["variable", "province_frame", "frequency"])]
    return [one for one in series if len(one.sendings) > 1]


def files_of(places: pd.Series[str]) -> pd.Series[str]:
    """Return the file of each raw location: FILE!SHEET!CELL, FILE!CELL or FILE:LINE."""
    return places.str.replace(r"(!.*|:\d+)$", "", regex=True)


def _by_file(observations: pd.DataFrame, used: NDArray[np.bool_]) -> pd.DataFrame:
    """Return figures with their file, row and position, without tables of few provinces."""
    rows = observations[used]
    rows = rows.assign(file=files_of(rows["raw_location"]), position=np.flatnonzero(used))
    rows = rows[_large(rows, [*_KEYS, "indicator"]).to_numpy()]
    number = rows["raw_location"].str.extract(r"(\d+)$", expand=False)
    rows = rows.assign(number=number.astype("float64").fillna(0.0), variable=rows["indicator"])
    rows = _with_counts(rows)
    return rows.drop_duplicates([*_KEYS, "variable", "province_code"])


def _large(rows: pd.DataFrame, keys: list[str]) -> pd.Series[bool]:
    return rows.groupby(keys)["province_code"].transform("size") >= FEWEST_PROVINCES


def _with_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows, and below them the counts of shares where these are no indicators of their own in the file."""
    import pandas as pd

    present = set(rows.groupby(["file", "indicator"]).groups)
    more = []
    for part in _PARTS:
        counted = rows[rows[part].notna()]
        own = [
            (file, getattr(codebook()[code], f"{part}_code")) in present
            for file, code in zip(counted["file"], counted["indicator"], strict=True)
        ]
        counts = counted[~np.array(own, dtype=bool)]
        more.append(
            counts.assign(value=counts[part], unit="count", variable=counts["indicator"] + "/" + part)
        )
    return pd.concat([rows, *[frame for frame in more if len(frame)]], ignore_index=True)


def _lay_out(key: Hashable, rows: pd.DataFrame) -> Series:
    """Return one series from its rows in long form."""
    variable, frame, frequency = map(str, cast(tuple[str, ...], key))
    sendings = [
        Sending(end, start, frame, frequency, file)
        for end, start, file in sorted(
            set(zip(rows["period_end"], rows["period_start"], rows["file"], strict=True))
        )
    ]
    at = {(one.end, one.start, one.file): t for t, one in enumerate(sendings)}
    keys = zip(rows["period_end"], rows["period_start"], rows["file"], strict=True)
    t = np.array([at[found] for found in keys], dtype=np.intp)
    p = np.array([COLUMNS[code] for code in rows["province_code"]], dtype=np.intp)
    shape = (len(sendings), len(PROVINCES))
    values, positions = np.full(shape, np.nan), np.full(shape, -1, dtype=np.intp)
    turns = np.full(shape, np.inf)
    values[t, p], positions[t, p], turns[t, p] = rows["value"], rows["position"], rows["number"]
    unit = str(rows["unit"].iloc[0])
    code, _, part = variable.partition("/")
    return Series(code, part, unit, sendings, values, _scores(values, unit), positions, turns)


def _scores(values: Floats, unit: str) -> Floats:
    """Return values on a scale where noise is alike at all levels."""
    with np.errstate(invalid="ignore", divide="ignore"):
        if unit == "percent" and np.nanmin(values) >= 0 and np.nanmax(values) <= 100:
            return np.log((values + 0.1) / (100.1 - values))
        if unit in _LOGARITHMIC:
            return np.where(values > 0, np.log(values), np.nan)
    return values


# Codes of both maps: a series has those of its own, the others stay empty.
PROVINCES = sorted({*by_code(), *successors()})
COLUMNS = {code: n for n, code in enumerate(PROVINCES)}
