"""What the foot of a sheet says of all its tables: the period of the figures, and what abbreviations stand for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.cleaning.heads.contexts import Context, period_of_texts
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.words.headtexts import shorten
from analysis.reference.spelling import plain_text

_OF_FIGURES = re.compile(
    r"\W*(?:\d\W+)?(?:(?:ghi chu|luu y|nguon|note)\W+)?(?:cac )?(?:so lieu|ky so lieu|data)\b"
)
_LAST_ROWS = 15
# TTTT: thanh toán trực tuyến; HSTT = hồ sơ nộp trực tuyến
_MEANING = re.compile(r"(?<!\w)([A-ZĐ]{2,10})\s*(?:[:=]|là)\s*([^\W\d][^;.,:=()\n]{4,80})")


def read_footnotes(context: Context, sheet: Sheet) -> Context:
    """Return the surroundings of a table with what the foot of its sheet says."""
    texts = [shorten(text) for text in _foot(sheet)]
    return replace(_dated(context, texts), glossary=_meanings(texts)) if texts else context


def expand(text: str, glossary: Mapping[str, str]) -> str:
    """Return a head with the abbreviations written out that a footnote explains."""
    for short, meaning in glossary.items():
        text = re.sub(rf"(?<!\w){short}(?!\w)", meaning, text)
    return text


def _meanings(texts: Sequence[str]) -> dict[str, str]:
    """Return what abbreviations stand for; one with two meanings stands for none."""
    found: dict[str, set[str]] = {}
    for text in texts:
        for short, meaning in _MEANING.findall(unicodedata.normalize("NFC", text)):
            found.setdefault(short, set()).add(meaning.strip())
    return {short: meanings.pop() for short, meanings in found.items() if len(meanings) == 1}


def _dated(context: Context, texts: Sequence[str]) -> Context:
    """Return the surroundings of a table, with the one period of the figures that the foot of the sheet names.

    What a title says, and a sheet whose remarks name several periods, stay as they are.
    """
    if context.period is not None or context.report is not None:
        return context
    remarks = [text for text in texts if _OF_FIGURES.match(plain_text(text))]
    read = [period_of_texts([text]) for text in remarks]
    found = {period for _, period, _ in read if period is not None}
    if len(found) != 1:
        return context
    period = found.pop()
    return replace(context, year=context.year or period.end.year, period=period, report=period)


def _foot(sheet: Sheet) -> list[str]:
    """Return the texts below the last figures of a sheet that stand alone in their row."""
    texts: list[str] = []
    for i in range(len(sheet.rows) - 1, max(-1, len(sheet.rows) - 1 - _LAST_ROWS), -1):
        row = list(dict.fromkeys(text for text in sheet.rows[i] if text.strip()))
        if any(map(is_number_like, row)):
            break
        texts += row if len(row) == 1 else []
    return texts
