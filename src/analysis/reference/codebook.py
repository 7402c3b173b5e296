"""What a line of a codebook must be: the package's own table and a project's lines go through the same checks."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.errors import RequestError
from analysis.reference.abbreviations import fold_name

UNITS = ("percent", "count", "score", "ratio", "VND", "event")
COLUMNS = (
    "code",
    "name_vi",
    "name_en",
    "unit",
    "lower",
    "upper",
    "numerator_vi",
    "numerator_en",
    "denominator_vi",
    "denominator_en",
    "numerator_code",
    "denominator_code",
    "breaks",
    "flags",
    "synonyms",
)
_REQUIRED = ("code", "name_vi", "name_en", "unit")
_NUMBERS, _DATES, _LISTS = ("lower", "upper"), ("breaks", "flags"), ("synonyms",)
_TEXTS = tuple(name for name in COLUMNS if name not in (*_NUMBERS, *_DATES, *_LISTS))
_PERCENT = re.compile(r"\(\s*%\s*\)|%$")  # “Tỷ lệ … (%)”; not “dưới 10% dịch vụ”
_CODE = re.compile(r"[a-z][a-z0-9_]{1,99}")


@dataclass(frozen=True)
class Indicator:
    """One line of the codebook.

    `unit` is one of `UNITS`: percent (0-100), count, score, ratio, VND or event. `lower` and `upper` bound its
    values. `breaks` are days from which values no longer compare with earlier ones; `flags` are days of a jump
    nobody explained, to be mentioned beside the values. The two codes name the counts behind a share, where
    the codebook has them. `synonyms` are other names found in tables.
    """

    code: str
    name_vi: str
    name_en: str
    unit: str
    lower: float | None
    upper: float | None
    numerator_vi: str
    numerator_en: str
    denominator_vi: str
    denominator_en: str
    numerator_code: str
    denominator_code: str
    breaks: tuple[dt.date, ...]
    flags: tuple[dt.date, ...]
    synonyms: tuple[str, ...]

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """The column and the text of each name by which tables may call it; its code is one."""
        own = (("code", self.code), ("name_vi", self.name_vi), ("name_en", self.name_en))
        return (*own, *(("synonyms", name) for name in self.synonyms))


class CodebookWrong(RequestError):
    """A codebook that cannot be used: each line of the text names a place, what belongs there and the remedy."""


@dataclass(frozen=True)
class Known:
    """What a codebook stands beside: its codes with their units, its spelt-out names with the code each means."""

    units: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def known_of(lines: Iterable[Indicator]) -> Known:
    """Return what further lines must not contradict."""
    lines = tuple(lines)
    names = {fold_name(name): line.code for line in lines for _, name in line.names}
    return Known({line.code: line.unit for line in lines}, names)


@dataclass(frozen=True)
class _Line:
    """A line with its number in the file and the text of each column."""

    number: int
    texts: dict[str, str]


def is_codebook(path: Path) -> bool:
    """Tell whether a file is a table of indicators: its first line has the columns `code`, `name_vi` and more of them.

    One in another encoding, or without the other columns, is one too: reading it says what is wrong.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(10_000)
    except OSError:
        return False
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    first = data.decode("utf-16" if wide else "utf-8-sig", errors="replace").split("\n", 1)[0]
    names = {name.strip(' "\r\n') for name in first.split(_delimiter(first))}
    return {"code", "name_vi"} <= names and len(names & {*COLUMNS} - {"name_en"}) > 2


def read_codebook(data: bytes, file: str, known: Known | None = None) -> tuple[Indicator, ...]:
    """Return the indicators of a codebook, in its order; `file` is what messages call it.

    The table is CSV in UTF-8 with the columns `COLUMNS`, separated by commas, semicolons or tabs. Lists (`breaks`,
    `flags`, `synonyms`) are separated by `|`, days are ISO.

    Raises:
        CodebookWrong: names every line and column at fault, what was expected and how to put it right.
    """
    known = known or Known()
    lines = _read_lines(data, file)
    faults = [fault for line in lines for fault in _faults_of_cells(line)]
    if not faults:
        faults = [*_faults_of_codes(lines, known), *_faults_of_names(lines, known)]
    if faults:
        raise CodebookWrong("\n".join(f"{file}, {fault}" for fault in faults))
    return tuple(_indicator(line) for line in lines)


def read_texts(data: bytes, file: str) -> list[dict[str, str]]:
    """Return the lines of a codebook as the text of each column, nothing of which is checked.

    Raises:
        CodebookWrong: it is no table with the columns of a codebook.
    """
    return [{name: line.texts[name] for name in COLUMNS} for line in _read_lines(data, file)]


def codebook_text(lines: Iterable[Mapping[str, str]]) -> str:
    """Return lines, given as the text of each column, as the CSV table that `read_codebook` reads."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return stream.getvalue()


def _delimiter(first_line: str) -> str:
    """Return the separator of a table: a spreadsheet program in Vietnamese writes semicolons, copied cells tabs."""
    return max(",;\t", key=first_line.count)


def _read_lines(data: bytes, file: str) -> list[_Line]:
    """Return the lines of a codebook that hold anything.

    Raises:
        CodebookWrong: it is no UTF-8 text, columns are missing, unknown or doubled, or a line has too many cells.
    """
    text = _decode(data, file)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text.split("\n", 1)[0]))
    lines, begins, faults = [], 1, list[str]()
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, file)
        begins = reader.line_num + 1
        for row in reader:
            cells = [unicodedata.normalize("NFC", cell.strip()) for cell in row]
            if any(cells) and len(cells) != len(header):
                faults.append(
                    f"line {begins}: {len(cells)} cells, but {len(header)} columns. Put a text that holds a "
                    'comma in quotation marks: "a, b".'
                )
            elif any(cells):
                lines.append(_Line(begins, dict(zip(header, cells, strict=True))))
            begins = reader.line_num + 1
    except csv.Error as error:
        faults.append(f"line {begins}: no CSV ({error}). Close the quotation mark, or save the table anew.")
    if faults:
        raise CodebookWrong("\n".join(f"{file}, {fault}" for fault in faults))
    return lines


def _decode(data: bytes, file: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CodebookWrong(
            f"{file}, line {line}: byte 0x{data[error.start]:02x} is no UTF-8. Save the table as “CSV UTF-8”."
        ) from error
    if "\0" in text:
        raise CodebookWrong(f"{file}: holds NUL characters, as UTF-16 does. Save the table as “CSV UTF-8”.")
    return text


def _check_header(header: list[str], file: str) -> None:
    """Refuse a table whose columns are not those of a codebook, each once, in any order."""
    parts = {
        "missing": [name for name in COLUMNS if name not in header],
        "unknown": [name for name in dict.fromkeys(header) if name not in COLUMNS],
        "doubled": [name for name in COLUMNS if header.count(name) > 1],
    }
    said = "; ".join(
        f"{what}: {', '.join(f'“{name}”' for name in names)}" for what, names in parts.items() if names
    )
    if said:
        raise CodebookWrong(f"{file}, line 1: columns {said}. Expected are {','.join(COLUMNS)}.")


def _faults_of_cells(line: _Line) -> Iterator[str]:
    """Yield what is wrong in the cells of a line, each by itself."""
    for name in _REQUIRED:
        if not line.texts[name]:
            yield _fault(line, name, "is empty", "Every indicator has one")
    code, unit = line.texts["code"], line.texts["unit"]
    if code and not _CODE.fullmatch(code):
        yield _fault(
            line, "code", f"“{code}”", "Expected small letters a–z, digits and _, as in share_x_online"
        )
    if unit and unit not in UNITS:
        yield _fault(line, "unit", f"“{unit}” is no unit", f"Expected one of {', '.join(UNITS)}")
    for name in _NUMBERS:
        if line.texts[name] and _number(line.texts[name]) is None:
            yield _fault(
                line, name, f"“{line.texts[name]}” is no number", "Write 0 or 0.33, or leave it empty"
            )
    lower, upper = _number(line.texts["lower"]), _number(line.texts["upper"])
    if lower is not None and upper is not None and lower > upper:
        yield _fault(
            line, "lower", f"{lower:g} is above upper, {upper:g}", "Exchange the two, or correct one"
        )
    for name in _DATES:
        for day in _listed(line.texts[name]):
            if _day(day) is None:
                yield _fault(
                    line, name, f"“{day}” is no day", "Write it as 2022-08-15, several with | between"
                )


def _is_share(line: _Line, units: dict[str, str]) -> bool:
    """Tell whether a line is of a share in percent: one count over another, or so called."""
    names = [line.texts["name_vi"], line.texts["name_en"], *_listed(line.texts["synonyms"])]
    counts = [units.get(line.texts[name]) for name in ("numerator_code", "denominator_code")]
    return counts == ["count", "count"] or any(_PERCENT.search(name) for name in names)


def _faults_of_codes(lines: list[_Line], known: Known) -> Iterator[str]:
    """Yield codes that are given twice, and counts behind shares that no line has."""
    first: dict[str, _Line] = {}
    for line in lines:
        code = line.texts["code"]
        if code in known.units:
            yield _fault(line, "code", f"“{code}” is in the codebook already", "Give yours another code")
        elif code in first:
            where = f"“{code}” stands in line {first[code].number} already"
            yield _fault(line, "code", where, "Give one of them another code, or take one line out")
        first.setdefault(code, line)
    units = {**{code: line.texts["unit"] for code, line in first.items()}, **known.units}
    for line in lines:
        for name in ("numerator_code", "denominator_code"):
            code = line.texts[name]
            if code and units.get(code) not in ("count", "VND"):
                found = f"is in {units[code]}" if code in units else "is no code of the codebook"
                yield _fault(line, name, f"“{code}” {found}", "Name a count, add its line, or leave it empty")
        unit = line.texts["unit"]
        if unit in UNITS and unit != "percent" and _is_share(line, units):
            said = f"“{unit}”, but its counts or a name in % make it a share"
            yield _fault(line, "unit", said, "Write percent, or correct counts and names")


def _faults_of_names(lines: list[_Line], known: Known) -> Iterator[str]:
    """Yield names that say nothing, and those that mean another indicator already, however they are spelt."""
    owners = {name: (code, "") for name, code in known.names.items()}
    for line in lines:
        for column, name in _indicator(line).names:
            folded = fold_name(name)
            if not folded:
                yield _fault(
                    line, column, f"“{name}” has neither letters nor digits", "Write a name, or leave it out"
                )
                continue
            code, where = owners.setdefault(folded, (line.texts["code"], f", in line {line.number}"))
            if code != line.texts["code"]:
                what = f"“{name}” means {code} already{where}"
                yield _fault(line, column, what, "Use another name, or use that indicator")


def _fault(line: _Line, column: str, found: str, remedy: str) -> str:
    return f"line {line.number}, column “{column}”: {found}. {remedy}."


def _indicator(line: _Line) -> Indicator:
    texts = line.texts
    return Indicator(
        **{name: texts[name] for name in _TEXTS},
        lower=_number(texts["lower"]),
        upper=_number(texts["upper"]),
        breaks=tuple(day for text in _listed(texts["breaks"]) if (day := _day(text))),
        flags=tuple(day for text in _listed(texts["flags"]) if (day := _day(text))),
        synonyms=tuple(_listed(texts["synonyms"])),
    )


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _number(text: str) -> float | None:
    """Return a number written with a decimal point, None where the text is empty or no finite number."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None
