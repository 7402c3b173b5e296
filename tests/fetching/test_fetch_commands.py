"""`dvctt fetch` as it is typed: what it prints, its exit status, and what it leaves."""

from __future__ import annotations

import json
import webbrowser

import pytest
from click.testing import CliRunner
from stand_in import QUICK, plain

from analysis.cli import main
from analysis.fetching import client as clients
from analysis.fetching.tables import PUBLICATIONS


@pytest.fixture
def dvctt(monkeypatch):
    """Return `dvctt(words…)`: exit status and output of the command, made in a hurry."""
    quick = clients.PoliteClient
    monkeypatch.setattr(clients, "PoliteClient", lambda address: quick(address, QUICK))

    def call(*words: str):
        yes = ["--yes"] if words[0] == "portal" and words[-1] != "--ask" else []
        done = CliRunner().invoke(main, ["fetch", *(word for word in words if word != "--ask"), *yes])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, plain(done.output)

    return call


def test_figures_are_fetched_and_said(project, stand_in, dvctt, monkeypatch):
    monkeypatch.setenv("DVCTT_PORTAL", stand_in.address)
    words = (
        "portal",
        "--from",
        "2026-09",
        "--to",
        "2026-10",
        "--provinces",
        "H44,Lạng Sơn",
        "--groups",
        "online",
    )
    status, said = dvctt(*words)
    assert status == 0 and len(stand_in.log) == 4
    assert said.startswith(
        "http://127.0.0.1: 4 calls (online; 2026-09 to 2026-10; provinces: 2), one at a time"
    )
    assert "undocumented interface" in said and "marked as test data everywhere" in said
    assert "read: 4 figures of 2 provinces, September 2026; held: nothing" in said
    assert said.endswith("next: dvctt clean\n")
    status, said = dvctt(*words)
    assert status == 0 and said.startswith("All 4 answers asked for are there already: nothing is called.")


def test_a_fetch_that_stopped_ends_with_one_line_and_status_1(project, stand_in, dvctt):
    stand_in.fault_at[2] = "refused"
    status, said = dvctt("portal", "--from", "2026-10", "--address", stand_in.address)
    assert status == 1 and said.count("dvctt: stopped: the portal answered status 403") == 1
    assert "came before is kept (1 answer); the same command goes on" in said


@pytest.mark.parametrize("words", [("--from", "2026-10"), ("--probe",)])
def test_without_a_terminal_nobody_is_called_unless_it_is_said(project, stand_in, dvctt, words):
    status, said = dvctt("portal", *words, "--address", stand_in.address, "--ask")
    assert status == 2 and "Say --yes" in said and not stand_in.log


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "say from when"),
        (("--from", "June"), "no period"),
        (("--from", "2026-09", "--groups", "onlin"), "Groups: online, payment"),
        (("--from", "2026-09", "--provinces", "Atlantis"), "Atlantis"),
        (("--from", "2026-09", "--address", "ftp://x"), "expected http"),
        (("--from", "2026-09", "--to", "2026-08"), "is after"),
    ],
)
def test_what_it_cannot_mean_is_refused_with_status_2(project, dvctt, words, says):
    status, said = dvctt("portal", *words)
    assert status == 2 and says in said and said.count("\n") == 1


def test_probe_answers_five_questions_and_keeps_them(project, stand_in, dvctt):
    status, said = dvctt("portal", "--probe", "--address", stand_in.address)
    assert status == 0 and len(stand_in.log) == 5
    for words in (
        "does it answer",
        "how far back",
        "country's call",
        "running month",
        "legacy interface alive",
    ):
        assert words in said
    assert "yes, without counts; parent has: totalScore" in said and "yes, 34 rows" in said
    (saved,) = (project / "reports/probe").iterdir()
    kept = json.loads(saved.read_text("utf-8"))
    assert kept["address"] == stand_in.address and len(kept["answers"]) == 5
    assert all(one["asked"] and one["when"] and one["found"] for one in kept["answers"])


def test_probe_stops_where_it_is_refused(project, stand_in, dvctt):
    stand_in.fault_at = {1: "gone", 2: "refused"}
    status, said = dvctt("portal", "--probe", "--address", stand_in.address)
    assert status == 0 and len(stand_in.log) == 2
    assert "no: the answer has status 404" in said and said.count("not asked: the portal refused before") == 3


@pytest.mark.parametrize("name", PUBLICATIONS)
@pytest.mark.parametrize("opens", [True, False])
def test_a_publishers_page_is_opened_for_a_person(dvctt, monkeypatch, name, opens):
    seen: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: seen.append(url) or opens)
    status, said = dvctt(name)
    assert status == 0 and seen == [PUBLICATIONS[name].url] and PUBLICATIONS[name].url in said
    assert ("was opened" in said) == opens and "Save " in said and f"dvctt fetch {name} FILE" in said


def test_a_saved_table_is_added_as_its_publishers(project, dvctt, tmp_path):
    table = tmp_path / "dti-2023.csv"
    head = "Chỉ số chuyển đổi số cấp tỉnh (DTI) năm 2023,\nTỉnh,DTI\n"
    table.write_text(f"{head}Hà Nội,0.71\nĐà Nẵng,0.80\nCần Thơ,0.62\n", "utf-8")
    status, said = dvctt("dti", str(table))
    assert status == 0 and "read: 3 figures of 3 provinces, 2023" in said
    (resource,) = json.loads((project / "data/raw/datapackage.json").read_text("utf-8"))["resources"]
    one = PUBLICATIONS["dti"]
    assert (resource["publisher"], resource["sources"]) == (
        one.publisher,
        [{"title": one.title, "path": one.url}],
    )


@pytest.mark.parametrize("name", PUBLICATIONS)
def test_a_file_of_another_publisher_is_not_taken_for_its_own(project, dvctt, tmp_path, name):
    table = tmp_path / "thang-10.csv"
    head = "Tỷ lệ hồ sơ xử lý trực tuyến tháng 10/2026,\nTỉnh,Tỷ lệ hồ sơ xử lý trực tuyến (%)\n"
    table.write_text(f"{head}Hà Nội,71\nĐà Nẵng,80\nCần Thơ,62\n", "utf-8")
    status, said = dvctt(name, str(table))
    assert (
        status == 2 and "no indicator of P" in said.replace("DTI", "P") and "dvctt add thang-10.csv" in said
    )
    assert not json.loads((project / "data/raw/datapackage.json").read_text("utf-8"))["resources"]


def test_what_this_package_made_is_no_publishers_table(project, dvctt, tmp_path):
    page = tmp_path / "papi.html"
    page.write_text(
        '<html><head><meta name="generator" content="dvctt-analysis 1"></head>'
        "<table><tr><td>Tỉnh</td><td>PAPI 2024</td></tr><tr><td>Hà Nội</td><td>43.1</td></tr></table></html>",
        "utf-8",
    )
    table = tmp_path / "map.csv"
    table.write_text("layer,province,period,value,made_by\nPAPI,Hà Nội,2024,43.1,dvctt-analysis 1\n", "utf-8")
    for file in (page, table):
        status, said = dvctt("papi", str(file))
        assert status == 2 and "made by this package" in said
