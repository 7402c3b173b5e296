"""Text files in every encoding and with every separator, and workbooks in old fonts."""

from __future__ import annotations

import unicodedata

from workbooks import csv, xlsx

from gallery.exhibit import PRO_VI, Exhibit, pair
from gallery.old_letters import tcvn3, vni, windows_1258


def exhibits() -> list[Exhibit]:
    """Return the exhibits of this kind, each time made anew."""
    text = [["Quý I/2022"], ["Tỉnh", f"{PRO_VI} (%)"], ["Thái Nguyên", "28,5"], ["Yên Bái", "30,5"]]
    wanted = pair(28.5, 30.5)
    decomposed = [[unicodedata.normalize("NFD", cell) for cell in row] for row in text]
    old = "\r\n".join(";".join(row) for row in text)
    cp1258 = "".join(windows_1258(char) for char in old)
    return [
        Exhibit("36-bom-semicolon.csv", b"\xef\xbb\xbf" + csv(text, ";"), wanted),
        Exhibit("37-utf16-tab.csv", csv(text, "\t", "utf-16"), wanted),
        Exhibit("38-bar.csv", csv(text, "|"), wanted),
        Exhibit("39-windows-1258.csv", cp1258.encode("cp1258"), wanted),
        Exhibit("40-decomposed.csv", csv(decomposed, ";"), wanted),
        Exhibit("41-tcvn3.csv", tcvn3(old).encode("latin-1"), wanted),
        Exhibit("42-tcvn3-workbook.xlsx", xlsx([[tcvn3(cell) for cell in row] for row in text]), wanted),
        Exhibit("43-vni.xlsx", xlsx([[vni(cell) for cell in row] for row in text]), [], refused="VNI"),
        Exhibit("44-sep-line.csv", b"sep=;\r\n" + csv(text, ";"), wanted),
    ]
