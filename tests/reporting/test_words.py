"""Numbers, dates and sentences as readers of each language write them; the ladder; the ledger's refusals."""

from __future__ import annotations

import re

import pytest

from analysis.answers.study_answer import choose_rung
from analysis.errors import RequestError
from analysis.estimation.results import Check, Estimate
from analysis.reporting.ledger import Entry, Ledger, LedgerError
from analysis.reporting.numbers import format_date, format_month, format_number, format_quarter
from analysis.reporting.prose import plain_text, write_spans
from analysis.reporting.texts import load_texts


@pytest.mark.parametrize(
    ("value", "digits", "vi", "en"),
    [
        (1926.5, 1, "1.926,5", "1,926.5"),
        (51.49, 2, "51,49", "51.49"),
        (-0.04, 1, "0,0", "0.0"),
        (-4.25, 2, "−4,25", "−4.25"),
        (9999, 0, "9.999", "9,999"),
    ],
)
def test_numbers(value, digits, vi, en):
    assert format_number(value, digits, "vi") == vi
    assert format_number(value, digits, "en") == en


def test_dates():
    assert format_date("2022-06-05", "vi") == "05/06/2022"
    assert format_date("2022-06-05", "en") == "5 June 2022"
    assert format_quarter("2022-09-30", "vi") == "quý III/2022"
    assert format_quarter("2022-03-31", "en") == "Q1 2022"
    assert format_month("2022-08-31", "vi") == "tháng 8/2022"
    assert format_month("2022-08-31", "en") == "August 2022"


def _ledger() -> Ledger:
    ledger = Ledger()
    key = ledger.cite({"publisher": "P", "title": "T", "published": "2022", "url": ""}, "f.csv:2")
    ledger.add(Entry("share", 51.49, "percent", 2, "printed", sources=(key,)))
    ledger.computed("gap_pp", -8.5, unit="percentage points", formula="60 − share", inputs=("share",))
    return ledger


def test_sentence_remembers_its_numbers_and_rows():
    spans = write_spans(
        "**Now** {share}%, gap {gap_pp:+1} in {province}.", _ledger(), "vi", {"province": "Lạng Sơn"}
    )
    assert plain_text(spans) == "Now 51,49%, gap −8,5 in Lạng Sơn."
    assert [(s["number"], s["sources"]) for s in spans if "number" in s] == [
        ("share", ["1"]),
        ("gap_pp", ["1"]),
    ]
    assert spans[0] == {"text": "Now", "strong": True}


def test_sentence_refuses_a_number_that_is_not_in_the_ledger():
    with pytest.raises(LedgerError, match="invented"):
        write_spans("{invented} points", _ledger(), "en")


@pytest.mark.parametrize(
    "entry",
    [
        Entry("bare", 1.0, "count", 0, "computed"),
        Entry("share", 1.0, "percent", 0, "printed", sources=("1",)),
        Entry("hole", float("nan"), "percent", 0, "printed", sources=("1",)),
        Entry("orphan", 1.0, "percent", 0, "computed", inputs=("nowhere",)),
    ],
    ids=lambda entry: entry.id,
)
def test_ledger_refuses_a_number_without_lineage(entry):
    with pytest.raises(LedgerError):
        _ledger().add(entry)


def _estimate(low: float | None, high: float | None) -> Estimate:
    return Estimate("did", "", 0.1, "score", 10, 5, 2, "permutation", conf_low=low, conf_high=high)


PASSED, FAILED, NOT_MADE = (Check("pre-trend", passed, "") for passed in (True, False, None))


@pytest.mark.parametrize(
    ("estimate", "checks", "rung"),
    [
        (_estimate(-0.1, 0.3), [PASSED], "unclear"),
        (_estimate(None, None), [PASSED], "unclear"),
        (_estimate(0.05, 0.3), [PASSED, FAILED], "failed"),
        (_estimate(0.05, 0.3), [PASSED, NOT_MADE], "failed"),
        (_estimate(0.05, 0.3), [], "failed"),
        (_estimate(0.05, 0.3), [PASSED], "passed"),
    ],
)
def test_ladder(estimate, checks, rung):
    assert choose_rung(estimate, checks) == rung


@pytest.mark.parametrize("name", ["brief", "first", "nation", "page", "site"])
def test_languages_say_the_same_things(name):
    vi, en = (_shape(load_texts(name, language)) for language in ("vi", "en"))
    assert vi == en


def _shape(texts: dict) -> dict:
    return {key: _shape(one) if isinstance(one, dict) else type(one) for key, one in texts.items()}


def test_another_language_is_refused():
    with pytest.raises(RequestError, match="fr"):
        load_texts("brief", "fr")


def test_every_text_of_the_briefs_is_used(root):
    """A key counts as used where the code names it, in quotes or as an f-string's fixed beginning."""
    package = root / "src" / "analysis"  # panels name the readings of the country's figures
    files = [path for room in ("reporting", "panels") for path in (package / room).rglob("*.py")]
    code = "\n".join(path.read_text("utf-8") for path in files)
    named = set(re.findall(r"[\"']([a-z0-9_]+)[\"']", code))
    named |= {name for words in re.findall(r"\"([a-z0-9_ ]+)\"\.split\(\)", code) for name in words.split()}
    begun = tuple(re.findall(r"f[\"']([a-z0-9_]+_)\{", code))
    texts = load_texts("brief", "vi")
    keys = {key for section in texts.values() if isinstance(section, dict) for key in section} | set(texts)
    unused = {key for key in keys if key not in named and not key.startswith(begun)}
    assert unused == set()
