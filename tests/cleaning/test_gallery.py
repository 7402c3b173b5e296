"""Every exhibit of the gallery gives exactly its figures and its quarantine."""

from collections import Counter
from pathlib import Path

import pytest
from gallery import exhibits
from gallery.exhibit import Exhibit

from analysis.cleaning.files import clean_file
from analysis.cleaning.validation import check_shapes

EXHIBITS = exhibits()


def test_the_gallery_is_large() -> None:
    assert len(EXHIBITS) >= 50


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.file)
def test_exhibit(exhibit: Exhibit, tmp_path: Path) -> None:
    path = tmp_path / exhibit.file
    path.write_bytes(exhibit.content)
    outcome = clean_file(path)
    rows = outcome.cleaned.observations
    columns = ["province_code", "province_frame", "indicator", "period_end", "frequency", "value"]
    found = Counter(tuple(row) for row in rows[columns].round(9).itertuples(index=False, name=None))
    assert found == Counter(exhibit.figures)
    held = outcome.cleaned.quarantine
    assert Counter(zip(held["cell"], held["rule"], strict=True)) == Counter(exhibit.quarantine)
    assert (
        (exhibit.refused in " ".join(map(str, outcome.problems))) if exhibit.refused else not outcome.problems
    )
    assert exhibit.notes in " ".join(rows["note"])
    assert sum(not check.agrees for check in outcome.checks) == exhibit.disagreements
    assert held["mend"].str.len().gt(0).all() and held["reason"].str.len().gt(0).all()
    check_shapes(outcome.cleaned)
