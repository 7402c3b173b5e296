"""Which shares are not those of their own numerator and denominator, and whether shares or counts are at fault."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.cleaning.extract.checks import share_agrees
from analysis.cleaning.findings import (
    A_FEW,
    Finding,
    PeriodName,
    advise_acceptance,
    name_indicators,
    province_name_of,
    say_aside,
)
from analysis.cleaning.messages import Message, message
from analysis.cleaning.series import (
    COLUMNS,
    FEWEST_PROVINCES,
    Floats,
    Positions,
    Sending,
    Series,
    files_of,
    find_series,
)
from analysis.reference.indicators import by_code as codebook

if TYPE_CHECKING:
    import pandas as pd

_KEYS = ["file", "period_end", "period_start", "frequency", "province_frame", "indicator"]
_RULE = "over_time_counts"
_WIDTH = 4.0  # usual moves within which figures continue their series,
_WIDEST = 0.4  # and at most a factor of 2.5, so that tenfold never does
# What the periods before and after contradict.
_SHARES, _COUNTS = "over_time_fault.shares", "over_time_fault.counts"
_BOTH, _UNDECIDED = "over_time_fault.both", "over_time_fault"
Key = tuple[str, ...]


def find_contradicted(observations: pd.DataFrame) -> list[Finding]:
    """Return, for each file, period and indicator, the shares that differ from their counts by more than rounding.

    Those that are ten, a hundred … times that of their counts are held back, and all that differ where that is
    half of twenty provinces or more; otherwise the shares stay as printed. Which of shares and counts is at fault the
    periods before and after say; where they do not, both are held. In more than a few rows the whole period is.
    """
    counted = (observations["unit"] == "percent") & observations["numerator"].notna()
    positions = np.flatnonzero((counted & (observations["denominator"] > 0)).to_numpy())
    rows = observations.iloc[positions].assign(position=positions)
    rows["computed"] = 100 * rows["numerator"] / rows["denominator"]
    rows["file"] = files_of(rows["raw_location"])
    apart = rows[~np.isclose(rows["value"], rows["computed"], rtol=0, atol=0.005)]
    shares = zip(*(apart[name].tolist() for name in ("value", "numerator", "denominator")), strict=True)
    wrong = apart[[not share_agrees(*share) for share in shares]]
    if wrong.empty:
        return []
    wrong = wrong.assign(power=_powers(wrong))
    sizes = rows.groupby(_KEYS).size().to_dict()
    groups = [(tuple(map(str, key)), own) for key, own in wrong.groupby(_KEYS)]
    wrongly = frozenset(_sending(key) for key, own in groups if _grave(own, sizes[key]).any())
    series = find_series(observations, np.ones(len(observations), dtype=bool)) if wrongly else []
    found = []
    for key, own in groups:
        at_fault = _at_fault(key, own, series, wrongly) if series else _UNDECIDED
        held = _find_in(own, sizes[key], at_fault)
        found += held if at_fault == _SHARES else [_with_counts(one, observations) for one in held]
    return found


def _sending(key: Key) -> Sending:
    file, end, start, frequency, frame, _ = key
    return Sending(end, start, frame, frequency, file)


def _grave(rows: pd.DataFrame, size: int) -> NDArray[np.bool_]:
    """Tell of each wrong share whether it is held: by a power of ten it is, otherwise where many are wrong."""
    others = rows["power"].to_numpy() == 0
    held: NDArray[np.bool_] = ~others | (others.sum() >= max(FEWEST_PROVINCES, size) / 2)
    return held


def _at_fault(key: Key, rows: pd.DataFrame, series: list[Series], without: frozenset[Sending]) -> str:
    """Return what the periods before and after contradict: shares, counts, both; undecided where they do not tell."""
    sending, line = _sending(key), codebook()[key[-1]]
    columns = np.array([COLUMNS[code] for code in rows["province_code"] if code in COLUMNS], dtype=np.intp)
    variables = {
        "shares": {(line.code, "")},
        "counts": {
            (line.numerator_code, ""),
            (line.denominator_code, ""),
            (line.code, "numerator"),
            (line.code, "denominator"),
        },
    }
    fits: dict[str, list[bool]] = {}
    for name, wanted in variables.items():
        own = [one for one in series if (one.indicator, one.part) in wanted and sending in one.index]
        told = [_continues(one, sending, columns, without) for one in own]
        fits[name] = [fit for fit in told if fit is not None]
    if not (fits["shares"] and fits["counts"]):
        return _UNDECIDED
    right = {name: all(told) for name, told in fits.items()}
    if right["shares"] != right["counts"]:
        return _COUNTS if right["shares"] else _SHARES
    return _UNDECIDED if right["shares"] else _BOTH


def _continues(one: Series, sending: Sending, columns: Positions, without: frozenset[Sending]) -> bool | None:
    """Tell whether the median province lies near its periods before and after; None where these do not tell."""
    t = one.index[sending]
    reference = one.reference(t, without | {sending})
    if reference is None:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        away = np.abs(np.log10(one.values[t, columns] / one.figures(reference)[columns]))
    known = away[np.isfinite(away)]
    if not len(known) or not np.isfinite(one.usual_ratio):
        return None
    return bool(np.median(known) < min(_WIDTH * one.usual_ratio, _WIDEST))


def _with_counts(finding: Finding, observations: pd.DataFrame) -> Finding:
    """Return a finding of a few rows that holds their counts too."""
    if finding.whole or not finding.grave:
        return finding
    rows = observations.iloc[list(finding.held)]
    line = codebook()[str(rows["indicator"].iloc[0])]
    same = observations["indicator"].isin([line.numerator_code, line.denominator_code])
    same &= files_of(observations["raw_location"]) == finding.file
    keys = ["province_code", "province_frame", "period_start", "period_end"]
    together = observations[same].reset_index().merge(rows[keys].drop_duplicates(), on=keys)
    return replace(finding, held=(*finding.held, *together["index"].tolist()))


def _powers(rows: pd.DataFrame) -> Floats:
    """Return the power of ten by which a share was multiplied; 0 where it is not one.

    Within two per cent, or one unit of the numerator: counts divided by ten lose their last digit.
    """
    numerators = rows["numerator"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log10(rows["value"].to_numpy() / rows["computed"].to_numpy())
        near = np.log10(1.02 + 1 / np.maximum(numerators, 1.0))
    power = np.where(np.isfinite(ratio), np.round(ratio), 0.0)
    return np.where(np.abs(ratio - power) < near, power, 0.0)


def _find_in(rows: pd.DataFrame, size: int, at_fault: str) -> list[Finding]:
    """Return what the wrong shares of one file, period and indicator are found to be."""
    grave = _grave(rows, size)
    scaled = rows["power"] != 0
    found = []
    if scaled.any():
        found.append(_tell(rows[scaled], size, "over_time_counts.scaled", at_fault))
    if not scaled.all():
        many = bool(grave[~scaled.to_numpy()].any())
        found.append(_tell(rows[~scaled], size, "over_time_counts.many" if many else _RULE, at_fault))
    return found


def _tell(rows: pd.DataFrame, size: int, code: str, at_fault: str) -> Finding:
    grave, whole = code != _RULE, len(rows) > A_FEW and code != _RULE
    worst = rows.iloc[int((rows["value"] - rows["computed"]).abs().to_numpy().argmax())]
    file, end = str(worst["file"]), str(worst["period_end"])
    said = message(
        code,
        file=file,
        period=PeriodName(worst["frequency"], {"start": worst["period_start"], "end": end}),
        provinces=len(rows),
        all=size,
        indicators=name_indicators([str(worst["indicator"])]),
        factor=float(10.0 ** rows["power"].mode().iloc[0]),
        place=province_name_of(worst["province_code"], worst["province_frame"]),
        found=float(worst["value"]),
        above=float(worst["numerator"]),
        below=float(worst["denominator"]),
        due=float(worst["computed"]),
        accept=advise_acceptance(file, end, _RULE),
        fault=Message(at_fault),
        aside=message("over_time_aside.shares")
        if at_fault == _SHARES and not whole
        else say_aside(len(rows)),
    )
    held = tuple(rows["position"].tolist()) if grave else ()
    return Finding(file, end, said, grave, held, start=str(worst["period_start"]), whole=whole)
