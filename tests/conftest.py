"""Shared ground of the tests: the project's folder, and the assembling notebook run cell by cell in this process.

Property tests draw the same examples in every run, so that a run says the same today as tomorrow. To look for new
faults, set DVCTT_RANDOM_TESTS=1: examples are then drawn at random, and a failure prints how to reproduce it.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings

from analysis.execution.engine import import_format
from analysis.reference.provinces import find_province
from made_world import MadeWorld, make_project

settings.register_profile("ordinary", derandomize=True, database=None)
settings.register_profile("random", derandomize=False, database=None, print_blob=True)
settings.load_profile("random" if os.environ.get("DVCTT_RANDOM_TESTS") else "ordinary")

# Modules of tests that take more than three seconds of a processor: `make test-fast` leaves them out.
SLOW = """
accessible adding adding_order bad_answers brief brief_faults brief_files brief_on_cluster brief_words brief_worlds
callaway_santanna cleaning_report cluster command decisions documentation_new_data executed_pages explore faults
filled_drafts forked golden imputed_shares jupyterlab layout_drafts long_text notebooks over_time own_indicators parts
periods_and_nation properties raw readers removing run share_designs single_designs site site_in_browser
site_publishing spreading study_tools synthetic_control test_data units_below what_reruns where_treated
"""

import_format()  # before any test imports it the slow way
ROOT = Path(__file__).resolve().parents[1]
FEW_DRAWS = (
    199  # the words and the lineage do not depend on the number of draws; the default is run elsewhere
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow."""
    for item in items:
        if item.path.stem.removeprefix("test_") in SLOW.split():
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def made_once(tmp_path_factory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Return `made_once(name, make)`: a folder that one of pytest's workers makes and the others take as it is.

    `make` is given the folder, which is there and empty. No test may change it.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def once(name: str, make: Callable[[Path], object]) -> Path:
        folder, whole = shared / f"made-{name}", shared / f"made-{name}.whole"
        with FileLock(shared / f"made-{name}.lock"):
            if not whole.exists():
                shutil.rmtree(folder, ignore_errors=True)  # what a worker that failed left
                folder.mkdir()
                make(folder)
                whole.touch()
        return folder

    return once


@pytest.fixture(scope="session")
def made_project(made_once) -> MadeWorld:
    """Return a project folder of made-up monthly figures of 63 provinces, with decisions and known effects."""
    return _made_world(made_once, "63")


@pytest.fixture(scope="session")
def made_project_34(made_once) -> MadeWorld:
    """Return the same on the map of 34 provinces."""
    return _made_world(made_once, "34")


def _made_world(made_once: Callable[..., Path], frame: str) -> MadeWorld:
    def make(folder: Path) -> None:
        (folder / "world.pickle").write_bytes(pickle.dumps(make_project(folder / "project", frame=frame)))

    world: MadeWorld = pickle.loads((made_once(f"world-{frame}", make) / "world.pickle").read_bytes())
    return world


@pytest.fixture(scope="session")
def rebuilt_project(made_once, root) -> Path:
    """Return a copy of the project's notebooks, studies and raw files with tables made anew; copy it to change it."""
    from analysis.cleaning import processed

    def make(folder: Path) -> None:
        for part in ("notebooks", "studies", "data/raw"):
            shutil.copytree(root / part, folder / part)
        processed.rebuild(folder)

    return made_once("rebuilt-project", make)


@pytest.fixture(scope="session")
def assemble(made_once) -> Callable[..., dict[str, Any]]:
    """Return `assemble(province, language, draws)`: the brief as 06-brief.ipynb makes it, as plain data."""

    @cache
    def assembled(province: str, language: str, draws: int = FEW_DRAWS) -> dict[str, Any]:
        def make(folder: Path) -> None:
            brief = _run_notebook(province, language, draws)[1].to_dict()
            (folder / "brief.json").write_text(json.dumps(brief), "utf-8")

        folder = made_once(f"brief-{find_province(province).slug}-{language}-{draws}", make)
        found: dict[str, Any] = json.loads((folder / "brief.json").read_text("utf-8"))
        return found

    return assembled


@pytest.fixture(scope="session")
def made_site(assemble, root, tmp_path_factory) -> Path:
    """Return a folder with the index and two real briefs: Thái Nguyên in both languages, Bắc Ninh in Vietnamese."""
    from analysis.reference.provinces import find_province
    from analysis.reporting.edition import COMMON
    from analysis.reporting.figures_used import FILE as FIGURES
    from analysis.reporting.html import render_common, render_html
    from analysis.reporting.pdf import render_pdf
    from analysis.reporting.publish import gather_results, write_results
    from analysis.reporting.request_form import FILES as FORMS
    from analysis.reporting.request_form import write_form
    from analysis.reporting.site import publish_site
    from analysis.site_evidence import read_site_data

    reports = tmp_path_factory.mktemp("reports")
    for name, languages in (("Thái Nguyên", ("vi", "en")), ("Bắc Ninh", ("vi",))):
        made = [assemble(name, language) for language in languages]
        folder = reports / made[0]["slug"]
        folder.mkdir()
        for brief in made:
            (folder / f"brief.{brief['language']}.html").write_text(render_html(brief, languages), "utf-8")
            (folder / f"brief.{brief['language']}.pdf").write_bytes(render_pdf(brief))
            form = write_form(find_province(name), **brief["form"], language=brief["language"])
            (folder / FORMS[brief["language"]]).write_bytes(form)
            (reports / COMMON[brief["language"]]).write_text(render_common(brief["common"]), "utf-8")
        (folder / FIGURES).write_text(made[0]["figures_used"], "utf-8")
        (folder / "results.json").write_text(write_results(gather_results(made, root)), "utf-8")
    publish_site(read_site_data(root), reports, reports)
    return reports


@pytest.fixture(scope="session")
def nation_evidence(root) -> Any:
    """Return what the page on the country is made from, as 08-nation.ipynb gathers it."""
    from analysis.cleaning import processed
    from analysis.reporting.nation_writer import NationEvidence
    from analysis.reporting.printed_figures import read_printed

    tables = processed.observations(root), processed.targets(root)
    return NationEvidence(
        read_printed(root, *tables, processed.quarantine(root)), *tables, processed.sources(root)
    )


@pytest.fixture(scope="session")
def made_nation(nation_evidence) -> dict[str, dict[str, Any]]:
    """Return the page on the country in both languages as plain data, not issued by anybody."""
    from analysis.reporting.nation import assemble_nation

    made = {language: assemble_nation(nation_evidence, language).to_dict() for language in ("vi", "en")}
    return {language: json.loads(json.dumps(brief)) for language, brief in made.items()}


@pytest.fixture(scope="session")
def evidence_of() -> Callable[[str], Any]:
    """Return `evidence_of(province)`: what the brief of a province is made from, as 06-brief.ipynb gathers it."""
    return lambda province: _run_notebook(province, "en", FEW_DRAWS)[0]["evidence"]


def _run_notebook(province: str, language: str, draws: int) -> tuple[dict[str, Any], Any]:
    """Run 06-brief.ipynb with these parameters and return its variables and the brief that its last cell shows."""
    cells = json.loads((ROOT / "notebooks" / "06-brief.ipynb").read_text("utf-8"))["cells"]
    shown: list[Any] = []
    scope: dict[str, Any] = {"display": shown.append}
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        exec("".join(cell["source"]), scope)
        if "parameters" in cell["metadata"].get("tags", []):
            scope |= {"province": province, "language": language, "draws": draws}
    return scope, shown[-1]
