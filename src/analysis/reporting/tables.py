"""A table as a notebook shows it: whole texts that wrap, numbers to the right, dates and codes in one piece."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import pandas as pd

from analysis.reporting.numbers import MINUS

CODE = 24  # characters from which a word gets places to break
SHORT = 25  # characters up to which the texts of a column stay on one line
ROOM_EM = 9.0  # least width of a column of long texts; others: half as many em as characters
MOST_DIGITS = 4
_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")
_NUMERAL = re.compile(r"−?[\d,]+(\.\d+)?")
_LEFT, _RIGHT = "text-align:left;vertical-align:top", "text-align:right;vertical-align:top;white-space:nowrap"


@dataclass(frozen=True)
class Table:
    """A frame that a notebook shows whole: no text cut short, empty cells empty, a named index as a column.

    The styles stand in the cells themselves, so that JupyterLab, an exported page and a mail show the same.
    """

    frame: pd.DataFrame

    def _repr_html_(self) -> str:
        frame = self._flat()
        styles = [_style(frame[name]) for name in frame]
        head = "".join(
            f'<th scope="col" style="{style};vertical-align:bottom;white-space:normal">{html.escape(str(name))}</th>'
            for name, style in zip(frame, styles, strict=True)
        )
        body = "".join(f"<tr>{_row(texts, styles)}</tr>" for texts in self._texts(frame))
        body = body or f'<tr><td colspan="{len(styles)}" style="{_LEFT}">no rows</td></tr>'
        table = (
            f'<table style="table-layout:auto"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        )
        return f'<div style="overflow-x:auto">{table}</div>'

    def __repr__(self) -> str:
        frame = self._flat()
        texts = self._texts(frame)
        return pd.DataFrame(texts, columns=list(frame)).to_string(index=False) if texts else "no rows"

    def _flat(self) -> pd.DataFrame:
        named = any(name is not None for name in self.frame.index.names)
        return self.frame.reset_index() if named else self.frame

    def _texts(self, frame: pd.DataFrame) -> list[tuple[str, ...]]:
        return list(zip(*(_written(frame[name]) for name in frame), strict=True))


def _written(column: pd.Series) -> list[str]:
    """Write a column: numbers with the same decimals all through, what is missing as nothing."""
    if not _is_number(column):
        return ["" if value is None or value != value else str(value) for value in column]
    if pd.api.types.is_integer_dtype(column):
        return ["" if value is pd.NA else _number(value, 0) for value in column]
    digits = max((_digits(float(value)) for value in column.dropna()), default=0)
    return ["" if value != value else _number(float(value), digits) for value in column]


def _number(value: float, digits: int) -> str:
    text = f"{value:,.{digits}f}" if abs(value) >= 10_000 else f"{value:.{digits}f}"
    return text.replace("-", MINUS)


def _digits(value: float) -> int:
    return len(f"{value:.{MOST_DIGITS}f}".rstrip("0").partition(".")[2])


def _is_number(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column))


def _style(column: pd.Series) -> str:
    if _is_number(column):
        return _RIGHT
    texts = [text for text in _written(column) if text]
    if all(_DATE.fullmatch(text) for text in texts):
        return f"{_LEFT};white-space:nowrap"
    if all(_NUMERAL.fullmatch(text) for text in texts):
        return _RIGHT
    if max(map(len, texts)) <= SHORT:
        return f"{_LEFT};white-space:nowrap"
    return f"{_LEFT};min-width:{min(0.5 * max(map(len, texts)), ROOM_EM):g}em"


def _row(texts: tuple[str, ...], styles: list[str]) -> str:
    return "".join(
        _cell(text, style, first=place == 0)
        for place, (text, style) in enumerate(zip(texts, styles, strict=True))
    )


def _cell(text: str, style: str, *, first: bool) -> str:
    """Write a cell; a long code may break after its underscores and slashes, and copies without a mark."""
    shown = re.sub(rf"\S{{{CODE},}}", lambda word: re.sub(r"([_/])(?=.)", "\\1\0", word[0]), text)
    shown = html.escape(shown).replace("\0", "<wbr>")
    if first:
        return f'<th scope="row" style="{style};font-weight:normal">{shown}</th>'
    return f'<td style="{style}">{shown}</td>'
