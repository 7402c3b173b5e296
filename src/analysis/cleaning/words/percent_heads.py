"""Heads that name a share by a per cent sign alone, “% hồ sơ trực tuyến”, or as a quotient: which share they mean."""

from __future__ import annotations

import re

from analysis.cleaning.words.headtexts import names_percent
from analysis.reference.abbreviations import fold_name
from analysis.reference.indicators import Indicator, by_code, spelt_names

_LEADING = re.compile(r"^\s*%\s*(?=\w)")
_TRAILING = re.compile(r"\s*(?:\(\s*%\s*\)|%)\s*$")
_IDLE = re.compile(r"^(?:so )(?=hoso|dich vu|thu tuc)")


def with_shares_named(path: list[str]) -> list[str]:
    """Return the heads of a column, one whose per cent sign says what “tỷ lệ” would as the name of that share.

    “Hồ sơ trực tuyến (%)” and “Số hồ sơ trực tuyến/Tổng số hồ sơ (%)” are “Tỷ lệ hồ sơ xử lý trực tuyến (%)”; below
    “Tỷ lệ tiếp nhận” the first is the rest of that name.
    """
    if any(fold_name(head).startswith("ty le") for head in path):
        return path
    return [_with_share_named(head) if names_percent(head) else head for head in path]


def _with_share_named(head: str) -> str:
    bare = _TRAILING.sub("", _LEADING.sub("", head))
    share = _share_named(bare) or _share_of_counts(*bare.split("/")) if bare != head else None
    return f"{share.name_vi} (%)" if share else head


def _share_named(bare: str) -> Indicator | None:
    """Return the share that “tỷ lệ” before a text names."""
    share = by_code().get(spelt_names().get(f"ty le {_IDLE.sub('', fold_name(bare))}", ""))
    return share if share is not None and share.unit == "percent" else None


def _share_of_counts(*parts: str) -> Indicator | None:
    """Return the share that the codebook makes of two counts and names after the first."""
    codes = tuple(spelt_names().get(fold_name(part), "") for part in parts)
    share = _share_named(parts[0])
    made_of = (share.numerator_code, share.denominator_code) if share else None
    return share if codes == made_of else None
