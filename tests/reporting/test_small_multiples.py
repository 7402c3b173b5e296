"""Small multiples: a panel a province on the same axes, in Vietnamese order, one set off from the rest."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.text import Text

from analysis.reference.provinces import find_province
from analysis.reporting.small_multiples import chart_each_treated, panels_of, plot_each
from analysis.reporting.style import BLUE, VERMILLION

TREATED = ["92", "04", "77", "19"]  # Cần Thơ, Cao Bằng, Bà Rịa – Vũng Tàu, Thái Nguyên
LABELS = {"title": "Tỷ lệ", "ylabel": "%", "key": "Nét đứt", "source": "Nguồn"}


@pytest.fixture
def shares() -> pd.DataFrame:
    rows = [
        (code, year, 0.5 * (year - 2018) + k)
        for k, code in enumerate([*TREATED, "01", "79"])
        for year in range(2019, 2025)
    ]
    frame = pd.DataFrame(rows, columns=["province_code", "period", "share_pct"])
    return frame[~((frame["province_code"] == "04") & (frame["period"] == 2021))]


def test_panels_stand_in_vietnamese_order_and_one_is_highlighted(shares):
    panels = panels_of(shares, TREATED, find_province("Thái Nguyên"))
    assert [panel.name for panel in panels] == ["Bà Rịa – Vũng Tàu", "Cao Bằng", "Cần Thơ", "Thái Nguyên"]
    assert [panel.highlighted for panel in panels] == [False, False, False, True]
    assert panels[1].own.isna().sum() == 1, "a year without a figure breaks the line"


def test_all_panels_share_their_axes_and_the_mean_of_the_others(shares):
    panels = panels_of(shares, TREATED, find_province("Thái Nguyên"))
    others = shares[~shares["province_code"].isin(TREATED)]
    means = others.groupby("period")["share_pct"].mean()
    first = plot_each(panels, means, LABELS, first_treated=2022)
    drawn = [ax for ax in first.get_figure(root=True).axes if ax.get_visible()]
    assert len(drawn) == 4 and len({ax.get_ylim() for ax in drawn}) == 1 and first.get_ylim()[0] == 0
    for ax in drawn:
        dashed = next(line for line in ax.lines if line.get_linestyle() == "--")
        assert list(dashed.get_ydata()) == pytest.approx(list(means))
    colours = [next(line for line in ax.lines if line.get_marker() != "None").get_color() for ax in drawn]
    assert colours == [VERMILLION, VERMILLION, VERMILLION, BLUE]
    texts = [text for ax in drawn for text in ax.findobj(Text) if text.get_text()]
    assert [text.get_text() for text in texts if text.get_fontweight() == "bold"] == ["Thái Nguyên"], (
        "set off by weight too, not by colour alone"
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_words_name_every_province_with_its_ends(shares, language):
    chart = chart_each_treated(shares, TREATED, None, first_treated=2022, language=language)
    decimal = "," if language == "vi" else "."
    assert f"Cao Bằng: 1{decimal}5% (2019) → 4{decimal}0% (2024)" in chart.alt
    assert "[" not in chart.svg.split("PAPI")[1][:40], "without source numbers there are no brackets"
