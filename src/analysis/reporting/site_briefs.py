"""The briefs that have been made: which files lie beside the index, and what their results.json says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError
from analysis.reference.provinces import NATION_PLACE, Province, provinces
from analysis.reporting.edition import RESULTS, find_changed


class BriefUnreadable(AnalysisError):
    """A results.json that is not one of a brief: cut off, of another province, or with a number missing."""


@dataclass(frozen=True)
class MadeBrief:
    """A brief as found on disk: its folder, its languages and files, and its headline by language."""

    province_code: str
    folder: Path
    languages: tuple[str, ...]
    files: tuple[str, ...]
    headline: Mapping[str, str]


def find_briefs(reports: Path) -> dict[str, MadeBrief]:
    """Return the briefs that have been made, by province code; the country's page under `VN`.

    Raises:
        BriefUnreadable: a results.json is there but cannot be used.
    """
    found = {place.code: find_brief(place, reports) for place in (*provinces(), NATION_PLACE)}
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
    names = [RESULTS, *(f"brief.{lang}.{kind}" for lang in made for kind in ("html", "pdf"))]
    brief = MadeBrief(
        province_code=province.code,
        folder=folder,
        languages=made,
        files=tuple(name for name in names if (folder / name).is_file()),
        headline={lang: str(content["headline"][lang]) for lang in made},
    )
    return brief if made else None
