"""The effect on those that were given the same target, each group against those without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.estimation.results import Estimate

if TYPE_CHECKING:
    from analysis.panels.study_panel import StudyPanel


def effects_by_target(panel: StudyPanel) -> dict[float, tuple[int, Estimate | None]]:
    """Return the effect on the units of each target, each against those without one, and how many units it is of."""
    from analysis.estimation.methods.did import did

    doses = panel.rows.drop_duplicates("province_code").set_index("province_code")["dose"].dropna()
    found: dict[float, tuple[int, Estimate | None]] = {}
    for dose in sorted(set(doses), reverse=True):
        others = [code for code in panel.treated if doses.get(code) != dose]
        own = panel.without(others)
        words: dict[str, Any] = {"draws": panel.study.draws, "seed": panel.study.seed}
        try:
            effect = did(own.rows, **own.columns, **words)
        except AnalysisError:
            effect = None
        found[float(dose)] = (len(own.treated), effect)
    return found
