"""The three raw files: nothing is lost, nothing is invented, the doubtful is held back."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.cleaning import processed
from analysis.cleaning.described import clean_described, read_lines
from analysis.cleaning.shapes import QUARANTINE_COLUMNS, Cleaned, join
from analysis.cleaning.validation import ShapeBroken, check_shapes
from analysis.project import find_root

RAW = "data/raw/published-figures/2026-11-21/published_figures.csv"


@pytest.fixture(scope="module")
def cleaned() -> Cleaned:
    return join([outcome.cleaned for outcome in clean_described(find_root())])


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    return read_lines(find_root() / RAW)[0]


def of_file(frame: pd.DataFrame, file: str) -> pd.DataFrame:
    return frame[frame["raw_location"].str.startswith(file)]


def test_every_printed_figure_is_in_exactly_one_table(cleaned: Cleaned, figures: pd.DataFrame) -> None:
    lines = [int(text.rsplit(":")[-1]) for text in of_file(cleaned.observations, RAW)["raw_location"]]
    lines += [int(text.rsplit(":")[-1]) for text in of_file(cleaned.targets, RAW)["raw_location"]]
    lines += [int(cell[1:]) for cell in cleaned.quarantine.query("file == @RAW")["cell"]]
    assert sorted(lines) == list(figures.index)


def test_values_and_lines_are_those_of_the_file(cleaned: Cleaned, figures: pd.DataFrame) -> None:
    for row in of_file(cleaned.observations, RAW).to_dict("records"):
        printed = figures.loc[int(row["raw_location"].rsplit(":")[-1])]
        assert row["value"] == float(printed["value"])
        assert row["period_end"] == printed["period_end"]
        assert row["indicator"] == printed["indicator"]


def test_every_decision_becomes_a_target(cleaned: Cleaned) -> None:
    folder = "data/raw/target-setting"
    assert len(of_file(cleaned.targets, folder)) == 50


def test_papi_cells_are_observations_or_listed_gaps(cleaned: Cleaned) -> None:
    papi = of_file(cleaned.observations, "data/raw/papi")
    gaps = cleaned.quarantine.query("rule == 'not_published'")
    assert len(papi) == 370 * 3
    assert len(gaps) == 8 * 3
    assert len(papi) + len(gaps) == 378 * 3


def test_visits_printed_without_their_unit_are_held_back(cleaned: Cleaned) -> None:
    (row,) = cleaned.quarantine.query("rule == 'unit_missing'").to_dict("records")
    assert (row["cell"], row["value"]) == ("E45", "102")
    assert not cleaned.observations["indicator"].str.contains("unit_missing").any()


def test_a_moment_the_source_names_ends_a_stretch_but_a_month_dates_no_state(cleaned: Cleaned) -> None:
    league = cleaned.observations.query(
        "indicator == 'share_dossiers_submitted_online_levels_3_4_year_to_date'"
    )
    assert len(league) == 10 and set(league["period_end"]) == {"2022-11-30"}
    assert league["note"].str.contains("by the month only (2022-11)", regex=False).all()
    held = cleaned.quarantine.query("value == '51.49'")
    assert list(held["rule"]) == ["no_period"]
    twice = cleaned.observations.query(
        "indicator == 'share_services_with_online_dossiers_ratio_vs_year_earlier'"
    )
    assert sorted(twice["period_end"]) == ["2022-08-20", "2022-11-08", "2022-11-11"]


def test_thai_nguyen_reads_as_printed(cleaned: Cleaned) -> None:
    rows = cleaned.observations.query(
        "province_code == '19' and indicator == 'share_services_with_online_dossiers'"
    )
    assert rows[["period_start", "period_end", "frequency", "value", "qualifier"]].values.tolist() == [
        ["2022-01-01", "2022-03-31", "Q", 28.0, "exact"],
        ["2022-06-30", "2022-06-30", "X", 60.0, "about"],
    ]


def test_after_the_merger_codes_are_those_of_the_34(cleaned: Cleaned) -> None:
    rows = cleaned.observations.query("province_frame == '34' and province_code != 'VN'")
    codes = {row["raw_location"].rsplit(":")[-1]: row["province_code"] for row in rows.to_dict("records")}
    assert codes["266"] == "24"  # F0265, printed for Bắc Ninh (27 of 63)
    assert codes["286"] == "80"  # F0285, Tây Ninh (72 of 63)
    assert codes["262"] == "46"
    assert rows.query("province_code == '24'")["note"].str.contains("merger").all()


def test_a_printed_change_shows_both_readings(cleaned: Cleaned) -> None:
    changes = cleaned.observations[cleaned.observations["indicator"].str.contains("_change_vs_")]
    assert len(changes) == 4
    assert changes["note"].str.contains("percentage points or relative").all()


def test_one_article_has_one_identifier_in_figures_and_targets(cleaned: Cleaned) -> None:
    article = cleaned.sources[cleaned.sources["publisher"].str.startswith("ICTnews")]
    assert len(article) == 1
    assert (
        of_file(cleaned.targets, "data/raw/target-setting")["source_id"] == article["source_id"].item()
    ).any()
    assert set(cleaned.observations["source_id"]) | set(cleaned.targets["source_id"]) == set(
        cleaned.sources["source_id"]
    )


def test_shapes_hold_and_a_broken_one_is_refused(cleaned: Cleaned) -> None:
    check_shapes(cleaned)
    wrong = cleaned.observations.assign(value=cleaned.observations["value"] + 1e6)
    with pytest.raises(ShapeBroken, match="range of the codebook"):
        check_shapes(Cleaned(wrong, cleaned.targets, cleaned.quarantine, cleaned.sources))


def test_what_is_read_back_is_what_was_cleaned(cleaned: Cleaned) -> None:
    pd.testing.assert_frame_equal(processed.observations(), cleaned.observations)
    pd.testing.assert_frame_equal(processed.targets(superseded=True), cleaned.targets)
    pd.testing.assert_frame_equal(processed.quarantine(), cleaned.quarantine[list(QUARANTINE_COLUMNS)])
    pd.testing.assert_frame_equal(processed.sources(), cleaned.sources)


def test_nothing_committed_is_needed_to_read_processed_tables(project_copy: Path) -> None:
    assert len(processed.observations(project_copy)) == len(processed.observations())
    assert processed.is_fresh(project_copy)
