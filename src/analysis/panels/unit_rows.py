"""The units of one province in the place of provinces: what a study of units is made from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analysis.study import Study


def unit_tables(
    study: Study,
    figures: pd.DataFrame | None,
    targets: pd.DataFrame | None,
    sources: pd.DataFrame | None,
    *,
    root: Path | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return figures and targets of the units of a study's province with the unit's code as `province_code`.

    From the project's tables, or from frames in the shapes of unit_observations and unit_targets, and the sources.
    """
    from analysis.cleaning import processed

    if figures is None or targets is None or sources is None:
        found = processed.of_units(study.units, study.frame, root)
        figures, targets, sources = (
            own if given is None else given
            for own, given in zip(found, (figures, targets, sources), strict=True)
        )
    return _of_units(figures, study), _of_units(targets, study), sources


def _of_units(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    own = rows[(rows["province_code"] == study.units) & (rows["province_frame"] == study.frame)]
    if study.unit_levels:
        own = own[own["unit_level"].isin(list(study.unit_levels))]
    return own.assign(province_code=own["unit_code"]).drop(columns="unit_code")
