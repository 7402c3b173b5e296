"""`corrections.toml`: known errors of a producer, and findings that a person looked at and takes as right."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis.cleaning.readers.addresses import parse_address
from analysis.cleaning.readers.grid import TEXT, Sheet
from analysis.cleaning.readers.limits import FileRefused
from analysis.errors import RequestError

_ACCEPTED_KEYS = ("file", "period", "finding", "why")
_NEEDED = ("file", "cell", "expect", "value", "why")


class CorrectionUnreadable(RequestError):
    """`corrections.toml` is not what it should be."""


@dataclass(frozen=True)
class Correction:
    """One known error; `expect` is the text that must stand in the cell, or the correction is out of date."""

    file: str
    sheet: str
    cell: str
    expect: str
    value: str
    why: str
    reported: str = ""


@dataclass(frozen=True)
class Applied:
    """A correction that was made; `location` is the raw location of the cell."""

    location: str
    cell: str
    was: str
    now: str
    why: str


def read_corrections(path: Path) -> list[Correction]:
    """Return the corrections of a TOML file: tables [[correction]] with file, cell, expect, value, why.

    Raises:
        CorrectionUnreadable: broken TOML, a missing or unknown key, an address that is none.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("correction", [])
        for number, entry in enumerate(entries, start=1):
            _check_keys(f"[[correction]] {number}", entry, _NEEDED, (*_NEEDED, "sheet", "reported"))
        corrections = [Correction(**{"sheet": ""} | entry) for entry in entries]
        for correction in corrections:
            parse_address(correction.cell)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, ValueError, AttributeError) as error:
        raise CorrectionUnreadable(
            f"{path.name}: {error}. Expected [[correction]] with file, sheet (optional), cell, expect, value, why, "
            "reported (optional), all texts."
        ) from error
    return corrections


def _check_keys(place: str, entry: object, needed: Sequence[str], known: Sequence[str]) -> None:
    """Refuse an entry with a key that is none, or without one that it needs.

    Raises:
        TypeError: names the entry and the keys.
    """
    if not isinstance(entry, dict):
        raise TypeError(f"{place} is no table")
    strange = [f"“{key}” is no key" for key in entry if key not in known]
    lacking = [f"“{key}” is missing" for key in needed if key not in entry]
    texts = [
        f"“{key}” is no text"
        for key, value in entry.items()
        if "[[correction]]" in place and not isinstance(value, str)
    ]
    if strange or lacking or texts:
        raise TypeError(f"{place}: {', '.join([*strange, *lacking, *texts])}")


def correct_sheets(
    sheets: list[Sheet], file: str, corrections: Sequence[Correction]
) -> tuple[list[Sheet], list[Applied]]:
    """Apply the corrections of one file and say which were made.

    Raises:
        FileRefused: a cell does not hold what the correction expects, so the producer changed it.
    """
    applied: list[Applied] = []
    for correction in corrections:
        if Path(correction.file).name != Path(file).name:
            continue
        found = [n for n, sheet in enumerate(sheets) if correction.sheet in ("", sheet.name)]
        if not found:
            raise FileRefused(file, "correction_no_sheet", wanted=correction.sheet)
        sheet = sheets[found[0]]
        sheets = [*sheets]
        sheets[found[0]] = _correct(sheet, file, correction)
        where = f"{file}!{sheet.name}!" if sheet.name else f"{file}!"
        row, _ = parse_address(correction.cell)
        location = f"{file}:{row}" if sheet.lines else where + correction.cell
        applied.append(
            Applied(location, correction.cell, correction.expect, correction.value, correction.why)
        )
    return sheets, applied


def correct_lines(
    lines: pd.DataFrame, file: str, corrections: Sequence[Correction]
) -> tuple[pd.DataFrame, list[Applied]]:
    """Apply the corrections of one text table, whose index holds its lines, and say which were made.

    Raises:
        FileRefused: a cell does not hold what the correction expects.
    """
    applied: list[Applied] = []
    for correction in corrections:
        if Path(correction.file).name != Path(file).name:
            continue
        number, j = parse_address(correction.cell)
        known = number in lines.index and j < lines.shape[1]
        _expect(str(lines.loc[number].iloc[j]) if known else "", file, correction)
        lines = lines.copy()
        lines.loc[number, lines.columns[j]] = correction.value
        location = f"{file}:{number}"
        applied.append(
            Applied(location, correction.cell, correction.expect, correction.value, correction.why)
        )
    return lines, applied


def note_corrections(observations: pd.DataFrame, applied: list[Applied]) -> pd.DataFrame:
    """Say in the note of every corrected figure what it was and why it was changed."""
    for correction in applied:
        rows = observations["raw_location"] == correction.location
        if rows.any():
            note = f"corrected from {correction.was!r}: {correction.why}"
            old = observations.loc[rows, "note"]
            observations.loc[rows, "note"] = [f"{text}; {note}" if text else note for text in old]
    return observations


def _expect(stands: str, file: str, correction: Correction) -> None:
    if stands != correction.expect:
        found = {"cell": correction.cell, "stands": stands, "expected": correction.expect}
        raise FileRefused(file, "correction_stale", **found)


def _correct(sheet: Sheet, file: str, correction: Correction) -> Sheet:
    number, j = parse_address(correction.cell)
    i = sheet.numbers.index(number) if number in sheet.numbers else -1
    stands = sheet.text(i, j) if i >= 0 else ""
    _expect(stands, file, correction)
    rows, kinds = [*sheet.rows], [*sheet.kinds]
    rows[i] = [*rows[i][:j], correction.value, *rows[i][j + 1 :]]
    if kinds:
        kinds[i] = kinds[i][:j] + TEXT + kinds[i][j + 1 :]
    return replace(sheet, rows=rows, kinds=kinds)


@dataclass(frozen=True)
class Acceptance:
    """One finding that is right as it stands: the file, the last day of its period, the finding's name, the reason."""

    file: str
    period: str
    finding: str
    why: str

    def fits(self, file: str, end: str, finding: str) -> bool:
        """Tell whether this is the finding meant; the file may be given without its folders."""
        named = f"/{file}".endswith(f"/{self.file}")
        return named and (self.period, self.finding) == (end, finding)


def read_accepted(path: Path, findings: Collection[str]) -> list[Acceptance]:
    """Return the findings accepted in a corrections.toml; none where there is no such file.

    Raises:
        CorrectionUnreadable: broken TOML, a missing or unknown key, an unknown finding, no reason.
    """
    if not path.is_file():
        return []
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("accepted", [])
        for number, entry in enumerate(entries, start=1):
            _check_keys(f"[[accepted]] {number}", entry, _ACCEPTED_KEYS, _ACCEPTED_KEYS)
        accepted = [Acceptance(**{key: str(value) for key, value in entry.items()}) for entry in entries]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, AttributeError) as error:
        raise CorrectionUnreadable(
            f"{path.name}: {error}. Expected [[accepted]] with {', '.join(_ACCEPTED_KEYS)}, all texts."
        ) from error
    for number, one in enumerate(accepted, start=1):
        if one.finding not in findings:
            raise CorrectionUnreadable(
                f"{path.name}, [[accepted]] {number}: finding {one.finding!r} is not one of {', '.join(findings)}."
            )
        if not one.why.strip():
            raise CorrectionUnreadable(
                f"{path.name}, [[accepted]] {number}: “why” is empty. Say who confirmed the figures, and when."
            )
    return accepted
