"""Which rows above a table are its header and which are titles."""

from __future__ import annotations

import re

from analysis.cleaning.grid import Sheet
from analysis.cleaning.rowkinds import is_numbering
from analysis.reference.spelling import fold_text

_NAME_LABEL = re.compile(
    r"(ten )?(tinh|dia phuong|don vi|thanh pho|province|provinces|locality|localities|ten|co quan|name|province name|"
    r"geography|vung|tinh tp|city|dia ban)\b.*"
)
CODE_LABEL = re.compile(
    r"(ma|code|iso|gso|province code|ma tinh|ma so|ma dia phuong|ma gso|iso code|ma don vi)( .*)?"
)
_LETTERHEAD = re.compile(
    r"cong hoa xa hoi|doc lap tu do|^ubnd |^uy ban nhan dan|^so \d+|^so thong tin|^bo |^bieu |^phu luc|^mau |^kem theo"
)


def split_header(sheet: Sheet, above: list[int], name_column: int) -> tuple[list[int], list[str]]:
    """Return the header rows among the rows above a table, and the texts of the others as titles."""
    rows = [i for i in above if not is_numbering([t for t in sheet.rows[i] if t])]
    labelled = [
        i for i in rows if _NAME_LABEL.fullmatch(fold_text(sheet.text(i, name_column))) and _wide(sheet, i)
    ]
    coded = [
        i for i in rows if CODE_LABEL.fullmatch(fold_text(sheet.text(i, name_column))) and _wide(sheet, i)
    ]
    if labelled or coded:
        header = [i for i in rows if i >= (labelled or coded)[-1]]
        header = _extend_up(sheet, rows, header, name_column)
    else:
        header = _contiguous(sheet, rows, name_column)
    titles = [text for i in rows if i not in header for text in dict.fromkeys(sheet.rows[i]) if text]
    return header, titles


def _wide(sheet: Sheet, i: int) -> bool:
    return len({text for text in sheet.rows[i] if text}) >= 2


def _contiguous(sheet: Sheet, rows: list[int], name_column: int) -> list[int]:
    """Return the rows directly above the data that have several cells, up to the first title."""
    header: list[int] = []
    for i in reversed(rows):
        if not _wide(sheet, i) and not _beyond_name(sheet, i, name_column):
            break
        if _is_letterhead(sheet, i) or (header and sheet.numbers[header[0]] - sheet.numbers[i] > 1):
            break
        header.insert(0, i)
        if len(header) == 4:
            break
    return header


def _extend_up(sheet: Sheet, rows: list[int], header: list[int], name_column: int) -> list[int]:
    """Take in rows above the labelled one that head only columns of figures."""
    for i in reversed([r for r in rows if r < header[0]]):
        if sheet.numbers[header[0]] - sheet.numbers[i] > 1 or not _beyond_name(sheet, i, name_column):
            break
        if _is_letterhead(sheet, i):
            break
        header = [i, *header]
    return header


def _beyond_name(sheet: Sheet, i: int, name_column: int) -> bool:
    row = sheet.rows[i]
    return not any(row[: name_column + 1]) and any(row[name_column + 1 :])


def _is_letterhead(sheet: Sheet, i: int) -> bool:
    return any(_LETTERHEAD.search(fold_text(text)) for text in sheet.rows[i] if text)
