"""Which of several figures of one cell is used: a correction, an exact figure before a rounded one, the newest edition.

A cell is one province, map, indicator and stretch of days. Where a file lies, in which order files were added and on
which day play no part: what decides is what a figure and its publication say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.cleaning.words.edition_marks import is_corrected
from analysis.reference.spelling import fold_text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    IntArray = NDArray[np.intp]

CELL = ("province_code", "province_frame", "indicator", "period_start", "period_end", "frequency")
# How a publication says that it replaces an earlier one, folded: in its title or in the name of its file.
_CORRECTION = re.compile(
    r"\b(dinh chinh|thay the|hieu chinh|dieu chinh so lieu|corrected|correction|corrigendum|revised|revision)\b"
)
_EXACTNESS = {"exact": 2, "": 2, "about": 1}
_SAME = 0.05 + 1e-9  # two printings of one share may differ by rounding to one decimal


@dataclass(frozen=True)
class Chosen:
    """One figure a cell, and what became of the others; all three in the columns of observations.

    `replaced` adds `replaced_by` (raw location of the figure used) and `why`. `undecided` holds all figures of cells
    for which nothing says which one holds; none of them is used.
    """

    rows: pd.DataFrame
    replaced: pd.DataFrame
    undecided: pd.DataFrame


def choose_figures(observations: pd.DataFrame, sources: pd.DataFrame, cell: Sequence[str] = CELL) -> Chosen:
    """Return one figure for each cell of `observations`: rows that agree in the columns `cell`.

    In this order: a figure that is called a correction, an exact figure before one printed as "about" (a later
    rounding is no new edition), the one published later, one with counts before one without. Figures that these
    leave apart by more than rounding are undecided; equal ones are one figure, told by more places.
    """
    import pandas as pd

    repeated = observations.duplicated(list(cell), keep=False)
    single, several = observations[~repeated], observations[repeated]
    if several.empty:
        empty = observations.iloc[:0]
        return Chosen(observations, empty.assign(replaced_by="", why=""), empty)
    ranked = rank_figures(several, sources, cell)
    at, group = _first_of_cell(ranked, cell)
    first = ranked[[*_DECIDING, "value", "raw_location"]].iloc[at]
    head = at == np.arange(len(at))
    open_ = _undecided(ranked, first, group)
    columns = list(observations.columns)
    behind, before = ranked[~head & ~open_], first[~head & ~open_]
    gone = behind[columns].assign(replaced_by=before["raw_location"].to_numpy(), why=_reasons(behind, before))
    rows = pd.concat([single, ranked[head & ~open_][columns]]).sort_index()
    return Chosen(rows, gone, ranked[open_][columns])


def _first_of_cell(ranked: pd.DataFrame, cell: Sequence[str]) -> tuple[IntArray, IntArray]:
    """Return for each row the place of the first row of its cell, and the number of the cell."""
    group: IntArray = np.asarray(ranked.groupby(list(cell), sort=True).ngroup(), dtype=np.intp)
    numbers, places = np.unique(group, return_index=True)
    return places[np.searchsorted(numbers, group)], group


def _undecided(ranked: pd.DataFrame, first: pd.DataFrame, group: IntArray) -> NDArray[np.bool_]:
    """Tell of each row whether figures of its cell that nothing puts behind another differ by more than rounding."""
    apart = np.abs(ranked["value"].to_numpy() - first["value"].to_numpy())
    for name in _DECIDING:
        apart = np.where(ranked[name].to_numpy() == first[name].to_numpy(), apart, 0.0)
    widest = np.zeros(group.max() + 1)
    np.fmax.at(widest, group, apart)
    return np.asarray(widest[group] > _SAME)


def standing_figures(
    observations: pd.DataFrame, sources: pd.DataFrame, cell: Sequence[str] = CELL
) -> pd.DataFrame:
    """Return the figure of each cell; of an undecided cell all that differ and that nothing puts behind another."""
    import pandas as pd

    chosen = choose_figures(observations, sources, cell)
    if chosen.undecided.empty:
        return chosen.rows
    ranked = rank_figures(chosen.undecided, sources, cell)
    rivals = ranked["_rank"] == ranked.groupby(list(cell))["_rank"].transform("first")
    standing = ranked[rivals].drop_duplicates([*cell, "value"])[list(observations.columns)]
    return pd.concat([chosen.rows, standing])


def is_correction(title: str, raw_location: str) -> bool:
    """Tell whether a publication says that it corrects or replaces an earlier one, in its title or its file's name."""
    file = raw_location.split("!")[0].rsplit("/", 1)[-1]
    return any(_CORRECTION.search(fold_text(re.sub(r"[_\-.]+", " ", text))) for text in (title, file))


def _called_corrections(titles: pd.Series, places: pd.Series) -> list[bool]:
    """Tell of each figure whether its publication says that it corrects another; each file is looked at once."""
    files = places.str.split("!").str[0].str.replace(r":\d+$", "", regex=True)
    pairs = list(zip(titles, files, strict=True))
    known = {pair: is_correction(*pair) for pair in set(pairs)}
    return [known[pair] for pair in pairs]


def rank_figures(rows: pd.DataFrame, sources: pd.DataFrame, cell: Sequence[str] = CELL) -> pd.DataFrame:
    """Return figures of repeated cells, the one to use first in each; `_rank` holds what decides."""
    told = sources.drop_duplicates("source_id").set_index("source_id")
    titles = rows["source_id"].map(told["title"]).astype("object").fillna("")
    places = rows["raw_location"]
    days = rows["source_id"].map(told["published"]).astype("object").fillna("")
    # A figure whose day of publication is not known is neither older nor newer than the others of its cell.
    undated = (days == "").groupby([rows[name] for name in cell]).transform("any")
    ranked = rows.assign(
        _corrected=[
            is_corrected(note) or called
            for note, called in zip(rows["note"], _called_corrections(titles, places), strict=True)
        ],
        _published=days.where(~undated, ""),
        _exact=rows["qualifier"].map(_EXACTNESS).fillna(0),
        _counted=rows["denominator"].notna(),
        _decimals=rows["value"].map(lambda value: len(f"{value:.6f}".rstrip("0"))),
    )
    ranked["_rank"] = list(zip(*(ranked[name] for name in _DECIDING), strict=True))
    # Last come decimals, value and place, so that of equal figures the same one is taken whatever their order.
    last = ["_rank", "_decimals", "value", "raw_location"]
    return ranked.sort_values(last, ascending=[False, False, False, True], kind="stable")


def _reasons(rows: pd.DataFrame, first: pd.DataFrame) -> list[str]:
    """Return for each figure why the first one of its cell, in the same row of `first`, is used instead."""
    reasons = ["the same figure"] * len(rows)
    apart = (np.abs(rows["value"].to_numpy() - first["value"].to_numpy()) > _SAME).tolist()
    for name, reason in reversed(_DECIDING.items()):
        differs = (rows[name].to_numpy() != first[name].to_numpy()).tolist()
        reasons = [reason if d and a else r for d, a, r in zip(differs, apart, reasons, strict=True)]
    return reasons


_DECIDING = {
    "_corrected": "a correction replaces it",
    "_exact": "it is printed as rounded or as a bound",
    "_published": "a later publication replaces it",
    "_counted": "the other figure comes with its counts",
}
