"""Where the parts of a workbook lie, by their relationships; its sheets' names, first day, texts and number formats."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from analysis.cleaning.readers.archive import Archive, listen, local_name
from analysis.cleaning.readers.grid import NUMBER
from analysis.cleaning.readers.limits import MAX_CELL_CHARS, FileRefused
from analysis.cleaning.readers.number_formats import BUILTIN, EPOCH_1900, EPOCH_1904, classify_format

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ROOT = "_rels/.rels"
WORKBOOK, BINARY, OTHER = "workbook", "binary", "other"


@dataclass
class Book:
    """What the sheets of a workbook share.

    `sheets` are name, part and whether hidden, in order; `epoch` the day that dates count from; `strings` the shared
    texts; `formats` what each cell style shows: a kind of `grid`, or MONTH.
    """

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    epoch: dt.datetime = EPOCH_1900
    strings: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)


def unescape(text: str) -> str:
    """Return a text with its `_xHHHH_` decoded: control characters, and a literal `_x005F_`, as OOXML writes them."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def kind_of_package(archive: Archive) -> str:
    """Tell a workbook, a binary workbook (.xlsb) and anything else apart by its main part."""
    part = _main_part(archive)
    return OTHER if not part else BINARY if part.endswith(".bin") else WORKBOOK


def read_book(archive: Archive) -> Book:
    """Return what the sheets of a workbook share.

    Raises:
        FileRefused: a part is missing, damaged or too big.
    """
    main = _main_part(archive)
    own = _relations(archive, main)
    book = Book()
    found: list[tuple[str, str, bool]] = []
    archive.parse(main, lambda p: setattr(p, "StartElementHandler", _book_reader(book, found)))
    for name, relation, hidden in found:
        kind, part = own.get(relation, ("", ""))
        if kind == "worksheet":
            book.sheets.append((name, part, hidden))
        elif not kind:
            raise FileRefused(archive.file, "damaged.part_missing", part=f"worksheet {name}")
    parts = dict(own.values())
    if archive.has(parts.get("sharedStrings", "")):
        book.strings = _read_strings(archive, parts["sharedStrings"])
    if archive.has(parts.get("styles", "")):
        book.formats = _read_formats(archive, parts["styles"])
    return book


def _main_part(archive: Archive) -> str:
    """Return the workbook's part, empty where the package is of another kind, such as a text document."""
    if not archive.has(_ROOT):
        return ""
    part = dict(_relations(archive, "").values()).get("officeDocument", "")
    return "" if "word/" in part or "ppt/" in part else part


def _relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Return, for each relationship of a part, its kind and the part it leads to."""
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local_name(tag) == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rsplit("/", 1)[-1]
            target = posixpath.join("/", folder, attributes.get("Target", "").replace("\\", "/"))
            found[attributes.get("Id", "")] = kind, posixpath.normpath(target).lstrip("/")

    path = posixpath.join(folder, "_rels", f"{name}.rels")
    archive.parse(path, lambda p: setattr(p, "StartElementHandler", start))
    return found


def _book_reader(book: Book, found: list[tuple[str, str, bool]]) -> Callable[[str, dict[str, str]], None]:
    def start(tag: str, attributes: dict[str, str]) -> None:
        name = local_name(tag)
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if local_name(key) == "id"), "")
            hidden = attributes.get("state", "visible") != "visible"
            found.append((unescape(attributes.get("name", "")), relation, hidden))
        elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            book.epoch = EPOCH_1904

    return start


def _read_strings(archive: Archive, part: str) -> list[str]:
    """Return the shared strings; phonetic guides are left out."""
    strings: list[str] = []
    pieces: list[str] = []
    inside = {"t": False, "rPh": False}

    def start(tag: str, _: dict[str, str]) -> None:
        name = local_name(tag)
        if name in inside:
            inside[name] = True
        elif name == "si":
            pieces.clear()

    def end(tag: str) -> None:
        name = local_name(tag)
        if name in inside:
            inside[name] = False
        elif name == "si":
            strings.append(unescape("".join(pieces))[:MAX_CELL_CHARS])

    def data(text: str) -> None:
        if inside["t"] and not inside["rPh"]:
            pieces.append(text)

    archive.parse(part, lambda p: listen(p, start, end, data))
    return strings


def _read_formats(archive: Archive, part: str) -> list[str]:
    """Return, for each cell style, whether it shows a number, a percentage or a date."""
    custom: dict[str, str] = {}
    styles: list[str] = []
    inside = [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = local_name(tag)
        if name == "numFmt":
            custom[attributes.get("numFmtId", "")] = classify_format(attributes.get("formatCode", ""))
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            number = attributes.get("numFmtId", "0")
            styles.append(custom.get(number) or BUILTIN.get(number, NUMBER))

    def end(tag: str) -> None:
        if local_name(tag) == "cellXfs":
            inside[0] = False

    archive.parse(part, lambda p: listen(p, start, end, None))
    return styles
