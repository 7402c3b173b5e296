"""Every file that the data package describes, read by the reader it names and cleaned."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.cleaning import own_indicators
from analysis.cleaning.corrections import Correction, correct_lines, note_corrections, read_corrections
from analysis.cleaning.current_targets import current_targets, file_of, hold_contradictions
from analysis.cleaning.files import FileOutcome, clean_file
from analysis.cleaning.findings import province_name_of
from analysis.cleaning.layout_file import read_layout
from analysis.cleaning.messages import Message, message
from analysis.cleaning.publishers import papi_table, portal, published, target_setting
from analysis.cleaning.publishers.decision_words import head_words
from analysis.cleaning.publishers.decisions import HeldDecision
from analysis.cleaning.publishers.papi_table import clean_papi_dimension8
from analysis.cleaning.publishers.portal_versions import settle_versions
from analysis.cleaning.publishers.published import clean_published_figures, mark_repeated
from analysis.cleaning.publishers.target_setting import clean_target_setting
from analysis.cleaning.raw import PACKAGE, PackageUnreadable, RawFile, check_raw, find_layout, read_package
from analysis.cleaning.readers.limits import FileRefused
from analysis.cleaning.shapes import HELD_COLUMNS, Cleaned, Intake, join, quarantine_line, shape, stack
from analysis.cleaning.sources import describe_source
from analysis.reference.codebook import read_codebook
from analysis.reference.indicators import OWN_LINES, package_codebook
from analysis.reference.spelling import fold_text

# Citations of the target table are looked up among the sources of the figures, so figures come first.
READERS = (
    "published_figures",
    "target_setting",
    "papi_table",
    "decisions",
    "spreadsheet",
    portal.READER,
    own_indicators.READER,
)
NEEDED = {
    "published_figures": published.NEEDED,
    "target_setting": target_setting.NEEDED,
    "papi_table": ("year", "province_code", "province", *papi_table.COLUMNS),
}


def clean_described(root: Path) -> list[FileOutcome]:
    """Clean all of `data/raw`, after comparing each file with its sha256; one outcome a file.

    Raises:
        RawFileMissing, RawFileChanged, PackageUnreadable: see `raw`.
        FileRefused: a cell is not what `data/raw/corrections.toml` expects, or a file lacks columns of its reader.
    """
    files = check_raw(root)
    noted = root / PACKAGE.parent / "corrections.toml"
    corrections = read_corrections(noted) if noted.is_file() else []
    outcomes: list[FileOutcome] = []
    for raw in sorted(files, key=_turn):
        known = join([outcome.cleaned for outcome in outcomes]).sources if outcomes else None
        outcomes.append(_clean_one(root, raw, known, corrections))
    archives = {raw.path for raw in files if raw.reader == portal.READER}
    _settle_answers([outcome for outcome in outcomes if outcome.file in archives])
    settle_targets(outcomes)
    return outcomes


def clean_resource(root: Path, path: str) -> FileOutcome:
    """Clean one file that the data package describes, named by its path below the project.

    Raises:
        StopIteration: the data package does not describe it.
    """
    raw = next(raw for raw in read_package(root) if raw.path == path)
    noted = root / PACKAGE.parent / "corrections.toml"
    return _clean_one(root, raw, None, read_corrections(noted) if noted.is_file() else [])


def clean_answers(root: Path, archives: list[RawFile]) -> list[FileOutcome]:
    """Clean described archives of the portal's answers, each beside the others; one outcome an archive.

    Raises:
        PackageUnreadable: see `portal.clean_portal`.
    """
    outcomes = [_clean_one(root, raw, None, []) for raw in archives]
    _settle_answers(outcomes)
    return outcomes


def _settle_answers(outcomes: list[FileOutcome]) -> None:
    settled = settle_versions([(outcome.file, outcome.cleaned) for outcome in outcomes])
    for outcome, (cleaned, said) in zip(outcomes, settled, strict=True):
        outcome.cleaned = cleaned
        outcome.notices.extend(said)


def settle_targets(outcomes: list[FileOutcome]) -> list[Message]:
    """Put targets of all files that contradict each other, none newer than the other, into the quarantine.

    Rows of decisions that were held are a problem of their file until another file, not published earlier, tells of the
    same decision. Returns what was added to the files: as a problem how many were held, as a notice how many rows of
    another count instead.
    """
    settled = hold_contradictions([outcome.cleaned for outcome in outcomes])
    together = join(settled)
    superseded = current_targets(together.targets, together.sources).superseded
    said: list[Message] = []
    for outcome, cleaned in zip(outcomes, settled, strict=True):
        held = cleaned.quarantine.iloc[len(outcome.cleaned.quarantine) :]
        outcome.cleaned = cleaned
        older = superseded[superseded["raw_location"].map(file_of) == outcome.file]
        if len(held):
            problem = message("targets_held", file=outcome.file, rows=len(held), cell=held["cell"].iloc[0])
            outcome.problems.append(problem)
            said.append(problem)
        if len(older):
            first = {"here": older["raw_location"].iloc[0], "there": older["superseded_by"].iloc[0]}
            notice = message("targets_superseded", file=outcome.file, rows=len(older), **first)
            outcome.notices.append(notice)
            said.append(notice)
        said += _settle_held(outcome, together)
    return said


def _settle_held(outcome: FileOutcome, together: Cleaned) -> list[Message]:
    """Tell a file of its held rows of decisions: which are told anew since, and which still do not count."""
    if not outcome.held_decisions:
        return []
    days = together.sources.set_index("source_id")["published"].to_dict()
    own = "".join(outcome.cleaned.sources["published"].head(1))
    rows = together.targets
    usable = (rows["raw_location"].map(file_of) != outcome.file) | rows["target_value"].notna()
    later = rows["source_id"].map(lambda key: not own or not days.get(key) or days[key] >= own).astype(bool)
    rows = rows[usable & later]
    mended, left = [], []
    for held in outcome.held_decisions:
        places = _told_anew(held, rows)
        if places:
            mended.append((held, places[0]))
        else:
            left.append(held)
    said = []
    if mended:
        values = {"rows": len(mended), "cell": mended[0][0].cell, "there": mended[0][1]}
        said.append(message("decisions_mended", file=outcome.file, **values))
        outcome.notices.append(said[-1])
    if left:
        names = list(dict.fromkeys(held.name for held in left))
        values = {"rows": len(left), "cell": left[0].cell, "names": names}
        said.append(message("decisions_held", file=outcome.file, **values))
        outcome.problems.append(said[-1])
    return said


def _told_anew(held: HeldDecision, rows: pd.DataFrame) -> list[str]:
    """Return where the decision of a held row is told of: the same document, else province and indicator."""
    names = {fold_text(name) for name in held.meant}
    said = zip(
        rows["province_code"], rows["province_frame"], rows["document"], rows["indicator"], strict=True
    )
    fits = [
        fold_text(province_name_of(code, frame)) in names
        and (not held.document or fold_text(document) == fold_text(held.document))
        and (not held.indicator or indicator == held.indicator)
        for code, frame, document, indicator in said
    ]
    return rows.loc[fits, "raw_location"].tolist() if held.document or held.indicator else []


def read_lines(path: Path) -> tuple[pd.DataFrame, dict[int, list[str]]]:
    """Return a UTF-8 CSV file as text and, apart, the rows that have another number of cells than the header.

    The index of the frame, and the keys of the rows apart, are the lines on which rows begin; empty lines are none.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.reader(stream)
        header = next(rows, [])
        cells: dict[int, list[str]] = {}
        begins = rows.line_num + 1
        for row in rows:
            cells[begins] = row
            begins = rows.line_num + 1
    filled = {line: row for line, row in cells.items() if any(row)}
    whole = {line: row for line, row in filled.items() if len(row) == len(header)}
    frame = pd.DataFrame(list(whole.values()), columns=header, index=list(whole), dtype="str")
    return frame, {line: row for line, row in filled.items() if line not in whole}


def _turn(raw: RawFile) -> int:
    if raw.reader not in READERS:
        raise PackageUnreadable(
            f"{raw.path}: no reader {raw.reader!r} in datapackage.json. Readers are {', '.join(READERS)}."
        )
    return READERS.index(raw.reader)


def _clean_one(
    root: Path, raw: RawFile, known: pd.DataFrame | None, corrections: list[Correction]
) -> FileOutcome:
    source = describe_source(raw.publisher, raw.title, raw.published, raw.url, raw.path)
    if raw.reader in ("spreadsheet", "decisions"):
        layout = read_layout(find_layout(root, raw)) if raw.layout else None
        outcome = clean_file(
            root / raw.path,
            layout=layout,
            corrections=corrections,
            source=source,
            name=raw.path,
            accessed=raw.accessed,
        )
        if raw.reader == "decisions" and not (outcome.problems or outcome.decided):
            heads = [head_words("announced"), head_words("target_value")]
            outcome.problems.append(message("no_decisions", file=raw.path, heads=heads))
        return outcome
    if raw.reader == own_indicators.READER:
        return _own_indicators(root, raw)
    if raw.reader == portal.READER:
        cleaned, found = portal.clean_portal(root, raw)
        return FileOutcome(
            raw.path,
            cleaned,
            problems=found.problems,
            notices=found.notices,
            rows_read=found.answers,
            path=root / raw.path,
        )
    lines, crooked = _read_columns(root, raw)
    rows, applied = correct_lines(lines, raw.path, corrections)
    notices: list[Message] = []
    if raw.reader == "published_figures":
        notices = mark_repeated(rows, raw.path)
        cleaned = clean_published_figures(rows, raw.path)
    elif raw.reader == "target_setting":
        cleaned = clean_target_setting(rows, raw.path, known)
    else:
        cleaned = clean_papi_dimension8(rows, raw.path, source)
    note_corrections(cleaned.observations, applied)
    cleaned = replace(
        cleaned, quarantine=_with_crooked(cleaned.quarantine, crooked, raw.path, lines.shape[1])
    )
    return FileOutcome(
        raw.path,
        cleaned,
        corrections=applied,
        rows_read=len(rows) + len(crooked),
        path=root / raw.path,
        notices=notices,
    )


def _own_indicators(root: Path, raw: RawFile) -> FileOutcome:
    """Return the outcome of the project's own codebook, which holds no figures: the codes that it adds.

    Raises:
        PackageUnreadable: it lies at another place than the one where it is looked for.
        CodebookWrong: see `reference.codebook`.
    """
    if raw.path != str(OWN_LINES):
        raise PackageUnreadable(
            f"{raw.path}: indicators of the project's own stand in {OWN_LINES}. Take this description out of "
            f'{PACKAGE.name}; dvctt add "{raw.path}" puts its lines there.'
        )
    path = root / raw.path
    codes = [line.code for line in read_codebook(path.read_bytes(), raw.path, package_codebook().known)]
    said = message("own_indicators", count=len(codes), codes=codes)
    return FileOutcome(raw.path, Intake().finish(), rows_read=len(codes), path=path, notices=[said])


def _read_columns(root: Path, raw: RawFile) -> tuple[pd.DataFrame, dict[int, list[str]]]:
    """Return the lines of a raw file whose reader needs columns of certain names.

    Raises:
        FileRefused: it is no UTF-8 text, or columns are missing.
    """
    try:
        lines, crooked = read_lines(root / raw.path)
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileRefused(raw.path, "no_csv", error=str(error)) from error
    absent = [name for name in NEEDED[raw.reader] if list(lines.columns).count(name) != 1]
    if absent:
        raise FileRefused(raw.path, "columns_absent", columns=absent, reader=raw.reader)
    return lines, crooked


def _with_crooked(
    quarantine: pd.DataFrame, crooked: dict[int, list[str]], file: str, width: int
) -> pd.DataFrame:
    lines = []
    for line, row in crooked.items():
        said = message("cells_uneven.counted", cells=len(row), width=width)
        lines.append(quarantine_line(file, "", f"A{line}", ",".join(row)[:200], said))
    return stack([quarantine, shape(lines, HELD_COLUMNS)], HELD_COLUMNS)
