"""Periods that comparison over time set aside are named where more than a few provinces are and nothing is left."""

from __future__ import annotations

import pytest

from analysis.panels.own_pair import choose_pair
from analysis.panels.set_aside import periods_set_aside
from analysis.panels.study_panel import assemble_panel
from analysis.reporting.own_words import introduce_pair
from analysis.reporting.study_words import describe_data
from analysis.study import Study
from frames import DOSSIERS, SERVICES, figure, months, observations, sources, target, targets

STUDY = Study(name="made", outcome=SERVICES)
SOURCES = sources(("s", "a table", "2022"))


def _held(period):
    return observations(months(period, period))


def test_a_panel_and_a_pair_name_what_was_set_aside():
    rows, held = months(last="2021-10"), _held("2021-11")
    decided = targets([target("19", "2021-05-05")])
    panel = assemble_panel(STUDY, observations(rows), decided, SOURCES, held=held)
    assert (panel.periods[-1], panel.set_aside) == ("2021-10", ("2021-11",))
    assert "The figures of 2021-11 were set aside whole" in describe_data(panel)
    pair = choose_pair(observations(rows), SOURCES, decided, STUDY, "Thái Nguyên", held=held)
    assert pair.set_aside == ("2021-11",) and "2021-11 were set aside" in repr(introduce_pair(pair))
    assert "set aside" not in describe_data(assemble_panel(STUDY, observations(rows), decided, SOURCES))


def test_what_the_study_does_not_look_at_is_not_named():
    rows, decided = observations(months(last="2021-10")), targets([target("19", "2021-05-05")])
    inside = Study(name="made", outcome=SERVICES, last="2021-10")
    assert assemble_panel(inside, rows, decided, SOURCES, held=_held("2021-11")).set_aside == ()


@pytest.mark.parametrize(
    ("held", "there"),
    [
        (observations(months("2021-11", "2021-11")[:5]), ()),  # a few rows were held, not the file
        (observations([figure("VN", "2021-11", 40)]), ()),
        (observations(months("2021-11", "2021-11")), ("2021-11",)),  # the file was sent again
        (observations(months("2021-11", "2021-11", indicator=DOSSIERS)), ()),
        (observations(months("2021-11", "2021-11", province_frame="34")), ()),
    ],
)
def test_a_period_with_figures_or_of_something_else_is_not_set_aside(held, there):
    assert periods_set_aside(held, there, indicator=SERVICES, frame="63", frequency="M") == ()
