"""Heads that are the first days of months: whether they mean those days or the months, their figures do not say."""

from __future__ import annotations

import re
from dataclasses import replace

from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.headers import Column

_DATE = re.compile(r"(?:19|20)\d\d-\d\d-01|0?1[/.\-]\d{1,2}[/.\-](?:19|20)\d\d")


def hold_first_days(columns: list[Column]) -> list[Column]:
    """Leave columns to a layout that are headed by bare first days of several months, and by no other days."""
    dated = [c for c in columns if c.period is not None and c.period.start == c.period.end]
    first = {c.index: c.period for c in dated if any(map(_DATE.fullmatch, c.path))}
    if len(first) < len(dated) or len(set(first.values())) < 2:
        return columns
    return [replace(c, role=h.UNKNOWN_ROLE, unread="since") if c.index in first else c for c in columns]
