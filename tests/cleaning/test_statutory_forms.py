"""The forms of Circular 01/2020/TT-VPCP and the one-stop system's export by level: read alone, and nothing wrong."""

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from statutory_forms import MAKERS, PERIODS, Figure, Form

from analysis.cleaning.files import FileOutcome, clean_file


def figures_of(outcome: FileOutcome) -> set[Figure]:
    columns = ["province_code", "province_frame", "indicator", "period_end", "value"]
    rows = outcome.cleaned.observations[columns]
    return set(rows.itertuples(index=False, name=None))


@cache
def read(name: str) -> tuple[Form, FileOutcome]:
    form = MAKERS[name]()
    with TemporaryDirectory() as folder:
        path = Path(folder) / form.file
        path.write_bytes(form.content)
        return form, clean_file(path)


@pytest.mark.parametrize("name", MAKERS)
def test_nothing_of_a_form_is_read_wrong(name: str) -> None:
    form, outcome = read(name)
    assert figures_of(outcome) <= form.figures | form.allowed


ALONE = [name for name in MAKERS if MAKERS[name]().figures]


@pytest.mark.parametrize("name", ALONE)
def test_a_form_is_read_alone(name: str) -> None:
    form, outcome = read(name)
    assert form.figures <= figures_of(outcome)
    assert not outcome.problems
    starts = set(outcome.cleaned.observations["period_start"])
    assert starts == {f"{d[6:]}-{d[3:5]}-{d[:2]}" for days, end, _ in PERIODS.values() for d in [days[8:18]]
                      if end in set(outcome.cleaned.observations["period_end"])}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in MAKERS if "agencies" in name or "fields" in name])
def test_each_unit_below_the_province_is_accounted_for(name: str) -> None:
    form, outcome = read(name)
    told = ~outcome.cleaned.quarantine["rule"].isin(["row_outside", "column_unknown"])
    assert told.sum() >= form.units


def test_the_sheet_that_the_documentation_follows_is_the_one_made_here() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "how-cleaning-works.md").read_text("utf-8")
    form = MAKERS["06 html"]()
    cells = re.findall(r">([^<>]*)</td>", form.content.decode())
    row = cells[cells.index("Hà Nội") - 1 :][:7]
    assert f"| {' | '.join(row)} | … |" in page
    values = {indicator: value for code, _, indicator, _, value in form.figures if code == "01"}
    shown = {name: float(value) for name, value in re.findall(r"\| 01 \| 63 \| (\w+) .* Q \| (\d+) \|", page)}
    assert shown == values


def test_the_sheet_that_the_documentation_follows_ends_where_it_says() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "how-cleaning-works.md").read_text("utf-8")
    rows = read("06 html")[1].cleaned.observations.query("province_code == '01'")
    columns = ["province_code", "province_frame", "indicator", "period_start", "period_end", "frequency"]
    assert len(rows) == 2
    for *texts, value, place in rows[[*columns, "value", "raw_location"]].itertuples(index=False, name=None):
        end = place.partition("!")[2]
        assert f"| {' | '.join(texts)} | {value:.0f} | …!{end} |" in page
