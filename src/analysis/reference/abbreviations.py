"""The codebook's names as offices abbreviate them: DVCTT, HS, TTHC, tỷ lệ or tỉ lệ, số or số lượng are written out."""

from __future__ import annotations

import re
from functools import lru_cache

from analysis.reference.spelling import fold_text

# “TT” is online, full-process, information or settlement, and is not among them.
_WORDS = {
    "hs": "ho so",
    "hstt": "ho so truc tuyen",
    "dvc": "dich vu cong",
    "dvctt": "dich vu cong truc tuyen",
    "dvcqg": "dich vu cong quoc gia",
    "tthc": "thu tuc hanh chinh",
    "tl": "ty le",
    "sl": "so luong",
    "cq": "co quan",
    "md": "muc do",
    "online": "truc tuyen",
}
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b")
# Ways to say the same; one written for the other makes no two indicators one.
_SAME = (
    # A dossier is always one of an administrative procedure.
    (re.compile(r"\bho so thu tuc hanh chinh\b"), "ho so"),
    (re.compile(r"\bmuc (?=\d\b)"), "muc do "),
    (re.compile(r"\bti le\b"), "ty le"),
    (re.compile(r"\bso luong\b(?! yeu cau)"), "so"),
    (
        re.compile(
            r"\b((?:so|ty le) dich vu cong(?: truc tuyen)?(?: muc do \d)?) (?:co )?phat sinh ho so(?: truc tuyen)?\b"
        ),
        r"\1 phat sinh ho so",
    ),
)
# As one word, so that “số dịch vụ công” (number of services) is not found in “hồ sơ dịch vụ công”.
_DOSSIER = re.compile(r"\bho so\b")
_LEVEL = re.compile(r"\bmd(?=\d)")


def fold_name(text: str) -> str:
    """Return the folded words of a text, abbreviations written out."""
    return spell_out(fold_text(text))


def join_names(*spelt: str) -> str:
    """Return names that are written out already, one behind the other, as one name."""
    return spell_out(" ".join(spelt).replace("hoso", "ho so"))


@lru_cache(maxsize=65_536)
def spell_out(folded: str) -> str:
    """Return folded words with abbreviations written out, and of two ways to say the same always one."""
    folded = _WORD.sub(lambda found: _WORDS[found[0]], _LEVEL.sub("muc do ", folded))
    for pattern, written in _SAME:
        folded = pattern.sub(written, folded)
    return _DOSSIER.sub("hoso", folded)
