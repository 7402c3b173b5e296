"""Made-up worlds for briefs: frames in the shapes of the project's tables, and answers with the figures asked for.

Nothing here is computed by an estimator: what is tested is what a brief says of an answer, not the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.answers.study_answer import SEVERAL_STARTS, OwnEffect, StudyAnswer
from analysis.estimation.results import Check, Estimate
from analysis.panels.layer_rows import layer_rows
from analysis.panels.study_panel import StudyPanel, assemble_panel
from analysis.periods import last_day_of, periods_between
from analysis.project import find_root
from analysis.reference.provinces import find_province, provinces, successors
from analysis.reporting.evidence import Evidence
from analysis.reporting.panel_findings import PanelFindings
from analysis.reporting.site_data import SiteData
from analysis.study import HEADLINE_INDICATORS, read_study

SERVICES, DOSSIERS = "share_services_with_online_dossiers", "share_dossiers_processed_online"
# Province: first treated period; of the 34 another set.
STARTS = {"M": {"19": "2021-09", "77": "2021-10", "45": "2021-11"}, "Q": {"19": "2021Q3", "77": "2021Q4"}}
STARTS_34 = {"15": "2026-01", "44": "2026-02"}
PUBLISHER = "Bộ Thông tin và Truyền thông"


@dataclass(frozen=True)
class World:
    """Frames of a made-up panel: monthly or quarterly, on the map of 63 or 34, with decisions."""

    frequency: str = "M"
    frame: str = "63"
    first: str = "2021-01"
    last: str = "2022-06"
    missing: tuple[tuple[str, str], ...] = ()
    early: tuple[str, ...] = ()  # provinces that decided before the first period

    @property
    def periods(self) -> list[str]:
        return periods_between(self.first, self.last)

    @property
    def starts(self) -> dict[str, str]:
        known = STARTS[self.frequency] if self.frame == "63" else STARTS_34
        return known | dict.fromkeys(self.early, self.first)

    @cache  # noqa: B019 - a handful of worlds, alive as long as the tests
    def observations(self) -> pd.DataFrame:
        rng = np.random.default_rng(1)
        codes = [p.code for p in provinces()] if self.frame == "63" else sorted(successors())
        rows = []
        for code in codes:
            level = rng.uniform(8, 20)
            for number, period in enumerate(self.periods):
                if (code, period) in self.missing:
                    continue
                total = int(rng.integers(900, 1900))
                treated = period >= self.starts.get(code, "9")
                counted = int(total * min(95.0, level + 1.2 * number + 8 * treated) / 100)
                rows += [self._row(code, name, period, total, counted) for name in (SERVICES, DOSSIERS)]
        return pd.DataFrame(rows)

    def _row(self, code: str, indicator: str, period: str, total: int, counted: int) -> dict[str, object]:
        end = last_day_of(period)
        file = f"data/raw/bo/2026-11-22/bao-cao-{period}.xlsx"
        return {
            "province_code": code, "province_frame": self.frame, "indicator": indicator,
            "period_start": f"{end[:8]}01", "period_end": end, "frequency": self.frequency,
            "value": round(100 * counted / total, 2), "unit": "percent", "numerator": float(counted),
            "denominator": float(total), "qualifier": "exact", "source_id": "bo", "note": "",
            "raw_location": f"{file}!Biểu 1!B{code}",
        }  # fmt: skip

    def targets(self, stated_by: str = "official") -> pd.DataFrame:
        return pd.DataFrame(
            [
                {
                    "province_code": code, "province_frame": self.frame, "indicator": name,
                    "announced": last_day_of(start)[:8] + "05", "date_precision": "day", "effective_from": "",
                    "target_value": 60.0, "unit": "percent", "qualifier": "at_least",
                    "deadline": f"{start[:4]}-12-31", "scope": "các sở, ban, ngành; UBND cấp huyện",
                    "document": "1/QĐ-UBND", "stated_by": stated_by, "source_id": "qd", "note": "",
                    "raw_location": f"data/raw/qd/2026-11-22/qd.xlsx!Quyết định!C{number}",
                }
                for number, (code, start) in enumerate(self.starts.items(), 5)
                for name in (SERVICES, DOSSIERS)
            ]
        )  # fmt: skip

    def sources(self) -> pd.DataFrame:
        folder = "data/raw/bo/2026-11-22"
        lines = [
            ("bo", PUBLISHER, "Báo cáo", folder),
            ("qd", "UBND các tỉnh", "Danh sách quyết định", folder),
        ]
        return pd.DataFrame(
            [
                {
                    "source_id": key,
                    "publisher": who,
                    "title": title,
                    "published": "",
                    "url": "",
                    "resource": where,
                }
                for key, who, title, where in lines
            ]
        )

    @cache  # noqa: B019 - as above
    def panel(self, name: str) -> StudyPanel:
        study = read_study(name, root=find_root())
        return assemble_panel(study, self.observations(), self.targets(), self.sources(), root=Path())


def estimate(
    value: float, low: float | None, high: float | None, method: str = "imputation-logit"
) -> Estimate:
    """Return an effect in points with this interval."""
    return Estimate(
        method=method, estimand="mean effect", estimate=value, unit="percent", n_obs=900, n_units=63, n_treated=3,
        inference="studentised-permutation", conf_low=low, conf_high=high, p_value=0.01,
    )  # fmt: skip


def answer(
    panel: StudyPanel,
    own: tuple[float, float | None, float | None] = (7.5, 3.1, 11.9),
    mean: tuple[float, float | None, float | None] = (8.2, 6.4, 10.0),
    *,
    passed: bool | None = True,
    rung: str = "passed",
) -> StudyAnswer:
    """Return an answer with these figures for every treated province and their mean."""
    shown = estimate(*mean)
    other = estimate(3.0, 1.0, 5.0, "imputation")
    effects = tuple(
        OwnEffect(code, own[0], own[1], own[2], 0.02, str(panel.periods[6]), str(panel.periods[-1]), 6)
        for code in panel.treated
    )
    return StudyAnswer(
        study=panel.study.name, outcome=panel.study.outcome, frequency=panel.frequency, frame=panel.study.frame,
        unit=panel.unit, points_per_unit=panel.points_per_unit, first=str(panel.periods[0]),
        last=str(panel.periods[-1]), n_provinces=int(panel.rows["province_code"].nunique()),
        n_treated=len(panel.treated), design=SEVERAL_STARTS, headline="imputation-logit",
        estimates={"imputation-logit": shown, "imputation": other}, own=effects,
        checks=(Check("pre-trend", passed, "made up"),), rung=rung,
    )  # fmt: skip


def evidence_in(base: Evidence, *worlds: World, **answers: object) -> Evidence:
    """Return a province's evidence with the panels of these worlds; `answers` go to `answer`."""
    panels, place = [], base.province
    for world in worlds:
        names = ("services", "dossiers") if world.frame == "63" else ("services-34", "dossiers-34")
        code = find_province(place.name_vi).code if world.frame == "63" else place.successor_code
        for name in names:
            panel = world.panel(name)
            panels.append(PanelFindings(panel, answer(panel, **answers), code))
    return replace(
        base,
        panels=tuple(panels),
        targets=pd.concat([base.targets, *(world.targets() for world in worlds)], ignore_index=True),
        sources=pd.concat([base.sources, *(world.sources() for world in worlds)], ignore_index=True),
    )


# One month of Hà Nội is missing, the newest.
OLD, NEW = World(missing=(("01", "2022-06"),)), World(frame="34", first="2025-07", last="2026-10")


def site_in_worlds(base: SiteData, *worlds: World) -> SiteData:
    """Return the index's data with panels, answers and figures of these worlds; one decision is official."""
    panels, layers, decided = [], [], {}
    for world in worlds:
        names = ("services", "dossiers") if world.frame == "63" else ("services-34", "dossiers-34")
        panels += [world.panel(name) for name in names]
        layers += layer_rows(world.observations(), world.sources(), first=HEADLINE_INDICATORS)
        if world.frame == "34":
            decided = {start.province_code: start for start in panels[-1].starts}
    return replace(
        base,
        treated=(*base.treated, "45"),
        answers=(*((panel, answer(panel)) for panel in panels), *base.answers),
        stated_by=dict(base.stated_by) | {"45": "official"},
        decided_34=decided,
        layers=(*layers, *base.layers),
    )
