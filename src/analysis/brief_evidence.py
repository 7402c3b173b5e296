"""What a brief rests on: province panels of the headline indicators where there are any, and the residents' survey."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.answers.handed_on import take_answer
from analysis.errors import AnalysisError
from analysis.panels.handed_panels import take_panel
from analysis.panels.refusals import PanelRefused
from analysis.panels.study_panel import StudyPanel, assemble_panel
from analysis.reporting.panel_findings import PanelFindings
from analysis.study import Study, StudyUnreadable, read_study, register

if TYPE_CHECKING:
    import pandas as pd

    from analysis.answers.study_answer import StudyAnswer
    from analysis.reference.provinces import Province

Frames = tuple["pd.DataFrame", "pd.DataFrame", "pd.DataFrame"]  # observations, targets, sources


def find_panels(
    place: Province, studies: str, *, draws: int = 0, seed: int = -1, root: Path | None = None
) -> tuple[PanelFindings, ...]:
    """Return the province panels that the figures allow, in the order of the studies, each seen from one province.

    Args:
        place: the province.
        studies: names of studies with commas between them, the one that is to lead first.
        draws, seed: of permutations; those of each study by default.
        root: the project's folder.

    Raises:
        StudyUnreadable: one of them is no study.
    """
    found = []
    for study in [read_study(name, root=root) for name in filter(None, map(str.strip, studies.split(",")))]:
        try:
            panel = take_panel(study, root)
        except PanelRefused:
            continue  # no figures of provinces for this study: the next best evidence is taken
        found.append(_findings(place, panel, draws, seed, root))
    return tuple(found)


def answer_survey(
    survey: str, frames: Frames | None = None, *, draws: int = 0, seed: int = -1, root: Path | None = None
) -> tuple[StudyPanel, StudyAnswer]:
    """Return the panel of the residents' survey and what it answers, with its placebo outcome.

    From the project's tables, or from `frames` in their shapes.

    Raises:
        StudyUnreadable: there is no such study, or it names no placebo outcome.
        PanelRefused: the survey's figures are not there.
    """
    study = read_study(survey, root=root)
    if not study.placebo_outcome:
        raise StudyUnreadable(
            f"study {survey}: placebo_outcome is missing: the code of an outcome that targets cannot move."
        )
    panels = [
        assemble_panel(one, *frames, root=root) if frames else take_panel(one, root)
        for one in (study, _on_placebo(study))
    ]
    return panels[0], take_answer(panels[0], panels[1], draws=draws, seed=seed, root=root)


def _on_placebo(study: Study) -> Study:
    """Return the study of the outcome that targets cannot move, as `placebo_panel` takes it."""
    return replace(study, outcome=study.placebo_outcome, placebo_outcome="")


def _findings(place: Province, panel: StudyPanel, draws: int, seed: int, root: Path | None) -> PanelFindings:
    """Return a panel with its answer, or with the reason why it allows none."""
    code = place.code if panel.study.frame == "63" else place.successor_code
    planned = panel.study.status == "registered" and (
        register(panel.study, panel.rows["raw_location"], root=root).is_planned
    )
    try:
        placebo = _placebo(panel.study, root)
        answer = take_answer(panel, placebo, draws=draws, seed=seed, root=root)
    except AnalysisError as error:
        return PanelFindings(panel, None, code, str(error), planned)
    return PanelFindings(panel, answer, code, planned=planned)


def _placebo(study: Study, root: Path | None) -> StudyPanel | None:
    """Return the panel of the outcome that targets cannot move, where the study names one and there are figures."""
    if not study.placebo_outcome:
        return None
    try:
        return take_panel(_on_placebo(study), root)
    except PanelRefused:
        return None


def dates_of(panel: StudyPanel) -> dict[str, str]:
    """Return the days that frame the survey's comparison, from its study and the codebook.

    By when a target counts, between which days others are looked for, the years between which the outcome jumps
    without a documented change, and the months around the first treated year for which counts would help.
    """
    study, flag = panel.study, panel.flags_inside[0][:4] if panel.flags_inside else ""
    first = int(panel.rows["treated_from"].dropna().astype(str).str[:4].min())
    dates = {
        "known_by": study.decided_until or max(start.day for start in panel.starts),
        "doubtful_first": study.doubtful_from,
        "doubtful_last": study.doubtful_until,
        "jump_from": f"{int(flag) - 1}-12-31" if flag else "",
        "jump_to": f"{flag}-12-31" if flag else "",
        "settle_from": f"{first - 1}-01-31",
        "settle_to": f"{first + 1}-06-30",
    }
    return {name: day for name, day in dates.items() if day}
