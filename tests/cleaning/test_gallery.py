"""Every exhibit of the gallery gives exactly its figures and its quarantine, alone or with a layout of ten lines."""

from collections import Counter
from pathlib import Path

import pytest
from gallery import exhibits
from gallery.exhibit import Exhibit

from analysis.cleaning.files import FileOutcome, clean_file
from analysis.cleaning.layout_file import read_layout
from analysis.cleaning.validation import check_shapes

EXHIBITS = exhibits()
WITH_LAYOUT = [exhibit for exhibit in EXHIBITS if exhibit.layout]
COLUMNS = ["province_code", "province_frame", "indicator", "period_end", "frequency", "value"]


def figures_of(outcome: FileOutcome) -> Counter[tuple[object, ...]]:
    rows = outcome.cleaned.observations[COLUMNS].round(9)
    return Counter(rows.itertuples(index=False, name=None))


def test_every_exhibit_stands_in_one_of_two_lists() -> None:
    assert len(EXHIBITS) == 119 and len({exhibit.file for exhibit in EXHIBITS}) == 119
    assert len(WITH_LAYOUT) == 14


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.file)
def test_exhibit(exhibit: Exhibit, tmp_path: Path) -> None:
    path = tmp_path / exhibit.file
    path.write_bytes(exhibit.content)
    outcome = clean_file(path)
    rows = outcome.cleaned.observations
    assert figures_of(outcome) == Counter(exhibit.figures)
    held = outcome.cleaned.quarantine
    assert Counter(zip(held["cell"], held["rule"], strict=True)) == Counter(exhibit.quarantine)
    assert (
        (exhibit.refused in " ".join(map(str, outcome.problems))) if exhibit.refused else not outcome.problems
    )
    assert exhibit.notes in " ".join(rows["note"])
    assert sum(not check.agrees for check in outcome.checks) == exhibit.disagreements
    assert held["mend"].str.len().gt(0).all() and held["reason"].str.len().gt(0).all()
    check_shapes(outcome.cleaned)


@pytest.mark.parametrize("exhibit", WITH_LAYOUT, ids=lambda exhibit: exhibit.file)
def test_an_exhibit_is_read_with_a_layout_of_ten_lines(exhibit: Exhibit, tmp_path: Path) -> None:
    (tmp_path / exhibit.file).write_bytes(exhibit.content)
    (tmp_path / "layout.toml").write_text(exhibit.layout, encoding="utf-8")
    outcome = clean_file(tmp_path / exhibit.file, layout=read_layout(tmp_path / "layout.toml"))
    assert figures_of(outcome) == Counter(exhibit.laid)
    assert not outcome.problems and len(exhibit.layout.splitlines()) <= 10
    assert len(exhibit.laid) > len(exhibit.figures)  # else it would be read alone
