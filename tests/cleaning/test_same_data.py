"""A clone on another machine is compared before its tables are taken as they are."""

from __future__ import annotations

import json
import threading

import pytest

from analysis.cleaning import processed, same_data


def test_a_clone_with_the_same_raw_files_cleans_them_and_is_trusted(project_copy):
    wanted = processed.stamp(project_copy)
    assert not processed.is_fresh(project_copy)
    variables = same_data.trust_same(wanted, project_copy)
    assert variables == {processed.TRUSTED: str(project_copy)}
    assert processed.is_fresh(project_copy)
    assert same_data.written_stamp(project_copy) == wanted


def test_other_raw_files_and_other_code_are_named(project_copy):
    found = processed.stamp(project_copy)
    raw = dict(found["raw"])
    first, second = sorted(raw)[:2]
    for wanted, told in (
        ({**raw, first: "0"}, f"{first} has other bytes"),
        ({**raw, "data/raw/new.csv": "0"}, "data/raw/new.csv is not described there"),
        ({name: raw[name] for name in raw if name != second}, f"{second} is described there only"),
    ):
        with pytest.raises(same_data.OtherData, match=told):
            same_data.trust_same({**found, "raw": wanted}, project_copy)
    with pytest.raises(same_data.OtherData, match="other code or another corrections"):
        same_data.trust_same({**found, "code": "0"}, project_copy)
    assert not (project_copy / processed.FOLDER / processed.STAMP).exists(), "nothing was cleaned"


def test_two_that_find_the_tables_stale_write_them_once(project_copy):
    """A table written again, though the same, would make the notebooks stale that read it meanwhile."""
    wanted = json.loads(json.dumps(processed.stamp(project_copy)))
    seen = []

    def prepare():
        same_data.trust_same(wanted, project_copy)
        seen.append((project_copy / processed.FOLDER / "observations.csv").stat().st_ino)

    threads = [threading.Thread(target=prepare) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 3
    assert len(set(seen)) == 1
