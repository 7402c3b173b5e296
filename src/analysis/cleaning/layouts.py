"""layout.toml: what a person says of an odd sheet, once, for this month's file and the next."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.cleaning import headers as h
from analysis.cleaning.addresses import column_index, column_letters
from analysis.cleaning.blocks import Block
from analysis.cleaning.cells import is_number_like
from analysis.cleaning.contexts import Context
from analysis.cleaning.grid import Sheet
from analysis.cleaning.headers import Column
from analysis.cleaning.messages import Message, message
from analysis.cleaning.periods import parse_period, show_period
from analysis.cleaning.places import PLACE, read_place
from analysis.errors import RequestError
from analysis.reference.indicators import find_indicator

_KEYS = {
    "sheet", "turned", "first_row", "last_row", "name_column", "names_are_codes", "province", "period", "indicator",
    "period_column", "indicator_column", "columns",
}  # fmt: skip
_COLUMN_KEYS = {"column", "indicator", "period", "percent", "fraction", "decimal"}


class LayoutUnreadable(RequestError):
    """A layout.toml that does not say what is needed; the message names the key."""


@dataclass(frozen=True)
class Layout:
    """Where the rows, the names, the periods and the values of a sheet are.

    Columns are given as letters, rows as numbers of the sheet; with `turned`, provinces stand in columns and
    `name_column` is the row of names, written as its number. A sheet of one `province` needs no names.
    """

    where: str
    sheet: str
    turned: bool
    first_row: int
    last_row: int
    name_column: int
    names_are_codes: bool
    province: str
    period: str
    indicator: str
    period_column: int | None
    indicator_column: int | None
    columns: tuple[dict[str, Any], ...]

    def fits(self, sheet: Sheet) -> bool:
        """Tell whether a sheet is the one that is meant."""
        return self.sheet in ("", sheet.name)


def read_layout(path: Path) -> Layout:
    """Return the layout of a TOML file.

    Raises:
        LayoutUnreadable: broken TOML, unknown or missing keys, an indicator or period that is none.
    """
    content = _read_keys(path)
    try:
        layout = _layout_of(content, path.name)
    except (KeyError, TypeError, ValueError) as error:
        raise LayoutUnreadable(
            f"{path.name}: {error} is missing or wrong. Needed: first_row, name_column (or province), and [[columns]] "
            "with column (a letter), indicator, period where they are not given once for all."
        ) from error
    _check(layout, path.name)
    return layout


def _read_keys(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file that has known keys only."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LayoutUnreadable(f"{path.name}: no valid TOML ({error}).") from error
    columns = content.get("columns", [])
    unknown = sorted(set(content) - _KEYS) + sorted(
        key for column in columns for key in set(column) - _COLUMN_KEYS
    )
    if unknown:
        raise LayoutUnreadable(
            f"{path.name}: unknown key {unknown[0]!r}. Known are {', '.join(sorted(_KEYS))}; in columns "
            f"{', '.join(sorted(_COLUMN_KEYS))}."
        )
    return content


def _layout_of(content: dict[str, Any], name: str) -> Layout:
    turned, province = bool(content.get("turned", False)), str(content.get("province", ""))
    named = {"name_column": "1"} if province else {}
    columns = content.get("columns", [])
    return Layout(
        name,
        str(content.get("sheet", "")),
        turned,
        int(content["first_row"]),
        int(content.get("last_row", 10_000_000)),
        _position((named | content)["name_column"], turned),
        bool(content.get("names_are_codes", False)),
        province,
        str(content.get("period", "")),
        str(content.get("indicator", "")),
        _position(content["period_column"], turned) if content.get("period_column") else None,
        _position(content["indicator_column"], turned) if content.get("indicator_column") else None,
        tuple({**column, "index": _position(column["column"], turned)} for column in columns),
    )


def _position(text: object, turned: bool) -> int:
    letters = str(text).strip()
    if turned or letters.isdigit():
        return int(letters) - 1
    if not letters.isalpha() or len(letters) > 3:
        raise ValueError(f"column {letters!r}")
    return column_index(letters)


def _check(layout: Layout, name: str) -> None:
    if layout.province and read_place(layout.province).kind != PLACE:
        raise LayoutUnreadable(f"{name}: province {layout.province!r} is no province we know.")
    if not layout.columns:
        raise LayoutUnreadable(f"{name}: no [[columns]]: say which columns hold values.")
    for column in ({"indicator": layout.indicator, "period": layout.period}, *layout.columns):
        if column.get("indicator"):
            find_indicator(str(column["indicator"]))
        if column.get("period") and parse_period(str(column["period"])) is None:
            raise LayoutUnreadable(
                f"{name}: period {column['period']!r} is none we read. Write 2022, Quý I/2022, 8/2022 or 20/8/2022."
            )


def suggest_layout(sheet: Sheet, block: Block | None, columns: list[Column], context: Context | None) -> str:
    """Return the text of a layout.toml with what was recognised filled in and the rest to be filled in."""
    turned = block is not None and block.sheet.transposed
    first = (
        block.sheet.numbers[block.data[0]] if block is not None and len(block.data) else _first_figures(sheet)
    )
    name = block.name_column if block is not None else 0
    guesses = [c for c in columns if c.role in (h.UNKNOWN_ROLE, h.VALUE)] or _figure_columns(sheet)
    indicator = context.indicator.code if context and context.indicator else ""
    lines = [
        *(f"# {text}" for text in message("layout_how").said.values()),
        f"sheet = {_quote(sheet.name)}{_says('layout_sheet')}",
        f"turned = {'true' if turned else 'false'}{_says('layout_turned')}",
        f"first_row = {first}{_says('layout_first_row')}",
        f"name_column = {_quote(_letters(name, turned))}{_says('layout_name_column')}",
        f"province = {_quote('')}{_says('layout_province')}",
        f"period = {_quote('')}{_says_period(context)}",
        f"indicator = {_quote(indicator)}{_says('layout_indicator')}",
    ]
    for role, key in ((h.PERIOD, "period_column"), (h.INDICATOR, "indicator_column")):
        found = next((c for c in columns if c.role == role), None)
        letters = _letters(found.index, turned) if found else ""
        lines.append(f"{key} = {_quote(letters)}{_says('layout_' + key)}")
    for column in guesses[:40]:
        lines += [
            "",
            "[[columns]]",
            f"column = {_quote(_letters(column.index, turned))}  # {_comment(column.head)}",
        ]
        lines.append(f"indicator = {_quote(column.indicator.code if column.indicator else '')}")
        lines.append(f"period = {_quote('')}")
    return "\n".join(lines) + "\n"


def _says(code: str) -> str:
    """Return a comment in both languages."""
    return _comments(message(code))


def _says_period(context: Context | None) -> str:
    """Return the comment on the period, with the one that was read from the title."""
    if context is None or context.period is None:
        return _says("layout_period")
    return _comments(message("layout_period.read", period=show_period(context.period)))


def _comments(said: Message) -> str:
    return f"  # {' · '.join(said.said.values())}"


def _letters(index: int, turned: bool) -> str:
    return str(index + 1) if turned else column_letters(index)


def _quote(text: str) -> str:
    clean = "".join(c if c.isprintable() else " " for c in text)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _comment(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:80]


def _first_figures(sheet: Sheet) -> int:
    for i, row in enumerate(sheet.rows):
        if any(map(is_number_like, row)) and sum(bool(t) for t in row) >= 2:
            return sheet.numbers[i]
    return 1


def _figure_columns(sheet: Sheet) -> list[Column]:
    found = []
    for j in range(min(sheet.width, 40)):
        texts = [row[j] for row in sheet.rows[:400] if j < len(row) and row[j]]
        if texts and sum(map(is_number_like, texts)) > len(texts) / 3:
            found.append(Column(j, texts[0], h.UNKNOWN_ROLE))
    return found
