"""How a workbook shows its numbers: as they are, as percentages, as dates, as months."""

from __future__ import annotations

import re

from analysis.cleaning.readers.archive import Archive, listen, local_name
from analysis.cleaning.readers.grid import DATE, NUMBER, PERCENT, POINTS

_BUILTIN = {
    9: PERCENT,
    10: PERCENT,
    17: "m",
    **dict.fromkeys((14, 15, 16, 18, 19, 20, 21, 22, 45, 46, 47), DATE),
}
# A date of which only month and year are shown means the month; seen while reading formats only.
MONTH = "m"
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


def read_formats(archive: Archive) -> list[str]:
    """Return, for each cell style, whether it shows a number, a percentage or a date."""
    if "xl/styles.xml" not in archive.names:
        return []
    custom: dict[int, str] = {}
    styles: list[str] = []
    inside = [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = local_name(tag)
        if name == "numFmt":
            custom[int(attributes.get("numFmtId", "0"))] = classify_format(attributes.get("formatCode", ""))
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            number = int(attributes.get("numFmtId", "0"))
            styles.append(custom.get(number) or _BUILTIN.get(number, NUMBER))

    def end(tag: str) -> None:
        if local_name(tag) == "cellXfs":
            inside[0] = False

    archive.parse("xl/styles.xml", lambda p: listen(p, start, end, None))
    return styles


def classify_format(code: str) -> str:
    """Return PERCENT, POINTS, DATE, MONTH or NUMBER for a format code: 0.00%, 0.0"%", dd/mm/yyyy, mm/yyyy or "T"m."""
    bare = _LITERAL.sub("", code).lower()
    if "%" in bare:
        return PERCENT
    if "%" in code and re.search("[0#]", bare):
        return POINTS
    if "m" in bare and not re.search(r"[dhs0#?]|general", bare):
        return MONTH
    return DATE if re.search(r"[dy]|m{2,}|h", bare) and "0" not in bare.replace("ss.0", "") else NUMBER
