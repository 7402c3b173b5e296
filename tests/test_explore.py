"""The explorer answers every move of a widget: figure, table and sentence change together, or a reason is given."""

from __future__ import annotations

import re

import pytest

from analysis.errors import RequestError
from analysis.explore import explore
from analysis.explore import widgets as explorer
from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import UnknownProvince
from analysis.reporting.texts import load_texts
from analysis.study import StudyUnreadable


@pytest.fixture(scope="module")
def made():
    return explore()


@pytest.fixture
def live(made):
    """Return the explorer as a reader finds it: the survey, Thái Nguyên, all years, the study's own method."""
    fields = made.fields
    fields["language"].value, fields["method"].value, fields["study"].value = "en", "", "survey"
    fields["province"].value, fields["window"].value = "Thái Nguyên", ("2019", "2024")
    fields["provinces"].value = fields["first_treated"].value = fields["reading"].value = ""
    return made


@pytest.fixture
def in_made_world(made_project, monkeypatch):
    monkeypatch.setenv("DVCTT_ROOT", str(made_project.root))


def _shown(live) -> str:
    return live.box.children[-1].value


def test_menus_hold_all_provinces_in_order_the_studies_and_the_studys_periods(live):
    names = list(live.fields["province"].options)
    assert len(names) == 63 and names == sorted(names, key=sort_key)
    assert {"survey", "services", "dossiers-34"} <= set(live.fields["study"].options)
    assert list(live.fields["window"].options) == ["2019", "2020", "2021", "2022", "2023", "2024"]


def test_first_view_is_the_published_estimate_in_points(live):
    assert "differ by 0.66 percentage points (95% interval" in live.view.sentence
    assert live.view.table.frame["figures"].tolist() == [370] and "499 draws here, 9999 in" in live.view.note


@pytest.mark.parametrize("method", ["event-study", "synthetic-control", "callaway-santanna"])
def test_another_method_changes_figure_table_and_sentence(live, method):
    before = live.view
    live.fields["method"].value = method
    after = live.view
    assert before.figure.alt != after.figure.alt and repr(before.table) != repr(after.table)
    assert re.search(r"p = 0\.\d\d", after.sentence) and f"method='{method}'" in after.call
    assert after.figure.svg_base64 in _shown(live) and after.table._repr_html_() in _shown(live)


def test_window_treated_set_and_start_change_the_estimate_and_stand_in_the_call(live):
    whole = live.view.sentence
    live.fields["window"].value = ("2020", "2024")
    narrowed = live.view.sentence
    live.fields["provinces"].value = "Yên Bái, Thái Nguyên"
    assert "2 provinces with targets against 61 others" in live.view.sentence
    live.fields["first_treated"].value = "2023"
    assert len({whole, narrowed, live.view.sentence}) == 3
    assert live.view.call == (
        "explore(study='survey', first='2020', last='2024', provinces='Yên Bái, Thái Nguyên', first_treated='2023', "
        "live=False)"
    )


def test_the_call_gives_the_same_view(live):
    live.fields["method"].value, live.fields["province"].value = "synthetic-control", "Yên Bái"
    again = eval(live.view.call, {"explore": explore})
    assert again.sentence == live.view.sentence and again.figure.svg == live.view.figure.svg


def test_vietnamese_names_everything_and_writes_numbers_with_a_comma(live):
    live.fields["language"].value = "vi"
    assert "chênh nhau 0,66 điểm phần trăm" in live.view.sentence
    assert live.fields["window"].description == "Thời gian" and "đã giao chỉ tiêu" in live.view.figure.svg
    assert "theo hoán vị" in live.view.sentence and "Nguồn: " in live.view.figure.svg
    assert live.view.figure.alt.startswith("Hai đường theo kỳ") and "Source" not in live.view.figure.svg
    live.fields["method"].value = "before-after"
    assert "(không có số liệu cả nước của chỉ số này)" in live.view.sentence


def test_vietnamese_names_columns_readings_and_refusals(live):
    live.fields["language"].value = "vi"
    assert {"ước lượng, điểm phần trăm", "cận dưới", "cách suy luận"} <= set(live.view.table.frame)
    assert live.view.table.frame["cách suy luận"].tolist() == ["hoán vị chuẩn hóa"]
    live.fields["method"].value = "synthetic-control"
    assert list(live.view.table.frame) == ["tỉnh", "trọng số"]
    live.fields["province"].value = "Quảng Ninh"
    assert live.view.sentence.endswith("phương pháp cần đủ số liệu của mọi tỉnh ở mọi kỳ.")
    assert "no outcome in 2021, 2023" in live.view.note, "the message itself stays readable"
    live.fields["province"].value = "Thái Nguyên"
    live.fields["study"].value, live.fields["method"].value = "services", "before-after"
    shown = live.view.table.frame["cách hiểu số liệu cả nước"].tolist()
    assert "tốc độ bình quân của năm mà số “gấp … lần cùng kỳ” nói đến" in shown


def test_every_reading_has_its_name_in_both_languages():
    for language in ("vi", "en"):
        assert set(explorer.READINGS) <= set(load_texts("explore", language)["readings"])


def test_every_way_of_inference_has_its_name_in_both_languages():
    from analysis.estimation.inference import judge, of_averages

    names = {*judge.INFERENCES, *of_averages.INFERENCES, "placebo", "conformal"} - {"default"}
    for language in ("vi", "en"):
        assert names <= set(load_texts("explore", language)["inferences"])


def test_one_reading_of_the_national_figures_gives_one_number(live):
    live.fields["study"].value, live.fields["method"].value = "services", "before-after"
    assert re.search(r"The country over the same dates: [\d.]+ to [\d.]+;", live.view.sentence)
    live.fields["reading"].value = "year_on_year"
    assert "The country over the same dates: 4.8; the rest is 27.2 points" in live.view.sentence
    live.fields["reading"].value = "observed"
    assert "Readings of this pair: " in live.view.sentence


@pytest.mark.parametrize(
    ("moves", "reason"),
    [
        ({"method": "before-after"}, "no national figure"),
        ({"method": "imputation-logit"}, "takes a share in percent"),
        ({"study": "services"}, "no frequency at which most of the 63 provinces"),
        ({"method": "synthetic-control", "province": "Quảng Ninh"}, "no outcome in 2021, 2023"),
        ({"provinces": "Yên Bai, Nowhere"}, "Nowhere"),
        ({"first_treated": "soon"}, "first_treated = 'soon'"),
    ],
)
def test_what_cannot_be_estimated_gives_its_reason(live, moves, reason):
    for name, value in moves.items():
        live.fields[name].value = value
    assert reason in live.view.sentence and live.view.table is None and "explore(" in _shown(live)
    assert "Traceback" not in _shown(live)


def test_monthly_figures_are_answered_by_the_staggered_method(in_made_world):
    view = explore(False, study="services")
    assert (
        "9 provinces with targets against 54 others" in view.sentence
        and "imputation on logits" in view.sentence
    )
    pair = explore(False, study="services", method="before-after")
    assert "(31 December 2021) to 35.5% (31 July 2022)" in pair.sentence


def test_a_fault_is_named_and_no_old_view_stays(live, monkeypatch):
    monkeypatch.setattr(explorer, "look", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        live.fields["method"].value = "event-study"
    assert "fault of the program" in _shown(live) and "<img" not in _shown(live)


def test_without_a_kernel_the_last_view_is_read(live):
    bundle = live._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"] == live.view.as_html() and live.view.sentence in bundle["text/plain"]


@pytest.mark.parametrize(
    ("words", "error", "named"),
    [
        ({"province": "Thai Nguyn"}, UnknownProvince, "Thái Nguyên"),
        ({"study": "servces"}, StudyUnreadable, "Did you mean services"),
        ({"method": "magic"}, RequestError, "synthetic-control"),
        ({"language": "fr"}, RequestError, "Languages: vi, en"),
    ],
)
def test_wrong_parameters_are_refused_by_name(words, error, named):
    with pytest.raises(error, match=named):
        explore(False, **words)
