"""The explorer answers every move of a widget: figure, table and sentence change together, or a reason is given."""

from __future__ import annotations

import re
import time

import pytest

from analysis.errors import RequestError
from analysis.explore import explore
from analysis.explore import widgets as explorer
from analysis.reference.alphabet import sort_key
from analysis.reference.indicators import UnknownIndicator
from analysis.reference.provinces import UnknownProvince

SURVEYS = ["papi_d81_portal_access", "papi_d82_internet_access", "papi_d83_e_responsiveness"]
SHARE = "share_services_with_online_dossiers"
QUICK_SECONDS = 5.0  # a second on an idle machine; the rest is for a busy one


@pytest.fixture(scope="module")
def made():
    return explore()


@pytest.fixture
def live(made):
    """Return the explorer as a reader finds it: Thái Nguyên, portal access, all years, did."""
    made.method.value, made.indicator.value = "did", SURVEYS[0]
    made.province.value, made.window.value = "Thái Nguyên", (2019, 2024)
    return made


def _shown(live) -> str:
    return live.box.children[-1].value


def test_menus_hold_all_provinces_in_order_and_the_indicators_with_figures(live):
    names = list(live.province.options)
    assert len(names) == 63 and names == sorted(names, key=sort_key)
    assert names.index("Đà Nẵng") > names.index("Cao Bằng") and names[-1] == "Yên Bái"
    assert [code for _, code in live.indicator.options] == [*SURVEYS, SHARE]
    assert (live.window.min, live.window.max) == (2019, 2024)


def test_first_view_is_the_readmes_estimate(live):
    assert "differ by 0.020" in live.view.sentence and "95% interval" in live.view.sentence
    assert "999 permutations" in live.view.note
    assert "Thái Nguyên: 2019 0.45" in live.view.figure.alt
    assert list(live.view.table.frame["specification"]) == ["all others", "without doubtful provinces"]
    assert live.view.table.frame["province-years"].tolist()[0] == 370


@pytest.mark.parametrize("method", ["event-study", "synthetic-control"])
def test_another_method_changes_figure_table_and_sentence_quickly(live, method):
    before, began = live.view, time.monotonic()
    live.method.value = method
    assert time.monotonic() - began < QUICK_SECONDS
    after = live.view
    assert before.figure.alt != after.figure.alt and before.figure.svg != after.figure.svg
    assert repr(before.table) != repr(after.table) and before.sentence != after.sentence
    assert re.search(r"p = 0\.\d\d", after.sentence)
    assert after.figure.svg_base64 in _shown(live) and after.table._repr_html_() in _shown(live)


def test_another_province_changes_its_line_and_its_twin(live):
    live.province.value = "Bắc Ninh"
    assert (
        "Bắc Ninh: 2019" in live.view.figure.alt and "2021" not in live.view.figure.alt.split("Bắc Ninh")[1]
    )
    assert "among the others" in live.view.note
    live.province.value, live.method.value = "Yên Bái", "synthetic-control"
    first = live.view
    live.province.value = "An Giang"
    assert "so this is a placebo" in live.view.sentence and "Yên Bái" in first.sentence
    assert live.view.figure.alt != first.figure.alt and repr(live.view.table) != repr(first.table)


def test_other_years_change_the_estimate(live):
    live.window.value = (2020, 2024)
    assert "differ by 0.028" in live.view.sentence and "2019" not in live.view.figure.alt


def test_indicator_moves_the_slider_past_a_broken_definition(live):
    live.indicator.value = SURVEYS[2]
    assert live.window.value == (2020, 2024) and "PAPI 8.3" in live.view.figure.alt
    live.window.value = (2019, 2024)
    assert "the definition changed on 1 January 2020" in live.view.sentence and live.view.figure is None


def test_negative_control_says_what_a_difference_is_worth(live):
    live.indicator.value, live.method.value = SURVEYS[1], "event-study"
    assert "one that targets did not make" in live.view.note


def test_published_share_is_taken_apart(live):
    live.indicator.value, live.method.value = SHARE, "before-after"
    assert "14.0 to 28.4" in live.view.sentence and "28% on 31 March 2022" in live.view.figure.alt
    assert "rest, points" in live.view.table.frame.columns and len(live.view.table.frame) >= 5


@pytest.mark.parametrize(
    ("moves", "reason", "advice"),
    [
        ({"method": "before-after"}, "no national figure", "choose as indicator: Share of online services"),
        ({"indicator": SHARE}, "2 of 63 provinces", "choose as indicator: PAPI 8.1"),
        ({"window": (2022, 2024)}, "Bà Rịa – Vũng Tàu, Bắc Kạn", "Other years"),
        ({"window": (2019, 2021)}, "is treated between 2019 and 2021", "Other years"),
        ({"method": "synthetic-control", "province": "Quảng Ninh"}, "no outcome in 2021, 2023", "another province"),
        (
            {"method": "synthetic-control", "province": "Quảng Ninh", "window": (2023, 2023)},
            "in 2023 there is no figure of Quảng Ninh",
            "Other years",
        ),
        ({"indicator": SHARE, "method": "before-after", "province": "Sơn La"}, "only one published figure", ""),
        ({"indicator": SHARE, "method": "before-after", "window": (2023, 2024)}, "31 March 2022, 30 June 2022", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_estimated_gives_its_reason(live, moves, reason, advice):
    for name, value in moves.items():
        getattr(live, name).value = value
    assert reason in live.view.sentence and advice in live.view.note
    assert live.view.table is None and reason in _shown(live)
    assert "Traceback" not in _shown(live) and not re.search(r"\bnan\b|None\b(?! of)", _shown(live))


def test_refused_province_still_sees_the_nation(live):
    live.indicator.value, live.method.value, live.province.value = SHARE, "before-after", "Sơn La"
    assert "Published national figures" in live.view.figure.alt


def test_a_fault_is_named_and_no_old_view_stays(live, monkeypatch):
    monkeypatch.setattr(explorer, "look", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        live.method.value = "event-study"
    assert "fault of the program" in _shown(live) and "<img" not in _shown(live)


def test_still_picture_needs_no_widget():
    view = explore("Bắc Ninh", method="synthetic-control", live=False)
    assert "Bắc Ninh" in view._repr_html_() and not hasattr(view, "box")


def test_without_a_kernel_the_last_view_is_read(live):
    bundle = live._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"] == live.view.as_html() and live.view.sentence in bundle["text/plain"]


@pytest.mark.parametrize(
    ("words", "error", "named"),
    [
        ({"province": "Thai Nguyn"}, UnknownProvince, "Thái Nguyên"),
        ({"indicator": "papi_d81_portal_acces"}, UnknownIndicator, "papi_d81_portal_access"),
        ({"indicator": "n_services_level4"}, RequestError, SHARE),
        ({"method": "magic"}, RequestError, "synthetic-control"),
    ],
)
def test_wrong_parameters_are_refused_by_name(words, error, named):
    with pytest.raises(error, match=named):
        explore(**words)
