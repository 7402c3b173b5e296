"""Files that are no workbook of today: old Excel, OpenDocument, a web page, tabs."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from workbooks import csv, html, ods, xls

from gallery.exhibit import PRO_VI, Q1, SUB, SUB_VI, Exhibit, fig, pair, simple


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    rows = [["Quý I/2022"], ["Tỉnh", PRO_VI], ["Thái Nguyên", 0.28], ["Yên Bái", 0.3]]
    page = [
        [("Tỉnh", 1, 2), ("Quý I/2022", 2, 1)], [PRO_VI + " (%)", SUB_VI + " (%)"], ["Thái Nguyên", "28", "40"],
        ["Yên Bái", "30", "41"],
    ]  # fmt: skip
    empty_million = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    return [
        Exhibit("45-old-excel.xls", xls(rows, percent=[(2, 1), (3, 1)]), pair()),
        Exhibit("46-open-document.ods", ods(rows, percent=[(2, 1), (3, 1)], extra=empty_million), pair()),
        Exhibit(
            "47-web-page.xls",
            html(page),
            [*pair(), fig("19", SUB, Q1, 40), fig("15", SUB, Q1, 41)],
        ),
        Exhibit("48-tabs.tsv", csv(simple("28", "30"), "\t"), pair()),
    ]
