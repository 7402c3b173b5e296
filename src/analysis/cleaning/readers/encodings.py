"""Bytes to Vietnamese text: Unicode, Windows-1258, TCVN3 (font .VnTime); VNI (VNI-Times) is recognised."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import islice

from analysis.cleaning.readers.grid import ColumnRows
from analysis.cleaning.readers.limits import FileRefused
from analysis.reference.provinces import provinces

_TCVN3_ROWS = (
    "A1 Ă A2 Â A3 Ê A4 Ô A5 Ơ A6 Ư A7 Đ A8 ă A9 â AA ê AB ô AC ơ AD ư AE đ",
    "B5 à B6 ả B7 ã B8 á B9 ạ BB ằ BC ẳ BD ẵ BE ắ C6 ặ C7 ầ C8 ẩ C9 ẫ CA ấ CB ậ",
    "CC è CE ẻ CF ẽ D0 é D1 ẹ D2 ề D3 ể D4 ễ D5 ế D6 ệ D7 ì D8 ỉ DC ĩ DD í DE ị",
    "DF ò E1 ỏ E2 õ E3 ó E4 ọ E5 ồ E6 ổ E7 ỗ E8 ố E9 ộ EA ờ EB ở EC ỡ ED ớ EE ợ",
    "EF ù F1 ủ F2 ũ F3 ú F4 ụ F5 ừ F6 ử F7 ữ F8 ứ F9 ự FA ỳ FB ỷ FC ỹ FD ý FE ỵ",
)
_TCVN3_CODES = " ".join(_TCVN3_ROWS).split()
TCVN3 = {int(code, 16): letter for code, letter in zip(_TCVN3_CODES[::2], _TCVN3_CODES[1::2], strict=True)}

_VNI_MARKS = {
    **dict(zip("ùøûõï", "\u0301\u0300\u0309\u0303\u0323", strict=True)),
    "â": "\u0302",
    **dict(zip("áàåãä", ("\u0302" + tone for tone in "\u0301\u0300\u0309\u0303\u0323"), strict=True)),
    "ê": "\u0306",
    **dict(zip("éèúüë", ("\u0306" + tone for tone in "\u0301\u0300\u0309\u0303\u0323"), strict=True)),
}
_VNI_SINGLE = {
    "ñ": "đ",
    "Ñ": "Đ",
    "ô": "ơ",
    "Ô": "Ơ",
    "ö": "ư",
    "Ö": "Ư",
    "æ": "ỉ",
    "ó": "ĩ",
    "ò": "ị",
    "î": "ỵ",
}
_VNI_PAIR = re.compile(r"([aeouyôöAEOUYÔÖ])([ùøûõïâáàåãäêéèúüë])", re.IGNORECASE)
_UNICODE_VIETNAMESE = re.compile(
    r"[\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u0300-\u036f\u1ea0-\u1ef9]"
)
# So many texts tell which code a table is in.
_SAMPLE = 3000
_LATIN_HIGH = re.compile(r"[\u00a1-\u00fe]")


def decode_bytes(content: bytes, file: str) -> tuple[str, str]:
    """Return the text of a file and the name of its encoding; NFC, without a byte order mark.

    Raises:
        FileRefused: the bytes are no text, or VNI, which is recognised but not converted.
    """
    text, encoding = _decode(content, file)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return text, encoding


def _decode(content: bytes, file: str) -> tuple[str, str]:
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if content.startswith(mark):
            return _strict(content[len(mark) :], encoding, file), encoding
    if b"\0" in content[:4096]:
        even, odd = content[:4096:2].count(0), content[1:4096:2].count(0)
        if max(even, odd) < min(len(content), 4096) // 8:
            raise FileRefused(file, "no_text")
        return _strict(content, "utf-16-be" if even > odd else "utf-16-le", file), "utf-16"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(content, file)
    return text, "utf-8"


def _strict(content: bytes, encoding: str, file: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileRefused(file, "encoding_false", encoding=encoding.upper(), error=error.reason) from error


def _decode_legacy(content: bytes, file: str) -> tuple[str, str]:
    """Choose among the one-byte encodings by the Vietnamese words that come out."""
    latin = content.decode("latin-1")
    readings = {
        "windows-1258": unicodedata.normalize("NFC", content.decode("cp1258", errors="replace")),
        "tcvn3": decode_tcvn3(latin),
        "vni": decode_vni(content.decode("cp1252", errors="replace")),
    }
    best = max(readings, key=lambda name: count_known_words(readings[name][:200_000]))
    if count_known_words(readings[best][:200_000]) == 0:
        raise FileRefused(file, "encoding_unknown")
    if best == "vni":
        raise FileRefused(file, "vni")
    return readings[best], best


def decode_tcvn3(text: str) -> str:
    """Return text whose letters were TCVN3 codes (“Th¸i Nguyªn”) in Unicode."""
    return text.translate(TCVN3)


def decode_vni(text: str) -> str:
    """Return text whose letters were VNI pairs (“Thaùi Nguyeân”) in Unicode; used to recognise VNI only."""
    paired = _VNI_PAIR.sub(lambda m: m[1] + _VNI_MARKS[m[2].lower()], text)
    singles = str.maketrans(_VNI_SINGLE)
    return unicodedata.normalize("NFC", paired.translate(singles))


def repair_legacy_cells(rows: Sequence[list[str]], file: str) -> Sequence[list[str]]:
    """Return rows in which TCVN3 cells were decoded.

    A workbook keeps such text as Latin letters shown in a font .VnTime; it is told from real Latin text by
    the Vietnamese words that come out, over the whole sheet.

    Raises:
        FileRefused: the cells are VNI.
    """
    if isinstance(rows, ColumnRows):
        if not _is_tcvn3([text for _, texts in rows.columns for text in texts if not text.isascii()], file):
            return rows
        columns = [(codes, [_decode_suspect(text) for text in texts]) for codes, texts in rows.columns]
        return ColumnRows(columns, len(rows))
    if not _is_tcvn3({text: 0 for row in rows for text in row if not text.isascii()}, file):
        return rows
    return [[_decode_suspect(text) for text in row] for row in rows]


def _is_tcvn3(texts: Iterable[str], file: str) -> bool:
    """Tell whether the first suspect texts make more Vietnamese words when they are read as TCVN3.

    Raises:
        FileRefused: they make the most when they are read as VNI.
    """
    suspects = dict.fromkeys(islice((text for text in texts if _is_suspect(text)), _SAMPLE))
    sample = " | ".join(text[:200] for text in suspects)
    if not sample:
        return False
    as_it_is, as_tcvn3, as_vni = (
        count_known_words(text) for text in (sample, decode_tcvn3(sample), decode_vni(sample))
    )
    if as_vni > max(as_it_is, as_tcvn3):
        raise FileRefused(file, "vni")
    return as_tcvn3 > as_it_is


def _decode_suspect(text: str) -> str:
    return decode_tcvn3(text) if not text.isascii() and _is_suspect(text) else text


def _is_suspect(text: str) -> bool:
    return bool(_LATIN_HIGH.search(text)) and not _UNICODE_VIETNAMESE.search(text)


@cache
def _known_words() -> re.Pattern[str]:
    names = {unicodedata.normalize("NFC", province.name_vi).lower() for province in provinces()}
    words = {
        "tỉnh",
        "thành phố",
        "hồ sơ",
        "tỷ lệ",
        "dịch vụ",
        "trực tuyến",
        "tháng",
        "quý",
        "năm",
        "tổng",
        "địa phương",
    }
    spelled = {name for name in names if not name.isascii()} | words
    return re.compile("|".join(sorted(map(re.escape, spelled), key=len, reverse=True)))


def count_known_words(text: str) -> int:
    """Return how many province names and words of such tables a text holds, accents and all."""
    return len(_known_words().findall(text.lower()))
