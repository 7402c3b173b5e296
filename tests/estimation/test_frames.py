"""What a tidy frame may look like, and every refusal by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import did, event_study
from analysis.errors import AnalysisError, RequestError
from analysis.estimation import errors
from analysis.estimation.panel.frames import build_panel

WORDS = {"unit": "i", "time": "t", "outcome": "y"}


def cells(n_units=5, periods=(2019, 2020, 2021, 2022), treated=2, start=2021):
    """Arithmetic only: unit i in period k has the outcome i + k squared, so nothing is constant."""
    rows = [
        {"i": f"u{i}", "t": t, "y": float(i + k * k + (i == 0) * k), "from": start if i < treated else 0}
        for i in range(n_units)
        for k, t in enumerate(periods)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("never", [0, "", np.nan, "never"])
def test_never_treated_in_every_spelling(never):
    """0, empty and NaN all mean never."""
    frame = cells().assign(start=lambda rows: rows["from"].astype(object).where(rows["from"] > 0, never))
    panel = build_panel(frame, treated_from="start", **WORDS)
    assert panel.treated_from.tolist() == [2, 2, 4, 4, 4]


@pytest.mark.parametrize(
    ("periods", "start"),
    [
        (("2021Q3", "2021Q4", "2022Q1", "2022Q2"), "2022Q1"),
        (("2021-11", "2021-12", "2022-01", "2022-02"), "2022-01"),
        (("2022-01-31", "2022-02-28", "2022-03-31", "2022-04-30"), "2022-03-01"),
        (("Quý 3/2021", "quý IV-2021", "Q1/2022", "Quy 2 / 2022"), "Quý I/2022"),
        (("Tháng 11/2021", "T12/2021", "T1/2022", "Thang 02/2022"), "tháng 1/2022"),
        (tuple(pd.period_range("2021Q3", periods=4, freq="Q")), pd.Period("2022Q1", freq="Q")),
        (tuple(pd.date_range("2022-01-31", periods=4, freq="ME")), pd.Timestamp("2022-03-31")),
        ((2019.0, 2020.0, 2021.0, 2022.0), 2021.0),
        (("quý 3 năm 2021", "Quý IV năm 2021", "quý 1 năm 2022", "quý 2 năm 2022"), "Quý 1/2022"),
        (("11/2021", "12/2021", "01/2022", "02/2022"), "01/2022"),
        (("5/2022", "6/2022", "7/2022", "8/2022"), "tháng 7 năm 2022"),
        (("2/2022", "3/2022", "4/2022", "5/2022"), "4/2022"),
    ],
)
def test_periods_of_every_kind(periods, start):
    """Quarters, months, dates and pandas periods are all put in order, and starts among them."""
    frame = cells(periods=periods, start=start)
    frame["from"] = frame["from"].where(frame["from"] != 0, None)
    panel = build_panel(frame.sample(frac=1, random_state=1), treated_from="from", **WORDS)
    assert panel.treated_from.tolist() == [2, 2, 4, 4, 4]
    assert panel.outcome[3].tolist() == [3.0, 4.0, 7.0, 12.0]


def test_integer_units_and_switches():
    """Integer units and a 0/1 column give the same panel as texts and a start."""
    frame = cells().assign(i=lambda rows: rows["i"].str[1:].astype(int), on=lambda rows: 0)
    frame["on"] = ((frame["from"] > 0) & (frame["t"] >= 2021)).astype(int)
    panel = build_panel(frame, treatment="on", **WORDS)
    assert panel.units == ("0", "1", "2", "3", "4")
    assert panel.treated_from.tolist() == [2, 2, 4, 4, 4]


@pytest.mark.parametrize("given", ["panel.csv", cells().to_numpy(), cells().to_dict("list")])
def test_what_is_no_frame_is_refused(given):
    with pytest.raises(errors.UnknownOption, match=rf"this is a {type(given).__name__}. .*pandas.read_csv"):
        did(given, treated_from="from", **WORDS)


@pytest.mark.parametrize("make", [bool, str, int, float], ids=["true", "the text True", "1", "1.0"])
def test_switches_in_every_spelling(make):
    frame = cells()
    frame["on"] = ((frame["from"] > 0) & (frame["t"] >= 2021)).map(make)
    assert build_panel(frame, treatment="on", **WORDS).treated_from.tolist() == [2, 2, 4, 4, 4]


@pytest.mark.parametrize("why", ["no outcome", "no weight"])
def test_units_without_an_outcome_are_left_out_and_named(why):
    """Treatment was dealt to them too, and Ferman and Pinto's scale divided by their weight of nothing."""
    frame = cells(n_units=7).assign(w=1.0)
    gone, column = frame["i"] == "u6", "y" if why == "no outcome" else "w"
    frame[column] = frame[column].mask(gone, np.nan if column == "y" else 0)
    frame["w"] *= 1 + 2 * (frame["i"] == "u1")
    words = {**WORDS, "treated_from": "from", "weights": "w"}
    found = did(frame, **words)
    assert (found.n_units, any("no outcome with a weight: u6" in note for note in found.notes)) == (6, True)
    assert found.p_values == did(frame[~gone], **words).p_values


def test_start_in_a_gap_is_that_of_the_others():
    """A unit whose first treated row is absent still starts with the others."""
    frame = cells()
    frame["on"] = ((frame["from"] > 0) & (frame["t"] >= 2021)).astype(int)
    gap = frame[~((frame["i"] == "u0") & (frame["t"] == 2021))]
    assert build_panel(gap, treatment="on", **WORDS).treated_from.tolist() == [2, 2, 4, 4, 4]


def test_a_wrong_panel_is_refused_by_name():
    """Each row: what is done to a good frame, the error, and what its message has to say."""
    good = cells()
    on = ((good["from"] > 0) & (good["t"] >= 2021)).astype(int)
    cases = [
        (good.assign(**{"from": 2019}), {}, errors.NoControlLeft, "All 5 units"),
        (good.assign(**{"from": good["from"].where(good["from"] == 0, 2019)}), {}, errors.NoPrePeriod, "u0"),
        (good.assign(**{"from": 0}), {}, errors.NoTreatedUnit, "None of 5 units"),
        (pd.concat([good, good.iloc[:1]]), {}, errors.DuplicateCells, "u0 in 2019"),
        (good.assign(y=3.0), {}, errors.ConstantOutcome, "is 3 in all 20"),
        (good.assign(y=good["y"].where(good["t"] != 2020)), {}, errors.EmptyPeriod, "2020"),
        (good.assign(y=good["y"].where(good["y"] != 4, np.inf)), {}, errors.NotFinite, "infinite"),
        (good.assign(y=good["y"].astype(object).where(good["y"] != 4, "x")), {}, errors.NotFinite, "'x'"),
        (good.assign(c=1), {"cluster": "c"}, errors.OneCluster, "one cluster"),
        (good.assign(c=good["t"]), {"cluster": "c"}, errors.PanelError, "changes within"),
        (good.assign(w=-1.0), {"weights": "w"}, errors.NotFinite, "0 or more"),
        (good.assign(x=np.nan), {"covariates": ["x"]}, errors.MissingValues, "'x' is empty in 20 of 20"),
        (good.assign(t="spring"), {}, errors.BadTime, "'spring'"),
        (good.assign(t="Quý 5/2022"), {}, errors.BadTime, "which is no period"),
        (
            good.assign(t=(good["t"] - 2018).map("{}/2022".format)),
            {},
            errors.BadTime,
            "may be quarters or months",
        ),
        (good.assign(t=good["t"].map("01/01/{}".format)), {}, errors.BadTime, r"dates \(2022-05-16\)"),
        (good.assign(**{"from": "-"}), {}, errors.BadTime, "never treated has 0 or nothing"),
        (good.assign(**{"from": good["from"] > 0}), {}, errors.BadTreatment, "treatment='from'"),
        (good.assign(**{"from": on}), {}, errors.BadTreatment, "treatment='from'"),
        (
            good.assign(on=on.map({1: "có", 0: "không"})),
            {"treatment": "on", "treated_from": None},
            errors.BadTreatment,
            "'có', 'không'; allowed: 0 and 1|'không', 'có'; allowed: 0 and 1",
        ),
        (
            good.assign(on=good["from"] > 0),
            {"treatment": "on", "treated_from": None},
            errors.NoPrePeriod,
            "does not say when",
        ),
        (good.assign(y=good["y"].map("{:.1f}%".format)), {}, errors.NotFinite, "Write 50.3 for"),
        (good.set_index(["i", "t"]), {}, errors.UnknownColumn, "'i' is in the frame's index"),
        (pd.concat([good, good[["y"]]], axis=1), {}, errors.UnknownColumn, "2 columns 'y'"),
        (good, {"cluster": "nowhere"}, errors.UnknownColumn, "'nowhere'"),
        (good, {"treatment": "on"}, errors.UnknownColumn, "exactly one"),
        (good.assign(**{"from": good["t"]}), {}, errors.BadTreatment, "differs between rows"),
        (good.assign(on=on * 2), {"treatment": "on", "treated_from": None}, errors.BadTreatment, "holds 2"),
        (good.iloc[:0], {}, errors.PanelError, "no rows"),
    ]
    for frame, words, error, said in cases:
        with pytest.raises(error, match=said) as caught:
            build_panel(frame.assign(on=frame.get("on", 0)), **{"treated_from": "from", **WORDS, **words})
        assert isinstance(caught.value, AnalysisError)


def test_treatment_that_switches_off_is_refused():
    """A target that is given up is not the treatment these methods know."""
    frame = cells()
    frame["on"] = ((frame["from"] > 0) & (frame["t"] == 2021)).astype(int)
    with pytest.raises(errors.TreatmentSwitchesOff, match="u0, u1"):
        build_panel(frame, treatment="on", **WORDS)


@pytest.mark.parametrize("method", [did, event_study])
def test_impossible_requests_end_with_status_two(method):
    """Too few draws, an unknown inference, a level beyond 1: the request is wrong, not the panel."""
    frame = cells(n_units=40, treated=8)
    for words, error in (
        ({"draws": 18}, errors.TooFewDraws),
        ({"inference": "magic"}, errors.UnknownOption),
        ({"conf_level": 1.5}, errors.UnknownOption),
        ({"seed": -1}, errors.UnknownOption),
    ):
        with pytest.raises(error) as caught:
            method(frame, treated_from="from", **WORDS, **words)
        assert isinstance(caught.value, RequestError)
        assert caught.value.exit_status == 2


def test_narrowing_moves_starts_and_checks_again():
    """A start in a dropped period moves to the next kept one; a panel narrowed to nothing is refused."""
    panel = build_panel(cells(), treated_from="from", **WORDS)
    narrowed = panel.keep(periods=np.array([True, True, False, True]))
    assert narrowed.treated_from.tolist() == [2, 2, 3, 3, 3]
    with pytest.raises(errors.NoControlLeft):
        panel.keep(units=panel.treated)
