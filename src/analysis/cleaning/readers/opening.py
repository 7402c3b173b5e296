"""Any file to sheets: told by its first bytes, not by its name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from analysis.cleaning.readers.archive import Archive
from analysis.cleaning.readers.delimited import read_delimited
from analysis.cleaning.readers.encodings import repair_legacy_cells
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.readers.limits import MAX_FILE_BYTES, FileRefused
from analysis.cleaning.readers.ods import read_ods
from analysis.cleaning.readers.webpage import read_webpage
from analysis.cleaning.readers.xls import read_xls
from analysis.cleaning.readers.xlsb import read_xlsb
from analysis.cleaning.readers.xlsx import read_xlsx
from analysis.cleaning.readers.xlsx_book import BINARY, WORKBOOK, kind_of_package
from analysis.reference.test_data import GENERATOR

_OTHER = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"{\\rtf", "word_document"),
    (b"Rar!", "packed"),
    (b"7z\xbc\xaf", "packed"),
    (b"\x1f\x8b", "packed"),
)


def read_sheets(path: Path, file: str) -> list[Sheet]:
    """Return the sheets of a file of any kind we know; `file` is its name in messages.

    Raises:
        FileRefused: one line that says what is wrong with it.
    """
    _check_place(path, file)
    with path.open("rb") as stream:
        head = stream.read(4096)
    for magic, code in _OTHER:
        if head.startswith(magic):
            raise FileRefused(file, code)
    try:
        sheets = _dispatch(path, file, head)
    except (FileRefused, OSError):
        raise
    except Exception as error:  # a damaged file can break its reader in any place; the other files go on
        raise FileRefused(file, "damaged.said", error=str(error) or type(error).__name__) from error
    return [replace(sheet, rows=repair_legacy_cells(sheet.rows, file)) for sheet in sheets if sheet.rows]


def shown_name(name: str) -> str:
    """Return a file's name as UTF-8 can write it; bytes that are none are shown as \\xHH."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _check_place(path: Path, file: str) -> None:
    if shown_name(str(path)) != str(path):
        raise FileRefused(file, "name_unreadable")
    if path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve()):
        raise FileRefused(file, "link_outside")
    if not path.is_file():
        raise FileRefused(file, "no_file")
    size = path.stat().st_size
    if size == 0:
        raise FileRefused(file, "empty")
    if size > MAX_FILE_BYTES:
        raise FileRefused(file, "too_large", size=size // 2**20, most=MAX_FILE_BYTES // 2**20)


def _dispatch(path: Path, file: str, head: bytes) -> list[Sheet]:
    if head.startswith(b"PK"):
        return _read_zipped(path, file)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return read_xls(path, file)
    content = path.read_bytes()
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\0", b"").lstrip()[:2048].lower()
    if start.startswith(b"<"):
        if f'content="{GENERATOR}'.encode() in content:
            raise FileRefused(file, "own_output")
        return read_webpage(content, file)
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods"):
        raise FileRefused(file, "mislabelled", suffix=path.suffix)
    return read_delimited(content, file)


def _read_zipped(path: Path, file: str) -> list[Sheet]:
    archive = Archive(path, file)
    if archive.has("content.xml"):
        return read_ods(archive)
    kind = kind_of_package(archive)
    if kind == WORKBOOK:
        return read_xlsx(archive)
    if kind == BINARY:
        return read_xlsb(path, file)
    raise FileRefused(file, "word_document" if archive.has("word/document.xml") else "packed_no_workbook")
