"""34 provinces and 16 months with known truth, from the stand-in to study, notebook, brief and site, marked throughout.

And attempts to get them into a brief that does not say so.
"""

from __future__ import annotations

import ast
import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from pypdf import PdfReader
from stand_in import QUICK, standing_in
from test_fetch import DOSSIERS, SERVICES, wish

from analysis.brief_evidence import find_panels
from analysis.cleaning import processed
from analysis.cleaning.command import clean_raw
from analysis.cleaning.raw import PackageUnreadable
from analysis.fetching.client import PoliteClient
from analysis.fetching.portal import fetch
from analysis.panels.study_panel import assemble_panel
from analysis.reference.provinces import find_province, successors
from analysis.reference.test_data import MARKS, PUBLISHER
from analysis.reporting.brief import assemble_brief
from analysis.reporting.html import render_html
from analysis.reporting.issuer import Issuer, put_issuer
from analysis.reporting.pdf import render_pdf
from analysis.reporting.prose import plain_text
from analysis.reporting.publish import gather_results
from analysis.reporting.site import render_site
from analysis.reporting.study_words import introduce
from analysis.site_evidence import read_site_data
from analysis.study import read_study
from made_world import DECISION_HEAD, DECISIONS, EFFECTS, list_decisions, write_table

FIRST, LAST, PLACE = (
    "2025-07",
    "2026-10",
    "Yên Bái",
)  # whose successor, Lào Cai (15), decides in the made-up world


@dataclass(frozen=True)
class Fetched:
    """A project with real figures of the survey, made-up decisions, and 16 months from the stand-in."""

    root: Path
    said: str


@pytest.fixture(scope="module")
def fetched(cells, root, tmp_path_factory):
    from analysis.periods import shift

    project = tmp_path_factory.mktemp("fetched")
    shutil.copytree(root / "data/raw", project / "data/raw")
    shutil.copytree(root / "studies", project / "studies")
    starts = {code: shift(FIRST, own[0]) for code, own in DECISIONS["34"].items()}
    decisions = list_decisions(successors(), starts, "34")
    described = write_table(project, "test-data", "target_setting", DECISION_HEAD, decisions)
    path = project / "data/raw/datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    package["resources"].append(described)
    path.write_text(json.dumps(package), "utf-8")
    with pytest.MonkeyPatch.context() as patch, standing_in(cells) as server:
        patch.setenv("NO_PROXY", "127.0.0.1")
        patch.setenv("DVCTT_ROOT", str(project))
        got = fetch(project, wish(FIRST, LAST), PoliteClient(server.address, QUICK), str, lambda: None)
        assert got.is_whole and got.answers == len(server.log) == 16 * 34
        yield Fetched(project, clean_raw().last_line)


def run_cells(root: Path, notebook: str, **parameters: object) -> tuple[dict, str]:
    """Run a notebook's cells in this process and return its variables and what it shows, as text."""
    shown: list[object] = []
    scope: dict = {}
    for cell in json.loads((root / "notebooks" / f"{notebook}.ipynb").read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            *before, last = ast.parse("".join(cell["source"])).body or [ast.Pass()]
            exec(compile(ast.Module(before, []), notebook, "exec"), scope)
            if isinstance(last, ast.Expr):
                shown.append(eval(compile(ast.Expression(last.value), notebook, "eval"), scope))
            else:
                exec(compile(ast.Module([last], []), notebook, "exec"), scope)
            if "parameters" in cell["metadata"].get("tags", []):
                scope |= parameters
    return scope, "\n".join(map(repr, shown))


@pytest.fixture(scope="module")
def evidence(fetched, evidence_of):
    return evidence_of(PLACE)


@pytest.fixture(scope="module")
def briefs(evidence):
    return [json.loads(json.dumps(assemble_brief(evidence, language).to_dict())) for language in ("vi", "en")]


@pytest.mark.parametrize(
    ("study", "indicator", "place", "size"),
    [("services-34", SERVICES, 0, 0), ("dossiers-34", DOSSIERS, 3, 1)],
)
def test_studies_take_the_figures_without_another_word(fetched, cells, study, indicator, place, size):
    panel = assemble_panel(read_study(study, root=fetched.root), root=fetched.root)
    assert panel.frequency == "M" and len(panel.rows) == 16 * 34 and panel.gaps.empty
    for row in panel.rows.itertuples():
        assert (row.denominator, row.numerator) == tuple(
            cells[row.province_code, row.period][place : place + 2]
        )
    assert set(panel.treated) == set(DECISIONS["34"])
    found = next(one for one in find_panels(find_province(PLACE), study, draws=99, root=fetched.root))
    true = [EFFECTS[own[1 + size]] for own in DECISIONS["34"].values() for _ in range(own[0], 16)]
    assert found.answer.effect.estimate == pytest.approx(sum(true) / len(true), abs=1.5)


def test_what_is_said_in_clean_and_in_a_notebook_is_marked(fetched):
    assert "test data, no real figures: 17 files" in fetched.said
    panel = assemble_panel(read_study("services-34", root=fetched.root), root=fetched.root)
    assert MARKS["en"] in repr(introduce(panel))
    sources = processed.sources(fetched.root)
    assert set(sources.loc[sources["url"].str.startswith("http://127."), "publisher"]) == {PUBLISHER}


@pytest.mark.notebook
def test_a_notebook_finds_the_effect_that_was_made_and_says_what_it_is_made_of(fetched, root):
    scope, shown = run_cells(root, "03-regression", study="services-34", draws=99)
    true = [EFFECTS[own[1]] for own in DECISIONS["34"].values() for _ in range(own[0], 16)]
    assert scope["answer"].effect.estimate == pytest.approx(sum(true) / len(true), abs=1.5)
    assert MARKS["en"] in shown and "34 provinces on the map of 34" in shown


def test_every_page_of_the_brief_says_so(briefs):
    for brief in briefs:
        mark = MARKS[brief["language"]]
        assert f'<p class="test-data" role="note">{mark}</p>' in render_html(brief)
        pages = PdfReader(io.BytesIO(render_pdf(brief))).pages
        assert pages and all(mark in " ".join(page.extract_text().split()) for page in pages)
    assert all(
        line.startswith(MARKS[lang]) for lang, line in gather_results(briefs, Path())["headline"].items()
    )


def test_a_marked_brief_is_issued_by_nobody(briefs):
    office = Issuer(
        institution={"vi": "Sở Nội vụ", "en": "Department"}, number="1/BC", contact={"vi": "a", "en": "a"}
    )
    for brief in briefs:
        issued = put_issuer(brief, office)
        assert not issued.get("issuer") and "Sở Nội vụ" not in render_html(issued)
        assert "1/BC" not in plain_text(issued["first_page"]["kicker"])


def test_the_brief_tells_the_distance_to_the_target_from_the_newest_month(briefs, cells):
    numbers = briefs[1]["ledger"]["numbers"]
    for name, (place, target) in {"services": (0, 80), "dossiers": (3, 60)}.items():
        total, counted = cells["15", LAST][place : place + 2]
        share = 100 * counted / total
        missing = [
            one["value"] for key, one in numbers.items() if key.endswith("_missing") and key.startswith("n")
        ]
        assert any(value == pytest.approx(target - share, abs=0.01) for value in missing), name
    since = next(section for section in briefs[1]["sections"] if section["id"] == "since")
    assert "October 2026" in json.dumps(since)


def test_the_site_shows_the_newest_month_and_says_so(fetched, cells):
    data = read_site_data(fetched.root)
    layers = {one.indicator: one for one in data.layers if one.frame == "34"}
    for indicator, place in ((SERVICES, 0), (DOSSIERS, 3)):
        assert layers[indicator].periods[-1] == LAST
        newest = layers[indicator].rows.query("period == @LAST").set_index("province_code")["value"]
        total, counted = cells["25", LAST][place : place + 2]
        assert len(newest) == 34 and newest["25"] == pytest.approx(100 * counted / total, abs=0.0051)
    for language in MARKS:
        page = render_site(data, {}, language)
        assert MARKS[language] in page and ("10/2026" if language == "vi" else "October 2026") in page


def test_real_figures_carry_no_mark(root, evidence_of, monkeypatch):
    monkeypatch.setenv("DVCTT_ROOT", str(root))
    brief = assemble_brief(evidence_of("Bắc Ninh"), "en").to_dict()
    assert "mark" not in brief and "test-data" not in render_html(brief)


def _described(project: Path, **changes) -> None:
    """Rewrite the description of the first archive, moving its file where its path says."""
    path = project / "data/raw/datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    resource = next(one for one in package["resources"] if one.get("reader") == "portal")
    old = resource["path"]
    resource |= changes
    if resource["path"] != old:
        (project / "data/raw" / resource["path"]).parent.mkdir(parents=True)
        shutil.move(project / "data/raw" / old, project / "data/raw" / resource["path"])
    package["resources"] = [resource]
    path.write_text(json.dumps(package), "utf-8")


@pytest.mark.parametrize(
    "changes",
    [
        {"path": "portal/2026-11-03/online-2026-10-090000.zip"},
        {
            "path": "portal/2026-11-03/online-2026-10-090000.zip",
            "sources": [{"path": "https://dichvucong.gov.vn"}],
        },
        {"sources": [{"path": "https://dichvucong.gov.vn"}]},
    ],
)
def test_test_data_in_the_portals_place_stop_everything(project, stand_in, client, changes):
    from test_fetch import run

    run(project, client, wish(LAST, LAST))
    _described(project, **changes)
    with pytest.raises(PackageUnreadable, match=r"its answers were given by http://127\.0\.0\.1"):
        clean_raw()


def test_without_the_word_in_the_description_they_are_marked_all_the_same(project, stand_in, client):
    from test_fetch import clean, run

    run(project, client, wish(LAST, LAST))
    _described(project, test_data=False, publisher="Cổng Dịch vụ công quốc gia", title="Thống kê")
    cleaned, _ = clean(project)
    assert set(cleaned.sources["publisher"]) == {PUBLISHER}
    assert set(cleaned.observations["raw_location"].str[:19]) == {"data/raw/test-data/"}
