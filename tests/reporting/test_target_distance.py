"""Figures against targets: reached, missed or open by the last figure before the deadline, and the pace it left."""

from __future__ import annotations

import pytest

from analysis.cleaning import processed
from analysis.panels.published_results import Point
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import find_province
from analysis.reporting.target_distance import (
    answer_targets,
    distances_to_targets,
    measure_distance,
    table_of_distances,
)
from reading_briefs import all_text

SHARE = find_indicator("share_services_with_online_dossiers")
BREAKS = [day.isoformat() for day in SHARE.breaks]
TARGET = {
    "province_code": "VN", "target_value": 80.0, "deadline": "2022-12-31", "scope": "", "source_id": "s",
    "raw_location": "t.csv:2",
}  # fmt: skip
PLACE = find_province("Thái Nguyên")


def _point(date: str, value: float) -> Point:
    return Point(date, value, "exact", "s", f"f.csv:{value:g}")


SIXTY = _point("2022-06-30", 60)


def _measured(*points: Point, today="2026-11-21", breaks=()):
    return measure_distance(TARGET, points, breaks=breaks, today=today)


def test_distance_and_both_paces_are_points_a_month():
    found = _measured(_point("2022-03-31", 28), _point("2022-06-30", 60))
    # 91 days and 184 days of 30.4375: exact but for the last digit.
    assert found.distance_pp == 20 and found.months_left == pytest.approx(184 / 30.4375)
    assert found.needed_pp == pytest.approx(20 / (184 / 30.4375)) and found.pace_pp == pytest.approx(
        32 / (91 / 30.4375)
    )
    assert found.state == "missed" and not found.recounted


@pytest.mark.parametrize(
    ("points", "today", "state", "said"),
    [
        ([SIXTY], "2022-08-01", "open", "20 points short. That left 6 months at 3.3 points a month."),
        ([SIXTY], "2023-01-01", "missed", "By the last figure known before it the target was not reached"),
        ([_point("2022-06-30", 81)], "2023-01-01", "reached", "reached: Thái Nguyên stood at 81% on 30 June 2022."),
        ([_point("2022-12-31", 79)], "2023-01-01", "missed", "79% on 31 December 2022, 1 point short."),
        ([_point("2023-06-30", 90)], "2024-01-01", "no_figure", "next figure, after the deadline, is 90%"),
        ([], "2024-01-01", "no_figure", "no figure of Thái Nguyên was published by then"),
    ],
)  # fmt: skip
def test_state_is_that_of_the_last_figure_before_the_deadline(points, today, state, said):
    found = _measured(*points, today=today)
    assert found.state == state
    assert said in answer_targets([found], PLACE).text
    page = table_of_distances([found], PLACE)._repr_html_()
    assert "nan" not in page and "None" not in page


def test_of_a_figure_of_the_day_itself_nothing_is_unknown():
    found = _measured(SIXTY, _point("2022-12-31", 79), today="2023-01-01")
    text = answer_targets([found], PLACE).text
    assert "The target was not reached." in text and "not known" not in text and "That left" not in text
    assert "not reached on the day of the deadline" in table_of_distances([found], PLACE)._repr_html_()


def test_a_figure_of_years_before_a_deadline_that_has_passed_does_not_measure_it():
    old = _point("2021-06-30", 60)
    assert _measured(old, today="2023-01-01").state == "no_figure"
    assert _measured(old, today="2022-01-01").state == "open"


def test_definition_that_changed_is_told_and_gives_no_pace():
    found = _measured(_point("2022-03-31", 28), _point("2022-10-31", 60), breaks=BREAKS)
    assert found.pace_pp is None and not found.recounted
    early = _measured(_point("2022-06-30", 60), breaks=BREAKS)
    assert early.recounted and "The definition changed" in answer_targets([early], PLACE).text


def test_own_targets_come_first_each_once():
    words = {"indicator": SHARE.code, "breaks": BREAKS}
    tables = processed.observations(), processed.targets()
    found = distances_to_targets(*tables, province="77", **words)
    assert [(one.setter, one.target_pct, one.last) for one in found] == [("77", 80, None), ("VN", 80, None)]
    assert found[0].scope, "of two rows that print one target, the one that says whom it binds"
    (national,) = distances_to_targets(*tables, province="19", **words)
    assert national.last.value_pct == 60 and national.distance_pp == 20
    assert distances_to_targets(*tables, province="19", indicator="papi_d81_portal_access") == ()
    assert "No target with a level and a deadline" in answer_targets((), PLACE).text
    assert "no rows" in table_of_distances((), PLACE)._repr_html_()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_notebook_and_brief_say_the_same_distance(assemble, language):
    numbers = assemble("Thái Nguyên", language)["ledger"]["numbers"]
    tables = processed.observations(part="19"), processed.targets()
    (found,) = distances_to_targets(*tables, province="19", indicator=SHARE.code, breaks=BREAKS)
    assert numbers["distance_pp"]["value"] == found.distance_pp
    assert (
        numbers["needed_pp"]["value"] == found.needed_pp
        and numbers["months_left"]["value"] == found.months_left
    )
    assert numbers["pace_pp"]["value"] == pytest.approx(found.pace_pp)


def test_brief_names_an_own_target_where_its_level_is_known(assemble):
    table = _cells(assemble("Bà Rịa – Vũng Tàu", "en"), "aims")
    assert ["at least 80%", "31 December 2022"] in [row[1:3] for row in table] and len(table) == 3
    assert "does not give the level Thái Nguyên set" in all_text(assemble("Thái Nguyên", "en"), "figures")
    assert not [part for part in assemble("An Giang", "en")["sections"] if part["id"] == "aims"]


def _cells(brief, section):
    (table,) = [item for part in brief["sections"] if part["id"] == section for item in part["items"]]
    return [["".join(span["text"] for span in cell) for cell in row] for row in table["body"]]
