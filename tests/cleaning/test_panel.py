"""A panel is one unit, one map, one frequency, one definition, or it is refused."""

import numpy as np
import pandas as pd
import pytest

from analysis.cleaning import processed
from analysis.cleaning.panel import PanelRefused, build_panel, doubtful_provinces, treated_provinces

TEN = ["04", "06", "14", "15", "19", "20", "58", "77", "83", "92"]
D81 = "papi_d81_portal_access"


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return processed.observations()


def test_the_ten_treated_provinces_come_out_of_the_targets() -> None:
    assert treated_provinces(processed.targets()) == TEN
    assert treated_provinces(processed.targets(), by="2022-06-30") == ["15", "19"]


def test_doubtful_provinces_had_some_other_target_or_campaign() -> None:
    doubtful = doubtful_provinces(processed.targets())
    assert {"17", "24", "70"} <= set(doubtful)
    assert not set(doubtful) & set(TEN)


def test_the_survey_panel_gives_the_published_first_look(rows: pd.DataFrame) -> None:
    panel = build_panel(rows, indicator=D81, first=2019, last=2024, treated=TEN, first_treated=2022)
    assert len(panel) == 370
    assert panel.attrs["flags"] == ["2023-01-01"]
    on = (panel["treated_from"] <= panel["period"]).fillna(False).to_numpy(dtype=float)
    design = np.column_stack(
        [
            on,
            pd.get_dummies(panel["province_code"], dtype=float),
            pd.get_dummies(panel["period"], dtype=float).iloc[:, 1:],
        ]
    )
    estimate = np.linalg.lstsq(design, panel["outcome"].to_numpy(), rcond=None)[0][0]
    assert round(estimate, 4) == 0.0198  # data.md, "a first look at PAPI"


def test_treated_from_is_empty_for_the_others(rows: pd.DataFrame) -> None:
    panel = build_panel(rows, indicator=D81, treated=["19"], first_treated=2022)
    assert list(panel.columns) == ["province_code", "period", "outcome", "treated_from"]
    assert set(panel.loc[panel["treated_from"].notna(), "province_code"]) == {"19"}


def test_a_broken_definition_is_refused_by_name(rows: pd.DataFrame) -> None:
    with pytest.raises(PanelRefused, match=r"broke on 2020-01-01: data/raw/papi.*:2"):
        build_panel(rows, indicator="papi_d83_e_responsiveness")
    panel = build_panel(rows, indicator="papi_d83_e_responsiveness", first=2020)
    assert panel["period"].min() == 2020
    assert len(build_panel(rows, indicator="papi_d83_e_responsiveness", allow_breaks=True)) == 370


def test_duplicates_units_bounds_and_absent_rows_are_refused(rows: pd.DataFrame) -> None:
    papi = rows[rows["indicator"] == D81]
    with pytest.raises(PanelRefused, match="twice"):
        build_panel(pd.concat([papi, papi.head(1)]), indicator=D81)
    odd = papi.assign(unit=["percent", *papi["unit"].iloc[1:]])
    with pytest.raises(PanelRefused, match="Units are mixed"):
        build_panel(odd, indicator=D81)
    with pytest.raises(PanelRefused, match="bound"):
        build_panel(papi.assign(qualifier="over"), indicator=D81)
    with pytest.raises(PanelRefused, match="map 63: 370 rows"):
        build_panel(papi, indicator=D81, frequency="M")
    with pytest.raises(PanelRefused, match="Treated, but without a row"):
        build_panel(papi[papi["province_code"] != "19"], indicator=D81, treated=["19"], first_treated=2022)


def test_maps_are_never_mixed(rows: pd.DataFrame) -> None:
    papi = rows[rows["indicator"] == D81]
    mixed = pd.concat([papi, papi.head(3).assign(province_frame="34")])
    assert len(build_panel(mixed, indicator=D81)) == 370
