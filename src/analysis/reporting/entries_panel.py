"""How what a province panel says of one province enters the ledger; names begin with the findings' own prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.panels.national_trend import national_change
from analysis.panels.starts import EXACT
from analysis.reporting.evidence import (
    DAYS_PER_MONTH,
    PERCENT,
    POINTS,
    POINTS_A_MONTH,
    Evidence,
    cite_rows,
    days_between,
)
from analysis.reporting.ledger import Entry, Ledger, printed_digits
from analysis.reporting.panel_findings import DECIDED, PanelFindings, day_of

if TYPE_CHECKING:
    from analysis.panels.starts import Start

Keys = tuple[str, ...]


class PanelEntries:
    """Enter the numbers of one panel's findings, under names that begin with `prefix`."""

    def __init__(self, ledger: Ledger, evidence: Evidence, findings: PanelFindings, prefix: str) -> None:
        self.ledger, self.evidence, self.findings, self.prefix = ledger, evidence, findings, prefix
        self.panel_keys = cite_rows(ledger, evidence, findings.panel.rows)

    def enter(self) -> None:
        """Enter everything the findings' sentences may name."""
        self._enter_panel()
        self._enter_decision()
        if len(self.findings.own):
            self._enter_own()
            self._enter_nation()
            self._enter_target()
        if self.findings.answer is not None:
            self._enter_effects()
        elif self.findings.panel.treated:
            name, words, note = self._name("why"), self.findings.why_not, "what the method reports"
            self.ledger.add(Entry(name, words, "text", 0, "quoted", note, sources=self.panel_keys))

    def _name(self, name: str) -> str:
        return f"{self.prefix}_{name}"

    def _date(self, name: str, day: str, keys: Keys) -> None:
        self.ledger.date(self._name(name), day, *keys)

    def _count(self, name: str, value: float, formula: str) -> None:
        entry = Entry(self._name(name), float(value), "count", 0, "counted", formula, sources=self.panel_keys)
        self.ledger.add(entry)

    def _computed(self, name: str, value: float, formula: str, **more: Any) -> None:
        """Enter a computed number and its size without sign; `inputs` are named without the prefix."""
        inputs = tuple(self._name(one) for one in more.pop("inputs", ()))
        words: dict[str, Any] = {"unit": POINTS, "formula": formula, "inputs": inputs} | more
        self.ledger.computed(self._name(name), value, **words)
        size = words | {"formula": f"|{self._name(name)}|", "inputs": (self._name(name),), "sources": ()}
        self.ledger.computed(self._name(f"{name}_abs"), abs(value), **size)

    def _enter_panel(self) -> None:
        panel = self.findings.panel
        self._date("first", day_of(panel.periods[0]), self.panel_keys)
        self._date("end", day_of(panel.periods[-1]), self.panel_keys)
        self._count("n_provinces", panel.rows["province_code"].nunique(), "provinces in the panel")
        self._count("n_decided", len(panel.treated), "provinces that decided inside the window")
        judged = [start for start in panel.starts if start.province_code in panel.treated]
        later = len(panel.starts) - len(judged)
        known = len(panel.starts) + len(panel.too_early) + len(panel.absent)
        vague = sum(start.precision not in EXACT for start in judged)
        self._count("n_known", known, "provinces known to have set targets, whenever")
        self._count("n_early", len(panel.too_early), "of these, without a comparable period before")
        self._count("n_later", later, "of these, after the last figure")
        self._count("n_absent", len(panel.absent), "of these, without figures")
        self._count("n_vague", vague, "provinces that decided, of which only a latest date is known")
        self._count("n_gaps", len(panel.gaps), "cells of province and period without a figure")
        self._count("anticipation", panel.anticipation, "periods left out before each decision")
        for number, period in enumerate(panel.set_aside):
            self._date(f"aside_{number}", day_of(period), self.panel_keys)
        for number, day in enumerate(panel.breaks_inside):
            note = "first day of the new definition"
            self.ledger.add(Entry(self._name(f"break_{number}"), day, "date", 0, "document", note))

    def _enter_decision(self) -> None:
        start = self.findings.start
        if start is not None and start.day:
            self._date("decided", start.day, self._cite_decision(start))

    def _cite_decision(self, start: Start) -> Keys:
        if not start.raw_location:
            return self.panel_keys
        return (self.ledger.cite(self.evidence.source(start.source_id), start.raw_location),)

    def _enter_own(self) -> None:
        """Enter the figure compared with, the newest one, and the change between them."""
        own, base = self.findings.own, self.findings.base
        for name, place in (("base", base), ("until", self.findings.until), ("last", len(own) - 1)):
            row = own.iloc[place]
            keys = (self.ledger.cite(self.evidence.source(str(row["source_id"])), str(row["raw_location"])),)
            value = float(row["outcome"])
            digits = printed_digits(value)
            entry = Entry(self._name(f"{name}_value"), value, PERCENT, digits, "printed", sources=keys)
            self.ledger.add(entry)
            self._date(name, day_of(row["period"]), keys)
        change = float(own["outcome"].iloc[self.findings.until] - own["outcome"].iloc[base])
        self._computed("change", change, "until_value − base_value", inputs=("until_value", "base_value"))
        for number, period in enumerate(self.findings.own_gaps):
            self._date(f"gap_{number}", day_of(period), self.panel_keys)
        self._count("n_own_gaps", len(self.findings.own_gaps), "periods without a figure of the province")

    def _enter_nation(self) -> None:
        """Enter the country's level with the newest figure and its change between the two periods."""
        findings, panel = self.findings, self.findings.panel
        places = (findings.base, findings.until, -1)
        base, until, last = (findings.own["period"].iloc[place] for place in places)
        level = panel.nation[panel.nation["period"] == last]
        if len(level):
            row = level.iloc[0]
            printed = row["kind"] == "printed"
            keys = self._nation_keys(row) if printed else self.panel_keys
            formula = "" if printed else "summed numerators / summed denominators of the provinces"
            kind = "printed" if printed else "computed"
            digits = printed_digits(float(row["value"])) if printed else 1
            name = self._name("nation_value")
            self.ledger.add(Entry(name, float(row["value"]), PERCENT, digits, kind, formula, sources=keys))
        moved = national_change(panel.rows, base, until)
        if moved is not None:
            formula = "change in summed numerators / summed denominators, provinces with both periods"
            self._computed("nation_change", moved[0], formula, sources=self.panel_keys)
            self._count("n_nation", moved[1], "provinces whose counts are summed")
        else:
            self._enter_printed_nation(base, until)
        if self._name("nation_change") in self.ledger.entries:
            more = self._value("change") - self._value("nation_change")
            self._computed("more", more, "change − nation_change", inputs=("change", "nation_change"))

    def _enter_printed_nation(self, base: object, last: object) -> None:
        """Enter the country's change from published figures, where there is one of both periods."""
        nation = self.findings.panel.nation
        rows = [nation[(nation["period"] == p) & (nation["kind"] == "printed")] for p in (base, last)]
        if all(len(row) for row in rows):
            before, after = (row.iloc[0] for row in rows)
            keys = (*self._nation_keys(before), *self._nation_keys(after))
            change = float(after["value"] - before["value"])
            self._computed(
                "nation_change", change, "the country's published figures of the two periods", sources=keys
            )

    def _nation_keys(self, row: pd.Series) -> Keys:
        source = self.evidence.source(str(row["source_id"]))
        return (self.ledger.cite(source, str(row["raw_location"])),)

    def _value(self, name: str) -> float:
        return float(self.ledger.entries[self._name(name)].value)

    def _enter_target(self) -> None:
        """Enter the target to reach, its deadline, and how far the figures are from it."""
        row = self.findings.target_among(self.evidence.targets)
        if row is None:
            return
        deadline = str(row["deadline"])
        key = self.ledger.cite(self.evidence.source(str(row["source_id"])), str(row["raw_location"]))
        target = float(row["target_value"])
        name = self._name("target")
        self.ledger.printed(name, target, key)
        self._date("deadline", deadline, (key,))
        self._computed(
            "missing",
            target - self._value("last_value"),
            "target − last_value",
            inputs=("target", "last_value"),
        )
        self._enter_at_deadline(target, deadline)

    def _enter_at_deadline(self, target: float, deadline: str) -> None:
        """Enter the last figure on or before the deadline, or the pace that the time left asks for."""
        own = self.findings.own
        by_then = own[[day_of(period) <= deadline for period in own["period"]]]
        if day_of(own["period"].iloc[-1]) < deadline:
            months = (
                days_between(str(self.ledger.entries[self._name("last")].value), deadline) / DAYS_PER_MONTH
            )
            missing = self._value("missing")
            if months > 0 and missing > 0:
                self._computed("months_left", months, "days from last to deadline / 30.4375", unit="months",
                               inputs=("last", "deadline"))  # fmt: skip
                self._computed("needed", missing / months, "missing / months_left", unit=POINTS_A_MONTH,
                               inputs=("missing", "months_left"))  # fmt: skip
        elif len(by_then):
            row = by_then.iloc[-1]
            keys = (self.ledger.cite(self.evidence.source(str(row["source_id"])), str(row["raw_location"])),)
            value = float(row["outcome"])
            name = self._name("at_value")
            self.ledger.printed(name, value, *keys)
            self._date("at", day_of(row["period"]), keys)
            self._computed("at_missing", target - value, "target − at_value", inputs=("target", "at_value"))

    def _enter_effects(self) -> None:
        """Enter the mean effect, the province's own, those of other methods and the checks that are estimates."""
        answer, own = self.findings.answer, self.findings.own_effect
        assert answer is not None
        shown = answer.effect
        level = Entry(self._name("conf_level"), 100 * shown.conf_level, PERCENT, 0, "chosen", "of intervals")
        self.ledger.add(level)
        self._enter_interval("effect", shown, f"{answer.headline}: {shown.estimand}")
        if own is not None:
            self._enter_interval("own", own, f"{answer.headline}: mean effect on this province")
        for number, (name, one) in enumerate(self.findings.others().items()):
            self._enter_interval(f"other{number}", one, f"{name}: {one.estimand}")
        if answer.without_doubtful is not None:
            self._enter_interval("without", answer.without_doubtful, f"{answer.headline}, doubtful left out")
            self._count(
                "n_doubtful", len(self.findings.panel.doubtful), "provinces with another target or campaign"
            )
        if answer.placebo is not None:
            self._enter_interval("placebo", answer.placebo, f"{answer.headline} on the placebo outcome")

    def _enter_interval(self, name: str, one: Any, formula: str) -> None:
        scale = self.findings.panel.points_per_unit or 1.0
        keys = self.panel_keys
        if self.findings.role == DECIDED and self.findings.start is not None:
            keys = tuple(dict.fromkeys((*keys, *self._cite_decision(self.findings.start))))
        self._computed(name, one.estimate * scale, formula, sources=keys)
        for side, value in (("low", one.conf_low), ("high", one.conf_high)):
            if value is not None:
                self._computed(f"{name}_{side}", value * scale, f"{formula}, interval", sources=keys)
