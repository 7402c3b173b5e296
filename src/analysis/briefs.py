"""The plan: which notebooks, with which parameters, answer the question for a province."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from analysis.errors import RequestError
from analysis.execution.tasks import Outcome, Task
from analysis.project import MARK, find_root
from analysis.reference.provinces import NATION, NATION_PLACE, Province, find_province, is_nation, provinces
from analysis.reporting.texts import LANGUAGES
from analysis.stated_inputs import state_inputs

NAMED = 3  # how many provinces are named of which the same moved
LISTED = 12  # and how many whose briefs are to be made anew


@dataclass(frozen=True)
class BriefPlan:
    """What one province's brief needs: its notebooks, the one that assembles it in its languages, its folder."""

    province: Province
    tasks: tuple[Task, ...]
    assembled: Path
    folder: Path


def choose_provinces(names: Sequence[str], everyone: bool) -> list[Province]:
    """Return the provinces asked for, each once, in the order asked.

    Raises:
        UnknownProvince: a name is no province's.
        RequestError: no name and not everyone, or both.
    """
    if everyone == bool(names) or not all(name.strip() for name in names):
        raise RequestError(
            'Name a province, for example dvctt brief "Thái Nguyên", or give --all (not both).'
        )
    if everyone:
        return [*provinces(), NATION_PLACE]
    found = (NATION_PLACE if is_nation(name) else find_province(name) for name in names)
    return list(dict.fromkeys(found))


def choose_languages(text: str) -> tuple[str, ...]:
    """Return the languages of a list such as "vi,en".

    Raises:
        RequestError: one of them is not offered.
    """
    asked = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    unknown = [language for language in asked if language not in LANGUAGES]
    if unknown or not asked:
        found = ", ".join(unknown) or "none"
        raise RequestError(f"--language: {found} is not offered. Languages: {', '.join(LANGUAGES)}.")
    return asked


def plan_brief(province: Province, languages: Sequence[str], root: Path) -> BriefPlan:
    """Return the notebooks behind a province's brief and where their results go."""
    notebooks, reports = root / "notebooks", root / "reports"
    folder = reports / province.slug
    if province.code == NATION:
        task = Task(
            notebooks / "08-nation.ipynb", {"language": ",".join(languages)}, folder / "08-nation.ipynb"
        )
        return BriefPlan(province, (task,), task.output, folder)
    tasks = [
        Task(notebooks / "03-regression.ipynb", {}, reports / "shared" / "03-regression.ipynb"),
        Task(
            notebooks / "02-before-after.ipynb",
            {"province": province.name_vi},
            folder / "02-before-after.ipynb",
        ),
    ]
    assembled = folder / "06-brief.ipynb"
    asked = {"province": province.name_vi, "language": ",".join(languages)}
    tasks.append(Task(notebooks / "06-brief.ipynb", asked, assembled))
    return BriefPlan(province, tuple(tasks), assembled, folder)


@dataclass(frozen=True)
class Made:
    """What a run of briefs made: the published files, the notebooks that failed, what moved in each province."""

    files: tuple[Path, ...]
    failed: tuple[Outcome, ...]
    moved: dict[Province, dict[str, Any]]


class _Desk:
    """Publishes a province's briefs as soon as its notebooks have ended well, while those of others still run."""

    def __init__(self, plans: Sequence[BriefPlan], root: Path, thread: ThreadPoolExecutor) -> None:
        self.waiting = list(plans)
        self.root = root
        self.thread = thread
        self.good: set[Path] = set()
        self.published: dict[Province, Future[Published]] = {}

    def take(self, outcome: Outcome) -> None:
        """Note how a notebook ended, and publish the briefs that waited for it alone."""
        if outcome.status in ("done", "fresh"):
            self.good.add(outcome.task.output)
        for plan in [plan for plan in self.waiting if self._is_whole(plan)]:
            self.waiting.remove(plan)
            self.published[plan.province] = self.thread.submit(_publish, plan, self.root)

    def _is_whole(self, plan: BriefPlan) -> bool:
        return all(task.output.absolute() in self.good for task in plan.tasks)


Published = tuple[list[Path], dict[str, Any] | None]


def _publish(plan: BriefPlan, root: Path) -> Published:
    """Return a province's files and what moved in them; None where the edition that lies there is current."""
    from analysis.reporting.edition import is_current, read_record

    if is_current([plan.assembled], plan.folder, root):
        return [plan.folder / name for name in read_record(plan.folder)["files"]], None
    from analysis.reporting.publish import publish_brief

    return publish_brief([plan.assembled], plan.folder, root)


@contextmanager
def _cleaned(root: Path) -> Iterator[Callable[[Path], dict[str, str]]]:
    """Rebuild the project's tables if they are stale and let notebooks take them as they are.

    Gives what a worker on another machine calls to see that it has the same data (`prepare` of `run_tasks`).
    """
    from analysis.cleaning import processed, same_data

    with processed.trusted(root):
        yield partial(same_data.trust_same, same_data.written_stamp(root))


def run_notebooks(tasks: Sequence[Task], **run: Any) -> list[Outcome]:
    """Run notebooks as briefs do; `run` goes to `run_tasks`.

    Those of the project get its tables rebuilt first, so that a result depends on the tables it reads rather than
    on all raw files.
    """
    from analysis.execution.run import project_folder, run_tasks

    root = project_folder()
    if not _reads_project(tasks, root):
        return run_tasks(tasks, **run)
    with _cleaned(root) as same_data:
        return run_tasks(state_inputs(tasks, root), prepare=same_data, **run)


def make_briefs(
    chosen: Sequence[Province], languages: Sequence[str], *, root: Path | None = None, **run: Any
) -> Made:
    """Run what the briefs need and publish those whose notebooks ended well; `run` goes to `run_tasks`."""
    from analysis.execution.run import run_tasks
    from analysis.reporting.issuer import read_issuer

    root = root or find_root()
    read_issuer(root)  # refused now rather than after all notebooks have run
    plans = [plan_brief(province, languages, root) for province in chosen]
    tasks = {task.output: task for plan in plans for task in plan.tasks}
    with _cleaned(root) as same_data, ThreadPoolExecutor(1) as thread:
        desk = _Desk(plans, root, thread)
        stated = state_inputs(tasks.values(), root)
        outcomes = run_tasks(stated, prepare=same_data, on_end=desk.take, **run)
    failed = tuple(outcome for outcome in outcomes if outcome.status not in ("done", "fresh"))
    published = {
        plan.province: desk.published[plan.province].result() for plan in plans if plan not in desk.waiting
    }
    files = [file for own, _ in published.values() for file in own]
    return Made(
        tuple(files), failed, {place: moved for place, (_, moved) in published.items() if moved is not None}
    )


def describe_briefs_plan(
    chosen: Sequence[Province], languages: Sequence[str], *, root: Path | None = None, force: bool = False
) -> str:
    """Say which notebooks the briefs would run, and why; run none.

    The project's tables are rebuilt first where raw files changed: without that, results would look up to date.
    """
    root = root or find_root()
    plans = [plan_brief(province, languages, root) for province in chosen]
    tasks = {task.output: task for plan in plans for task in plan.tasks}
    return describe_notebooks_plan(list(tasks.values()), force=force, root=root)


def describe_notebooks_plan(tasks: Sequence[Task], *, force: bool = False, root: Path | None = None) -> str:
    """Say which notebooks would run, and why; run none. The tables of their project are rebuilt where stale."""
    from analysis.execution.progress import describe_plan
    from analysis.execution.run import plan_tasks, project_folder

    root = root or project_folder()
    if not _reads_project(tasks, root):
        return describe_plan(plan_tasks(tasks, force=force))
    with _cleaned(root):
        return describe_plan(plan_tasks(state_inputs(tasks, root), force=force))


def _reads_project(tasks: Sequence[Task], root: Path) -> bool:
    return (root / MARK).is_file() and any(task.notebook.resolve().is_relative_to(root) for task in tasks)


def describe_unused(root: Path | None = None) -> list[str]:
    """Return a line for each file in `data/raw` that no brief uses because nothing describes it, and on test data."""
    from analysis.cleaning.raw import describe_test_data, find_undescribed

    root = root or find_root()
    return [*find_undescribed(root), *describe_test_data(root)]


def describe_moves(moved: dict[Province, dict[str, Any]]) -> list[str]:
    """Return a line a number that moved since the last edition, by province."""
    from analysis.reporting.changes import describe_changes

    provinces_of = dict[str, list[str]]()
    for province, changes in moved.items():
        for line in describe_changes(changes):
            provinces_of.setdefault(line, []).append(province.name_vi)
    return [f"{_list_names(names)}: {line}" for line, names in provinces_of.items()]


def _list_names(names: list[str]) -> str:
    """Write the provinces of which the same is said; of many only their number."""
    return ", ".join(names) if len(names) <= NAMED else f"{len(names)} provinces"


def where_files_are(files: Sequence[Path]) -> str:
    """Say in a line or two where the published files lie."""
    folders = dict.fromkeys(file.parent for file in files)
    if not folders:
        return "No brief was published."
    if len(folders) > 1:
        parents = ", ".join(str(path) for path in dict.fromkeys(folder.parent for folder in folders))
        return f"{len(folders)} briefs, {len(files)} files: {parents}"
    folder = next(iter(folders))
    return f"{folder}: {', '.join(file.name for file in files)}"


@dataclass(frozen=True)
class MadeSite:
    """The published files of the index, the pages last, and the provinces whose briefs are older than the data."""

    files: list[Path]
    stale: tuple[Province, ...]


def make_site(out: Path | None = None, *, root: Path | None = None) -> MadeSite:
    """Publish the index of all briefs: in `reports`, beside them, or in `out` together with copies of them.

    A brief that `dvctt brief` would make anew is marked.

    Raises:
        BriefUnreadable: a brief's results.json cannot be used; nothing is published then.
    """
    from analysis.reporting.site import publish_site
    from analysis.site_evidence import read_site_data

    root = root or find_root()
    stale = find_stale(root)
    data = replace(read_site_data(root), stale=frozenset(province.code for province in stale))
    return MadeSite(publish_site(data, root / "reports", out or root / "reports"), stale)


def find_stale(root: Path) -> tuple[Province, ...]:
    """Return the provinces whose briefs would be made anew: a notebook behind them is stale, or their edition is.

    Raises:
        BriefUnreadable: a brief's results.json cannot be used.
    """
    from analysis.execution.run import plan_tasks
    from analysis.reporting.edition import is_current
    from analysis.reporting.site_data import find_briefs

    plans = {
        place: plan_brief(place, brief.languages, root)
        for code, brief in find_briefs(root / "reports").items()
        for place in [NATION_PLACE if code == NATION else find_province(code)]
    }
    tasks = {task.output.absolute(): task for plan in plans.values() for task in plan.tasks}
    with _cleaned(root):
        verdicts = plan_tasks(state_inputs(tasks.values(), root))
    fresh = {verdict.task.output for verdict in verdicts if not verdict.why}
    return tuple(
        province
        for province, plan in plans.items()
        if not all(task.output.absolute() in fresh for task in plan.tasks)
        or not is_current([plan.assembled], plan.folder, root)
    )


def describe_stale(stale: Sequence[Province]) -> list[str]:
    """Say which briefs are older than the data or the code, and how they are made anew."""
    if not stale:
        return []
    few = len(stale) <= LISTED
    names = ", ".join(province.name_vi for province in stale) if few else f"{len(stale)} briefs"
    asked = " ".join(f'"{province.name_vi}"' for province in stale) if few else "--all"
    return [f"older than the data or the code, and marked so: {names}. Make them anew: dvctt brief {asked}"]
