"""What the page on the country is written with: its figures, and sentences in which each number keeps its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis import __version__
from analysis.reference.indicators import by_code as codebook
from analysis.reference.provinces import NATION
from analysis.reporting.brief_writer import Writer
from analysis.reporting.evidence import PERCENT, compress_locations, file_of, share_pct
from analysis.reporting.ledger import Entry, Ledger, printed_digits
from analysis.reporting.printed_figures import TARGET, USED, PrintedFigure
from analysis.reporting.prose import Span, put_parts
from analysis.reporting.texts import load_texts

SURVEY = "papi_d81_portal_access"
CITIZENS = "share_citizens_using_online_services"
Rows = list[list[Span]]


@dataclass(frozen=True)
class NationEvidence:
    """What the page rests on: every printed figure with its state, and the cleaned tables."""

    figures: tuple[PrintedFigure, ...]
    observations: pd.DataFrame
    targets: pd.DataFrame
    sources: pd.DataFrame

    def source(self, source_id: str) -> dict[str, Any] | None:
        """Return the line of the sources table for an id."""
        rows = self.sources[self.sources["source_id"] == source_id].to_dict("records")
        return {str(key): value for key, value in rows[0].items()} if rows else None

    @property
    def national(self) -> tuple[PrintedFigure, ...]:
        """Return the country's own figures."""
        return tuple(one for one in self.figures if one.province_code == NATION)

    def of(self, *beginnings: str, state: str = "") -> list[PrintedFigure]:
        """Return the country's figures, targets aside, whose codes begin so, in order of date, undated last."""
        found = [one for one in self.national if one.indicator.startswith(beginnings) and one.state != TARGET]
        found = [one for one in found if not state or one.state == state]
        return sorted(found, key=lambda one: (not one.end, one.end, one.id))


class NationWriter(Writer):
    """Write sentences on the country; every printed figure is in the ledger under its number, such as `f0024`."""

    def __init__(self, evidence: NationEvidence, language: str) -> None:
        self.language = language
        self.texts = load_texts("brief", language) | {
            name: load_texts(name, language) for name in ("first", "nation")
        }
        self.words = {"version": __version__}
        self.ledger = Ledger()
        named = set(re.findall(r"\{(f\d{4})", str(self.texts["nation"])))
        shown = [one for one in evidence.figures if one.province_code == NATION or one.name in named]
        self.figures = {one.name: one for one in shown}
        for one in shown:
            alike = [other.raw_location for other in shown if other.citation == one.citation]
            # One source a publication: its rows of a file together; the figure's own row is its formula.
            blocks = compress_locations(
                [place for place in alike if file_of(place) == file_of(one.raw_location)]
            )
            _enter(self.ledger, one, blocks[0])

    def say(self, section: str, key: str, **parts: str) -> list[Span]:
        """Write a sentence of the country's texts."""
        return self.fill(put_parts(str(self.texts["nation"][section][key]), parts))

    def known(self, section: str, series: str = "") -> Rows:
        """Write the sentences of a section, those left out that name a figure which is not there."""
        rows = []
        for template in map(str, self.texts["nation"][section].values()):
            named = re.findall(r"\{(f\d{4})", template)
            if all(name in self.figures for name in named):
                rows.append(self.fill(template.replace("{series}", series)))
        return rows

    def series(self, figures: Sequence[PrintedFigure]) -> str:
        """Return the template of several figures, each with its day or period; what is printed twice stands once."""
        once = {(one.value, one.end): one for one in reversed(figures)}
        return ", ".join(f"{self.level(one)} ({self.when(one)})" for one in reversed(once.values()))

    def level(self, one: PrintedFigure) -> str:
        """Return the template of a figure as printed: how careful its source was, the number, its unit."""
        texts = self.texts["nation"]
        return f"{texts['qualifiers'].get(one.qualifier, '')}{{{one.name}}}{texts['units'].get(one.unit, '')}"

    def when(self, one: PrintedFigure) -> str:
        """Return the template of the day or period of a figure; that of its printing where it gives none."""
        texts, name = self.texts["nation"]["when"], one.name
        style = {"A": ":year", "Q": ":quarter", "S": ":half", "M": ":month"}.get(one.frequency)
        if style:
            return f"{{{name}_date{style}}}"
        key = "undated" if one.published else "never"
        if one.end:
            key = "printed" if one.end == one.published else "day"
            key = "between" if one.start and "_vs_" not in one.indicator else key
        return str(texts[key]).replace("{name}", name)

    def label(self, code: str) -> str:
        """Return the name of an indicator, from the codebook or, where it has none, from the country's texts."""
        known = codebook().get(code)
        own = self.texts["nation"]["names"].get(code)
        return str(own or (getattr(known, f"name_{self.language}") if known else code))


def _enter(ledger: Ledger, one: PrintedFigure, block: str) -> None:
    """Enter a printed figure with the first and last day of its period, and the day it was printed."""
    keys = (ledger.cite(one.citation, block),)
    unit = PERCENT if one.unit == "percent" else one.unit
    ledger.add(Entry(one.name, one.value, unit, printed_digits(one.value), "printed", one.raw_location,
                     sources=keys))  # fmt: skip
    printed = one.published if len(one.published) == len("2022-08-20") else f"{one.published}-28"
    for name, day in (("start", one.start), ("date", one.end), ("printed", printed if one.published else "")):
        if day:
            ledger.date(f"{one.name}_{name}", day, *keys)


def enter_survey(ledger: Ledger, evidence: NationEvidence) -> None:
    """Enter the survey's mean share over provinces, of the year of the newest administrative one or its last."""
    rows = evidence.observations[
        (evidence.observations["indicator"] == SURVEY) & (evidence.observations["province_code"] != NATION)
    ]
    years = rows["period_end"].astype(str).str[:4]
    asked = next((one.end[:4] for one in reversed(evidence.of(CITIZENS, state=USED))), "")
    year = asked if asked in set(years) else years.max()
    own = rows[years == year]
    keys = tuple(
        ledger.cite(evidence.source(str(own["source_id"].iloc[0])), place)
        for place in compress_locations([str(place) for place in own["raw_location"]])
    )
    ledger.counted("survey_year", year, "year of the survey", *keys, unit="year")
    ledger.counted("survey_n", len(own), "provinces with a score", *keys)
    ledger.computed("survey_mean", share_pct(float(own["value"].mean())), unit=PERCENT, sources=keys,
                    formula="mean over provinces of (score − 1/3) × 100/3")  # fmt: skip
