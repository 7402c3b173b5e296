"""A layout.toml to fill in: what was understood of a file in comments, and what was not as open questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace

from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.forecasts import FORECAST
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.heads.headperiods import read_head_period, undated_heads
from analysis.cleaning.heads.nonlevels import not_a_level
from analysis.cleaning.heads.plain_shares import CONTRADICTED
from analysis.cleaning.layouts.layout import HEADS, NO_LAST_ROW, LaidColumn, LaidTable, Layout, Position
from analysis.cleaning.layouts.questions import (
    Unclear,
    near_indicators,
    plain,
    words_of,
    words_of_one_meaning,
)
from analysis.cleaning.layouts.sheet_tables import Table
from analysis.cleaning.messages import LANGUAGES, Message, message
from analysis.cleaning.readers.addresses import column_letters
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.tables.rowkinds import is_figure, is_numbering
from analysis.cleaning.words.periods import show_period
from analysis.cleaning.words.places import SKIP, suggest
from analysis.reference.indicators import by_code
from analysis.reference.spelling import fold_text

_OFTEN = (
    "share_services_with_online_dossiers", "share_dossiers_processed_online", "share_dossiers_submitted_online",
    "share_dossiers_full_process_online", "share_dossiers_online_services", "share_procedures_full_process",
    "share_services_full_process", "share_online_payment", "share_online_payment_dossiers", "n_dossiers_total",
    "n_dossiers_online", "n_dossiers_full_process_online", "n_services_total", "n_services_with_online_dossiers",
    "n_services_full_process",
)  # fmt: skip
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
}
_ASKED_OF_SHEETS = ("name_column", "province", "period", "indicator", "period_column", "indicator_column")
_EXAMPLE = (
    "#   [[tables.cells]]",
    '#   cell = "D31"',
    '#   indicator = "n_dossiers_total"',
)


def draft_layout(unclear: Sequence[Unclear], given: Layout | None) -> str:
    """Return the text of a layout.toml for a file; what the layout `given` said stays in it."""
    given = given or Layout("", {}, {}, ())
    lines = [*_told("layout_how"), *_told("layout_again")]
    lines += _names(unclear, given)
    words = words_of_one_meaning(unclear)
    lines += _words(words, given)
    asked = {one.table.laid for one in unclear if one.table}
    for table in given.tables:
        if table not in asked:
            lines += write_table(table)
    for one in unclear:
        lines += _ask_of_table(one, one.table, frozenset(words)) if one.table else _ask_of_sheet(one.sheet)
    return "\n".join(lines) + "\n"


def _names(unclear: Sequence[Unclear], given: Layout) -> list[str]:
    """Return the lines on names that are no province's: those of the layout given, and those still open."""
    labels = dict.fromkeys(label for one in unclear for label in one.names)
    new = [label for label in labels if fold_text(label) not in given.names]
    if not given.names and not new:
        return []
    lines = ["", *_told("layout_names"), "[names]"]
    lines += [f"{_quote(label)} = {_quote(name)}" for label, name in given.names.items()]
    return [*lines, *_asked(new, _open_name)]


def _words(words: Sequence[str], given: Layout) -> list[str]:
    """Return the lines on words that the codebook does not have, with codes whose names are spelt alike."""
    new = [text for text in words if not given.indicators or _key(text) not in given.indicators]
    lines = ["", *_told("layout_codes")]
    lines += [f"#   {code}: {by_code()[code].name_vi} · {by_code()[code].name_en}" for code in _OFTEN]
    if not given.indicators and not new:
        return lines
    lines += ["", *_told("layout_words"), "[indicators]"]
    lines += [f"{_quote(text)} = {_quote(code)}" for text, code in given.indicators.items()]
    return [*lines, *_asked(new, _open_word)]


def _asked(labels: Sequence[str], ask: Callable[[str, bool], str]) -> list[str]:
    """Return a line to fill in for each label, the first with hints; of very many only the first at all."""
    rest = len(labels) - _MOST_LABELS
    lines = [ask(label, n < _MOST_HINTS) for n, label in enumerate(labels[:_MOST_LABELS])]
    return lines if rest <= 0 else [*lines, *_told("layout_more", rest=rest)]


def _open_name(label: str, hinted: bool) -> str:
    """Return the line on a name that is no province's."""
    return f'{_quote(label)} = ""{_hints(suggest(label)) if hinted else ""}'


def _open_word(text: str, hinted: bool) -> str:
    """Return the line on a word that the codebook does not have; figures that are no level are skipped."""
    if reason := not_a_level(text.split(HEADS)):
        return f'{_quote(text)} = "{SKIP}"  # {_no_level(reason)}'
    return f'{_quote(text)} = ""{_hints(near_indicators(text[:_LONGEST_LIKE])) if hinted else ""}'


def _no_level(reason: str) -> str:
    return " · ".join(message(f"layout_column_{reason}").said.values())


def _key(words: str) -> str:
    return " ".join(undated_heads(words.split(HEADS)))


def _hints(near: Sequence[str]) -> str:
    return f"  # {', '.join(near)}?" if near else ""


def _ask_of_table(unclear: Unclear, table: Table, words: Set[str]) -> list[str]:
    """Return the part on a table that was found: what was said of it, and its open columns."""
    laid = table.laid or LaidTable("", unclear.sheet.name, table.number if unclear.several else 0)
    if laid.cells:
        return write_table(laid)
    said = {column.place: column for column in laid.columns}
    remarks: dict[tuple[int, str], list[str]] = {}
    columns = unclear.columns_besides(words)
    shared = _share_one(columns, table)
    for column in [] if shared else columns[:_MOST_COLUMNS]:
        index = table.block.sheet.origin(column.index)
        reason = not_a_level(column.path)
        skipped = reason or column.unread == FORECAST
        asked = LaidColumn(index, plain(HEADS.join(column.path)), SKIP if skipped else "")
        said.setdefault(asked.place, asked)
        hints = _hints(near_indicators(HEADS.join(column.path))).strip()
        told = [f"# {_no_level(reason)}"] if reason else _told(_COLUMN_TEXTS[column.unread])
        remarks[asked.place] = [*told, *([hints] if hints and not reason else [])]
    about = [*_about_rows(table), *_about_period(unclear, table), *_understood(table, said)]
    asks = {key for key, open_ in (("period", unclear.undated), ("indicator", shared)) if open_}
    laid = replace(laid, columns=tuple(said[place] for place in sorted(said)))
    return write_table(laid, table.block.sheet.transposed, about, remarks, asks)


def _share_one(columns: Sequence[Column], table: Table) -> bool:
    """Tell whether the open columns are of one indicator, which nothing names: their heads say periods at most."""
    if any(words_of(c, table.context) or c.unread or not_a_level(c.path) for c in columns):
        return False
    periods = [read_head_period(list(column.path), table.context) for column in columns]
    return bool(columns) and len({read[0] if read else None for read in periods}) == len(columns)


def _about_rows(table: Table) -> list[str]:
    """Say where the rows were found, and how to say otherwise."""
    block = table.block
    if (table.laid and table.laid.position) or not len(block.data):
        return []
    first = block.sheet.address(block.data[0], block.name_column)
    code = "layout_found.turned" if block.sheet.transposed else "layout_found"
    return _told(code, rows=len(block.data), cell=first)


def _about_period(unclear: Unclear, table: Table) -> list[str]:
    period = table.context.period
    dating = next((c for c in table.columns if c.role in (h.PERIOD, h.YEAR, h.MONTH, h.QUARTER, h.END)), None)
    if dating is not None and not unclear.undated:
        return _told("layout_period.rows", place=_told_place(table, dating))
    if unclear.undated or period is None:
        return _told("layout_period") if unclear.undated else []
    return _told("layout_period.read", period=show_period(period))


def _understood(table: Table, said: Mapping[tuple[int, str], LaidColumn]) -> list[str]:
    """Say which columns are read without a layout, and as what."""
    lines: list[str] = []
    for column in table.columns:
        index = table.block.sheet.origin(column.index)
        if column.role == h.VALUE and column.indicator and (index, "") not in said:
            what = {"head": plain(column.head), "code": column.indicator.code}
            period = show_period(column.period) if column.period else ""
            code = "layout_understood.dated" if period else "layout_understood"
            lines += _told(code, place=_told_place(table, column), period=period, **what)
    return lines


def _told_place(table: Table, column: Column) -> Message:
    """Return where a column stands, in words: column C, or row 9 where provinces stand in columns."""
    sheet = table.block.sheet
    code = "layout_place.turned" if sheet.transposed else "layout_place"
    return message(code, at=_place(sheet.origin(column.index), sheet.transposed))


def _ask_of_sheet(sheet: Sheet) -> list[str]:
    """Return the part on a sheet in which no province was found: where its table seems to be, and what to say."""
    heads = _figure_columns(sheet)
    laid = LaidTable(
        "", sheet.name, position=Position(_first_row(sheet, heads), 0, (), 0, False, False),
        columns=tuple(LaidColumn(j) for j in heads),
    )  # fmt: skip
    remarks = {(j, ""): _told("layout_head", head=plain(head)) for j, head in heads.items()}
    about = [*_told("layout_rows"), *_told("layout_cells"), *_EXAMPLE]
    return write_table(laid, False, about, remarks, set(_ASKED_OF_SHEETS))


def write_table(
    table: LaidTable,
    turned: bool = False,
    about: Sequence[str] = (),
    remarks: Mapping[tuple[int, str], list[str]] | None = None,
    asks: Set[str] = frozenset(),
) -> list[str]:
    """Return what is said of a table as lines of TOML.

    `about` are comments on the table, `remarks` on its columns; `asks` are keys that stand there to be filled in.
    """
    turned = table.position.turned if table.position else turned
    lines = ["", "[[tables]]", *about]
    for key, value in _pairs(table, turned).items():
        if value or key in asks:
            lines.append(f"{key} = {_value(value)}{_hint(key) if not value else ''}")
    for cell in table.cells:
        lines += ["", "[[tables.cells]]", f"cell = {_quote(f'{column_letters(cell.index)}{cell.row}')}"]
        said = {"province": cell.province, "indicator": cell.indicator, "period": cell.period}
        lines += [f"{key} = {_quote(value)}" for key, value in said.items() if value]
    for column in table.columns:
        lines += ["", "[[tables.columns]]", *(remarks or {}).get(column.place, [])]
        lines.append(f"column = {_quote(_place(column.index, turned))}")
        pairs = {key: value for key, value in vars(column).items() if key != "index"}
        told = {key: value for key, value in pairs.items() if value not in ("", None) or key == "indicator"}
        if not told["indicator"]:
            told.setdefault("period", "")
        lines += [f"{key} = {_value(value)}" for key, value in told.items()]
    return lines


def _pairs(table: LaidTable, turned: bool) -> dict[str, object]:
    """Return the keys of a table and what they hold, in the order in which a person fills them in."""
    position = table.position
    pairs: dict[str, object] = {"sheet": table.sheet, "table": table.table}
    if position is not None:
        stated = bool(table.where) and not table.province
        pairs |= {
            "first_row": position.first_row,
            "last_row": position.last_row if position.last_row < NO_LAST_ROW else 0,
            "header_rows": list(position.header_rows),
            "name_column": _place(position.name_column, turned) if stated else "",
            "names_are_codes": position.names_are_codes,
            "turned": position.turned,
        }
    pairs |= {"province": table.province, "period": table.period, "certain": table.certain}
    pairs["indicator"] = table.indicator
    for key in ("period_column", "indicator_column"):
        index = getattr(table, key)
        pairs[key] = "" if index is None else _place(index, turned)
    return pairs


def _hint(key: str) -> str:
    return "  # " + " · ".join(message(f"layout_key_{key}").said.values())


def _told(code: str, /, **values: object) -> list[str]:
    """Return a text as comments, a line in each language."""
    said: Message = message(code, **values)
    return [f"# {plain(said.said[language])}" for language in LANGUAGES]


def _place(index: int, turned: bool) -> str:
    return str(index + 1) if turned else column_letters(index)


def _value(value: object) -> str:
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
