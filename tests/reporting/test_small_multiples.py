"""Small multiples: a panel a province on the same axes, in Vietnamese order, one set off from the rest."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest
from matplotlib.text import Text

from analysis.reference.provinces import find_province
from analysis.reporting.small_multiples import chart_each_treated, panels_of, plot_each
from analysis.reporting.style import BLUE, VERMILLION
from analysis.reporting.survey_shares import SurveyShares

TREATED = ["92", "04", "77", "19"]  # Cần Thơ, Cao Bằng, Bà Rịa – Vũng Tàu, Thái Nguyên
LABELS = {"title": "Tỷ lệ", "ylabel": "%", "key": "Nét đứt", "source": "Nguồn"}


@pytest.fixture
def shares() -> SurveyShares:
    rows = [
        (code, year, 0.5 * (year - 2018) + k)
        for k, code in enumerate([*TREATED, "01", "79"])
        for year in range(2019, 2025)
    ]
    frame = pd.DataFrame(rows, columns=["province_code", "period", "share_pct"])
    return SurveyShares(frame[~((frame["province_code"] == "04") & (frame["period"] == 2021))], TREATED, 2022)


def test_panels_stand_in_vietnamese_order_and_one_is_highlighted(shares):
    panels = panels_of(shares, find_province("Thái Nguyên"))
    assert [panel.name for panel in panels] == ["Bà Rịa – Vũng Tàu", "Cao Bằng", "Cần Thơ", "Thái Nguyên"]
    assert [panel.highlighted for panel in panels] == [False, False, False, True]
    assert panels[1].own.isna().sum() == 1, "a year without a figure breaks the line"


def test_all_panels_share_one_scale_and_the_mean_of_the_others(shares):
    panels = panels_of(shares, find_province("Thái Nguyên"))
    others = shares.rows[~shares.rows["province_code"].isin(TREATED)]
    means = others.groupby("period")["share_pct"].mean()
    ax = plot_each(panels, means, LABELS, first_treated=2022)
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    own = [line for line in ax.lines if line.get_marker() != "None"]
    assert len(dashed) == len(own) == 4
    for panel, mean, line in zip(panels, dashed, own, strict=True):
        assert list(line.get_xdata()) == list(mean.get_xdata()), (
            "a panel's own years stand over the others' years"
        )
        foot = mean.get_ydata()[0] - means.iloc[0]
        assert list(mean.get_ydata() - foot) == pytest.approx(list(means))
        assert list(line.get_ydata() - foot) == pytest.approx(list(panel.own), nan_ok=True)
    assert [line.get_color() for line in own] == [VERMILLION, VERMILLION, VERMILLION, BLUE]
    texts = [text for text in ax.findobj(Text) if text.get_text()]
    assert [text.get_text() for text in texts if text.get_fontweight() == "bold"] == ["Thái Nguyên"], (
        "set off by weight too, not by colour alone"
    )
    assert {"0", "2019", "2024"} <= {text.get_text() for text in texts}


def test_panels_of_two_rows_do_not_overlap(shares):
    panels = panels_of(replace(shares, treated=["92", "04", "77", "19", "01", "79"]), None)
    means = shares.rows.groupby("period")["share_pct"].mean()
    ax = plot_each(panels, means, LABELS, first_treated=2022)
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    own = [line for line in ax.lines if line.get_marker() != "None"]
    spans = [(min(line.get_xdata()), max(line.get_xdata())) for line in dashed[:5]]
    assert all(left[1] < right[0] for left, right in pairwise(spans))
    assert max(own[5].get_ydata()) < min(line.get_ydata().min() for line in dashed[:5])


@pytest.mark.parametrize("language", ["vi", "en"])
def test_words_name_every_province_with_its_ends(shares, language):
    chart = chart_each_treated(shares, language=language)
    decimal = "," if language == "vi" else "."
    assert f"Cao Bằng: 1{decimal}5% (2019) → 4{decimal}0% (2024)" in chart.alt
    assert "[" not in chart.svg.split("PAPI")[1][:40], "without source numbers there are no brackets"
