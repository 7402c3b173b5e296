"""Ground of the tests of fetching: known figures, a server that gives them, a project folder, a client in a hurry."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from stand_in import QUICK, standing_in

from analysis.fetching.client import VIETNAM, PoliteClient
from analysis.periods import periods_between
from analysis.reference.provinces import successors
from made_world import draw_cells

MONTHS = tuple(periods_between("2025-07", "2026-10"))


@pytest.fixture(scope="session")
def cells():
    """Return made-up counts by province of the 34 and month, 16 months."""
    return draw_cells(successors(), MONTHS, "34", 1)[0]


@pytest.fixture
def stand_in(cells, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with standing_in(cells) as server:
        yield server


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return an empty project folder."""
    (tmp_path / "data/raw").mkdir(parents=True)
    (tmp_path / "data/raw/datapackage.json").write_text(json.dumps({"name": "t", "resources": []}), "utf-8")
    monkeypatch.setenv("DVCTT_ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def client(stand_in):
    """Return a client that does not wait, on 3 November 2026."""
    day = dt.datetime(2026, 11, 3, 9, 0, tzinfo=VIETNAM)
    made = PoliteClient(stand_in.address, QUICK, now=lambda: day)
    yield made
    made.close()
