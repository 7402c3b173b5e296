"""layout.toml read: what a person says of the tables of an odd spreadsheet, for this month's file and the next."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.cleaning.layout import HEADS, NO_LAST_ROW, LaidCell, LaidColumn, LaidTable, Layout
from analysis.cleaning.readers.addresses import column_index, parse_address
from analysis.cleaning.words.periods import Period, parse_period
from analysis.cleaning.words.places import PLACE, SKIP, read_place
from analysis.cleaning.words.said_periods import undated_heads
from analysis.errors import RequestError
from analysis.reference.indicators import UnknownIndicator, find_indicator
from analysis.reference.spelling import fold_text

FILE_KEYS = {"names": dict, "indicators": dict, "tables": list}
_PLACE_KEYS = {
    "first_row": int, "last_row": int, "header_rows": list, "name_column": str, "names_are_codes": bool,
    "turned": bool, "nested": bool,
}  # fmt: skip
TABLE_KEYS = {
    "sheet": str, "table": int, "province": str, "period": str, "certain": bool, "indicator": str, "period_column": str,
    "indicator_column": str, "columns": list, "cells": list, **_PLACE_KEYS,
}  # fmt: skip
COLUMN_KEYS = {
    "column": str, "head": str, "indicator": str, "period": str, "percent": bool, "fraction": bool, "decimal": str,
    "multiplier": int, "plus": list, "part": str,
}  # fmt: skip
CELL_KEYS = {"cell": str, "province": str, "indicator": str, "period": str}
_KINDS = {str: "a text", int: "a whole number", bool: "true or false", list: "a list", dict: "pairs of names"}


class LayoutUnreadable(RequestError):
    """A layout.toml that does not say what is needed; the message names the table and the key."""


def read_layout(path: Path) -> Layout:
    """Return what a layout.toml says.

    Raises:
        LayoutUnreadable: broken TOML, a key that is unknown or holds another thing than it should, an indicator,
            period or province that is none, or nothing filled in.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LayoutUnreadable(f"{path.name}: no valid TOML ({error}).") from error
    flat = {key: content.pop(key) for key in [*content] if key in TABLE_KEYS}
    _check_keys(content, FILE_KEYS, path.name, also=TABLE_KEYS)
    said = [*([flat] if flat else []), *content.get("tables", [])]
    tables = tuple(_read_table(table, path.name, number) for number, table in enumerate(said, start=1))
    names = _read_names(content.get("names", {}), path.name)
    indicators = _read_indicators(content.get("indicators", {}), path.name)
    if not tables and not names and not indicators:
        raise LayoutUnreadable(f"{path.name}: nothing is filled in: no [[tables]], [names] or [indicators].")
    return Layout(path.name, names, indicators, tables)


def _read_names(given: Mapping[str, Any], file: str) -> dict[str, str]:
    """Return the names of rows that stand for a province or are left out; those not filled in are none."""
    for label, name in given.items():
        if not isinstance(name, str) or (name not in ("", SKIP) and read_place(name).kind != PLACE):
            raise LayoutUnreadable(
                f"{file}, [names]: {label!r} is said to be {name!r}, which is no province we know. Write the name of "
                f'a province, or "{SKIP}" for a row that is none.'
            )
    return {fold_text(label): name for label, name in given.items() if name}


def _read_indicators(given: Mapping[str, Any], file: str) -> dict[str, str]:
    """Return the words that stand for an indicator, or are left out; those not filled in stand for none."""
    codes: dict[str, str] = {}
    for words, name in given.items():
        if not isinstance(name, str):
            raise LayoutUnreadable(f"{file}, [indicators]: {words!r} is {name!r}. Expected a text.")
        if name:
            code = SKIP if name == SKIP else _code(name, f"{file}, [indicators]")
            codes[" ".join(undated_heads(words.split(HEADS)))] = code
    return codes


def _read_table(given: object, file: str, number: int) -> LaidTable:
    where = f"{file}, table {number}"
    if not isinstance(given, dict):
        raise LayoutUnreadable(f"{where}: begin it with [[tables]].")
    _check_keys(given, TABLE_KEYS, where)
    turned = bool(given.get("turned", False))
    columns = tuple(
        _read_column(column, f"{where}, column {n}", turned)
        for n, column in enumerate(given.get("columns", []), start=1)
    )
    table = LaidTable(
        where,
        period=_period(given.get("period", ""), where),
        columns=columns,
        cells=tuple(
            _read_cell(cell, f"{where}, cell {n}", given)
            for n, cell in enumerate(given.get("cells", []), start=1)
        ),
        period_column=_optional_place(given, "period_column", where, turned),
        indicator_column=_optional_place(given, "indicator_column", where, turned),
        indicator=_code(given.get("indicator", ""), where),
        **{key: given[key] for key in ("sheet", "table", "province", "certain") if key in given},
        **_read_position(given, where, turned),
    )
    if table.province and read_place(table.province).kind != PLACE:
        raise LayoutUnreadable(f"{where}: province {table.province!r} is no province we know.")
    if table.is_placed and not columns:
        raise LayoutUnreadable(
            f"{where}: first_row says where the table is, [[tables.columns]] must say which columns hold figures."
        )
    return table


def _read_position(given: Mapping[str, Any], where: str, turned: bool) -> dict[str, Any]:
    if "first_row" not in given:
        loose = sorted(key for key in _PLACE_KEYS if given.get(key))
        if loose and loose != ["turned"]:
            raise LayoutUnreadable(
                f"{where}: {loose[0]} needs first_row beside it, the first row with figures."
            )
        return {"turned": turned}
    if not given.get("name_column") and not given.get("province"):
        raise LayoutUnreadable(
            f"{where}: first_row needs name_column, the column of names, or province, whose the sheet is."
        )
    return {
        "first_row": given["first_row"],
        "last_row": given.get("last_row", 0) or NO_LAST_ROW,
        "header_rows": tuple(given.get("header_rows", ())),
        "name_column": _optional_place(given, "name_column", where, turned),
        "names_are_codes": given.get("names_are_codes", False),
        "nested": given.get("nested", False),
        "turned": turned,
    }


def _read_column(given: object, where: str, turned: bool) -> LaidColumn:
    if not isinstance(given, dict):
        raise LayoutUnreadable(f"{where}: begin it with [[tables.columns]].")
    _check_keys(given, COLUMN_KEYS, where)
    index = _optional_place(given, "column", where, turned)
    if index is None:
        raise LayoutUnreadable(f'{where}: say which one it is: column = "C".')
    said = {
        key: value for key, value in given.items() if key not in ("column", "indicator", "period", "plus")
    }
    plus = [_place(str(text), "plus", where, turned) for text in given.get("plus", ())]
    return LaidColumn(
        index,
        indicator=SKIP if given.get("indicator") == SKIP else _code(given.get("indicator", ""), where),
        period=_period(given.get("period", ""), where),
        plus=tuple(plus),
        stated=True,
        **said,
    )


def _read_cell(given: object, where: str, table: Mapping[str, Any]) -> LaidCell:
    """Return what is said of a cell; province, indicator and period may be said of the whole table."""
    if not isinstance(given, dict):
        raise LayoutUnreadable(f"{where}: begin it with [[tables.cells]].")
    _check_keys(given, CELL_KEYS, where)
    try:
        row, index = parse_address(given.get("cell", ""))
    except ValueError as error:
        raise LayoutUnreadable(f"{where}: {error}") from error
    said = {key: given.get(key) or table.get(key, "") for key in ("province", "indicator", "period")}
    code, period = _code(said["indicator"], where), _period(said["period"], where)
    if read_place(said["province"]).kind != PLACE or not code:
        raise LayoutUnreadable(f"{where}: say whose figure it is (province) and which (indicator).")
    return LaidCell(row, index, said["province"], code, period)


def _optional_place(given: Mapping[str, Any], key: str, where: str, turned: bool) -> int | None:
    """Return the place of a column, counted from 0: of its letters, or of its row's number."""
    text = str(given.get(key, "")).strip()
    return _place(text, key, where, turned) if text else None


def _place(text: str, key: str, where: str, turned: bool) -> int:
    if text.isdecimal() and 0 < int(text) < 10_000_000:
        return int(text) - 1
    if turned or not (text.isascii() and text.isalpha() and len(text) <= 3):
        wanted = "the number of a row" if turned else "letters as in the file, such as C"
        raise LayoutUnreadable(f"{where}: {key} is {text!r}. Write {wanted}.")
    return column_index(text.upper())


def _check_keys(
    given: Mapping[str, Any], known: Mapping[str, type], where: str, also: Mapping[str, type] | None = None
) -> None:
    for key, value in given.items():
        if key not in known:
            shown = ", ".join(sorted([*known, *(also or ())]))
            raise LayoutUnreadable(f"{where}: unknown key {key!r}. Known are {shown}.")
        if type(value) is not known[key]:
            raise LayoutUnreadable(f"{where}: {key} is {value!r}. Expected {_KINDS[known[key]]}.")


def _code(indicator: str, where: str) -> str:
    """Return the code of an indicator that is filled in, else nothing."""
    try:
        return find_indicator(indicator).code if indicator else ""
    except UnknownIndicator as error:
        raise LayoutUnreadable(f"{where}: {error}") from error


def _period(text: str, where: str) -> Period | None:
    """Return a period that is filled in."""
    period = parse_period(text) if text else None
    if text and period is None:
        raise LayoutUnreadable(
            f"{where}: period {text!r} is none we read. Write 2022, Quý I/2022, 8/2022 or 20/8/2022."
        )
    return period
