"""What the sheets of a workbook share: their names and parts, the day dates count from, and the shared strings."""

from __future__ import annotations

import datetime as dt
import posixpath
from dataclasses import dataclass, field

from analysis.cleaning.readers.archive import Archive, listen, local_name
from analysis.cleaning.readers.limits import MAX_CELL_CHARS


@dataclass
class Book:
    """The sheets of a workbook, name, part and whether hidden, and the day its dates count from."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    epoch: dt.datetime = dt.datetime(1899, 12, 30)


def read_book(archive: Archive) -> Book:
    """Return sheet names, parts, visibility and the day dates count from."""
    parts: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if local_name(tag) == "Relationship":
            target = attributes.get("Target", "")
            parts[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def book_tag(tag: str, attributes: dict[str, str]) -> None:
        if local_name(tag) == "sheet":
            found = next((value for key, value in attributes.items() if local_name(key) == "id"), "")
            hidden = attributes.get("state", "visible") != "visible"
            book.sheets.append((attributes.get("name", ""), posixpath.normpath(parts.get(found, "")), hidden))
        elif local_name(tag) == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            book.epoch = dt.datetime(1904, 1, 1)

    book = Book()
    archive.parse("xl/_rels/workbook.xml.rels", lambda p: setattr(p, "StartElementHandler", relation))
    archive.parse("xl/workbook.xml", lambda p: setattr(p, "StartElementHandler", book_tag))
    book.sheets = [sheet for sheet in book.sheets if "worksheets/" in sheet[1]]
    return book


def read_strings(archive: Archive) -> list[str]:
    """Return the shared strings; phonetic guides are left out."""
    if "xl/sharedStrings.xml" not in archive.names:
        return []
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
            strings.append("".join(pieces)[:MAX_CELL_CHARS])

    def data(text: str) -> None:
        if inside["t"] and not inside["rPh"]:
            pieces.append(text)

    archive.parse("xl/sharedStrings.xml", lambda p: listen(p, start, end, data))
    return strings
