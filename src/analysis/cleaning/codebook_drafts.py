"""Lines for the project's codebook, to be filled in: one for each head of figures that no indicator is called by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set

from analysis.cleaning.layout import HEADS
from analysis.cleaning.questions import Unclear, words_of
from analysis.cleaning.words.headtexts import names_percent, without_unit
from analysis.cleaning.words.no_level import not_a_level
from analysis.cleaning.words.places import PLACE, REGION, read_place
from analysis.reference.abbreviations import fold_name
from analysis.reference.indicators import by_code, spelt_names
from analysis.reference.spelling import fold_text

# Units that a head states in brackets; what none of these says is left to a person.
_STATED = {
    "score": re.compile(r"\(\s*(?:thang )?điểm\b[^()]*\)", re.IGNORECASE),
    "count": re.compile(r"\(\s*(?:hồ sơ|dịch vụ|thủ tục|người|tài khoản|lượt|giao dịch)\s*\)", re.IGNORECASE),
    "VND": re.compile(r"\(\s*(?:đồng|VND)\s*\)", re.IGNORECASE),
}
_PREFIXES = (("ty_le_", "share_"), ("ti_le_", "share_"), ("tl_", "share_"), ("tong_so_", "n_"), ("so_", "n_"))
_LONGEST = 60


def draft_lines(unclear: Sequence[Unclear]) -> list[dict[str, str]]:
    """Return a line for each head, or name of a row, that names figures and no indicator: code, name and stated unit.

    The code is a proposal, the name stands as in the head, the unit only where head or title state it. The other
    columns of a codebook are left to a person.
    """
    lines: dict[str, dict[str, str]] = {}
    for text, says_percent in _heads(unclear):
        key = fold_name(without_unit(text))
        is_level = not not_a_level(text.split(HEADS)) and read_place(text).kind not in (PLACE, REGION)
        if key and key not in spelt_names() and is_level:
            taken = {line["code"] for line in lines.values()}
            unit = _stated_unit(text, says_percent)
            lines.setdefault(
                key, {"code": _code(text, taken | by_code().keys()), "name_vi": text, "unit": unit}
            )
    return list(lines.values())


def _heads(unclear: Sequence[Unclear]) -> Iterator[tuple[str, bool]]:
    """Walk over words that may stand for an indicator, and whether their columns are said to be in per cent."""
    for one in unclear:
        percent: Mapping[str, bool] = {}
        if one.table is not None:
            percent = {words_of(c, one.report): bool(c.percent) for c in one.open_columns}
        yield from ((text, percent.get(text, False)) for text in one.words)


def _stated_unit(text: str, says_percent: bool) -> str:
    if says_percent or names_percent(text):
        return "percent"
    return next((unit for unit, pattern in _STATED.items() if pattern.search(text)), "")


def _code(text: str, taken: Set[str]) -> str:
    """Return a code made of the words of a head that nothing else has yet."""
    words = fold_text(without_unit(text)).replace(" ", "_")
    start = next(((old, new) for old, new in _PREFIXES if words.startswith(old)), ("", ""))
    code = start[1] + words.removeprefix(start[0])
    code = code if code[:1].isalpha() else f"x_{code}"
    short = code if len(code) <= _LONGEST else code[:_LONGEST].rpartition("_")[0]
    numbers = (short if n == 1 else f"{short}_{n}" for n in range(1, len(taken) + 2))
    return next(code for code in numbers if code not in taken)
