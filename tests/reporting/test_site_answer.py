"""The index answers first, by the rung of the strongest study."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.reporting.numbers import format_number
from analysis.reporting.site import render_site
from analysis.reporting.site_answer import answer_picture
from analysis.reporting.site_layers import Words
from analysis.reporting.texts import LANGUAGES, load_texts
from brief_worlds import NEW, OLD, answer, site_in_worlds


@pytest.fixture(scope="module")
def world(data):
    return site_in_worlds(data, OLD, NEW)


def _first_sentence(html: str) -> str:
    return html.split('id="answer">')[1].split("</p>")[0]


@pytest.mark.parametrize(
    ("language", "rung", "said"),
    [
        ("en", "passed", "We estimate the share of services with online dossiers in the 3 provinces known to have set "
         "targets 8.2 percentage points higher than it would otherwise have been (95% interval +6.4 to +10.0; "
         "administrative figures, January 2021 to June 2022)."),
        ("en", "failed", "was 8.2 percentage points higher than predicted after targets, alongside other changes"),
        ("en", "unclear", "We cannot tell whether targets made a difference"),
        ("vi", "passed", "ước tính cao hơn 8,2 điểm % so với trường hợp không giao chỉ tiêu "
         "(khoảng tin cậy 95%: +6,4 đến +10,0; số liệu hành chính, từ tháng 1/2021 đến tháng 6/2022)."),
        ("vi", "failed", "sau khi giao chỉ tiêu cao hơn mức dự báo 8,2 điểm %, cùng lúc với các thay đổi khác"),
        ("vi", "unclear", "Chưa đủ căn cứ kết luận"),
    ],
)  # fmt: skip
def test_the_first_sentence_answers_from_the_leading_study_by_its_rung(world, language, rung, said):
    panel, shown = world.answers[0]
    led = replace(world, answers=((panel, replace(shown, rung=rung)), *world.answers[1:]))
    html = render_site(led, {}, language)
    assert said in _first_sentence(html)
    assert ("+6.4" in html) == (language == "en")  # the interval stands in the same sentence
    assert html.count("<li>", html.index('class="also"'), html.index('id="monitor"')) == 4


def test_a_negative_effect_or_no_interval_is_said_as_it_is(world):
    panel = world.answers[0][0]
    lower = answer(panel, mean=(-2.0, None, None), rung="failed")
    said = _first_sentence(render_site(replace(world, answers=((panel, lower),)), {}, "en"))
    assert "2.0 percentage points lower than predicted" in said
    assert "no interval could be computed" in said


def test_without_panels_the_survey_answers_as_the_briefs_do(data):
    said = _first_sentence(render_site(data, {}, "en"))
    effect = data.answers[-1][1]
    assert effect.rung == "unclear"
    assert said.startswith(
        "We cannot tell whether targets made a difference: in the 10 provinces named in the press"
    )
    points = [
        format_number(100 / 3 * value, 1, "en") for value in (effect.effect.estimate, effect.effect.conf_high)
    ]
    assert all(f"+{text}" in said for text in points)
    assert 'class="also"' not in render_site(data, {}, "en")


def test_press_is_said_only_where_the_press_says_so(data):
    panel, shown = data.answers[-1]
    moved = tuple(replace(start, stated_by="official") for start in panel.starts[:1]) + panel.starts[1:]
    said = _first_sentence(
        render_site(replace(data, answers=((replace(panel, starts=moved), shown),)), {}, "en")
    )
    assert "in the 10 provinces known to have set targets" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_shows_the_means_of_both_groups(world, language):
    panel = world.answers[0][0]
    picture = answer_picture(world.answers, Words(load_texts("site", language), language))
    rows = panel.rows.assign(own=panel.rows["province_code"].isin(panel.treated))
    means = rows.groupby(["own", "period"])["outcome"].mean()
    start = min(one.period for one in panel.starts)
    for series, own in zip(picture["series"], (True, False), strict=True):
        before = means[own][means[own].index < start].mean()
        assert series["own"] == own
        assert series["values"] == pytest.approx((means[own] - before).tolist())
        assert series["text"][0]["text"] in picture["alt"]
    assert picture["start"]["place"] == sorted(rows["period"].unique()).index(start)


def test_without_an_answer_the_page_asks_its_question(data):
    html = render_site(replace(data, answers=()), {}, "en")
    assert "<h1>Do targets raise the use of online public services?</h1>" in html
    assert 'id="answer"' not in html and "<figure" not in html
