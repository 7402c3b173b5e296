"""A share that is another indicator than in its publisher's month before is said, whichever way it changed."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.cleaning.changed_shares import find_changed_shares
from analysis.cleaning.over_time import find_all
from analysis.cleaning.shapes import OBSERVATION_COLUMNS, shape

SUBMITTED, PROCESSED = "share_dossiers_submitted_online", "share_dossiers_processed_online"


def month(number: int, *codes: str, folder: str = "data/raw/bo/2023-05-01/", frame: str = "63") -> list[dict]:
    return [
        {
            "province_code": "01", "province_frame": frame, "indicator": code, "period_start": f"2023-0{number}-01",
            "period_end": f"2023-0{number}-28", "frequency": "M", "value": 40.0, "unit": "percent",
            "raw_location": f"{folder}t{number}.xlsx!S!B3",
        }
        for code in codes
    ]  # fmt: skip


def table(*rows: list[dict]) -> pd.DataFrame:
    return shape([row for part in rows for row in part], OBSERVATION_COLUMNS)


@pytest.mark.parametrize(("old", "new"), [(SUBMITTED, PROCESSED), (PROCESSED, SUBMITTED)])
@pytest.mark.parametrize("folder", ["data/raw/bo/2023-05-01/", ""])
def test_the_month_from_which_a_share_is_another_is_named_once(old, new, folder):
    same = {"folder": folder}
    rows = table(*(month(n, old, **same) for n in (1, 2)), *(month(n, new, **same) for n in (4, 5)))
    (found,) = find_changed_shares(rows)
    assert (found.file, found.end, found.grave, found.held) == (f"{folder}t4.xlsx", "2023-04-28", False, ())
    assert "2023-04" in str(found.said) and "2023-02" in str(found.said) and f"'{old}'" in str(found.said)
    assert found in find_all(rows)


@pytest.mark.parametrize(
    "rows",
    [
        (month(1, SUBMITTED), month(2, SUBMITTED)),
        (month(1, SUBMITTED, PROCESSED), month(2, PROCESSED)),
        (month(1, SUBMITTED), month(2, SUBMITTED, PROCESSED)),
        (month(1, SUBMITTED), month(2, PROCESSED, folder="data/raw/so/2023-05-01/")),
        (month(1, SUBMITTED), month(2, PROCESSED, frame="34")),
        (month(1, "share_services_with_online_dossiers"), month(2, PROCESSED)),
    ],
)
def test_shares_that_stand_together_or_come_from_elsewhere_say_nothing(rows):
    assert find_changed_shares(table(*rows)) == []


def test_a_publisher_who_sends_both_ways_in_other_folders_of_days_is_one():
    one, other = month(1, SUBMITTED), month(2, PROCESSED, folder="data/raw/bo/2023-06-01/")
    assert [found.end for found in find_changed_shares(table(one, other))] == ["2023-02-28"]
