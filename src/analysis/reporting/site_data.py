"""What the index rests on: layers of figures, answers of the studies, decisions, targets, the briefs at hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.errors import AnalysisError
from analysis.panels.layer_rows import LayerRows
from analysis.reference.provinces import NATION_PLACE, Province, provinces, successors
from analysis.reporting.edition import COMMON, RESULTS, find_changed
from analysis.reporting.figures_used import FILE as FIGURES
from analysis.reporting.request_form import FILES as FORMS
from analysis.reporting.site_layers import STATUSES

if TYPE_CHECKING:
    from analysis.answers.study_answer import StudyAnswer
    from analysis.panels.starts import Start
    from analysis.panels.study_panel import StudyPanel


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


def find_notes(briefs: Mapping[str, MadeBrief]) -> dict[str, Path]:
    """Return the page of notes that the briefs link to, by language; empty where none was made."""
    pages = {lang: one.folder.parent / name for one in briefs.values() for lang, name in COMMON.items()}
    return {language: page for language, page in pages.items() if page.is_file()}


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
    pages = [f"brief.{lang}.{kind}" for lang in made for kind in ("html", "pdf")]
    names = [RESULTS, FIGURES, *pages, *(FORMS[lang] for lang in made)]
    brief = MadeBrief(
        province_code=province.code,
        folder=folder,
        languages=made,
        files=tuple(name for name in names if (folder / name).is_file()),
        headline={lang: str(content["headline"][lang]) for lang in made},
    )
    return brief if made else None


@dataclass(frozen=True)
class SiteData:
    """The frames behind the index.

    `observations`, `targets` and `sources` are the cleaned tables; `layers` the figures that a map can show; `treated`
    and `doubtful` codes on the 63-unit map; `dates` frame the survey's comparison; `tables` are the files to lie under
    `data/`, by their name there. `answers` are those of the studies with their panels, the strongest evidence first and
    the survey last; `stated_by` says by code who states the decision of a treated province; `decided_34` are the
    decisions on the 34-unit map; `stale` the codes of the places whose briefs would be made anew.
    """

    observations: pd.DataFrame
    targets: pd.DataFrame
    sources: pd.DataFrame
    layers: tuple[LayerRows, ...]
    treated: tuple[str, ...]
    doubtful: tuple[str, ...]
    dates: Mapping[str, str]
    tables: Mapping[str, Path]
    answers: tuple[tuple[StudyPanel, StudyAnswer], ...] = ()
    stated_by: Mapping[str, str] = field(default_factory=dict)
    decided_34: Mapping[str, Start] = field(default_factory=dict)
    stale: frozenset[str] = frozenset()

    def statuses(self, frame: str) -> dict[str, str]:
        """Return `set`, `doubtful` or `not_known` for every province of a map."""
        if frame == "34":
            return {code: STATUSES[0] if code in self.decided_34 else STATUSES[2] for code in successors()}
        kinds = dict.fromkeys((province.code for province in provinces()), STATUSES[2])
        return kinds | dict.fromkeys(self.doubtful, STATUSES[1]) | dict.fromkeys(self.treated, STATUSES[0])

    def access_date(self) -> str:
        """Return the latest day on which a raw file was accessed; raw folders are named after it."""
        days = self.observations["raw_location"].str.extract(r"/(\d{4}-\d{2}-\d{2})/")[0]
        return str(days.dropna().max())
