"""Figures that compete: those that differ come first, all are counted, and a report lists only so many."""

import pandas as pd

from analysis.cleaning.contradictions import describe_contradictions, find_contradictions
from analysis.cleaning.shapes import OBSERVATION_COLUMNS, SOURCE_COLUMNS, shape

SOURCES = shape(
    [{"source_id": "old", "published": "2023"}, {"source_id": "new", "published": "2024"}], SOURCE_COLUMNS
)


def figure(
    code: str, value: float, place: str, qualifier: str = "exact", source: str = "old"
) -> dict[str, object]:
    return {
        "province_code": code, "province_frame": "63", "indicator": "n_dossiers_total", "period_start": "2022-01-01",
        "period_end": "2022-12-31", "value": value, "qualifier": qualifier, "source_id": source, "raw_location": place,
    }  # fmt: skip


def found_in(rows: list[dict[str, object]]) -> tuple[list[dict[str, object]], int]:
    observations: pd.DataFrame = shape(rows, OBSERVATION_COLUMNS)
    return find_contradictions(observations, SOURCES)


def test_nothing_competes() -> None:
    assert found_in([figure("19", 1, "a:1"), figure("15", 1, "a:2")]) == ([], 0)
    assert describe_contradictions([], 0) == []


def test_the_exact_then_the_latest_comes_first() -> None:
    (group,), differing = found_in(
        [figure("19", 5, "a:1", "about", "new"), figure("19", 4, "a:2"), figure("19", 4, "b:1", source="new")]
    )
    assert differing == 1 and group["differ"] and group["count"] == 3
    assert [f["raw_location"] for f in group["figures"]] == ["b:1", "a:2", "a:1"]
    assert [f["rank"] for f in group["figures"]] == [1, 2, 3]


def test_those_that_differ_are_listed_before_any_number_of_repeats() -> None:
    repeats = [figure(f"{n:04d}", 7, f"a:{n}") for n in range(600) for _ in range(2)]
    groups, differing = found_in([*repeats, figure("19", 1, "b:1"), figure("19", 2, "b:2")])
    assert differing == 1 and groups[0]["province_code"] == "19" and len(groups) == 500


def test_a_crowd_is_counted_and_its_best_are_listed() -> None:
    groups, differing = found_in([figure("19", n, f"a:{n}") for n in range(100)])
    assert differing == 1 and groups[0]["count"] == 100 and len(groups[0]["figures"]) == 20
    assert (
        "figures with another value elsewhere: 1; all are kept, ranked"
        in describe_contradictions(groups, 1)[0]
    )
    assert "700; all are kept, 1 ranked" in describe_contradictions(groups, 700)[0]
