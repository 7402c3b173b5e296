"""Provinces spelt in every way, units below them, both maps, the nation, and a name that is none."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

import unicodedata

from workbooks import csv, xlsx

from gallery.exhibit import ALL, PRO, PRO_VI, Q1, Y22, Exhibit, fig, pair, simple


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    spellings = {
        "Tỉnh Thái Nguyên": "19", "UBND tỉnh Yên Bái": "15", "TP. Hồ Chí Minh": "79", "Thành phố Hà Nội": "01", "Hoà Bình": "17",
        "Hòa  Bình ": "17", "TT-Huế": "46", "Ðắk Lắk": "66", "Đăk Nông": "67", "BR-VT": "77", "Bắc Cạn": "06", "Kontum": "62",
        "THANH HOÁ": "38", "Quang Ninh": "22", "3. Sơn La": "14", unicodedata.normalize("NFD", "Đồng Tháp"): "87",
        "VN-24": "44", "T.P Cần Thơ": "92", "Thua Thien Hue": "46", "Bà Rịa – Vũng Tàu": "77",
    }  # fmt: skip
    rows = [["Quý I/2022"], ["Địa phương", f"{PRO_VI} (%)"], *([name, 28] for name in spellings)]
    wrong = [*simple(), ["Lào Cay", 31]]
    below = [
        ["Quý I/2022"], ["Đơn vị", f"{PRO_VI} (%)"], ["Sở Tài chính", 50], ["UBND huyện Đại Từ", 40], ["Thành phố Sông Công", 30],
        ["TP. Thái Nguyên", 45], ["Toàn tỉnh", 41],
    ]  # fmt: skip
    merged = [
        ["8/2025"],
        ["Tỉnh", f"{PRO_VI} (%)"],
        ["Bắc Ninh", 30],
        ["Thành phố Huế", 40],
        ["Tây Ninh", 50],
    ]
    old = [["8/2025"], ["Tỉnh", f"{PRO_VI} (%)"], ["Bắc Ninh", 30], ["Bắc Giang", 40]]
    nation = [
        ["Năm 2022"],
        ["Địa phương", "Tổng số hồ sơ"],
        ["Cả nước", 300],
        ["Hà Nội", 100],
        ["Hải Phòng", 200],
    ]
    gso = [["Quý I/2022"], ["Mã tỉnh", f"{PRO_VI} (%)"], ["19", 28], ["15", 30]]
    month = ("2025-08-31", "M")
    return [
        Exhibit("29-spellings.csv", csv(rows), [fig(code, PRO, Q1, 28) for code in spellings.values()]),
        Exhibit(
            "30-unknown-name.xlsx",
            xlsx(wrong),
            pair(),
            [("A5", "name_unknown")],
            layout='[names]\n"Lào Cay" = "Lào Cai"\n',
            laid=[*pair(), fig("10", PRO, Q1, 31)],
        ),
        Exhibit(
            "31-departments.xlsx",
            xlsx(below),
            [],
            [("A3", "below_province"), ("A4", "below_province"), ("A5", "below_province"), ("A6", "below_province"),
             ("A7", "total_row")],
            layout='[[tables]]\nprovince = "Thái Nguyên"\n',
            laid=[fig("19", PRO, Q1, 41)],
        ),
        Exhibit(
            "32-thirty-four.xlsx",
            xlsx(merged),
            [fig("24", PRO, month, 30, "34"), fig("46", PRO, month, 40, "34"), fig("80", PRO, month, 50, "34")],
        ),
        Exhibit(
            "33-old-map-kept.xlsx",
            xlsx(old),
            [fig("27", PRO, month, 30), fig("24", PRO, month, 40)],
            notes="63-unit map after the merger",
        ),
        Exhibit(
            "34-nation-first.xlsx",
            xlsx(nation),
            [fig("VN", ALL, Y22, 300), fig("01", ALL, Y22, 100), fig("31", ALL, Y22, 200)],
        ),
        Exhibit("35-gso-codes.csv", csv(gso), pair()),
    ]  # fmt: skip
