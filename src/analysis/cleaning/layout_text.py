"""layout.toml written: what was understood of a file in comments, and what was not as open questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace

from analysis.cleaning.layout import HEADS, NO_LAST_ROW, LaidColumn, LaidTable, Layout
from analysis.cleaning.messages import LANGUAGES, Message, message
from analysis.cleaning.questions import (
    FORECAST,
    Unclear,
    near_indicators,
    plain,
    words_of,
    words_of_one_meaning,
)
from analysis.cleaning.readers.addresses import column_letters
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.recognise.shares import CONTRADICTED
from analysis.cleaning.rows import is_figure, is_numbering
from analysis.cleaning.words.no_level import not_a_level
from analysis.cleaning.words.periods import Period, period_text
from analysis.cleaning.words.places import PLACE, SKIP, suggest
from analysis.cleaning.words.said_periods import read_head_period, undated_heads
from analysis.reference.spelling import fold_text

_MOST_COLUMNS = 60
_MOST_LABELS, _MOST_HINTS, _LONGEST_LIKE = 120, 60, 80
_COLUMN_TEXTS = {
    "": "layout_column_unknown",
    "twin": "layout_column_twin",
    "since": "layout_column_since",
    "units": "layout_column_units",
    FORECAST: "layout_column_forecast",
    "carried": "layout_column_carried",
    CONTRADICTED: "layout_column_contradicted",
    "unlisted": "layout_column_unlisted",
    "places": "layout_column_places",
}
_ASKED_OF_SHEETS = ("name_column", "province", "period", "indicator", "period_column", "indicator_column")


def draft_layout(unclear: Sequence[Unclear], given: Layout | None, sheets: int = 1) -> str:
    """Return the text of a layout.toml for a file; what the layout `given` said stays in it.

    The name of a sheet is written only where the file has several `sheets` with tables: next month's has another.
    """
    given = given or Layout()
    labels = dict.fromkeys(label for one in unclear for label in one.names)
    words = words_of_one_meaning(unclear)
    lines = [*_told("layout_how"), *_told("layout_again")]
    open_names = [label for label in labels if fold_text(label) not in given.names]
    lines += _said_of("layout_names", given.names, open_names, suggest)
    open_words = [text for text in words if _key(text) not in given.indicators]
    lines += _said_of(
        "layout_indicators", given.indicators, open_words, lambda t: near_indicators(t[:_LONGEST_LIKE])
    )
    asked = [one.proposal.laid for one in unclear if one.proposal]
    for table in given.tables:
        lines += write_table(table) if table not in asked else []
    for one in unclear:
        name = one.sheet.name if sheets > 1 else ""
        lines += (
            _ask_of_table(one, one.table, name, frozenset(words))
            if one.table
            else _ask_of_sheet(one.sheet, name)
        )
    return "\n".join(lines) + "\n"


def _key(words: str) -> str:
    return " ".join(undated_heads(words.split(HEADS)))


def _said_of(
    part: str, given: Mapping[str, str], new: Sequence[str], near: Callable[[str], Sequence[str]]
) -> list[str]:
    """Return the part on names or words: those of the layout given, and a line to fill in for each new one.

    The first have hints, figures that are no level are skipped, and of very many only the first stand there.
    """
    if not given and not new:
        return []
    lines = ["", *_told(part), f"[{part.removeprefix('layout_')}]"]
    lines += [f"{_quote(text)} = {_quote(said)}" for text, said in given.items()]
    for n, text in enumerate(new[:_MOST_LABELS]):
        reason = not_a_level(text.split(HEADS)) if part == "layout_indicators" else ""
        hint = _no_level(reason) if reason else _hint(near(text)) if n < _MOST_HINTS else ""
        lines.append(f"{_quote(text)} = {_quote(SKIP if reason else '')}{f'  {hint}' if hint else ''}")
    rest = len(new) - _MOST_LABELS
    return [*lines, *(_told("layout_more", rest=rest) if rest > 0 else [])]


def _no_level(reason: str) -> str:
    return "# " + " · ".join(message(f"layout_column_{reason}").said.values())


def _hint(near: Sequence[str]) -> str:
    return f"# {', '.join(near)}?" if near else ""


def _ask_of_table(unclear: Unclear, table: LaidTable, sheet: str, words: Set[str]) -> list[str]:
    """Return the part on a table that was found: what was said of it, and its open columns."""
    given = unclear.proposal.laid if unclear.proposal else None
    laid = given or LaidTable(sheet=sheet, table=table.table if unclear.several else 0)
    said = {column.index: column for column in laid.columns}
    remarks: dict[int, list[str]] = {}
    columns = unclear.columns_besides(words)
    shared = _share_one(columns, unclear)
    for column in [] if shared else columns[:_MOST_COLUMNS]:
        reason = not_a_level(column.path)
        skipped = SKIP if reason or column.unread == FORECAST else ""
        said.setdefault(column.index, LaidColumn(column.index, plain(column.head), skipped))
        code = _COLUMN_TEXTS.get(column.unread, "layout_column_unknown")
        hint = _hint(near_indicators(column.head))
        remarks[column.index] = [_no_level(reason)] if reason else [*_told(code), *([hint] if hint else [])]
    about = [*_about_rows(unclear, laid), *(_told("layout_period") if unclear.undated else [])]
    asks = {key for key, open_ in (("period", unclear.undated), ("indicator", shared)) if open_}
    laid = replace(laid, columns=tuple(said[index] for index in sorted(said)))
    return write_table(laid, table.turned, about, remarks, asks)


def _share_one(columns: Sequence[LaidColumn], unclear: Unclear) -> bool:
    """Tell whether the open columns are of one indicator, which nothing names: their heads say periods at most."""
    if any(words_of(c, unclear.report) or c.unread or not_a_level(c.path) for c in columns):
        return False
    periods = [read_head_period(list(column.path), unclear.report) for column in columns]
    return bool(columns) and len({read[0] if read else None for read in periods}) == len(columns)


def _about_rows(unclear: Unclear, laid: LaidTable) -> list[str]:
    """Say where the rows were found, and how to say otherwise."""
    found = unclear.proposal.found if unclear.proposal else None
    rows = found.rows(PLACE) if found else []
    if found is None or laid.is_placed or not rows:
        return []
    code = "layout_found.turned" if found.sheet.transposed else "layout_found"
    return _told(code, rows=len(rows), cell=found.sheet.address(rows[0], found.naming.column))


def _ask_of_sheet(sheet: Sheet, name: str) -> list[str]:
    """Return the part on a sheet in which no province was found: where its table seems to be, and what to say."""
    heads = _figure_columns(sheet)
    columns = tuple(LaidColumn(j) for j in heads)
    laid = LaidTable(sheet=name, first_row=_first_row(sheet, heads), columns=columns)
    remarks = {j: _told("layout_head", head=plain(head)) for j, head in heads.items()}
    return write_table(laid, False, _told("layout_rows"), remarks, set(_ASKED_OF_SHEETS))


def write_table(
    table: LaidTable,
    turned: bool = False,
    about: Sequence[str] = (),
    remarks: Mapping[int, list[str]] | None = None,
    asks: Set[str] = frozenset(),
) -> list[str]:
    """Return what is said of a table as lines of TOML.

    `about` are comments on the table, `remarks` on its columns; `asks` are keys that stand there to be filled in.
    """
    turned = table.turned or turned
    lines = ["", "[[tables]]", *about]
    for key, value in _pairs(table, turned).items():
        if value or key in asks:
            lines.append(f"{key} = {_value(value)}{_about_key(key) if not value else ''}")
    for column in table.columns:
        lines += ["", "[[tables.columns]]", *(remarks or {}).get(column.index, [])]
        lines.append(f"column = {_quote(_place(column.index, turned))}")
        told = {key: value for key, value in _said(column, turned).items() if value not in ("", [], None)}
        if not column.indicator:
            told = {"head": column.head, "indicator": "", "period": "", **told}
        lines += [f"{key} = {_value(value)}" for key, value in told.items() if value or key != "head"]
    return lines


def _said(column: LaidColumn, turned: bool) -> dict[str, object]:
    """Return the keys of a column that a person may state."""
    return {
        "head": column.head, "indicator": column.indicator, "period": _period(column.period), "decimal": column.decimal,
        "part": column.part, "plus": [_place(index, turned) for index in column.plus], "percent": column.percent,
        "fraction": column.fraction, "multiplier": column.multiplier,
    }  # fmt: skip


def _period(period: Period | None) -> str:
    return period_text(period) if period else ""


def _pairs(table: LaidTable, turned: bool) -> dict[str, object]:
    """Return the keys of a table and what they hold, in the order in which a person fills them in."""
    pairs: dict[str, object] = {"sheet": table.sheet, "table": table.table}
    if table.is_placed:
        stated = bool(table.where) and not table.province
        pairs |= {
            "first_row": table.first_row,
            "last_row": table.last_row if table.last_row < NO_LAST_ROW else 0,
            "header_rows": list(table.header_rows),
            "name_column": _place(table.name_column or 0, turned) if stated else "",
            "names_are_codes": table.names_are_codes,
            "nested": table.nested,
            "turned": table.turned,
        }
    pairs |= {"province": table.province, "period": _period(table.period), "certain": table.certain}
    pairs["indicator"] = table.indicator
    for key in ("period_column", "indicator_column"):
        index = getattr(table, key)
        pairs[key] = "" if index is None else _place(index, turned)
    return pairs


def _about_key(key: str) -> str:
    return "  # " + " · ".join(message(f"layout_key_{key}").said.values())


def _told(code: str, /, **values: object) -> list[str]:
    """Return a text as comments, a line in each language."""
    said: Message = message(code, **values)
    return [f"# {plain(said.said[language])}" for language in LANGUAGES]


def _place(index: int, turned: bool) -> str:
    return str(index + 1) if turned else column_letters(index)


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _quote(value) if isinstance(value, str) else str(value)


def _quote(text: str) -> str:
    return '"' + plain(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _first_row(sheet: Sheet, heads: Mapping[int, str]) -> int:
    """Return the number of the first row that has figures beside other cells."""
    for i, row in enumerate(sheet.rows):
        figures = [j for j in heads if j < len(row) and is_figure(sheet, i, j)]
        if figures and sum(bool(text) for text in row) >= 2 and not is_numbering([t for t in row if t]):
            return sheet.numbers[i]
    return 1


def _figure_columns(sheet: Sheet) -> dict[int, str]:
    """Return the columns that hold mostly figures, without numbers of rows, with the text nearest above."""
    found: dict[int, str] = {}
    for j in range(min(sheet.width, _MOST_COLUMNS)):
        rows = [i for i, row in enumerate(sheet.rows[:400]) if j < len(row) and row[j]]
        figures = [i for i in rows if is_figure(sheet, i, j)]
        if len(figures) <= len(rows) / 3 or _counts_rows([sheet.text(i, j) for i in figures]):
            continue
        above = [sheet.text(i, j) for i in rows if i < figures[0]]
        found[j] = above[-1] if above else ""
    return found


def _counts_rows(texts: list[str]) -> bool:
    """Tell 1, 2, 3, … from figures."""
    return (
        len(texts) > 1
        and all(text.isdecimal() for text in texts)
        and [int(text) for text in texts] == list(range(int(texts[0]), int(texts[0]) + len(texts)))
    )
