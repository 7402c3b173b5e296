"""Which rows above a table are its header and which are titles."""

from __future__ import annotations

import re

from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.tables.rowkinds import PERIOD_FIELDS, is_field, is_numbering, is_section
from analysis.cleaning.words.datelines import key_and_value
from analysis.reference.spelling import fold_text

_NAME_LABEL = re.compile(
    r"(ten )?(tinh|dia phuong|don vi|thanh pho|province|provinces|locality|localities|ten|co quan|name|province name|"
    r"geography|vung|tinh tp|city|dia ban|(cac )?bo (co quan ngang bo |co quan |nganh )*(nganh|tinh|dia phuong))\b.*"
)
CODE_LABEL = re.compile(
    r"(ma|code|iso|gso|province code|ma tinh|ma so|ma dia phuong|ma gso|iso code|ma don vi)( .*)?"
)
_ALL = ("all", "tat ca")
_UNIT_LINE = re.compile(r"\(?(đơn vị( tính)?|đvt|unit)\s*:", re.IGNORECASE)
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
        first = (labelled or coded)[-1]
        header = [i for i in rows if i == first or (i > first and not _is_section(sheet, i, name_column))]
        header = _extend_up(sheet, rows, header, name_column)
    else:
        header = _contiguous(sheet, rows, name_column)
    if sheet.transposed:
        header = [i for i in rows if i in header or _heads_rows(sheet, i, name_column)]
    others = [sheet.rows[i] for i in rows if i not in header]
    fields = [row for row in others if is_field([text for text in row if text])]
    titles = [text for row in others if row not in fields for text in _title_texts(row)]
    return header, [*titles, *_filtered_period(fields)]


def _heads_rows(sheet: Sheet, i: int, name_column: int) -> bool:
    """Tell whether a column of a turned sheet is headed in the row of provinces and heads the rows below it."""
    return bool(sheet.text(i, name_column)) and any(sheet.rows[i][name_column + 1 :])


def _filtered_period(fields: list[list[str]]) -> list[str]:
    """Return as a title the period to which the filters above a pivot table hold it: tháng 9 năm 2024.

    A filter on several months leaves the period open.
    """
    said = {PERIOD_FIELDS[fold_text(row[0])]: row[1] for row in ([t for t in row if t] for row in fields)}
    number = {unit: fold_text(text).removeprefix(unit).strip() for unit, text in said.items()}
    if any(value in ("multiple items", "nhieu muc") for value in number.values()):
        return []
    parts = [
        f"{unit} {number[unit]}" for unit in ("thang", "quy", "nam") if number.get(unit, "all") not in _ALL
    ]
    return [" ".join(parts)] if parts else []


def _title_texts(row: list[str]) -> list[str]:
    """Return the texts of a title row, and all of them as one: Từ ngày 01/10/2022 | Đến ngày 31/10/2022."""
    texts = [text for text in dict.fromkeys(row) if text]
    whole = [" ".join(texts)] if len(texts) > 1 else []
    return whole if key_and_value(texts) else [*texts, *whole]


def _is_section(sheet: Sheet, i: int, name_column: int) -> bool:
    """Tell a row with one text at its left, which heads a group of rows, from a row of heads."""
    places = [j for j, text in enumerate(sheet.rows[i]) if text]
    return (len(places) == 1 or is_section(sheet.rows[i])) and places[-1] <= name_column


def _wide(sheet: Sheet, i: int) -> bool:
    return len({text for text in sheet.rows[i] if text}) >= 2


def _contiguous(sheet: Sheet, rows: list[int], name_column: int) -> list[int]:
    """Return the rows directly above the data that have several cells, up to the first title."""
    header: list[int] = []
    for i in reversed(rows):
        if not _wide(sheet, i) and not _beyond_name(sheet, i, name_column):
            break
        if _is_letterhead(sheet, i, name_column) or (
            header and sheet.numbers[header[0]] - sheet.numbers[i] > 1
        ):
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
        if _is_letterhead(sheet, i, name_column):
            break
        header = [i, *header]
    return header


def _beyond_name(sheet: Sheet, i: int, name_column: int) -> bool:
    row = sheet.rows[i]
    return not any(row[: name_column + 1]) and any(row[name_column + 1 :])


def _is_letterhead(sheet: Sheet, i: int, name_column: int) -> bool:
    if _NAME_LABEL.fullmatch(fold_text(sheet.text(i, name_column))) and _wide(sheet, i):
        return False
    if all(_UNIT_LINE.match(text.strip()) for text in sheet.rows[i] if text):
        return True
    return any(_LETTERHEAD.search(fold_text(text)) for text in sheet.rows[i] if text)
