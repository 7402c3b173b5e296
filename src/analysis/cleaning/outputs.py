"""What `dvctt clean FILE… --out DIR` leaves behind: tables, report, and layouts for sheets it could not read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from analysis.cleaning.contradictions import describe_contradictions
from analysis.cleaning.files import FileOutcome
from analysis.cleaning.layouts import suggest_layout
from analysis.cleaning.render import render_report
from analysis.cleaning.report import describe_outcomes
from analysis.cleaning.shapes import QUARANTINE_COLUMNS, Cleaned, join
from analysis.cleaning.writing import write_csv, write_json, write_text


def write_outputs(outcomes: Sequence[FileOutcome], out: Path) -> tuple[Cleaned, list[str]]:
    """Write observations, quarantine, sources and both reports into a folder, each whole or not at all.

    Returns the tables, and what to say of figures that contradict each other.
    """
    cleaned = join([outcome.cleaned for outcome in outcomes])
    write_csv(out / "observations.csv", cleaned.observations)
    write_csv(out / "quarantine.csv", cleaned.quarantine[list(QUARANTINE_COLUMNS)])
    write_csv(out / "sources.csv", cleaned.sources)
    return cleaned, write_report(outcomes, out)


def write_report(outcomes: Sequence[FileOutcome], out: Path) -> list[str]:
    """Write report.json and report.html; return what to say of figures that contradict each other."""
    report = describe_outcomes(outcomes, out)
    write_json(out / "report.json", report)
    write_text(out / "report.html", render_report(report))
    return describe_contradictions(report["contradictions"], report["contradictions_differing"])


def write_layouts(outcomes: Sequence[FileOutcome], out: Path) -> list[Path]:
    """Write a layout.toml for every table that was not understood and return their paths."""
    written: list[Path] = []
    for outcome in outcomes:
        for sheet, block, columns, context in outcome.unread:
            stem = re.sub(r"[^\w.-]+", "-", Path(outcome.file).name)
            path = out / (f"{stem}.layout.toml" if not written else f"{stem}.{len(written) + 1}.layout.toml")
            write_text(path, suggest_layout(sheet, block, columns, context))
            written.append(path)
    return written
