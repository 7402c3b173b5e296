"""What must be said aloud: totals that differ, columns nobody reads, repeats, blanks, formulas."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

from workbooks import csv, xlsx

from gallery.exhibit import ALL, ONL, PRO, PRO_VI, Q1, Q2, SUB, SUB_VI, Y22, Exhibit, fig, pair, simple


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    totals = [
        ["Năm 2022"], ["Tỉnh", "Tổng số hồ sơ", "Số hồ sơ trực tuyến", f"{SUB_VI} (%)"], ["Cao Bằng", 100, 40, 40], ["Bắc Kạn", 200, 50, 30],
        ["Tổng cộng", 310, 90, 30],
    ]  # fmt: skip
    change = [
        ["Quý II/2022"],
        ["Tỉnh", f"{PRO_VI} (%)", "Tăng/giảm so với quý I"],
        ["Thái Nguyên", 60, 32],
        ["Yên Bái", 30, 2],
    ]
    twice = [*simple(), ["Thái Nguyên", 29]]
    blank = [*simple(), ["Lào Cai", None]]
    formula = [
        ["Quý I/2022"],
        ["Tỉnh", f"{PRO_VI} (%)"],
        ["Thái Nguyên", "=cmd|' /C calc'!A0"],
        ["Yên Bái", 30],
    ]
    return [
        Exhibit(
            "49-totals.xlsx",
            xlsx(totals),
            [
                fig("04", ALL, Y22, 100), fig("06", ALL, Y22, 200), fig("04", ONL, Y22, 40), fig("06", ONL, Y22, 50),
                fig("04", SUB, Y22, 40), fig("06", SUB, Y22, 30),
            ],
            [("A5", "total_row")],
            disagreements=2,
        ),
        Exhibit("50-change-column.xlsx", xlsx(change), pair(60, 30, Q2), [("C3:C4", "column_unknown")]),
        Exhibit("51-twice.xlsx", xlsx(twice), [*pair(), fig("19", PRO, Q1, 29)]),
        Exhibit("52-blank.xlsx", xlsx(blank), pair(), [("A5", "no_figures")]),
        Exhibit("53-injection.csv", csv(formula), pair()[1:], [("B3", "formula_without_value")]),
    ]  # fmt: skip
