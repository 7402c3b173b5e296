"""How much of a zipped workbook may be unpacked: what bombs and damaged parts are refused before they cost anything.

The sizes that the zip declares are added up first; then the bytes that really come out are counted as they come, and
doctypes and entities end the reading. The part of an XML file that is parsed is the part that was counted.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

from analysis.cleaning.readers.limits import MAX_UNPACKED_BYTES, FileRefused

_CHUNK = 1 << 18
# Sheets pack to a twentieth or so. Beyond this size, what packs to less than a hundredth (the bound that Apache POI
# sets too) is a bomb.
_SUSPECT_BYTES, _MOST_PACKED = 64 * 2**20, 100


class Archive:
    """The parts of a zipped workbook; every part is unpacked at most once and never beyond the limit."""

    def __init__(self, path: Path, file: str) -> None:
        self.file = file
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, struct.error) as error:
            raise FileRefused(file, "damaged") from error
        infos = self._zip.infolist()
        declared = sum(info.file_size for info in infos)
        if declared > MAX_UNPACKED_BYTES or len(infos) > 10_000:
            raise _too_big(file, declared)
        if any(info.flag_bits & 1 for info in infos):
            raise FileRefused(file, "encrypted")
        # Names of parts are alike in any case; some writers put backslashes between folders.
        self.names = {_plain(info.filename): info for info in infos}
        self._spent, self._packed = 0, sum(info.compress_size for info in infos)

    def has(self, name: str) -> bool:
        """Tell whether there is such a part."""
        return _plain(name) in self.names

    def parse(self, name: str, configure: Callable[[expat.XMLParserType], None]) -> None:
        """Feed one XML part to a parser; stop at entities, doctypes and more bytes than were declared.

        Raises:
            FileRefused: the part is missing, damaged, too big or not harmless XML.
        """
        parser = expat.ParserCreate(namespace_separator=None)
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.EntityDeclHandler = self._refuse_doctype
        configure(parser)
        info = self.names.get(_plain(name))
        if info is None:
            raise FileRefused(self.file, "damaged.part_missing", part=name)
        try:
            with self._zip.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    self._spend(len(chunk))
                    parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise FileRefused(self.file, "damaged.xml", part=name, error=str(error)) from error
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            NotImplementedError,
        ) as error:
            raise FileRefused(self.file, "damaged.part", part=name, error=str(error)) from error

    def _spend(self, size: int) -> None:
        self._spent += size
        if self._spent > MAX_UNPACKED_BYTES or self._spent > max(_SUSPECT_BYTES, _MOST_PACKED * self._packed):
            raise _too_big(self.file, self._spent)

    def _refuse_doctype(self, *_: object) -> None:
        raise FileRefused(self.file, "entities")


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _too_big(file: str, size: int) -> FileRefused:
    return FileRefused(file, "unpacks_too_large", size=size // 2**20, most=MAX_UNPACKED_BYTES // 2**20)


def local_name(tag: str) -> str:
    """Return a tag without its namespace prefix."""
    return tag.rsplit(":", 1)[-1]


def listen(parser: expat.XMLParserType, start: object, end: object, data: object) -> None:
    """Have a parser call these three where an element begins and ends, and for the text between."""
    parser.StartElementHandler = start  # type: ignore[assignment]
    parser.EndElementHandler = end  # type: ignore[assignment]
    parser.CharacterDataHandler = data  # type: ignore[assignment]
