"""Which figures that came in are kept from what follows: those that neither their counts nor other periods bear out.

A grave finding sets its figures aside in the quarantine until the file is mended or the finding is accepted in
corrections.toml; a doubtful one is only said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from analysis.cleaning.changed_shares import find_changed_shares
from analysis.cleaning.corrections import Acceptance, read_accepted
from analysis.cleaning.doubts import find_doubts
from analysis.cleaning.faults import by_sending, find_faults
from analysis.cleaning.file_names import find_misnamed
from analysis.cleaning.findings import GRAVE, Finding, name_indicators, tell_fault
from analysis.cleaning.messages import Message, message
from analysis.cleaning.raw import PACKAGE, read_package
from analysis.cleaning.series import files_of, find_series
from analysis.cleaning.shapes import (
    HELD_COLUMNS,
    OBSERVATION_COLUMNS,
    join,
    quarantine_line,
    shape,
    stack,
)
from analysis.cleaning.shares_of_counts import find_contradicted

if TYPE_CHECKING:
    import pandas as pd

    from analysis.cleaning.extract.checks import Check
    from analysis.cleaning.files import FileOutcome

GRAVE_RULES = tuple(GRAVE.values())


def find_all(observations: pd.DataFrame, accepted: Sequence[Acceptance] = ()) -> list[Finding]:
    """Return all findings in observations, file by file and period by period.

    Figures are compared with their file's name and their own counts first, then with the periods before and after of
    the same provinces and indicator, where there are two such periods and twenty provinces at least.
    Findings that corrections.toml accepts hold nothing.
    """
    alone = [*find_misnamed(observations), *find_contradicted(observations)]
    counted = [_accept(finding, accepted) for finding in alone]
    used = np.ones(len(observations), dtype=bool)
    used[[position for finding in _widen(counted, observations) for position in finding.held]] = False
    series = find_series(observations, used)
    sendings = by_sending(series)
    faults = find_faults(series)
    faults += find_doubts(series, sendings, frozenset(fault.sending for fault in faults))
    told = [_accept(tell_fault(fault, sendings), accepted) for fault in faults]
    whole = [*_widen([*counted, *told], observations), *find_changed_shares(observations)]
    return sorted(whole, key=lambda finding: (finding.file, finding.end, finding.rule))


def _widen(findings: list[Finding], observations: pd.DataFrame) -> list[Finding]:
    """Return findings of a whole period with all its rows and totals in the file.

    Where figures slipped, were copied or stand on another scale, the few rows that fit do so by chance, and nobody
    can say which month the totals are of.
    """
    if not any(finding.whole for finding in findings):
        return findings
    keys = observations.assign(file=files_of(observations["raw_location"]), position=range(len(observations)))
    rows_of = dict(list(keys.groupby(["file", "period_start", "period_end"])))
    widened = []
    for finding in findings:
        if finding.whole:
            rows = rows_of[finding.file, finding.start, finding.end]
            own = rows[rows["indicator"].isin(finding.codes)] if finding.codes else rows
            finding = replace(finding, held=tuple(own["position"].tolist()))
        widened.append(finding)
    return widened


def hold_back(outcomes: Sequence[FileOutcome], accepted: Sequence[Acceptance] = ()) -> list[FileOutcome]:
    """Compare the figures of all files and tell each file what was found in it.

    A grave finding is a problem of its file, which is then not usable as a whole; a doubtful one is a notice.
    """
    observations = join([outcome.cleaned for outcome in outcomes]).observations
    found = find_all(observations, accepted)
    found += [finding for outcome in outcomes for finding in _totals(outcome.file, outcome.checks)]
    found += _not_found(accepted, found, [outcome.file for outcome in outcomes])
    ends = np.cumsum([len(outcome.cleaned.observations) for outcome in outcomes]).tolist()
    held_back = []
    for outcome, end in zip(outcomes, ends, strict=True):
        own = [finding for finding in found if finding.file == outcome.file]
        held_back.append(_tell(outcome, own, end - len(outcome.cleaned.observations)))
    return held_back


def hold_back_described(root: Path, outcomes: Sequence[FileOutcome]) -> list[FileOutcome]:
    """Compare the figures of a project's files, with what its corrections.toml accepts.

    Raises:
        CorrectionUnreadable: see `corrections`.
    """
    accepted = read_accepted(root / PACKAGE.parent / "corrections.toml", GRAVE_RULES)
    return hold_back(outcomes, accepted)


def compare_added(root: Path, place: str, known: pd.DataFrame | None) -> list[Finding]:
    """Return what is found in one described file beside the observations known so far.

    Raises:
        CorrectionUnreadable: see `corrections`.
    """
    from analysis.cleaning.described import clean_resource

    outcome = clean_resource(root, place)
    observations = outcome.cleaned.observations
    if known is not None:
        # The tables may be older than the description: a file taken out since then is no month to compare with.
        there = {raw.path for raw in read_package(root)} - {place}
        others = known[files_of(known["raw_location"]).isin(there).to_numpy()]
        observations = stack([others, observations], OBSERVATION_COLUMNS)
    accepted = read_accepted(root / PACKAGE.parent / "corrections.toml", GRAVE_RULES)
    found = [*find_all(observations, accepted), *_totals(place, outcome.checks)]
    return [finding for finding in found if finding.file == place]


def _tell(outcome: FileOutcome, findings: list[Finding], first: int) -> FileOutcome:
    """Return an outcome with its findings; its first observation stands at position `first` of all."""
    observations, lines = outcome.cleaned.observations, []
    held = np.zeros(len(observations), dtype=bool)
    for finding in findings:
        new = [position - first for position in finding.held if not held[position - first]]
        held[new] = True
        lines += _quarantine(observations.iloc[new], finding)
    if lines:
        quarantine = stack([outcome.cleaned.quarantine, shape(lines, HELD_COLUMNS)], HELD_COLUMNS)
        kept = observations[~held].reset_index(drop=True)
        cleaned = replace(outcome.cleaned, observations=kept, quarantine=quarantine)
        outcome = replace(outcome, cleaned=cleaned)
    grave = [finding.said for finding in findings if finding.grave]
    doubtful = [finding.said for finding in findings if not finding.grave]
    return replace(outcome, problems=[*outcome.problems, *grave], notices=[*outcome.notices, *doubtful])


def _accept(finding: Finding, accepted: Iterable[Acceptance]) -> Finding:
    """Return a grave finding as one that is only said, where a person accepted it."""
    fitting = (one for one in accepted if one.fits(finding.file, finding.end, finding.rule))
    one = next(fitting, None)
    if one is None or not finding.grave:
        return finding
    said = message("over_time_accepted", file=finding.file, why=one.why, said=finding.said)
    return Finding(finding.file, finding.end, said, grave=False, accepts=finding.rule)


def _not_found(accepted: Sequence[Acceptance], findings: list[Finding], files: list[str]) -> list[Finding]:
    """Return what was accepted of these files and is no longer found."""
    used = [finding for finding in findings if finding.accepts]
    left = [one for one in accepted if not any(one.fits(f.file, f.end, f.accepts) for f in used)]
    return [
        Finding(file, one.period, _say_not_found(file, one), grave=False)
        for one in left
        for file in files
        if one.fits(file, one.period, one.finding)
    ]


def _say_not_found(file: str, one: Acceptance) -> Message:
    return message("over_time_not_found", file=file, end=one.period, finding=one.finding)


def _totals(file: str, checks: Sequence[Check]) -> list[Finding]:
    """Return what a file's totals and averages say against its rows, as one finding."""
    apart = [check for check in checks if not check.agrees and check.kind != "share"]
    if not apart:
        return []
    names = name_indicators([check.indicator for check in apart])
    first = {"sheet": apart[0].sheet, "cell": apart[0].cell, "said": apart[0].said}
    said = message("over_time_totals", file=file, cells=len(apart), indicators=names, **first)
    return [Finding(file, "", said, grave=False)]


def _quarantine(observations: pd.DataFrame, finding: Finding) -> list[dict[str, str]]:
    """Return the quarantine lines of figures: where they stand, their value, the finding and its mend."""
    lines = []
    for place, value in zip(observations["raw_location"], observations["value"], strict=True):
        inside = place.removeprefix(finding.file)
        sheet, _, cell = inside[1:].rpartition("!")
        cell = f"A{cell}" if inside.startswith(":") else cell
        lines.append(quarantine_line(finding.file, sheet, cell, f"{value:.12g}", finding.said))
    return lines
