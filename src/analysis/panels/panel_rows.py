"""How chosen figures become rows of a panel: treated from when, with which dose and weight; and which are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.panels.refusals import PanelRefused, shown_rows
from analysis.panels.starts import Start
from analysis.periods import periods_between
from analysis.reference.provinces import name_of

if TYPE_CHECKING:
    import pandas as pd

    from analysis.study import Study

POPULATION = "population"


def indicators_of(study: Study) -> tuple[str, ...]:
    """Return the indicators that a study's panel is made from."""
    return (study.outcome, *((POPULATION,) if study.weights == POPULATION else ()))


def lay_out(
    used: pd.DataFrame, starts: tuple[Start, ...], study: Study, frequency: str, observations: pd.DataFrame
) -> pd.DataFrame:
    """Return figures as rows of the panel, by province (or unit, then with its level as `region`) and period."""
    import pandas as pd

    codes = used["province_code"]
    last = used.groupby("province_code")["period"].max().to_dict()
    own = {
        start.province_code: start
        for start in starts
        if start.period <= str(last.get(start.province_code, ""))
    }
    rows = pd.DataFrame(
        {
            "province_code": codes,
            "province": used["unit_name"] if study.units else [name_of(code, study.frame) for code in codes],
            "period": used["period"],
            "outcome": used["value"],
            "treated_from": codes.map({code: start.period for code, start in own.items()}),
            "numerator": used["numerator"],
            "denominator": used["denominator"],
            "weight": _weights(used, study, observations),
            "dose": codes.map({code: start.dose for code, start in own.items()}).astype("float64"),
            "source_id": used["source_id"],
            "raw_location": used["raw_location"],
            **({"region": used["unit_level"]} if study.units else {}),
        }
    )
    if frequency == "A":
        rows["period"] = rows["period"].astype("int64")
        rows["treated_from"] = pd.to_numeric(rows["treated_from"]).astype("Int64")
    else:
        rows["treated_from"] = rows["treated_from"].astype("object").where(rows["treated_from"].notna(), None)
    return rows.sort_values(["province_code", "period"], ignore_index=True)


def _weights(used: pd.DataFrame, study: Study, observations: pd.DataFrame) -> pd.Series[float]:
    """Return a weight a row: 1, the counts behind the share, or the newest population of the province.

    Raises:
        PanelRefused: rows or provinces without what the study weighs by.
    """
    import pandas as pd

    if study.weights == "denominator":
        bare = used[used["denominator"].isna()]
        if len(bare):
            raise PanelRefused(
                f"{shown_rows(bare)} have no denominator, and the study weighs by it. Set "
                'weights = "none", or add a table with the counts.'
            )
        return used["denominator"].astype("float64")
    if study.weights == "population":
        people = observations[
            (observations["indicator"] == POPULATION) & (observations["province_frame"] == study.frame)
        ].sort_values("period_end")
        newest = people.drop_duplicates("province_code", keep="last").set_index("province_code")["value"]
        missing = sorted(set(used["province_code"]) - set(newest.index))
        if missing:
            raise PanelRefused(
                f"No population of {', '.join(name_of(code, study.frame) for code in missing[:6])} "
                f'({len(missing)} provinces). Add a table of the indicator "{POPULATION}", or set weights = "none".'
            )
        return used["province_code"].map(newest).astype("float64")
    return pd.Series(1.0, index=used.index)


def find_gaps(rows: pd.DataFrame, frequency: str) -> pd.DataFrame:
    """List the cells without a figure: every province with any figure, every period from the first to the last."""
    import pandas as pd

    labels = periods_between(str(rows["period"].min()), str(rows["period"].max()))
    everything = pd.MultiIndex.from_product(
        [sorted(set(rows["province_code"])), [int(p) for p in labels] if frequency == "A" else labels],
        names=["province_code", "period"],
    )
    there = pd.MultiIndex.from_frame(rows[["province_code", "period"]])
    return everything.difference(there).to_frame(index=False)
