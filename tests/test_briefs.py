"""The briefs of a run: each province's are published when its notebooks have ended well, and only then."""

from __future__ import annotations

import contextlib

import pytest

from analysis import briefs
from analysis.cleaning import processed, same_data
from analysis.execution import run
from analysis.execution.tasks import Outcome
from analysis.reference.provinces import find_province
from analysis.reporting import edition, publish
from analysis.reporting.pdf import PdfRefused

THAI_NGUYEN, LANG_SON = find_province("Thái Nguyên"), find_province("Lạng Sơn")


@pytest.fixture
def happened(monkeypatch, tmp_path):
    """Replace running and rendering; `make` runs two provinces with the statuses given, and notes what happened."""
    events = []

    def make(statuses, refuse=()):
        def run_tasks(tasks, *, on_end, **_options):
            outcomes = [Outcome(task, statuses.get(task.output.name, "done")) for task in tasks]
            for outcome in outcomes:
                on_end(outcome)
                events.append(("ended", outcome.task.output.relative_to(tmp_path / "reports").as_posix()))
            return outcomes

        def publish_brief(_notebooks, folder, _root):
            if folder.name in refuse:
                raise PdfRefused(f"{folder.name} was refused")
            events.append(("published", folder.name))
            return [folder / "results.json"], {}

        monkeypatch.setattr(run, "run_tasks", run_tasks)
        monkeypatch.setattr(publish, "publish_brief", publish_brief)
        monkeypatch.setattr(edition, "is_current", lambda *_: False)
        monkeypatch.setattr(processed, "trusted", lambda _root: contextlib.nullcontext())
        monkeypatch.setattr(briefs, "state_inputs", lambda tasks, _root: list(tasks))
        monkeypatch.setattr(same_data, "written_stamp", lambda _root: {})
        return briefs.make_briefs([THAI_NGUYEN, LANG_SON], ["vi"], root=tmp_path)

    return events, make


def test_every_province_is_published_once_its_notebooks_have_ended(happened):
    events, make = happened
    made = make({"03-regression.ipynb": "fresh"})
    assert {name for kind, name in events if kind == "published"} == {"thai-nguyen", "lang-son"}
    assert list(made.moved) == [THAI_NGUYEN, LANG_SON] and not made.failed


def test_nothing_is_published_when_the_notebook_that_all_share_failed(happened):
    events, make = happened
    made = make({"03-regression.ipynb": "failed"})
    assert [kind for kind, _ in events if kind == "published"] == []
    assert not made.files and [one.task.output.name for one in made.failed] == ["03-regression.ipynb"]


def test_one_refused_pdf_keeps_no_other_province_from_its_brief(happened):
    events, make = happened
    with pytest.raises(PdfRefused, match="thai-nguyen"):
        make({}, refuse=["thai-nguyen"])
    assert ("published", "lang-son") in events
