"""layout.toml written: what was understood of a file in comments, and what was not as open questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from analysis.cleaning.layout import DATING, HEADS, NO_LAST_ROW, LaidColumn, LaidTable, Layout
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
from analysis.cleaning.words.periods import Period, period_text, show_period
from analysis.cleaning.words.places import PLACE, SKIP, suggest
from analysis.cleaning.words.said_periods import read_head_period, undated_heads
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
    given = given or Layout()
    lines = [*_told("layout_how"), *_told("layout_again")]
    lines += _names(unclear, given)
    words = words_of_one_meaning(unclear)
    lines += _words(words, given)
    asked = [one.proposal.laid for one in unclear if one.proposal]
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


def _ask_of_table(unclear: Unclear, table: LaidTable, words: Set[str]) -> list[str]:
    """Return the part on a table that was found: what was said of it, and its open columns."""
    given = unclear.proposal.laid if unclear.proposal else None
    laid = given or LaidTable(sheet=unclear.sheet.name, table=table.table if unclear.several else 0)
    if laid.cells:
        return write_table(laid)
    said = {column.index: column for column in laid.columns}
    remarks: dict[int, list[str]] = {}
    columns = unclear.columns_besides(words)
    shared = _share_one(columns, unclear)
    for column in [] if shared else columns[:_MOST_COLUMNS]:
        reason = not_a_level(column.path)
        asked = LaidColumn(
            column.index, plain(column.head), SKIP if reason or column.unread == FORECAST else ""
        )
        said.setdefault(asked.index, asked)
        hints = _hints(near_indicators(column.head)).strip()
        told = (
            [f"# {_no_level(reason)}"]
            if reason
            else _told(_COLUMN_TEXTS.get(column.unread, "layout_column_unknown"))
        )
        remarks[asked.index] = [*told, *([hints] if hints and not reason else [])]
    about = [*_about_rows(unclear, laid), *_about_period(unclear, table), *_understood(table, said)]
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
    first = found.sheet.address(rows[0], found.naming.column)
    return _told(
        "layout_found.turned" if found.sheet.transposed else "layout_found", rows=len(rows), cell=first
    )


def _about_period(unclear: Unclear, table: LaidTable) -> list[str]:
    dating = table.of_role(*DATING)
    if dating is not None and not unclear.undated:
        return _told("layout_period.rows", place=_told_place(table, dating))
    if unclear.undated or table.period is None:
        return _told("layout_period") if unclear.undated else []
    return _told("layout_period.read", period=show_period(table.period))


def _understood(table: LaidTable, said: Mapping[int, LaidColumn]) -> list[str]:
    """Say which columns are read without a layout, and as what."""
    lines: list[str] = []
    for column in table.values:
        if column.indicator and column.index not in said:
            what = {"head": plain(column.head), "code": column.indicator}
            period = show_period(column.period) if column.period else ""
            code = "layout_understood.dated" if period else "layout_understood"
            lines += _told(code, place=_told_place(table, column), period=period, **what)
    return lines


def _told_place(table: LaidTable, column: LaidColumn) -> Message:
    """Return where a column stands, in words: column C, or row 9 where provinces stand in columns."""
    code = "layout_place.turned" if table.turned else "layout_place"
    return message(code, at=_place(column.index, table.turned))


def _ask_of_sheet(sheet: Sheet) -> list[str]:
    """Return the part on a sheet in which no province was found: where its table seems to be, and what to say."""
    heads = _figure_columns(sheet)
    laid = LaidTable(
        sheet=sheet.name, first_row=_first_row(sheet, heads), columns=tuple(LaidColumn(j) for j in heads)
    )
    remarks = {j: _told("layout_head", head=plain(head)) for j, head in heads.items()}
    about = [*_told("layout_rows"), *_told("layout_cells"), *_EXAMPLE]
    return write_table(laid, False, about, remarks, set(_ASKED_OF_SHEETS))


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
            lines.append(f"{key} = {_value(value)}{_hint(key) if not value else ''}")
    for cell in table.cells:
        lines += ["", "[[tables.cells]]", f"cell = {_quote(f'{column_letters(cell.index)}{cell.row}')}"]
        said = {"province": cell.province, "indicator": cell.indicator, "period": _period(cell.period)}
        lines += [f"{key} = {_quote(value)}" for key, value in said.items() if value]
    for column in table.columns:
        lines += ["", "[[tables.columns]]", *(remarks or {}).get(column.index, [])]
        lines.append(f"column = {_quote(_place(column.index, turned))}")
        told = {key: value for key, value in _said(column, turned).items() if value or key == "indicator"}
        if not told["indicator"]:
            told.setdefault("period", "")
        lines += [f"{key} = {_value(value)}" for key, value in told.items()]
    return lines


def _said(column: LaidColumn, turned: bool) -> dict[str, object]:
    """Return the keys of a column that a person may state."""
    said: dict[str, object] = {
        "head": column.head, "indicator": column.indicator, "period": _period(column.period), "decimal": column.decimal,
        "part": column.part, "plus": [_place(index, turned) for index in column.plus],
    }  # fmt: skip
    flags = {"percent": column.percent, "fraction": column.fraction, "multiplier": column.multiplier}
    return said | {key: _Shown(value) for key, value in flags.items() if value is not None}


@dataclass(frozen=True)
class _Shown:
    """A value that is written even where it is false."""

    value: object


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


def _hint(key: str) -> str:
    return "  # " + " · ".join(message(f"layout_key_{key}").said.values())


def _told(code: str, /, **values: object) -> list[str]:
    """Return a text as comments, a line in each language."""
    said: Message = message(code, **values)
    return [f"# {plain(said.said[language])}" for language in LANGUAGES]


def _place(index: int, turned: bool) -> str:
    return str(index + 1) if turned else column_letters(index)


def _value(value: object) -> str:
    if isinstance(value, _Shown):
        value = value.value
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
