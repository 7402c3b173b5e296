"""Fetching from the stand-in over real HTTP: everything, broken off and taken up again, and how it behaves."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from stand_in import without

from analysis.cleaning.described import clean_described
from analysis.cleaning.editions import choose_figures
from analysis.cleaning.publishers.portal import read_index
from analysis.cleaning.raw import check_raw, find_undescribed
from analysis.cleaning.shapes import Cleaned, join
from analysis.cleaning.validation import check_shapes
from analysis.fetching import calls, captures
from analysis.fetching.captures import Captures
from analysis.fetching.client import Manners, PoliteClient
from analysis.fetching.portal import Wish, describe, fetch
from analysis.reference.portal import ADDRESS, departments

SERVICES, DOSSIERS = "share_services_with_online_dossiers", "share_dossiers_processed_online"


def wish(first="2026-09", last="2026-10", provinces=(), groups="online", **flags) -> Wish:
    chosen = calls.choose_groups(groups, legacy=flags.get("legacy", False))
    return Wish(chosen, calls.choose_periods(first, last), calls.choose_departments(provinces), **flags)


def run(project, client, asked: Wish) -> tuple:
    said: list[str] = []
    fetched = fetch(project, asked, client, said.append, lambda: None)
    return fetched, [*said, *describe(fetched)]


def resources(project) -> list[dict]:
    return json.loads((project / "data/raw/datapackage.json").read_text("utf-8"))["resources"]


def snapshot(project) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted((project / "data/raw").rglob("*")) if p.is_file()}


def clean(project) -> tuple[Cleaned, str]:
    """Return what `dvctt clean` reads, checked, and what it says."""
    outcomes = clean_described(project)
    cleaned = join([outcome.cleaned for outcome in outcomes])
    check_shapes(cleaned)
    return cleaned, "\n".join(str(said) for one in outcomes for said in (*one.problems, *one.notices))


def figures(cleaned, indicator=SERVICES):
    rows = cleaned.observations
    return rows[rows["indicator"] == indicator].set_index(["province_code", "period_end"])


def test_full_fetch_gives_the_known_figures_with_their_counts(project, stand_in, client, cells):
    fetched, said = run(project, client, wish())
    assert fetched.is_whole and fetched.answers == len(stand_in.log) == 2 * 34
    assert "68 calls" in said[0] and "about 2 min" not in said[0]  # a hurried client says its own time
    cleaned, _ = clean(project)
    for indicator, (total, counted) in ((SERVICES, (0, 1)), (DOSSIERS, (3, 4))):
        rows = figures(cleaned, indicator)
        assert (
            len(rows) == 2 * 34 and set(rows["province_frame"]) == {"34"} and set(rows["frequency"]) == {"M"}
        )
        for (code, end), row in rows.iterrows():
            known = cells[code, end[:7]]
            assert (row["numerator"], row["denominator"]) == (known[counted], known[total])
            assert row["value"] == pytest.approx(100 * known[counted] / known[total], abs=0.0051)
    assert cleaned.quarantine.empty


def test_raw_bytes_are_kept_with_time_and_hash_and_described(project, stand_in, client):
    run(project, client, wish(last="2026-09"))
    (resource,) = resources(project)
    path = project / "data/raw" / resource["path"]
    assert resource["path"].startswith("test-data/2026-11-03/online-2026-09-")
    assert resource["hash"] == "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
    assert resource["captured"] == ["2026-11-03T09:00:00+07:00"] * 2 and resource["test_data"] is True
    with zipfile.ZipFile(path) as archive:
        for line in read_index(path):
            body = archive.read(f"{line['department']}.json")
            assert body == stand_in.answer(("online", "2026-09", line["department"]))
            assert line["sha256"] == hashlib.sha256(body).hexdigest() and line["captured"]
            assert line["content"]["month"] == 9 and line["status"] == 201
    assert check_raw(project) and not find_undescribed(project)


def test_every_group_and_frequency_is_asked_as_the_interface_takes_it(project, stand_in, client, cells):
    groups = "online,payment,progress,scores,transparency,satisfaction,digitised"
    for first in ("2026-10", "2026Q3", "2026"):
        client.now = lambda: dt.datetime(2027, 1, 4, 9, tzinfo=dt.UTC)
        fetched, _ = run(project, client, wish(first, first, ["H44"], groups))
        assert fetched.is_whole
    asked = {(call.asked[0], call.asked[1]): call.content for call in stand_in.log}
    assert asked["online", "2026Q3"]["timeType"] == "quarter" and asked["online", "2026Q3"]["quarter"] == 3
    assert asked["online", "2026"]["timeType"] == "year" and "month" not in asked["online", "2026"]
    assert asked["scores", "2026-10"]["departmentType"] == "ADMINISTRATIVE_UNIT"
    days = [call.content for call in stand_in.log if call.asked[0] == "satisfaction"]
    assert [(one["fromDate"], one["toDate"]) for one in days] == [
        ("2026-10-01", "2026-10-31"), ("2026-07-01", "2026-09-30"), ("2026-01-01", "2026-12-31"),
    ]  # fmt: skip
    cleaned, said = clean(project)
    assert said.count("is kept as it came and not read into figures yet") == 9  # three groups, three periods
    rows = cleaned.observations
    counts = rows.groupby("indicator")["frequency"].agg(lambda own: "".join(sorted(own.unique())))
    assert counts.to_dict() == dict.fromkeys(
        (
            SERVICES,
            DOSSIERS,
            "share_online_payment_dossiers",
            "share_dossiers_on_time_portal",
            "index766_score",
        ),
        "AMQ",
    )
    quarter = figures(cleaned, DOSSIERS).loc[("25", "2026-09-30")]
    assert quarter["numerator"] == sum(cells["25", month][4] for month in ("2026-07", "2026-08", "2026-09"))
    assert set(figures(cleaned, "index766_score")["value"]) == {61.5}


def test_legacy_interface_is_asked_by_the_ids_it_names(project, stand_in, client, cells):
    fetched, _ = run(project, client, wish("2025-06", "2025-07", ["H44", "H60"], legacy=True))
    assert fetched.is_whole
    assert stand_in.asked() == [
        (group, month, code)
        for month in ("2025-06", "2025-07")
        for group, code in (("legacy-scores", "VN"), ("legacy-dossiers", "H44"), ("legacy-dossiers", "H60"))
    ]
    cleaned, _ = clean(project)
    rows = figures(cleaned, "share_dossiers_submitted_online")
    total, online = cells["25", "2025-07"][3:5]
    assert rows.loc[("25", "2025-07-31"), ["numerator", "denominator"]].tolist() == [online, total]
    assert "not confirmed" in rows["note"].iloc[0] and len(rows) == 2
    assert len(figures(cleaned, "index766_score")) == 34
    before = len(stand_in.log)
    assert run(project, client, wish("2025-06", "2025-07", ["H44", "H60"], legacy=True))[0].answers == 0
    assert run(project, client, wish("2025-07", "2025-07", ["H60", "H61"], legacy=True))[0].is_whole
    assert stand_in.asked()[before:] == [("legacy-dossiers", "2025-07", "H61")]  # its number is known already
    held = cleaned.quarantine
    assert set(held["rule"]) == {"portal_old_map"}  # June 2025: nobody says of which map


IN_A_PROCESS = """
import datetime as dt, signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background process ignores it
from stand_in import QUICK
from test_fetch import run, wish
from analysis.fetching.client import VIETNAM, PoliteClient
day = dt.datetime(2026, 11, 3, 9, tzinfo=VIETNAM)
client = PoliteClient(sys.argv[2], QUICK, now=lambda: day)
print(*run(Path(sys.argv[1]), client, wish(provinces=PROVINCES))[1], sep="\\n")
"""
SIX = ["H01", "H05", "H44", "H55", "H60", "H61"]


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_process_that_is_ended_in_a_fetch_leaves_nothing_half_and_is_taken_up(
    project, stand_in, client, sent
):
    stand_in.fault_at[9] = "hangs"  # in the second month of two
    code = IN_A_PROCESS.replace("PROVINCES", repr(SIX))
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[1]), *sys.path])
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(project), stand_in.address],
        env=os.environ | {"PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert stand_in.reached.wait(300)
    process.send_signal(sent)
    said, _ = process.communicate(timeout=300)
    stand_in.released.set()
    asked = stand_in.asked()
    assert len(asked) == 9 and check_raw(project) == Captures(project, client.address).described()
    assert not find_undescribed(project)
    if sent == signal.SIGINT:
        assert process.returncode == 0 and "you interrupted it. What came before is kept (8 answers)" in said
        assert [line["captured"] != "" for line in resources(project)] == [True, True]
    else:
        assert process.returncode == -sent and not resources(project)
        left = project / "data/raw/test-data/2026-11-03/.open-online-2026-10"
        with (left / "captures.jsonl").open("a") as stream:
            stream.write('{"group": "online", "dep')  # a process may be killed while it writes
    fetched, said = run(project, client, wish(provinces=SIX))
    assert fetched.is_whole and any("There already: 8 answers" in line for line in said)
    assert sorted(stand_in.asked()[9:]) == sorted({*wanted(SIX)} - {*asked[:8]})
    assert len(figures(clean(project)[0])) == 12 and not list(project.rglob(".open-*"))
    before = snapshot(project)
    assert not run(project, client, wish(provinces=SIX))[0].answers and snapshot(project) == before


def wanted(provinces):
    return [("online", month, code) for month in ("2026-09", "2026-10") for code in provinces]


def test_where_nothing_can_be_written_nobody_is_called(project, stand_in, client, monkeypatch):
    def refuse(**_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(OSError, match="Read-only"):
        run(project, client, wish())
    assert not stand_in.log


@pytest.mark.parametrize("full", [".json", ".tmp", "datapackage.json"])
def test_a_full_disk_leaves_nothing_half_and_the_fetch_is_taken_up(
    project, stand_in, client, monkeypatch, full
):
    """The disk is full when an answer is written, when the archive is, and when it is described."""
    write = Path.write_bytes

    def write_half(path: Path, content: bytes) -> int:
        if path.name.endswith(full):
            write(path, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return write(path, content)

    def write_none(path: Path, text: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write_half)
        if full == "datapackage.json":
            patch.setattr(captures, "write_text", write_none)
        with pytest.raises(OSError, match="No space"):
            run(project, client, wish(last="2026-09", provinces=SIX))
    assert check_raw(project) == []
    asked = len(stand_in.log)
    assert run(project, client, wish(last="2026-09", provinces=SIX))[0].is_whole
    assert len(stand_in.log) == (
        7 if full == ".json" else asked
    )  # the answer that found no place is asked again
    assert len(figures(clean(project)[0])) == 6 and not find_undescribed(project)


def test_finished_month_is_never_asked_twice_unless_refreshed(project, stand_in, client):
    run(project, client, wish(provinces=SIX))
    before, files = len(stand_in.log), snapshot(project)
    fetched, _ = run(project, client, wish(provinces=SIX))
    assert fetched.is_whole and len(stand_in.log) == before and snapshot(project) == files
    run(project, client, replace(wish(last="2026-09", provinces=SIX), refresh=True))
    assert len(stand_in.log) == before + 6
    now = snapshot(project)
    package = str(project / "data/raw/datapackage.json")
    assert all(now[name] == content for name, content in files.items() if name != package)
    assert len(figures(clean(project)[0])) == 2 * 6


def test_running_month_is_no_figure_and_asked_again(project, stand_in, client):
    run(project, client, wish("2026-11", "2026-11", ["H44"]))
    cleaned, _ = clean(project)
    assert cleaned.observations.empty
    assert set(cleaned.quarantine["rule"]) == {"portal_running"}
    client.now = lambda: dt.datetime(2026, 12, 2, 9, tzinfo=dt.UTC)
    run(project, client, wish("2026-11", "2026-11", ["H44"]))
    assert len(stand_in.log) == 2


def test_revised_month_keeps_both_and_uses_the_newest(project, stand_in, client, cells):
    run(project, client, wish("2026-10", "2026-10", SIX))
    stand_in.change = lambda asked, parent: parent | {"onlineDossierCount": parent["onlineDossierCount"] + 40}
    client.now = lambda: dt.datetime(2026, 11, 5, 9, tzinfo=dt.UTC)
    run(project, client, replace(wish("2026-10", "2026-10", SIX), refresh=True))
    cleaned, told = clean(project)
    assert "6 figures differ from those captured before" in told
    rows = cleaned.observations.query("indicator == @SERVICES and province_code == '25'")
    old, new = (100 * (cells["25", "2026-10"][1] + more) / cells["25", "2026-10"][0] for more in (0, 40))
    assert sorted(rows["value"]) == pytest.approx([old, new], abs=0.0051)
    newest = rows.loc[rows["value"].idxmax()]
    assert f"; {round(old, 2):g} on 2026-11-03" in newest["note"]
    chosen = choose_figures(rows, cleaned.sources)
    assert chosen.rows["value"].tolist() == [newest["value"]] and len(chosen.replaced) == 1


def test_asked_twice_on_one_day_the_later_answer_counts(project, stand_in, client):
    run(project, client, wish("2026-10", "2026-10", ["H44"]))
    stand_in.change = lambda asked, parent: parent | {"onlineDossierCount": 7}
    run(project, client, replace(wish("2026-10", "2026-10", ["H44"]), refresh=True))
    cleaned, told = clean(project)
    assert "asked again on the same day" in told
    assert figures(cleaned)["numerator"].tolist() == [7]


def test_calls_are_apart_one_at_a_time_and_say_who_calls(project, stand_in, client):
    client.manners = replace(client.manners, spacing=0.05)
    run(project, client, wish("2026-10", "2026-10", ["H44", "H60", "H61", "H01"]))
    times = [call.at for call in stand_in.log]
    assert all(later - earlier >= 0.05 for earlier, later in pairwise(times))
    assert {call.user_agent for call in stand_in.log} == {client_agent()}
    assert {call.under_way for call in stand_in.log} == {1}


def client_agent() -> str:
    from analysis import __version__

    return f"dvctt-analysis/{__version__} (research package; one call at a time; python-httpx)"


def test_by_default_calls_are_a_second_apart_with_jitter(stand_in):
    waits: list[float] = []
    time = [0.0]

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        time[0] += seconds

    calm = PoliteClient(stand_in.address, sleep=sleep, clock=lambda: time[0])
    for call in calls.list_calls(calls.choose_groups("online"), ["2026-10"], list(departments().values()))[
        :6
    ]:
        calm.post(call.path, call.content)
    calm.close()
    assert len(waits) == 5 and all(1.0 <= wait <= 1.5 for wait in waits) and len(set(waits)) == 5
    assert Manners().retries <= 3 and Manners().longest <= 60 and Manners().most_bytes <= 10_000_000


def test_the_portals_own_figures_lie_apart_from_test_data(project):
    assert Captures(project, ADDRESS).folder.name == "portal"
    assert Captures(project, f"{ADDRESS}.example").is_test


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("2026-13", "2026-13", "months"),
        ("2026-10", "2026Q4", "months"),
        ("2026-10", "2026-09", "after"),
        ("soon", "2026-09", "period"),
        ("2026S1", "2026S1", "quarters"),
    ],
)
def test_what_is_no_period_is_refused(first, last, says):
    with pytest.raises(calls.FetchRequestWrong, match=says):
        calls.choose_periods(first, last)


def test_a_period_that_has_not_begun_is_refused_before_any_call(project, stand_in, client):
    with pytest.raises(calls.FetchRequestWrong, match="has not begun"):
        run(project, client, wish("2026-11", "2026-12"))
    assert not stand_in.log


def test_provinces_go_by_name_or_code_and_old_names_mean_their_successor():
    chosen = calls.choose_departments(["Thái Nguyên", "bac kan", "H44"])
    assert [one.code for one in chosen] == ["H55", "H44"]
    assert len({one.province_code for one in departments().values()}) == 34


def test_renamed_field_is_named_with_the_shape_seen_and_the_rest_is_taken(project, stand_in, client):
    stand_in.change = without(onlineDossierCount="onlineServicesUsed")
    _, said = run(project, client, wish("2026-10", "2026-10", SIX))
    told = next(line for line in said if "onlineDossierCount" in line)
    assert "6 answers" in told and "onlineServicesUsed" in told
    cleaned, _ = clean(project)
    assert len(figures(cleaned, DOSSIERS)) == 6 and figures(cleaned).empty
