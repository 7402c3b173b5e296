"""What the project's own notebooks read of its data, from their parameters: stated here, checked by the store.

Whoever lets a notebook read more states it in `READS`. A table of the store that is not stated is refused while the
notebook runs; what lies elsewhere is only known from here. `explore` is for a person at a screen and stays unstated.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from analysis.cleaning import processed
from analysis.cleaning.raw import PACKAGE
from analysis.cleaning.store import FOLDER, STATED
from analysis.execution.manifest import last_change
from analysis.execution.parameters import read_schema
from analysis.execution.tasks import Task
from analysis.panels.panel_rows import indicators_of
from analysis.reference.indicators import OWN_LINES
from analysis.reference.provinces import find_province
from analysis.study import FOLDER as STUDIES
from analysis.study import Study
from analysis.study_parameters import choose_study


@dataclass(frozen=True)
class Reads:
    """What a notebook reads; the names are those of its parameters.

    Attributes:
        whole: the whole tables.
        province: the part of the province that its `province` names.
        panel: the parameter that names a study whose panel is made, with that of its placebo outcome.
        outcome: the parameter that stands in for the study's outcome.
        evidence: parameters that list studies whose panels are made, each with that of its placebo outcome.
        always: studies read whatever the parameters.
        printed: the raw files of printed figures, whose lines hold more than the tables.
    """

    whole: bool = False
    province: bool = False
    panel: str = ""
    outcome: str = "outcome"
    evidence: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    printed: bool = False


READS = {
    "01-data-audit": Reads(whole=True, always=("survey",)),
    "02-before-after": Reads(province=True, panel="study", outcome="indicator"),
    "03-regression": Reads(panel="study"),
    "04-synthetic-control": Reads(panel="study"),
    "05-sensitivity": Reads(panel="study"),
    "06-brief": Reads(province=True, evidence=("studies", "survey")),
    "07-design": Reads(panel="study"),
    "08-nation": Reads(whole=True, printed=True),
}
_CHOICES = {field.name for field in fields(Study)} - {"name"}


def state_inputs(tasks: Iterable[Task], root: Path) -> list[Task]:
    """Return the tasks, those of the project's notebooks with what they read stated.

    Raises:
        StudyUnreadable, UnknownProvince, UnknownIndicator: a parameter names what is not there.
    """
    choose = cache(partial(_choose, root))
    defaults = cache(lambda notebook: read_schema(notebook).defaults())
    return [_stated(task, root, choose, defaults) for task in tasks]


def _stated(
    task: Task,
    root: Path,
    choose: Callable[..., Study],
    defaults: Callable[[Path], dict[str, Any]],
) -> Task:
    reads = READS.get(task.notebook.stem)
    if reads is None or task.notebook.resolve().parent != root / "notebooks":
        return task
    values = {**defaults(task.notebook), **task.parameters}
    studies = _studies(reads, values, choose)
    tables = _tables(reads, values, studies)
    inputs: list[str | Path] = [f"{root}/{FOLDER}/{table}" for table in tables]
    inputs += [_file_of(name, root) for name in studies]
    if reads.printed:
        inputs += sorted((root / "data" / "raw").glob("published-figures/*/*.csv"))
    registered = [name for name, study in studies.items() if study.status == "registered"]
    return replace(
        task,
        inputs=(*inputs, root / OWN_LINES, *([root / PACKAGE] if registered else []), *(task.inputs or ())),
        facts={**task.facts, **{f"commit of study {name}": _commit(name, root) for name in registered}},
        environment={**task.environment, STATED: os.pathsep.join(tables)},
    )


def _studies(reads: Reads, values: Mapping[str, Any], choose: Callable[..., Study]) -> dict[str, Study]:
    """Return the studies that the notebook reads, by name or path, as its parameters have them."""
    found = {name: choose(name) for name in reads.always}
    for parameter in reads.evidence:
        found |= {name: choose(name) for name in _names(values[parameter])}
    if reads.panel:
        given = {name: value for name, value in values.items() if name in _CHOICES}
        given["outcome"] = values[reads.outcome]
        found[str(values[reads.panel])] = choose(str(values[reads.panel]), **given)
    return found


def _names(text: object) -> list[str]:
    return [name.strip() for name in str(text).split(",") if name.strip()]


def _tables(reads: Reads, values: Mapping[str, Any], studies: Mapping[str, Study]) -> list[str]:
    part = find_province(str(values["province"])).code if reads.province else ""
    indicators: list[str] = []
    for study in studies.values() if reads.panel or reads.evidence else ():
        indicators += indicators_of(study)
        if study.placebo_outcome:
            indicators += indicators_of(replace(study, outcome=study.placebo_outcome, placebo_outcome=""))
    tables = processed.tables_of(part=part, indicators=list(dict.fromkeys(indicators)))
    places = {(study.units, study.frame) for study in studies.values() if study.units}
    return [*tables, *(table for place in sorted(places) for table in processed.tables_of_units(*place))]


def _choose(root: Path, name: str, **given: Any) -> Study:
    return choose_study(_file_of(name, root) if name.endswith(".toml") else name, root=root, **given)


def _file_of(name: str, root: Path) -> Path:
    """Return the file of a study; one given by its path is looked up from where the notebook works."""
    return root / "notebooks" / name if name.endswith(".toml") else root / STUDIES / f"{name}.toml"


def _commit(name: str, root: Path) -> str:
    """Return the commit and day of a registered study's file, which decide whether its answer was planned."""
    return " ".join(last_change(root, _file_of(name, root)))
