"""What `dvctt clean FILE… --out DIR` leaves: tables, report, layouts for what it could not read, codebook lines."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import Path

from analysis.cleaning.codebook_drafts import draft_lines
from analysis.cleaning.contradictions import describe_contradictions
from analysis.cleaning.files import FileOutcome
from analysis.cleaning.layout import Layout
from analysis.cleaning.layout_text import draft_layout
from analysis.cleaning.render import render_report
from analysis.cleaning.report import describe_outcomes
from analysis.cleaning.shapes import QUARANTINE_COLUMNS, UNIT_TABLES, Cleaned, join
from analysis.cleaning.writing import write_csv, write_json, write_text
from analysis.reference.codebook import codebook_text


def write_outputs(outcomes: Sequence[FileOutcome], out: Path) -> tuple[Cleaned, list[str]]:
    """Write observations, targets, quarantine, sources and both reports into a folder, each whole or not at all.

    Returns the tables, and what to say of figures that contradict each other.
    """
    cleaned = join([outcome.cleaned for outcome in outcomes])
    write_csv(out / "observations.csv", cleaned.observations)
    write_csv(out / "targets.csv", cleaned.targets)
    write_csv(out / "quarantine.csv", cleaned.quarantine[list(QUARANTINE_COLUMNS)])
    write_csv(out / "sources.csv", cleaned.sources)
    for name in UNIT_TABLES:
        if len(getattr(cleaned, name)):
            write_csv(out / f"{name}.csv", getattr(cleaned, name))
    return cleaned, write_report(outcomes, out)


def write_report(outcomes: Sequence[FileOutcome], out: Path) -> list[str]:
    """Write report.json and report.html; return what to say of figures that contradict each other."""
    report = describe_outcomes(outcomes, out)
    write_json(out / "report.json", report)
    write_text(out / "report.html", render_report(report))
    return describe_contradictions(report["contradictions"], report["contradictions_differing"])


def write_layouts(
    outcomes: Sequence[FileOutcome], out: Path, given: Layout | None
) -> list[tuple[FileOutcome, Path]]:
    """Write a layout.toml to fill in for every file of which something was not understood; return these and those.

    A layout.toml that a person may have filled in is never written over.
    """
    written: list[tuple[FileOutcome, Path]] = []
    for outcome in outcomes:
        if outcome.unclear:
            stem = re.sub(r"[^\w.-]+", "-", Path(outcome.file).name)
            sheets = {proposal.table.sheet for proposal in outcome.laid} | {
                one.sheet.name for one in outcome.unclear
            }
            text = draft_layout(outcome.unclear, given, len(sheets))
            written.append((outcome, _write_beside(out, stem, "layout.toml", text)))
    return written


def write_codebook(outcomes: Sequence[FileOutcome], out: Path) -> tuple[list[dict[str, str]], Path | None]:
    """Write lines for the project's codebook, to be filled in, for heads that no indicator is called by; return both.

    A table that a person may have filled in is never written over.
    """
    lines = draft_lines([unclear for outcome in outcomes for unclear in outcome.unclear])
    return lines, _write_beside(out, "codebook", "csv", codebook_text(lines)) if lines else None


def _write_beside(out: Path, stem: str, ending: str, text: str) -> Path:
    """Write a text as STEM.ENDING, or STEM.2.ENDING, … where another text has the name."""
    for number in itertools.count(1):
        path = out / (f"{stem}.{ending}" if number == 1 else f"{stem}.{number}.{ending}")
        if not path.exists():
            write_text(path, text)
            return path
        if path.read_bytes() == text.encode():
            return path
    raise AssertionError("numbers do not end")
