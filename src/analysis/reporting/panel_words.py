"""Sentences on one panel's findings: templates of `[panel.*]` with its names, periods and words put in."""

from __future__ import annotations

import re
from typing import Any

from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import NATION
from analysis.reporting.brief_writer import Writer
from analysis.reporting.panel_findings import DECIDED, PanelFindings
from analysis.reporting.prose import Span, put_parts

FEW_GAPS = 3  # so many missing periods are named one by one
_STYLES = {"M": "month", "Q": "quarter", "S": "half", "A": "year"}


class PanelWords:
    """Write sentences on one panel's findings; `prefix` is that of its numbers in the ledger.

    `place` is how the province is called on the panel's map.
    """

    def __init__(self, writer: Writer, findings: PanelFindings, prefix: str, place: str) -> None:
        self.writer, self.findings, self.prefix, self.place = writer, findings, prefix, place
        self.texts: dict[str, Any] = writer.texts["panel"]
        self.frequency = findings.panel.frequency

    def spans(self, section: str, key: str, **parts: str) -> list[Span]:
        """Write the sentence `panel.section.key` with all words that any of them may name."""
        return self.write(str(self.texts[section][key]), **parts)

    def write(self, template: str, **parts: str) -> list[Span]:
        """Write a template; words may hold numbers, which are written after them."""
        # Twice, as a word may itself hold words, such as the decision's date.
        template = put_parts(template, self._words() | parts, 2)
        template = template.replace("{x_", "{" + self.prefix + "_")
        template = template.replace(":period}", f":{_STYLES[self.frequency]}}}")
        return self.writer.fill(_begin(template))

    def value(self, name: str) -> float | None:
        """Return one of the findings' numbers; None where it was not entered."""
        entry = self.writer.ledger.entries.get(f"{self.prefix}_{name}")
        return None if entry is None else float(entry.value)

    def day(self, name: str) -> str:
        """Return one of the findings' dates, ISO."""
        return str(self.writer.ledger.entries[f"{self.prefix}_{name}"].value)

    def has(self, *names: str) -> bool:
        """Tell whether all these were entered."""
        return all(f"{self.prefix}_{name}" in self.writer.ledger.entries for name in names)

    def gaps(self) -> str:
        """Write the province's missing periods as a piece of template: each or, where they are many, first and last."""
        names = [f"{{x_gap_{number}:period}}" for number in range(len(self.findings.own_gaps))]
        if len(names) <= FEW_GAPS:
            return self.writer.join(names, "and") if len(names) > 1 else "".join(names)
        return f"{names[0]} – {names[-1]} ({{x_n_own_gaps:0}})"

    def set_aside(self) -> str:
        """Write the periods whose files were set aside as a piece of template."""
        names = [f"{{x_aside_{number}:period}}" for number in range(len(self.findings.panel.set_aside))]
        return self.writer.join(names, "and") if len(names) > 1 else "".join(names)

    @property
    def label(self) -> str:
        """Return the outcome's name inside a sentence."""
        code = self.findings.panel.study.outcome
        name = str(getattr(find_indicator(code), f"name_{self.writer.language}"))
        return str(self.texts["labels"].get(code, name[0].lower() + name[1:]))

    def _words(self) -> dict[str, str]:
        own, words = self.texts["words"], {"place": self.place, "label": self.label}
        words |= {
            "noun": own[self.frequency],
            "nouns": own[f"{self.frequency}s"],
            "adj": own[f"{self.frequency}_adj"],
            "note": str(self.texts["notes"].get(self.findings.panel.study.outcome, "")),
            "whose": self.texts["whose"]["national" if self.is_national else "own"],
            "moved": own[_side(self.value("change"), "rose", "fell")],
        }
        for name, number in (("own", "own"), ("mean", "effect")):
            size = self.value(number)
            words |= {
                f"{name}_higher": own[_side(size, "higher", "lower")],
                f"{name}_more": own[_side(size, "more", "less")],
                f"{name}_moved": own[_side(self.value("change"), "rose", "fell")].removesuffix(" by"),
            }
        return words | self._decision()

    @property
    def is_national(self) -> bool:
        """Tell whether the target entered is the country's, for want of one of the province."""
        row = self.findings.target_among(self.writer.evidence.targets) if self.has("target") else None
        return row is not None and row["province_code"] == NATION

    def _decision(self) -> dict[str, str]:
        start = self.findings.start
        if start is None or not start.day:
            return {}
        text = str(self.texts["decisions"].get(start.precision, self.texts["decisions"]["before"]))
        return {"decision": text, "decision_start": text[0].upper() + text[1:]}


def shows_change(words: PanelWords) -> bool:
    """Tell whether the sentences of a province that decided can be written: a figure before and one after."""
    findings = words.findings
    if findings.role != DECIDED or findings.start is None:
        return False
    return str(findings.own["period"].iloc[findings.base]) < findings.start.period


def _side(value: float | None, up: str, down: str) -> str:
    return up if value is None or value >= 0 else down


def _begin(template: str) -> str:
    """Begin the sentence with a capital, also after bold words and a colon-free label."""
    return re.sub(r"((?:^|\*\* |[.] ))([a-zđ])", lambda match: match[1] + match[2].upper(), template)
