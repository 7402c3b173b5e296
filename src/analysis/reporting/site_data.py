"""What the index of briefs rests on: layers of figures, answers of the studies, decisions, targets, files beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.panels.layer_rows import LayerRows
from analysis.reference.provinces import provinces, successors
from analysis.reporting.site_layers import STATUSES

if TYPE_CHECKING:
    from analysis.answers.study_answer import StudyAnswer
    from analysis.panels.starts import Start
    from analysis.panels.study_panel import StudyPanel


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
