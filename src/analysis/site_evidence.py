"""What the index of briefs rests on: the answers of the studies, and every indicator that a map can show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analysis.brief_evidence import answer_survey, dates_of, find_panels
from analysis.cleaning import processed
from analysis.panels.layer_rows import layer_rows
from analysis.reference.provinces import provinces
from analysis.reporting.site_data import SiteData
from analysis.study import HEADLINE_INDICATORS

if TYPE_CHECKING:
    from analysis.answers.study_answer import StudyAnswer
    from analysis.panels.starts import Start
    from analysis.panels.study_panel import StudyPanel

SURVEY = "survey"  # the study of the residents' survey
PANELS = "services,dossiers,services-34,dossiers-34"  # studies of province panels; the first that has an answer leads


def read_site_data(root: Path) -> SiteData:
    """Read what the index shows beside the briefs: from the cleaned tables and the studies' answers."""
    observations, targets, sources = (
        processed.observations(root),
        processed.targets(root),
        processed.sources(root),
    )
    survey, shown = answer_survey(SURVEY, root=root)
    panels = _answered(root)
    starts = _starts(survey, *(panel for panel, _ in panels if panel.study.frame == "63"))
    dates = dates_of(survey)
    days = [dates["known_by"], *(start.day for start in starts.values() if start.day)]
    first = (*HEADLINE_INDICATORS, survey.study.outcome)
    held = processed.set_aside(root, indicators=HEADLINE_INDICATORS)
    names = [*(f"{name}.csv" for name in processed.TABLES), "README.md"]
    return SiteData(
        observations=observations,
        targets=targets,
        sources=sources,
        layers=layer_rows(observations, sources, held, first=first),
        treated=tuple(starts),
        doubtful=tuple(code for code in survey.doubtful if code not in starts),
        dates=dates | {"known_by": max(days)},
        tables={name: root / processed.FOLDER / name for name in names},
        answers=(*panels, (survey, shown)),
        stated_by={code: start.stated_by for code, start in starts.items()},
        decided_34=_starts(*(panel for panel, _ in panels if panel.study.frame == "34")),
    )


def _answered(root: Path) -> list[tuple[StudyPanel, StudyAnswer]]:
    """Return the province panels that have an answer in percentage points, the one that leads first."""
    found = find_panels(provinces()[0], PANELS, root=root)
    return [
        (one.panel, one.answer)
        for one in found
        if one.answer is not None and one.answer.points_per_unit is not None
    ]


def _starts(*panels: StudyPanel) -> dict[str, Start]:
    """Return the decision that counts of each province that set targets, by code; of several studies the first's."""
    found: dict[str, Start] = {}
    for panel in panels:
        for start in (*panel.starts, *panel.too_early, *panel.absent):
            found.setdefault(start.province_code, start)
    return dict(sorted(found.items()))
