"""Spreadsheets as provinces and ministries send them, made here, each with what must come of it.

`python -m gallery DIR`, run in tests/cleaning, writes the files, to look at them. The figures are invented and
serve no other purpose than to be read back. A new exhibit goes into the module of its kind; a new kind of exhibit
is a module with `exhibits()` of its own, named below.
"""

from __future__ import annotations

from functools import cache

from gallery import (
    appendices,
    clusters,
    encodings,
    exports,
    formats,
    heads,
    honesty,
    layouts,
    made_last,
    made_later,
    names,
    numbers,
    offices,
    offices_last,
    offices_latest,
    offices_more,
    one_province,
    periods,
    section_rows,
)
from gallery.exhibit import Exhibit

KINDS = (
    layouts,
    numbers,
    periods,
    section_rows,
    names,
    encodings,
    exports,
    formats,
    heads,
    honesty,
    made_last,
    made_later,
    offices,
    offices_last,
    offices_latest,
    offices_more,
    appendices,
    one_province,
    clusters,
)


@cache
def exhibits() -> tuple[Exhibit, ...]:
    """Return every exhibit; their files are made once."""
    return tuple(exhibit for kind in KINDS for exhibit in kind.exhibits())
