"""What the estimation tests share: the real survey panel, and other studies' data where they lie beside us."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
REFDATA = ROOT.parent / "shared" / "refdata"
TEN = ("04", "92", "83", "06", "14", "58", "20", "19", "15", "77")


@pytest.fixture(scope="session")
def papi() -> pd.DataFrame:
    """PAPI dimension 8, 63 provinces in 2019-2024, with the ten provinces treated from 2022."""
    (path,) = (ROOT / "data" / "raw" / "papi").glob("*/papi_dimension8_2019_2024.csv")
    scores = pd.read_csv(path, dtype={"province_code": str})
    return scores.assign(treated_from=scores["province_code"].isin(TEN) * 2022)


@pytest.fixture(scope="session")
def refdata() -> Callable[[str], pd.DataFrame]:
    """Read another study's data set by name; the test skips where the folder is absent."""

    def read(name: str) -> pd.DataFrame:
        path = REFDATA / f"{name}.csv"
        if not path.exists():
            pytest.skip(f"{name}.csv does not lie in shared/refdata beside the project")
        return pd.read_csv(path)

    return read
