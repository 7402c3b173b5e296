"""Sheets whose name or title says that they are a draft, an old copy, or not to be used."""

from __future__ import annotations

import re
import unicodedata

from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet

_VERDICT = (
    r"(?:bản nháp|số liệu nháp|không (?:được )?(?:sử dụng|dùng|lấy)|không còn (?:sử )?dụng|bỏ không dùng|do not use|"
    r"not for use|not to be used|obsolete|superseded|hết hiệu lực|đã hủy bỏ?|draft|draft only)"
)
_THIS = r"(?: (?:nữa|sheet này|trang này|bảng này|số liệu này|this sheet))?"
_ALONE = re.compile(rf"(?:^|[-–—(\[:.,;*!/]\s*){_VERDICT}{_THIS}\s*(?:$|[-–—)\].,;:*!/])")
_NAME = re.compile(
    rf"(?:.*\b)?{_VERDICT}(?:\b.*)?|nháp|(?:.* )?(?:backup|bak|old)(?: ?\d*)|"
    r"(?:số liệu |bản |sheet )?(?:cũ|cu)|(?:.*\b)?khong (?:duoc )?(?:su dung|dung|lay)(?! han\b)(?:\b.*)?"
)
_TITLE_ROWS = 6


def words_of_disuse(sheet: Sheet) -> str:
    """Return the words by which a sheet with figures says that it is not to be read, empty where none does."""
    titles = [text for row in sheet.rows[:_TITLE_ROWS] for text in row if text and len(text) <= 200]
    said = next((text for text in titles if _ALONE.search(_plain(text))), "")
    named = sheet.name if _NAME.fullmatch(_plain(re.sub(r"[_\-.()]+", " ", sheet.name)).strip()) else ""
    if not (said or named) or not any(is_number_like(text) for row in sheet.rows[:400] for text in row):
        return ""
    return said or named


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).lower().split())
