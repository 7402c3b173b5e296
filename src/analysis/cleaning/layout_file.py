"""layout.toml read: what a person says of the tables of an odd spreadsheet, for this month's file and the next."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from analysis.cleaning.dossiers.dossier_layout import KEY, DossierLayout, read_dossier_layout
from analysis.cleaning.dossiers.unit_layout import UNITS, UnitLayout, read_unit_layout
from analysis.cleaning.layout import HEADS, NO_LAST_ROW, LaidColumn, LaidTable, Layout
from analysis.cleaning.readers.addresses import column_index
from analysis.cleaning.words.periods import Period, parse_period
from analysis.cleaning.words.places import PLACE, SKIP, read_place
from analysis.cleaning.words.said_periods import undated_heads
from analysis.errors import RequestError
from analysis.reference.indicators import UnknownIndicator, find_indicator
from analysis.reference.spelling import fold_text

_KINDS = {str: "a text", int: "a whole number", bool: "true or false", list: "a list", dict: "pairs of names"}
# Takes a value, and where it stands.
_Read = Callable[[Any, str], Any]


class LayoutUnreadable(RequestError):
    """A layout.toml that does not say what is needed; the message names the table and the key."""


def read_layout(path: Path) -> Layout | DossierLayout | UnitLayout:
    """Return what a layout.toml says: of the tables of a spreadsheet, or of records that are counted.

    Raises:
        LayoutUnreadable: broken TOML, a key that is unknown or holds another thing than it should, an indicator,
            period or province that is none, or nothing filled in.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LayoutUnreadable(f"{path.name}: no valid TOML ({error}).") from error
    if KEY in content:
        return read_dossier_layout(content, path.name)
    if UNITS in content:
        return read_unit_layout(content, path.name)
    flat = {key: content.pop(key) for key in [*content] if key in TABLE_KEYS}
    said = _read(content, FILE_KEYS, path.name, also=TABLE_KEYS)
    tables = [*([flat] if flat else []), *said.get("tables", [])]
    names, indicators = said.get("names", {}), said.get("indicators", {})
    if not (tables or names or indicators):
        raise LayoutUnreadable(f"{path.name}: nothing is filled in: no [[tables]], [names] or [indicators].")
    laid = tuple(_table(table, f"{path.name}, table {n}") for n, table in enumerate(tables, start=1))
    return Layout(path.name, names, indicators, laid)


def _read(given: Any, known: Mapping[str, _Read], where: str, also: Mapping[str, _Read] | None = None) -> Any:
    """Return the pairs of a part of the file, each value as its key's reader makes it."""
    for key in given:
        if key not in known:
            shown = ", ".join(sorted({**known, **(also or {})}))
            raise LayoutUnreadable(f"{where}: unknown key {key!r}. Known are {shown}.")
    return {key: known[key](value, f"{where}: {key}") for key, value in given.items()}


def _of_kind(kind: type) -> _Read:
    def read(value: Any, where: str) -> Any:
        if type(value) is not kind:
            raise LayoutUnreadable(f"{where} is {value!r}. Expected {_KINDS[kind]}.")
        return value

    return read


_text, _number, _flag, _list, _pairs = map(_of_kind, (str, int, bool, list, dict))


def _code(value: Any, where: str) -> str:
    """Return the code of an indicator that is filled in, `SKIP`, or nothing."""
    try:
        return value if _text(value, where) in ("", SKIP) else find_indicator(value).code
    except UnknownIndicator as error:
        raise LayoutUnreadable(f"{where.rsplit(': ', 1)[0]}: {error}") from error


def _period(value: Any, where: str) -> Period | None:
    """Return a period that is filled in."""
    period = parse_period(_text(value, where)) if value else None
    if value and period is None:
        raise LayoutUnreadable(
            f"{where} {value!r} is none we read. Write 2022, Quý I/2022, 8/2022 or 20/8/2022."
        )
    return period


def _province(value: Any, where: str) -> str:
    if _text(value, where) and read_place(value).kind != PLACE:
        raise LayoutUnreadable(f"{where} {value!r} is no province we know.")
    return str(value)


def _place(value: Any, where: str) -> int | None:
    """Return the place of a column, counted from 0: of its letters, or of its row's number."""
    text = _text(value, where).strip()
    if text.isdecimal() and 0 < int(text) < 10_000_000:
        return int(text) - 1
    if text and not (text.isascii() and text.isalpha() and len(text) <= 3):
        wanted = "letters as in the file, such as C (a row's number where provinces stand in columns)"
        raise LayoutUnreadable(f"{where} is {value!r}. Write {wanted}.")
    return column_index(text) if text else None


def _names(value: Any, where: str) -> dict[str, str]:
    """Return the names of rows that stand for a province or are left out; those not filled in are none."""
    for label, name in _pairs(value, where).items():
        if not isinstance(name, str) or (name not in ("", SKIP) and read_place(name).kind != PLACE):
            raise LayoutUnreadable(
                f"{where.replace(': names', ', [names]')}: {label!r} is said to be {name!r}, which is no province we "
                f'know. Write the name of a province, or "{SKIP}" for a row that is none.'
            )
    return {fold_text(label): name for label, name in value.items() if name}


def _indicators(value: Any, where: str) -> dict[str, str]:
    """Return the words that stand for an indicator, or are left out; those not filled in stand for none."""
    where = where.replace(": indicators", ", [indicators]")
    codes = {words: _code(name, f"{where}: {words!r}") for words, name in _pairs(value, where).items()}
    return {" ".join(undated_heads(words.split(HEADS))): code for words, code in codes.items() if code}


def _column(given: Any, where: str) -> LaidColumn:
    if not isinstance(given, dict):
        raise LayoutUnreadable(f"{where}: begin it with [[tables.columns]].")
    said = _read(given, COLUMN_KEYS, where)
    index = said.pop("column", None)
    if index is None:
        raise LayoutUnreadable(f'{where}: say which one it is: column = "C".')
    return LaidColumn(index, stated=True, **said)


def _table(given: Any, where: str) -> LaidTable:
    if not isinstance(given, dict):
        raise LayoutUnreadable(f"{where}: begin it with [[tables]].")
    said = _read(given, TABLE_KEYS, where)
    said["columns"] = tuple(
        _column(c, f"{where}, column {n}") for n, c in enumerate(said.get("columns", []), 1)
    )
    said["last_row"] = said.get("last_row") or NO_LAST_ROW
    if "first_row" not in said and (loose := sorted(key for key in _PLACED if given.get(key))):
        raise LayoutUnreadable(f"{where}: {loose[0]} needs first_row beside it, the first row with figures.")
    if "first_row" in said and said.get("name_column") is None and not said.get("province"):
        raise LayoutUnreadable(
            f"{where}: first_row needs name_column, the column of names, or province, whose the sheet is."
        )
    if "first_row" in said and not said["columns"]:
        raise LayoutUnreadable(
            f"{where}: first_row says where the table is, [[tables.columns]] must say which columns hold figures."
        )
    return LaidTable(where, **said)


def _tuple_of(read: _Read) -> _Read:
    return lambda value, where: tuple(read(item, where) for item in _list(value, where))


FILE_KEYS: dict[str, _Read] = {"names": _names, "indicators": _indicators, "tables": _list}
# Keys that say where a table stands.
_PLACED: dict[str, _Read] = {
    "last_row": _number, "header_rows": _tuple_of(_number), "name_column": _place, "names_are_codes": _flag,
    "nested": _flag,
}  # fmt: skip
TABLE_KEYS: dict[str, _Read] = {
    "sheet": _text, "table": _number, "province": _province, "period": _period, "certain": _flag, "indicator": _code,
    "period_column": _place, "indicator_column": _place, "columns": _list, "first_row": _number, "turned": _flag,
    **_PLACED,
}  # fmt: skip
COLUMN_KEYS: dict[str, _Read] = {
    "column": _place, "head": _text, "indicator": _code, "period": _period, "percent": _flag, "fraction": _flag,
    "decimal": _text, "multiplier": _number, "plus": _tuple_of(_place), "part": _text,
}  # fmt: skip
