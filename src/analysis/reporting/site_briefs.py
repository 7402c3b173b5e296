"""The briefs that have been made: which files lie beside the index, and what their results.json says."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError
from analysis.reference.provinces import Province, provinces
from analysis.reporting.edition import RESULTS, find_changed


class BriefUnreadable(AnalysisError):
    """A results.json that is not one of a brief: cut off, of another province, or with a number missing."""


@dataclass(frozen=True)
class Reading:
    """One published figure: percent, ISO date, decimals as printed, and the raw row it came from."""

    value_pct: float
    date: str
    digits: int
    raw_location: str


@dataclass(frozen=True)
class Rise:
    """The change between two published figures of one province, percentage points."""

    change_pp: float
    digits: int
    before: Reading
    after: Reading


@dataclass(frozen=True)
class MadeBrief:
    """A brief as found on disk: its folder, files and headline by language, and the numbers the index repeats.

    `survey_pct` and `survey_year` are the province's latest survey share as the brief has it, None where the
    survey has no figure of it; `rise` is None where no two figures have been published.
    """

    province_code: str
    folder: Path
    languages: tuple[str, ...]
    files: tuple[str, ...]
    headline: Mapping[str, str]
    rise: Rise | None
    survey_pct: float | None
    survey_year: int | None


def find_briefs(reports: Path) -> dict[str, MadeBrief]:
    """Return the briefs that have been made, by province code.

    Raises:
        BriefUnreadable: a results.json is there but cannot be used.
    """
    found = {province.code: find_brief(province, reports) for province in provinces()}
    return {code: brief for code, brief in found.items() if brief is not None}


def find_brief(province: Province, reports: Path) -> MadeBrief | None:
    """Return the brief of a province, or None where none has been made.

    Raises:
        BriefUnreadable: results.json is there but cannot be used; the message says what was found in it.
    """
    folder = reports / province.slug
    try:
        content = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _unreadable(folder, province, f"it is no JSON that can be read ({error})") from error
    try:
        return _read(content, province, folder)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise _unreadable(folder, province, f"{type(error).__name__}: {error}") from error


def _unreadable(folder: Path, province: Province, found: str) -> BriefUnreadable:
    return BriefUnreadable(
        f"{folder / RESULTS} is not the results of the brief on {province.name_vi}: {found}. "
        f'Make that brief again: dvctt brief "{province.name_vi}"'
    )


def _read(content: Any, province: Province, folder: Path) -> MadeBrief | None:
    if content["province_code"] != province.code:
        raise ValueError(f"province_code is {content['province_code']!r}, expected {province.code!r}")
    made = tuple(lang for lang in content["languages"] if (folder / f"brief.{lang}.html").is_file())
    changed = find_changed(folder)
    if changed:
        raise ValueError(f"{', '.join(changed)} not as it was published")
    numbers, sources = content["numbers"], content["sources"]
    names = [RESULTS, *(f"brief.{lang}.{kind}" for lang in made for kind in ("html", "pdf"))]
    known = "own_last_pct" in numbers
    brief = MadeBrief(
        province_code=province.code,
        folder=folder,
        languages=made,
        files=tuple(name for name in names if (folder / name).is_file()),
        headline={lang: str(content["headline"][lang]) for lang in made},
        rise=_rise(numbers, sources),
        survey_pct=_number(numbers, "own_last_pct") if known else None,
        survey_year=round(_number(numbers, "own_last_year")) if known else None,
    )
    return brief if made else None


# Change, first and second figure with their dates: of a brief on a province panel, or on two dated figures.
_RISES = (
    ("p0_change", ("p0_base_value", "p0_base"), ("p0_last_value", "p0_last")),
    ("change_pp", ("before_value", "before_date"), ("after_value", "after_date")),
)


def _rise(numbers: Any, sources: Any) -> Rise | None:
    for change, before, after in _RISES:
        if change in numbers:
            return Rise(
                change_pp=_number(numbers, change),
                digits=int(numbers[change]["digits"]),
                before=_reading(numbers, sources, *before),
                after=_reading(numbers, sources, *after),
            )
    return None


def _reading(numbers: Any, sources: Any, value: str, date: str) -> Reading:
    entry = numbers[value]
    return Reading(
        value_pct=_number(numbers, value),
        date=str(numbers[date]["value"]),
        digits=int(entry["digits"]),
        raw_location=str(sources[entry["sources"][0]]["location"]),
    )


def _number(numbers: Any, name: str) -> float:
    value = float(numbers[name]["value"])
    if not math.isfinite(value):
        raise ValueError(f"{name} is {value}, expected a finite number")
    return value
