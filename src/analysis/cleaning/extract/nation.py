"""Whether a total row is the nation's: where all provinces of a map are listed and their counts come to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.cleaning.extract.checks import attach_counts, share_agrees
from analysis.cleaning.extract.observations import extract_table
from analysis.cleaning.extract.outcome import TableOutcome
from analysis.cleaning.layout import Layout
from analysis.cleaning.messages import message
from analysis.cleaning.shapes import OBSERVATION_COLUMNS, stack
from analysis.cleaning.words.places import TOTAL
from analysis.reference.provinces import NATION, by_code, successors
from analysis.reference.vocabulary import words

_NAMED = "Cả nước"
_GROUP = ["indicator", "period_start", "period_end", "frequency", "province_frame"]
_ADDED = ("count", "VND")


def add_nation(outcome: TableOutcome, layout: Layout, source_id: str) -> None:
    """Add to a table's observations those of its total rows that are the nation's, read as if they said so.

    A count is the nation's where each province of a map has one for the same period and they add up to it, a share
    where it is, up to rounding, that of two counts which do. What of such a row is neither stays in the quarantine,
    cell by cell; an average is never the nation's, nor is the sum of a group.
    """
    rows = [i for i, kind in outcome.body.others if kind == TOTAL and not _of_group(outcome.body.label(i))]
    if not rows or outcome.held or outcome.table.province or not _complete(outcome.observations).any():
        return
    read = _read_as_nation(outcome, layout, rows, source_id)
    counted = attach_counts(read)
    new = (read["province_code"] == NATION) & ~read["raw_location"].isin(outcome.observations["raw_location"])
    proved = read[new][_proved(counted, new)].drop_duplicates(_GROUP)
    if len(proved):
        outcome.observations = stack([outcome.observations, _noted(proved)], OBSERVATION_COLUMNS)
        _settle_rows(outcome, rows, set(proved["raw_location"]))


def _of_group(label: str) -> bool:
    """Tell whether a row sums up the provinces alone, beside ministries: “Địa phương”, “Khối các tỉnh”."""
    return label in words("places", "groups") or label in words("heads", "names")


def _read_as_nation(outcome: TableOutcome, layout: Layout, rows: list[int], source_id: str) -> pd.DataFrame:
    """Return what a table gives when its total rows are named the nation's."""
    body = outcome.body
    others = [(i, kind) for i, kind in body.others if kind != TOTAL]
    data = np.sort(np.concatenate([body.data, np.array(rows, dtype=body.data.dtype)]))
    named = replace(body, labels={**body.labels, **dict.fromkeys(rows, _NAMED)}, data=data, others=others)
    return extract_table(body.sheet, body.table, layout, outcome.file, source_id, named).observations


def _complete(observations: pd.DataFrame) -> pd.Series[bool]:
    """Tell of each indicator and period whether every province of its map has one figure, and the nation none."""
    whole = {"63": frozenset(by_code()), "34": frozenset(successors())}
    codes = observations.groupby(_GROUP)["province_code"].agg(tuple)
    frames = codes.index.get_level_values("province_frame")
    found = [
        len(of) == len(whole[str(m)]) and set(of) == whole[str(m)]
        for of, m in zip(codes, frames, strict=True)
    ]
    return pd.Series(found, index=codes.index, dtype=bool)


def _proved(observations: pd.DataFrame, new: pd.Series[bool]) -> pd.Series[bool]:
    """Tell of each of the new observations whether it is the nation's by what the provinces of its table come to."""
    provinces, own = observations[~new], observations[new]
    keys = pd.MultiIndex.from_frame(own[_GROUP])
    whole = _complete(provinces).reindex(keys, fill_value=False).to_numpy()
    adds = {
        name: (own[name] - _sums(provinces, name).reindex(keys).to_numpy()).abs() < 0.5
        for name in ("value", "numerator", "denominator")
    }
    added = own["unit"].isin(_ADDED) & adds["value"]
    counted = (own["unit"] == "percent") & adds["numerator"] & adds["denominator"] & (own["denominator"] > 0)
    counts = zip(own["value"], own["numerator"], own["denominator"], counted, strict=True)
    share = [sure and share_agrees(value, above, below) for value, above, below, sure in counts]
    return pd.Series(whole & (added.to_numpy() | np.array(share, dtype=bool)), index=own.index)


def _sums(provinces: pd.DataFrame, name: str) -> pd.Series[float]:
    """Return what the figures of each indicator and period add up to, NaN where one has none."""
    groups = provinces.groupby(_GROUP)[name]
    return groups.sum().where(groups.count() == groups.size())


def _noted(proved: pd.DataFrame) -> pd.DataFrame:
    """Return observations of total rows with a note that says what they were compared with."""
    said = proved["province_frame"].map(lambda frame: f"total row, equal to the {frame} provinces together")
    return proved.assign(
        note=[f"{note}; {more}".removeprefix("; ") for note, more in zip(proved["note"], said, strict=True)]
    )


def _settle_rows(outcome: TableOutcome, rows: list[int], proved: set[str]) -> None:
    """Take rows out of the quarantine that are the nation's, and put those of their cells into it that are not."""
    sheet, values = outcome.sheet, outcome.table.values
    indices = np.array(rows, dtype=np.intp)
    own = [[place in proved for place in outcome.locations(indices, column)] for column in values]
    settled = {i: held for i, held in zip(rows, zip(*own, strict=True), strict=True) if any(held)}
    cells = {sheet.address(i, j) for i in settled for j in range(sheet.width)}
    outcome.refused = [x for x in outcome.refused if x["rule"] != "total_row" or x["cell"] not in cells]
    for i, held in settled.items():
        said = message("total_row.unproved", label=outcome.body.label(i))
        for column, is_nation in zip(values, held, strict=True):
            if sheet.text(i, column.index) and not is_nation:
                outcome.refuse(i, column.index, said)
