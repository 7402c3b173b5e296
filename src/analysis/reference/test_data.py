"""How figures that are no real ones are kept apart: by the folder they lie in, and by the name of who published them.

The folder is part of every figure's raw location, so that whoever holds a figure can tell. What this package made of
any figures can be told too, so that nobody takes it for a source.
"""

from __future__ import annotations

from collections.abc import Iterable

FOLDER = "test-data"  # below data/raw
PUBLISHER = "TEST DATA, no real figures · DỮ LIỆU THỬ, không phải số liệu thật"
STAMP = b"answer of a stand-in"  # in each answer of the tests' server; the portal would never write it
GENERATOR = (
    "dvctt-analysis"  # in the head of every page, and in tables that the index makes on the reader's side
)
MARKS = {
    "vi": "DỮ LIỆU THỬ, KHÔNG PHẢI SỐ LIỆU THẬT. Không sử dụng, không phát hành.",
    "en": "TEST DATA, NO REAL FIGURES. Not to be used or issued.",
}


_NAMED = (f"raw/{FOLDER}/", "test-data-no-real-figure", *PUBLISHER.casefold().split(" · "))
_SHORTEST = min(map(len, (*_NAMED, GENERATOR)))


def kind_of_output(cells: Iterable[str]) -> str:
    """Tell by any cell of a table what this package made: `test_data`, `own_output`, or empty for another's table.

    A table of observations of real figures names their raw rows and is read back, as another project may need it.
    """
    kind = ""
    for cell in cells:
        if len(cell) >= _SHORTEST:
            text = cell.casefold()
            if any(name in text for name in _NAMED):
                return "test_data"
            if text.startswith(GENERATOR):
                kind = "own_output"
    return kind


def holds_test_data(raw_locations: Iterable[str]) -> bool:
    """Tell whether any of these figures is test data."""
    return any(place.startswith(f"data/raw/{FOLDER}/") for place in raw_locations)


def mark_of(raw_locations: Iterable[str], language: str) -> str:
    """Return what has to stand wherever these figures, or what was made of them, are shown; empty for real ones."""
    return MARKS[language] if holds_test_data(raw_locations) else ""


def marked(text: str, raw_locations: Iterable[str], language: str = "en") -> str:
    """Return a text on these figures with their mark before it, if they have one."""
    return f"{mark_of(raw_locations, language)} {text}".lstrip()
