"""Answers that are handed on: what one notebook computed of a study the others take, while nothing under it moved.

An answer lies under the sha256 of everything it follows from: the panel's rows, the study, the code that estimates and
the versions of the libraries. A file found under that name is therefore the answer itself and no input of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.estimation.results import from_json, to_json
from analysis.execution.reads import HANDED_ON
from analysis.project import find_root

if TYPE_CHECKING:
    from analysis.answers.study_answer import StudyAnswer
    from analysis.panels.study_panel import StudyPanel

FOLDER = Path(HANDED_ON)
LIBRARIES = ("numpy", "pandas", "scipy", "statsmodels")
_CODE = (
    "answers/study_answer.py",
    "answers/regions.py",
    "panels/study_panel.py",
    "panels/panel_rows.py",
    "panels/starts.py",
    "study.py",
    "periods.py",
)
_PLACES = ("source_id", "raw_location")  # columns of the rows that no estimate depends on


class NotAnswered(AnalysisError):
    """The study's method cannot be used on this panel; the message is the method's own."""


def take_answer(
    panel: StudyPanel,
    placebo: StudyPanel | None = None,
    *,
    draws: int = 0,
    seed: int = -1,
    root: Path | None = None,
) -> StudyAnswer:
    """Return the answer to a study: the one that lies there, else computed now and left there for the next.

    Of several processes that want the same answer one computes while the others wait. Where nothing can be written
    it is computed each time. Arguments are those of `answer_study`.

    Raises:
        NotAnswered: the method that answers cannot be used on this panel; the message says why.
    """
    place = (root or find_root()) / FOLDER / f"{answer_key(panel, placebo, draws, seed)}.json"
    text = _read(place)
    if text is None:
        with _only_one(place):
            text = _read(place)  # another process may have written it while this one waited
            if text is None:
                text = _compute(panel, placebo, draws, seed)
                _write(place, text)
    return _answer_of(text)


def answer_key(panel: StudyPanel, placebo: StudyPanel | None, draws: int, seed: int) -> str:
    """Return the sha256 of all that an answer follows from."""
    digest = hashlib.sha256(json.dumps([draws, seed, _versions(), _digest_of_code()]).encode())
    for one in filter(None, (panel, placebo)):
        study = json.dumps([asdict(one.study), one.frequency, one.unit, one.doubtful], sort_keys=True)
        rows = one.rows.drop(columns=[name for name in _PLACES if name in one.rows])
        digest.update(study.encode() + rows.to_csv(index=False).encode())
    return digest.hexdigest()


def _compute(panel: StudyPanel, placebo: StudyPanel | None, draws: int, seed: int) -> str:
    """Return the answer as JSON text, or why there is none, so that it is not tried again for each province."""
    from analysis.answers.study_answer import answer_study

    try:
        return to_json(answer_study(panel, placebo, draws=draws, seed=seed))
    except AnalysisError as error:
        return json.dumps({"refused": str(error)}, ensure_ascii=False)


def _answer_of(text: str) -> StudyAnswer:
    from analysis.answers.study_answer import StudyAnswer

    refused = json.loads(text).get("refused")
    if refused:
        raise NotAnswered(refused)
    return from_json(StudyAnswer, text)


def _read(place: Path) -> str | None:
    """Return what lies there; None where nothing does, or nothing whole."""
    try:
        text = place.read_text(encoding="utf-8")
        json.loads(text)
    except (OSError, ValueError):
        return None
    return text


def _write(place: Path, text: str) -> None:
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).replace(place)


@contextlib.contextmanager
def _only_one(place: Path) -> Iterator[None]:
    """Hold the answer's lock, where the system has one and the folder can be written; else let all compute."""
    try:
        import fcntl

        place.parent.mkdir(parents=True, exist_ok=True)
        lock = place.with_suffix(".lock").open("w")
    except (ImportError, OSError):
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    place.with_suffix(".lock").unlink(missing_ok=True)


@cache
def _versions() -> list[str]:
    return [platform.python_version(), *(metadata.version(name) for name in LIBRARIES)]


@cache
def _digest_of_code() -> str:
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in (*sorted((package / "estimation").glob("*.py")), *(package / name for name in _CODE)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
