"""A notebook's tables: nothing cut short, numbers aligned, codes that may wrap, markup that stays text."""

from __future__ import annotations

import re

import pandas as pd

from analysis.reporting.tables import Table

LONG = "Share of online public services with at least one online dossier, as printed by the province"
FRAME = pd.DataFrame(
    {
        "code": ["share_services_with_online_dossiers", "n_services"],
        "day": ["2022-06-30", "2022"],
        "figure": [51.49, None],
        "change": [-0.5, 12345.0],
        "n": pd.array([3, None], dtype="Int64"),
        "text": [LONG, "<b>&"],
    }
)


def _cells(page: str) -> list[str]:
    return re.findall(r"<t[hd][^>]*>.*?</t[hd]>", page)


def test_long_texts_stand_whole_and_markup_stays_text():
    page = Table(FRAME)._repr_html_()
    assert LONG in page and "…" not in page and "..." not in page
    assert "&lt;b&gt;&amp;" in page and "<b>" not in page
    assert "nan" not in page.lower() and "<na>" not in page.lower()


def test_long_codes_may_break_and_short_ones_stay_whole():
    page = Table(FRAME)._repr_html_()
    assert "share_<wbr>services_<wbr>with_<wbr>online_<wbr>dossiers" in page
    assert ">n_services<" in page


def test_numbers_stand_to_the_right_with_the_same_decimals():
    rows = [_cells(row) for row in re.findall(r"<tr>.*?</tr>", Table(FRAME)._repr_html_())]
    styles = [re.search(r'style="([^"]*)"', cell)[1] for cell in rows[1]]
    assert ["right" in style for style in styles] == [False, False, True, True, True, False]
    assert "nowrap" in styles[1], "a date stays in one piece"
    assert [re.sub(r"<[^>]*>", "", cell) for cell in rows[2]][2:5] == ["", "12,345.0", ""]
    assert re.sub(r"<[^>]*>", "", rows[1][3]) == "\N{MINUS SIGN}0.5"


def test_named_index_is_a_column_and_headers_have_a_scope():
    page = Table(FRAME.set_index("code"))._repr_html_()
    assert page.count('scope="col"') == 6 and page.count('scope="row"') == 2
    assert "51.49" in repr(Table(FRAME)) and LONG in repr(Table(FRAME))


def test_empty_frame_keeps_its_headers():
    assert ">what<" in Table(pd.DataFrame(columns=["what"]))._repr_html_()
