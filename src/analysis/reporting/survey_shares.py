"""The survey's shares by province and year, and the two groups that the figures tell apart."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class SurveyShares:
    """Shares of residents, percent, and which provinces had targets from which year on.

    `rows` has one row a province and year: `province_code, period, share_pct`; `treated` are the codes of the
    provinces that set targets, `first_treated` is the first year after.
    """

    rows: pd.DataFrame
    treated: Collection[str]
    first_treated: int

    @cached_property
    def by_province(self) -> pd.DataFrame:
        """Each province's own series: index year, columns codes; a year without a figure is empty."""
        return self.rows.pivot_table(index="period", columns="province_code", values="share_pct")

    @cached_property
    def gaps(self) -> list[tuple[str, int]]:
        """Provinces and years without a figure, though the survey has one for the province in another year."""
        wide = self.by_province
        return [(str(code), int(year)) for code in wide for year in wide.index[wide[code].isna()]]

    @cached_property
    def means(self) -> pd.DataFrame:
        """The two groups' yearly means: index year, columns `treated` and `others`."""
        rows = self.rows.assign(group=self._group)
        return rows.pivot_table(index="period", columns="group", values="share_pct")

    @cached_property
    def counts(self) -> pd.Series[Any]:
        """How many provinces are in each group, index `treated` and `others`."""
        return self.rows["province_code"].groupby(self._group).nunique()

    @property
    def _group(self) -> pd.Series[Any]:
        treated = self.rows["province_code"].isin(self.treated)
        return treated.map({True: "treated", False: "others"}).rename("group")
