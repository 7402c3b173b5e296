"""The two ways in: any files into a folder, or all of `data/raw` into `data/processed`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.cleaning import processed, store
from analysis.cleaning.corrections import Correction, read_accepted, read_corrections
from analysis.cleaning.described import settle_targets
from analysis.cleaning.explain import explain
from analysis.cleaning.files import FileOutcome, clean_file
from analysis.cleaning.layout import Layout
from analysis.cleaning.layout_file import read_layout
from analysis.cleaning.outputs import write_codebook, write_layouts, write_outputs, write_report
from analysis.cleaning.over_time import GRAVE_RULES, compare_added, hold_back
from analysis.cleaning.raw import describe_test_data, find_undescribed
from analysis.cleaning.shapes import Cleaned, join
from analysis.errors import RequestError
from analysis.project import find_root

CORRECTIONS = "corrections.toml"
_PERIODS_SHOWN = 3
_LINES_SHOWN = 8


class CleanRequestWrong(RequestError):
    """`dvctt clean` was asked for something it cannot mean."""


@dataclass(frozen=True)
class Summary:
    """What to say at the end; `refused` counts files that could not be used as a whole."""

    last_line: str
    refused: int
    quarantined: int


def clean_into(
    files: Sequence[Path],
    out: Path | None,
    layout_file: Path | None,
    corrections_file: Path | None,
    say: Callable[[str], object],
    explained: bool = False,
) -> Summary:
    """Clean files one by one, write the results into `out`, and tell of each file in one line.

    `explained` tells of the layout of each table as well, with the rule behind each column.

    Raises:
        CleanRequestWrong: no file, no folder, or the same name twice.
        LayoutUnreadable, CorrectionUnreadable: the file given is not what it should be.
    """
    if not files:
        raise CleanRequestWrong("--out and --layout belong to FILES: dvctt clean FILE… --out DIR")
    if out is None:
        raise CleanRequestWrong("say where the results go: dvctt clean FILE… --out DIR")
    names = _names(files)
    layout = read_layout(layout_file) if layout_file else None
    given = read_corrections(corrections_file) if corrections_file else []
    outcomes: list[FileOutcome] = []
    for path, name in zip(files, names, strict=True):
        outcome = clean_file(path, layout=layout, corrections=[*given, *_beside(path)], name=name)
        outcomes.append(outcome)
        _tell(outcome, say)
        for line in explain(outcome.laid) if explained else ():
            say(line)
    outcomes = _hold_back(outcomes, files, corrections_file, say)
    for said in settle_targets(outcomes):
        say(f"  {said}")
    cleaned, contradictions = write_outputs(outcomes, out)
    for line in contradictions:
        say(line)
    _ask(outcomes, out, layout if isinstance(layout, Layout) else None, say)
    return _sum_up(outcomes, cleaned, out)


def _hold_back(
    outcomes: list[FileOutcome], files: Sequence[Path], given: Path | None, say: Callable[[str], object]
) -> list[FileOutcome]:
    """Compare the figures of all files over time, and say what was found."""
    noted = dict.fromkeys([*([given] if given else []), *(path.parent / CORRECTIONS for path in files)])
    accepted = [one for file in noted for one in read_accepted(file, GRAVE_RULES)]
    compared = hold_back(outcomes, accepted)
    for before, after in zip(outcomes, compared, strict=True):
        new = (*after.problems[len(before.problems) :], *after.notices[len(before.notices) :])
        for said in new:
            say(f"compared: {said}")
    return compared


def compare_new(root: Path, place: str) -> tuple[list[str], bool]:
    """Say what is found in a file just added beside the figures of the last `dvctt clean`, and if any is grave."""
    findings = compare_added(root, place, processed.last_observations(root))
    return [str(finding.said) for finding in findings], any(finding.grave for finding in findings)


def _ask(
    outcomes: Sequence[FileOutcome], out: Path, layout: Layout | None, say: Callable[[str], object]
) -> None:
    """Write the layouts and the lines of a codebook that a person may fill in, and tell how each is used."""
    for outcome, written in write_layouts(outcomes, out, layout):
        say(f"{'layout to fill in' if outcome.refused else 'asked in case it is wanted'}: {written}")
        say(f'  then: {_command()} clean "{outcome.path}" --out "{out}" --layout "{written}"')
    lines, drafted = write_codebook(outcomes, out)
    if drafted:
        say(f"indicators the codebook lacks, to fill in if they are wanted: {drafted}")
        for line in lines[:_LINES_SHOWN]:
            say(f"  “{line['name_vi']}”: {line['code']}, unit {line['unit'] or 'not stated'}")
        say(f'  then: {_command()} add "{drafted}" --publisher "…" --title "…"')


def _command() -> str:
    """Return the command as it was called, such as .venv/bin/dvctt, so that a printed line runs when copied."""
    return sys.argv[0] if Path(sys.argv[0]).name == "dvctt" else "dvctt"


def _periods(outcome: FileOutcome) -> str:
    """Say which periods the figures of a file are of: the one thing that a wrong title makes wrong in all of them."""
    rows = outcome.cleaned.observations[["period_start", "period_end"]].drop_duplicates()
    ends = sorted(map(tuple, rows.values.tolist()))
    if not ends:
        return ""
    shown = [end if start == end else f"{start} to {end}" for start, end in ends]
    return f"; of {', '.join(shown) if len(shown) <= _PERIODS_SHOWN else f'{shown[0]} … {shown[-1]}'}"


def _sum_up(outcomes: Sequence[FileOutcome], cleaned: Cleaned, out: Path) -> Summary:
    refused = sum(outcome.refused for outcome in outcomes)
    trouble = f", {refused} of {len(outcomes)} files not usable as a whole" if refused else ""
    return Summary(f"{out}: {_counts(cleaned)}{trouble}", refused, len(cleaned.quarantine))


def _counts(cleaned: Cleaned) -> str:
    """Say how many figures, targets, if there are any, and cells in quarantine there are."""
    targets = f", {len(cleaned.targets)} targets" if len(cleaned.targets) else ""
    units = "".join(
        f", {len(table)} {name} of units"
        for table, name in ((cleaned.unit_observations, "figures"), (cleaned.unit_targets, "targets"))
        if len(table)
    )
    return (
        f"{len(cleaned.observations)} observations{targets}{units}, {len(cleaned.quarantine)} in quarantine"
    )


def clean_raw() -> Summary:
    """Clean all of `data/raw` and write the report beside the tables."""
    root = find_root()
    outcomes = processed.rebuild(root)
    contradictions = write_report(outcomes, root / store.FOLDER)
    cleaned = join([outcome.cleaned for outcome in outcomes])
    refused = sum(outcome.refused for outcome in outcomes)
    told = [line for outcome in outcomes for line in _describe(outcome)]
    told += [*contradictions, *find_undescribed(root), *describe_test_data(root)]
    told.append(f"{store.FOLDER}: {_counts(cleaned)}")
    return Summary("\n".join(told), refused, len(cleaned.quarantine))


def _describe(outcome: FileOutcome) -> list[str]:
    """Say what a raw file gave, and below it what a person should look at."""
    cleaned = outcome.cleaned
    counts = [
        (cleaned.observations, "observations"),
        (cleaned.targets, "targets"),
        (cleaned.unit_observations, "figures of units"),
        (cleaned.unit_targets, "targets of units"),
        (cleaned.quarantine, "in quarantine"),
    ]
    gave = ", ".join(f"{len(frame)} {name}" for frame, name in counts if len(frame)) or (
        "no figures" if outcome.notices else "nothing"
    )
    return [f"{outcome.file}: {gave}", *(f"  {said}" for said in (*outcome.problems, *outcome.notices))]


def _names(files: Sequence[Path]) -> list[str]:
    """Return what each file is called in the results: its name, with its folder where two are alike."""
    plain = [path.name for path in files]
    names = [
        path.name if plain.count(path.name) == 1 else f"{path.parent.name}/{path.name}" for path in files
    ]
    if len(set(names)) < len(names):
        raise CleanRequestWrong("two files have the same name and folder. Rename one, or clean them apart.")
    return names


def _beside(path: Path) -> list[Correction]:
    file = path.parent / CORRECTIONS
    return read_corrections(file) if file.is_file() else []


def _tell(outcome: FileOutcome, say: Callable[[str], object]) -> None:
    cleaned = outcome.cleaned
    nothing = cleaned.is_empty and not outcome.tables
    if nothing and outcome.problems:
        say(f"refused: {outcome.problems[0]}")
    else:
        say(f"{outcome.file}: {_counts(cleaned)}{_periods(outcome)}")
    for said in (*outcome.problems[1 if nothing else 0 :], *outcome.notices):
        say(f"  {said}")
