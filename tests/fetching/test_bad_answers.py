"""What a fetch and the reader do with answers that are not as they should be, and with a server that misbehaves."""

from __future__ import annotations

import json
import random
import socket
import tracemalloc
from dataclasses import replace

import pytest
from stand_in import StandIn, plain
from test_fetch import DOSSIERS, SERVICES, clean, figures, run, snapshot, wish

from analysis.cleaning.publishers.portal_answers import (
    PortalFile,
    read_legacy,
    read_province,
    read_scores,
)
from analysis.cleaning.raw import RawFile, RawFileChanged, find_undescribed
from analysis.cleaning.shapes import Intake
from analysis.fetching.client import PoliteClient
from analysis.fetching.portal import FetchRunning
from analysis.reference.portal import departments, load_answer

FOUR = ["H01", "H44", "H60", "H61"]
ASKED = ("online", "2026-10", "H44")
OCTOBER = ("2026-10", "2026-10")


def hurry_at(client, manners):
    """Give short bounds to the one call that goes wrong: on a busy machine a good answer may take longer."""
    post, calm = client.post, client.manners

    def posted(path, content, **how):
        client.manners = (
            manners if content["rootDepartmentId"] == departments()[ASKED[2]].department_id else calm
        )
        return post(path, content, **how)

    client.post = posted


@pytest.mark.parametrize(
    ("fault", "calls", "says"),
    [
        ("no_json", 1, "no JSON"),
        ("not_ok", 1, '"code":"OK"'),
        ("gone", 1, "status 404"),
        ("fault", 2, "status 503"),
        ("closes", 2, "no whole answer"),
        ("hangs", 2, "no whole answer"),
        ("trickles", 1, "longer than"),
        ("trickles_heads", 1, "longer than"),
        ("trickles_chunks", 1, "longer than"),
        ("huge", 1, "more than 1,000,000 bytes"),
        ("bomb", 1, "more than 1,000,000 bytes"),
        ("packed_twice", 1, "packed as 'gzip, gzip'"),
        ("not_packed", 2, "packed wrongly"),
        ("too_short", 1, "no JSON"),
        ("moved", 1, "status 302 (to https://elsewhere.example/login, which is not followed)"),
        ("nested", 1, "nested too deeply"),
        ("twice", 1, "“channelOnlineSum” stands in it twice"),
    ],
)
def test_one_bad_answer_is_named_and_the_others_are_kept(project, stand_in, client, fault, calls, says):
    bounds = {"silence": 0.5} if fault == "hangs" else {"longest": 0.7} if "trickles" in fault else {}
    hurry_at(client, replace(client.manners, **bounds, retries=1))
    stand_in.faults[ASKED] = fault
    fetched, said = run(project, client, wish(*OCTOBER, FOUR))
    (line,) = [line for line in said if line.startswith("not fetched")]
    assert "online 2026-10 H44" in line and says in line and "\n" not in line
    assert stand_in.asked().count(ASKED) == calls
    assert fetched.answers == 3 and not fetched.stopped
    cleaned, told = clean(project)
    assert len(figures(cleaned)) == 3 and "31 of 34 provinces are missing" in told
    del stand_in.faults[ASKED]
    assert run(project, client, wish(*OCTOBER, FOUR))[0].answers == 1  # only what is missing
    assert len(figures(clean(project)[0])) == 4


@pytest.mark.parametrize("fault", ["packed", "other_charset"])
def test_a_packed_answer_and_another_charset_are_read(project, stand_in, client, fault):
    stand_in.faults[ASKED] = fault
    assert run(project, client, wish(*OCTOBER, FOUR))[0].is_whole
    assert len(figures(clean(project)[0])) == 4


def test_where_the_clocks_are_apart_nothing_is_kept(project, stand_in, client):
    stand_in.date = (
        "Sat, 31 Oct 2026 01:00:00 GMT"  # where it is said to be 3 November: October would seem over
    )
    before = snapshot(project)
    fetched, _ = run(project, client, wish(*OCTOBER))
    assert len(stand_in.log) == 1 and snapshot(project) == before
    assert "clock says 2026-11-03 09:00, the server's Sat, 31 Oct 2026 01:00:00 GMT" in fetched.stopped


@pytest.mark.parametrize("date", ["Tue, 03 Nov 2026 09:00:00 GMT", "soon"])
def test_a_server_whose_clock_is_hours_off_or_silent_is_believed(project, stand_in, client, date):
    stand_in.date = date
    assert run(project, client, wish(*OCTOBER, ["H44"]))[0].is_whole


@pytest.mark.parametrize("fault", ["huge", "bomb"])
def test_two_hundred_megabytes_are_not_taken_into_memory(project, stand_in, client, fault):
    stand_in.faults[ASKED] = fault
    tracemalloc.start()
    run(project, client, wish(*OCTOBER, ["H44"]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000


def test_a_fault_that_passes_is_tried_again_after_a_while(project, stand_in, client):
    waits: list[float] = []
    client.sleep, client.clock = waits.append, lambda: 0.0
    client.manners = replace(client.manners, spacing=1.0, back_off=5.0)
    stand_in.fault_at = {1: "fault", 2: "closes"}
    fetched, _ = run(project, client, wish(*OCTOBER, ["H44"]))
    assert fetched.is_whole and waits == [5.0, 10.0]


@pytest.mark.parametrize(("fault", "says"), [("refused", "403"), ("busy", "429"), ("page", "web page")])
def test_a_refusal_ends_the_fetch_at_once_and_what_came_is_kept(project, stand_in, client, fault, says):
    stand_in.fault_at[3] = fault
    fetched, said = run(project, client, wish(*OCTOBER, FOUR))
    assert len(stand_in.log) == 3 and fetched.answers == 2
    (line,) = [line for line in said if line.startswith("stopped")]
    assert says in line and "firewall" in line and "before is kept (2 answers)" in line
    assert len(figures(clean(project)[0])) == 2
    stand_in.fault_at.clear()
    assert run(project, client, wish(*OCTOBER, FOUR))[0].is_whole
    assert len(stand_in.log) == 5


def test_several_bad_answers_in_a_row_end_the_fetch(project, stand_in, client):
    stand_in.faults = {("online", "2026-10", code): "not_ok" for code in departments()}
    fetched, _ = run(project, client, wish(*OCTOBER))
    assert len(stand_in.log) == 3 and "3 calls in a row" in fetched.stopped


def test_offline_one_line_says_what_could_not_be_reached_and_nothing_changed(project):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        client = PoliteClient(f"http://127.0.0.1:{free.getsockname()[1]}")
    before = snapshot(project)
    fetched, said = run(project, client, wish(*OCTOBER))
    assert snapshot(project) == before and client.calls == 1 and not fetched.places
    (line,) = [plain(line) for line in said if line.startswith("stopped")]
    assert line.startswith("stopped: http://127.0.0.1 could not be reached (")
    assert line.endswith(". Nothing changed: no file was written.") and "\n" not in line


def test_two_fetches_at_once_are_refused(project, stand_in, client):
    def start_another() -> None:
        with pytest.raises(FetchRunning):
            run(project, PoliteClient(stand_in.address), wish(*OCTOBER))

    from analysis.fetching.portal import fetch

    fetch(project, wish(*OCTOBER, ["H44"]), client, str, start_another)
    assert len(stand_in.log) == 1


@pytest.mark.parametrize("wrong", ["empty", "other", "null", "another month"])
def test_an_answer_that_gave_no_figure_is_asked_again_and_the_fetch_is_not_whole(
    project, stand_in, client, monkeypatch, wrong
):
    answer = stand_in.answer

    def of_fault(asked):
        if asked[2] != "H44":
            return answer(asked)
        if wrong in ("other", "another month"):
            return answer((asked[0], *((asked[1], "H55") if wrong == "other" else ("2026-08", "H44"))))
        return json.dumps({"code": "OK", "data": None if wrong == "null" else {}}).encode()

    with monkeypatch.context() as patch:
        patch.setattr(stand_in, "answer", of_fault)
        assert not run(project, client, wish(*OCTOBER, ["H44"]))[0].is_whole
        fetched, said = run(project, client, wish(*OCTOBER, FOUR))
        assert "4 calls" in said[0] and fetched.is_whole == (
            wrong == "another month"
        )  # held, with its reason
    again = run(project, client, wish(*OCTOBER, FOUR))[0]
    assert again.answers == 1 and again.is_whole and len(figures(clean(project)[0])) == 4
    assert not run(project, client, wish(*OCTOBER, FOUR))[0].answers


@pytest.mark.parametrize("whole", [True, False])
def test_a_lost_description_is_written_anew_and_a_cut_archive_is_named(project, stand_in, client, whole):
    package = project / "data/raw/datapackage.json"
    empty = package.read_bytes()
    run(project, client, wish(*OCTOBER, FOUR))
    described = json.loads(package.read_text("utf-8"))
    (archive,) = (project / "data/raw").rglob("*.zip")
    if whole:
        package.write_bytes(empty)
        assert "fetch portal" in find_undescribed(project)[0]
        assert not run(project, client, wish(*OCTOBER, FOUR))[0].answers
        assert json.loads(package.read_text("utf-8")) == described
    else:
        archive.write_bytes(archive.read_bytes()[:-200])
        with pytest.raises(RawFileChanged, match="has changed"):
            run(project, client, wish(*OCTOBER, FOUR))
        package.write_bytes(empty)
        assert run(project, client, wish(*OCTOBER, FOUR))[0].answers == 4


def changed(**fields):
    return lambda asked, parent: parent | fields if asked[2] == "H44" else parent


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"onlineDossierCount": None}, "missing"),
        ({"onlineServiceTotal": None}, "missing"),
        ({"onlineDossierCount": "406"}, "number_unreadable"),
        ({"onlineDossierCount": "12,5"}, "number_unreadable"),
        ({"onlineDossierCount": [406]}, "number_unreadable"),
        ({"onlineDossierCount": True}, "number_unreadable"),
        ({"onlineDossierCount": -1}, "number_unreadable"),
        ({"onlineDossierCount": 40.5}, "number_unreadable"),
        ({"onlineDossierCount": float("nan")}, "number_unreadable"),
        ({"onlineServiceTotal": 10**400}, "number_unreadable"),
        ({"onlineDossierCount": 0, "onlineServiceTotal": 0}, "portal_no_base"),
        ({"onlineDossierCount": 99_999}, "portal_above"),
    ],
)
def test_what_is_no_figure_is_held_with_its_reason(project, stand_in, client, fields, rule):
    stand_in.change = changed(**fields)
    run(project, client, wish(*OCTOBER, FOUR))
    cleaned, _ = clean(project)
    assert len(figures(cleaned)) == 3 and len(figures(cleaned, DOSSIERS)) == 4
    (held,) = cleaned.quarantine.to_dict("records")
    assert held["rule"] == rule and held["cell"] == "H44" and held["reason"] and held["reason_vi"]


def test_a_true_zero_is_a_figure(project, stand_in, client):
    stand_in.change = changed(onlineDossierCount=0)
    run(project, client, wish(*OCTOBER, ["H44"]))
    assert figures(clean(project)[0])["value"].tolist() == [0.0]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"channelPostalSum": 3}, "ways of filing do not add up"),
        ({"onlineDossierCount": 11}, "monthly chart differs"),
        ({"totalScore": 11.9}, "points are not those of the formula"),
    ],
)
def test_what_an_answer_contradicts_is_told_and_noted(project, stand_in, client, fields, kind):
    stand_in.change = changed(**fields)
    run(project, client, wish(*OCTOBER, FOUR))
    cleaned, told = clean(project)
    assert kind in told and "H44" in told
    noted = cleaned.observations[cleaned.observations["note"].str.contains("by the counts")]
    assert set(noted["province_code"]) == {"25"} and len(figures(cleaned)) == 4


def test_zeros_of_the_chart_are_neither_figures_nor_contradictions(project, stand_in, client):
    run(project, client, wish("2026Q3", "2026Q3", FOUR))
    cleaned, told = clean(project)
    assert "chart" not in told and len(figures(cleaned)) == 4


@pytest.mark.parametrize("gone", ["totalScore", "partialCount", "monthlyChart"])
def test_fields_that_only_checks_need_may_be_gone(project, stand_in, client, gone):
    stand_in.change = lambda asked, parent: {key: value for key, value in parent.items() if key != gone}
    run(project, client, wish(*OCTOBER, FOUR))
    assert len(figures(clean(project)[0])) == 4


@pytest.mark.parametrize("data", [{}, None, [], {"parent": []}, {"overview": {"x": 1}}])
def test_another_shape_is_told_with_what_was_seen(project, stand_in, client, monkeypatch, data):
    body = json.dumps({"code": "OK", "data": data}).encode()
    monkeypatch.setattr(stand_in, "answer", lambda asked: body)
    run(project, client, wish(*OCTOBER, FOUR))
    cleaned, told = clean(project)
    assert cleaned.observations.empty and "data.parent" in told and "4 answers" in told


def hurt(value, rng):
    """Return an answer with one of its parts replaced, taken out or written anew, wherever it stands."""
    if isinstance(value, dict | list) and value and rng.random() < 0.85:
        key = rng.choice(sorted(value) if isinstance(value, dict) else range(len(value)))
        changed = value.copy()
        if rng.random() < 0.2:
            del changed[key]
        else:
            changed[key] = hurt(value[key], rng)
        return changed
    return rng.choice(
        [None, "", "12,5", "Phú Thọ", -3, 0, 1.5, True, 10**400, 1e300, "NaN", [], {}, [[]], {"a": []}]
    )


def in_hand() -> PortalFile:
    return PortalFile(RawFile(*[""] * 10), "s", Intake())


CAPTURE = {
    "group": "scores",
    "period": "2026-10",
    "department": "H44",
    "captured": "2026-11-03T09:00:00",
    "content": {},
}


@pytest.mark.parametrize("group", ["online", "payment", "progress", "scores", "legacy"])
def test_hurt_answers_are_held_or_read_and_never_break_a_reading(cells, group):
    """Each part of answers is hurt by chance, from fixed seeds; figures that are read are shares of what is there."""
    found, read = in_hand(), {"scores": read_scores, "legacy": read_legacy}.get(group, read_province)
    asked = ("legacy-dossiers" if group == "legacy" else group, "2026-10", "H44")
    answer = json.loads(StandIn(cells).answer(asked))
    for seed in range(400):
        body = json.dumps(hurt(answer, random.Random(seed))).encode()
        read(found, CAPTURE | {"group": asked[0]}, load_answer(body))
    for row in found.intake.observations:
        share = 100 * row["numerator"] / row["denominator"] if "numerator" in row else row["value"]
        assert row["value"] == pytest.approx(share, abs=0.0051) and 0 <= row["value"] <= 100
    assert found.intake.observations and found.intake.quarantine and found.gone


@pytest.mark.parametrize("ways", [("5", "3", "-2", "1"), ("5", "3", "x", "1"), ("5", None, "2", "1")])
def test_a_legacy_count_that_is_none_holds_the_share(ways):
    names = (
        "HTN_TRUCTUYEN_TOTAL",
        "HTN_TRUCTIEP_TOTAL",
        "HTN_BUUCHINH_TOTAL",
        "HTN_TRUCTUYEN_KHONGCHUAN_TOTAL",
    )
    for counts, figures_read in ((ways, 0), (("5", 3, 2.0, "0"), 1)):
        found = in_hand()
        read_legacy(found, CAPTURE, [dict(zip(names, counts, strict=True))])
        assert [row["value"] for row in found.intake.observations] == [50.0] * figures_read


def test_of_scores_a_province_told_of_twice_is_held_and_lists_without_codes_are_told(cells):
    rows = json.loads(StandIn(cells).answer(("scores", "2026-10", "VN")))["data"]["evaluation"]
    old = [{"departmentName": "UBND tỉnh Hà Nam", "departmentCode": "H25", "totalScore": 50}] * 29
    for sent, read, gone in (
        ([*rows, *old], 34, []),
        ([*rows, rows[3] | {"totalScore": 1.0}], 33, []),
        ([{"departmentName": "Phú Thọ", "totalScore": 50}], 0, ["departmentCode"]),
    ):
        found = in_hand()
        read_scores(found, CAPTURE, {"code": "OK", "data": {"evaluation": sent}})
        assert len(found.intake.observations) == read and list(found.gone) == gone
        assert [line["rule"] for line in found.intake.quarantine] == ["portal_repeated"] * (read == 33)


def test_an_answer_about_another_province_is_not_used(project, stand_in, client):
    stand_in.change = changed(departmentCode="H45", departmentId="0")
    run(project, client, wish(*OCTOBER, FOUR))
    cleaned, told = clean(project)
    assert len(figures(cleaned)) == 3 and "Asked was H44, the answer is about H45" in told


@pytest.mark.parametrize(
    ("given", "months"),
    [
        ("2026-08", OCTOBER),
        ("2026", OCTOBER),
        ("2026-08", ("2026-08", "2026-10")),
        ("2026", ("2026-09", "2026-10")),
    ],
)
def test_an_answer_about_another_period_is_held(project, stand_in, client, monkeypatch, given, months):
    """The server does not look at the month: its chart, or the same counts for different months, give it away."""
    answer = stand_in.answer

    def of_another(asked):
        told = json.loads(answer((asked[0], given, asked[2])))
        if given == "2026":
            told["data"]["monthlyChart"] = [
                {"label": label, "onlineDossierPct": 31.5} for label in ("07", "08")
            ]
        return json.dumps(told).encode()

    monkeypatch.setattr(stand_in, "answer", of_another)
    run(project, client, wish(*months, FOUR))
    cleaned, _ = clean(project)
    ends = set(cleaned.observations["period_end"])
    assert ends <= {f"{given}-31"} and set(cleaned.quarantine["rule"]) == {"portal_other_period"}
    assert set(cleaned.quarantine["cell"]) == set(FOUR)


@pytest.mark.parametrize("group", ["payment", "progress", "online"])
def test_the_same_counts_for_different_months_are_held(project, stand_in, client, monkeypatch, group):
    """Of groups without a chart, and where the chart has nothing; the province that was answered anew is used."""
    answer = stand_in.answer

    def of_august(asked):
        told = json.loads(answer((asked[0], asked[1] if asked[2] == "H60" else "2026-08", asked[2])))
        told["data"].pop("monthlyChart", None)
        return json.dumps(told).encode()

    monkeypatch.setattr(stand_in, "answer", of_august)
    run(project, client, wish(*("2026-09", "2026-10"), FOUR, group))
    cleaned, _ = clean(project)
    assert set(cleaned.observations["raw_location"].str[-3:]) == {"H60"}
    assert set(cleaned.quarantine["cell"]) == {*FOUR} - {"H60"}
    assert set(cleaned.quarantine["rule"]) == {"portal_other_period"}
    assert cleaned.quarantine["reason"].str.contains("2026-10-31 are those of the period to 2026-09-30").any()


@pytest.mark.parametrize("fields", [{"year": 2031}, {"month": "09"}, {"timeType": "year"}])
def test_an_answer_that_names_another_period_is_held(project, stand_in, client, fields):
    stand_in.change = changed(**fields)
    run(project, client, wish(*OCTOBER, FOUR))
    cleaned, _ = clean(project)
    (held,) = cleaned.quarantine.to_dict("records")
    assert held["rule"] == "portal_other_period" and held["cell"] == "H44" and len(figures(cleaned)) == 3


def test_a_missing_province_is_named(project, stand_in, client):
    stand_in.faults[ASKED] = "gone"
    run(project, client, wish(*OCTOBER))
    assert f"{SERVICES}: 1 of 34 provinces are missing: Phú Thọ" in clean(project)[1]
