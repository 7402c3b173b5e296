"""34 provinces and 16 months with known truth, from the stand-in to study, notebook, brief and site, marked throughout.

And attempts to get them into a brief that does not say so.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader
from stand_in import QUICK, standing_in
from test_fetch import DOSSIERS, SERVICES, clean, run, wish

from analysis.brief_evidence import find_panels
from analysis.cleaning import processed
from analysis.cleaning.command import clean_raw
from analysis.cleaning.described import clean_described
from analysis.cleaning.describing import AddRefused, Description, add_file
from analysis.cleaning.raw import PackageUnreadable, find_undescribed
from analysis.explore.choice import Choice
from analysis.explore.views import look
from analysis.fetching.client import PoliteClient
from analysis.fetching.portal import fetch
from analysis.panels.study_panel import assemble_panel
from analysis.periods import shift
from analysis.reference.provinces import find_province, successors
from analysis.reference.test_data import MARKS, PUBLISHER, holds_test_data
from analysis.reporting.brief import assemble_brief
from analysis.reporting.coverage import answer_coverage, chart_coverage
from analysis.reporting.html import render_html
from analysis.reporting.issuer import Issuer, put_issuer
from analysis.reporting.pdf import render_pdf
from analysis.reporting.prose import plain_text
from analysis.reporting.publish import gather_results
from analysis.reporting.site import render_site
from analysis.reporting.study_charts import chart_groups
from analysis.reporting.study_words import introduce
from analysis.site_evidence import read_site_data
from analysis.study import read_study
from made_world import DECISION_HEAD, DECISIONS, EFFECTS, list_decisions, write_table

FIRST, LAST = "2025-07", "2026-10"
PLACE = "Lào Cai"  # which decides in the made-up world; without a published figure before the merger


@dataclass(frozen=True)
class Fetched:
    """A project with real figures of the survey, made-up decisions, and 16 months from the stand-in."""

    root: Path
    said: str


@pytest.fixture(scope="module")
def fetched(cells, root, tmp_path_factory):
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
    assert found.answer.effect.estimate == pytest.approx(truth(size), abs=1.5)


def test_what_is_said_in_clean_and_in_a_notebook_is_marked(fetched):
    assert "test data, no real figures: 17 files" in fetched.said
    panel = assemble_panel(read_study("services-34", root=fetched.root), root=fetched.root)
    assert MARKS["en"] in repr(introduce(panel))
    observations, targets = processed.observations(fetched.root), processed.targets(fetched.root)
    assert repr(answer_coverage(observations, targets)).startswith(MARKS["en"])
    for chart in (chart_coverage(observations, SERVICES), chart_groups(panel)):
        assert "TEST DATA, NO REAL FIGURES." in chart.svg
    seen = look(Choice(study="services-34", method="synthetic-control", province=PLACE))
    assert seen.note.startswith(MARKS["en"]) and "TEST DATA" in seen.figure.svg
    sources = processed.sources(fetched.root)
    assert set(sources.loc[sources["url"].str.startswith("http://127."), "publisher"]) == {PUBLISHER}


def truth(size: int) -> float:
    """Return the mean effect that was made, in points, on the services (0) or the dossiers (1)."""
    return float(
        np.mean([EFFECTS[own[1 + size]] for own in DECISIONS["34"].values() for _ in range(own[0], 16)])
    )


@pytest.mark.notebook
def test_notebooks_find_the_effect_that_was_made_and_say_what_it_is_made_of(fetched, root, cells):
    """Tolerances are twice the estimates' own errors: one province of 16 months is known to about 2 points."""
    scopes = {}
    for notebook, parameters in {
        "02-before-after": {"study": "dossiers-34", "province": PLACE},
        "03-regression": {"study": "services-34", "draws": 99},
        "04-synthetic-control": {"study": "services-34", "province": "Tuyên Quang"},
        "05-sensitivity": {"study": "services-34", "draws": 19, "repetitions": 2},
    }.items():
        scopes[notebook[:2]], shown = run_cells(root, notebook, **parameters)
        assert MARKS["en"] in shown, notebook
    result = scopes["02"]["result"]
    months = (result.before.date[:7], result.after.date[:7])
    assert months[0] < shift(FIRST, DECISIONS["34"]["15"][0]) <= months[1]
    counts = {month: [cells[code, month][3:5] for code in successors()] for month in months}
    nation = [100 * sum(c for _, c in counts[month]) / sum(t for t, _ in counts[month]) for month in counts]
    own = [100 * cells["15", month][4] / cells["15", month][3] for month in counts]
    assert result.change_pp == pytest.approx(own[1] - own[0], abs=0.011)
    assert result.rest_low_pp == pytest.approx(own[1] - own[0] - (nation[1] - nation[0]), abs=0.02)
    assert scopes["03"]["answer"].effect.estimate == pytest.approx(truth(0), abs=1.5)
    assert scopes["04"]["twin"].estimate == pytest.approx(EFFECTS[80], abs=4)
    estimates = scopes["05"]["curve"].frame()["estimate"]
    assert min(estimates) > truth(0) - 2.5 and max(estimates) < truth(0) + 2.5


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
    page, told = plain_text(briefs[1]["first_page"]["boxes"][2]["text"]), json.dumps(briefs[1]["sections"])
    assert "no figure of the province by then. For those since July 2025" in page
    assert "published figure before July 2025 of" in told and "those since July 2025 are below" in told


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
        payload = json.loads(page.partition('id="payload">')[2].partition("</script>")[0])
        assert payload["made_by"].endswith(
            MARKS[language]
        )  # into every row of the tables that the page makes
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


AS_THE_PORTALS = "portal/2026-11-03/online-2026-10-090000.zip"
PORTAL = "https://dichvucong.gov.vn"


def _forge_index(archive: Path) -> dict[str, object]:
    """Say in an archive that the portal gave its answers; return how the data package would describe it then."""
    with zipfile.ZipFile(archive) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    address = json.loads(entries["captures.json"])[0]["address"].encode()
    entries["captures.json"] = entries["captures.json"].replace(address, PORTAL.encode())
    with zipfile.ZipFile(archive, "w") as new:
        for name, content in entries.items():
            new.writestr(name, content)
    content = archive.read_bytes()
    return {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}


@pytest.mark.parametrize("path", [{}, {"path": AS_THE_PORTALS}])
def test_an_index_that_names_the_portal_gives_nothing_away(project, stand_in, client, path):
    run(project, client, wish(LAST, LAST))
    (archive,) = (project / "data/raw/test-data").rglob("*.zip")
    described = _forge_index(archive)
    _described(project, **described, **path, publisher="Cổng", test_data=False, sources=[{"path": PORTAL}])
    with pytest.raises(PackageUnreadable, match=r"given by https://\S+ \(a stand-in\)"):
        clean_raw()


def test_test_data_copied_or_added_to_another_project_are_not_used_as_real(
    fetched, stand_in, client, project
):
    """A raw folder that is copied is not described; archive, answers and the package's own tables are not added."""
    run(project, client, wish(LAST, LAST, ["H44", "H55", "H60"]))
    other = project.parent / "other"
    shutil.copytree(project / "data/raw/test-data", other / "data/raw/test-data")
    (other / "data/raw/datapackage.json").write_text(json.dumps({"name": "o", "resources": []}), "utf-8")
    assert clean_described(other) == [] and "is not described" in find_undescribed(other)[0]
    (archive,) = (other / "data/raw/test-data").rglob("*.zip")
    with zipfile.ZipFile(archive) as held:
        held.extractall(other)
    tables = [fetched.root / "data/processed" / name for name in ("observations.csv", "targets.csv")]
    books = [other / "observations.xlsx", other / "titled.csv", other / "renamed.csv"]
    newest = pd.read_csv(tables[0]).tail(40)
    newest.to_excel(books[0], index=False)
    books[1].write_text(f"Title,\n{newest.to_csv(index=False)}", "utf-8")
    newest.rename(columns=str.title).drop(columns="Source_Id").to_csv(books[2], index=False)
    pages = [other / f"index.{language}.html" for language in MARKS]
    for page, language in zip(pages, MARKS, strict=True):
        page.write_text(render_site(read_site_data(fetched.root), {}, language), "utf-8")
    for file in (archive, other / "H44.json", *tables, *books, *pages):
        with pytest.raises(AddRefused):
            add_file(other, file, Description("Cổng Dịch vụ công quốc gia", "Thống kê"))
    (other / "data/raw/datapackage.json").write_bytes((project / "data/raw/datapackage.json").read_bytes())
    (outcome,) = clean_described(other)  # described as it was, it is what it was
    assert holds_test_data(outcome.cleaned.observations["raw_location"])
    assert set(outcome.cleaned.sources["publisher"]) == {PUBLISHER}


@pytest.mark.parametrize(
    "changes",
    [
        {"path": AS_THE_PORTALS},
        {"path": AS_THE_PORTALS, "sources": [{"path": PORTAL}]},
        {"sources": [{"path": PORTAL}]},
    ],
)
def test_test_data_in_the_portals_place_stop_everything(project, stand_in, client, changes):
    run(project, client, wish(LAST, LAST))
    _described(project, **changes)
    with pytest.raises(PackageUnreadable, match=r"its answers were given by http://127\.0\.0\.1"):
        clean_raw()


def test_without_the_word_in_the_description_they_are_marked_all_the_same(project, stand_in, client):
    run(project, client, wish(LAST, LAST))
    _described(project, test_data=False, publisher="Cổng Dịch vụ công quốc gia", title="Thống kê")
    cleaned, _ = clean(project)
    assert set(cleaned.sources["publisher"]) == {PUBLISHER}
    assert set(cleaned.observations["raw_location"].str[:19]) == {"data/raw/test-data/"}
