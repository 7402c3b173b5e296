"""The brief of a study of units: from the project's tables to two pages, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from analysis.answers.by_target import effects_by_target
from analysis.answers.handed_on import take_answer
from analysis.cleaning.writing import write_text
from analysis.panels.handed_panels import take_panel
from analysis.panels.study_panel import placebo_panel
from analysis.project import find_root
from analysis.reporting.unit_brief import render_unit_brief
from analysis.study import StudyUnreadable, read_study


def make_unit_brief(name: str, out: Path | None = None, *, root: Path | None = None) -> list[Path]:
    """Write brief.vi.html and brief.en.html of a study of units and return their paths.

    Raises:
        StudyUnreadable: no such study, or one that compares provinces.
        PanelRefused, NotAnswered: the figures do not allow an answer; the message says why.
    """
    root = root or find_root()
    study = read_study(name, root=root)
    if not study.units:
        raise StudyUnreadable(
            f'study {study.name} compares provinces. A study of units names their province: units = "Thái Nguyên".'
        )
    panel = take_panel(study, root)
    answer = take_answer(panel, placebo_panel(study, root=root), root=root)
    by_target = effects_by_target(panel)
    pages = {language: render_unit_brief(panel, answer, by_target, language) for language in ("vi", "en")}
    folder = out or root / "reports" / "units" / study.name
    for language, page in pages.items():
        write_text(folder / f"brief.{language}.html", page)
    return [folder / f"brief.{language}.html" for language in pages]
