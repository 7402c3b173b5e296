"""The cleaning report: what came in, what was understood, what was not and why, as data."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.cleaning.contradictions import find_contradictions
from analysis.cleaning.extract.checks import Check
from analysis.cleaning.extract.outcome import TableOutcome
from analysis.cleaning.files import FileOutcome
from analysis.cleaning.layout import LaidColumn, Role
from analysis.cleaning.messages import LANGUAGES, Message, rule_texts
from analysis.cleaning.shapes import Cleaned, join
from analysis.reference.alphabet import sort_key
from analysis.reference.indicators import by_code as codebook
from analysis.reference.provinces import by_code as provinces
from analysis.reference.provinces import successors

SHOWN_LINES = 2000


def describe_outcomes(outcomes: Sequence[FileOutcome], out: Path) -> dict[str, Any]:
    """Return the content of report.json: plain lists, texts and numbers; links are relative to `out`."""
    cleaned = join([outcome.cleaned for outcome in outcomes])
    checks = [check for outcome in outcomes for check in outcome.checks]
    quarantine = cleaned.quarantine
    return {
        "made": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "files": [_describe_file(outcome, out) for outcome in outcomes],
        "totals": _totals(outcomes, cleaned),
        "rules": _rules(quarantine),
        "checks": [_describe_check(check) for check in checks if not check.agrees],
        "checks_passed": sum(check.agrees for check in checks),
        **_contradictions(cleaned),
        "coverage": _coverage(cleaned.observations),
        "quarantine": [_describe_held(line) for line in quarantine.head(SHOWN_LINES).to_dict("records")],
    }


def _totals(outcomes: Sequence[FileOutcome], cleaned: Cleaned) -> dict[str, int]:
    return {
        "files": len(outcomes),
        "files_refused": sum(outcome.refused for outcome in outcomes),
        "observations": len(cleaned.observations),
        "targets": len(cleaned.targets),
        "quarantine": len(cleaned.quarantine),
    }


def _rules(quarantine: pd.DataFrame) -> list[dict[str, Any]]:
    """Return how often each rule set something aside, the most frequent first."""
    counts = quarantine.groupby("rule").size().sort_values(ascending=False)
    return [
        {"rule": str(rule), "count": int(count), **rule_texts(str(rule))} for rule, count in counts.items()
    ]


def _contradictions(cleaned: Cleaned) -> dict[str, Any]:
    """Return the figures that contradict each other, named, and how many groups differ."""
    groups, differing = find_contradictions(cleaned.observations, cleaned.sources)
    for group in groups:
        line = codebook()[group["indicator"]]
        group["province"] = province_name(group["province_code"], group["province_frame"])
        group |= {"name_vi": line.name_vi, "name_en": line.name_en}
    return {"contradictions": groups, "contradictions_differing": differing}


def _describe_file(outcome: FileOutcome, out: Path) -> dict[str, Any]:
    kept = outcome.cleaned.observations
    return {
        "file": outcome.file,
        "link": os.path.relpath(outcome.path, out) if outcome.path else outcome.file,
        "rows_read": outcome.rows_read,
        "observations": len(kept),
        "targets": len(outcome.cleaned.targets),
        "quarantine": len(outcome.cleaned.quarantine),
        "problems": [_describe_message(said) for said in outcome.problems],
        "notices": [_describe_message(said) for said in outcome.notices],
        "corrections": [applied.__dict__ for applied in outcome.corrections],
        "tables": [_describe_table(table, set(_figures(kept))) for table in outcome.tables],
    }


def _describe_table(table: TableOutcome, kept: Collection[tuple[str, str]]) -> dict[str, Any]:
    """Return what a table gave; of its observations those among the `kept` count (see `_figures`)."""
    data = table.body.data
    return {
        "sheet": table.sheet.name,
        "first_cell": table.sheet.span(data[0]).split(":")[0] if len(data) else "",
        "rows": len(data),
        "turned": table.sheet.transposed,
        "hidden": _hidden(table),
        "map": ",".join(sorted(table.observations["province_frame"].unique())),
        "columns": [
            _describe_column(column, table)
            for column in table.table.columns
            if column.role not in (Role.LABEL, Role.PLACES)
        ],
        "observations": sum(figure in kept for figure in _figures(table.observations)),
        "stopped": [said.said for said in table.unknown],
    }


def _figures(observations: pd.DataFrame) -> list[tuple[str, str]]:
    """Return what tells figures apart: where each stands, and of which indicator it is."""
    return list(zip(observations["raw_location"], observations["indicator"], strict=True))


def _describe_message(said: Message) -> dict[str, str]:
    """Return a problem or notice below the heading of its file, which is not named again."""
    return {"code": said.code, **{language: said.told(language, named=False) for language in LANGUAGES}}


def _describe_check(check: Check) -> dict[str, Any]:
    line = codebook()[check.indicator]
    return {**check.__dict__, "said": check.said.said, "name_vi": line.name_vi, "name_en": line.name_en}


def _describe_held(line: Mapping[Any, str]) -> dict[str, Any]:
    """Return a quarantined cell with its reason and mend in both languages."""
    return {
        **{name: line[name] for name in ("file", "sheet", "cell", "value", "rule")},
        "name": {language: texts["name"] for language, texts in rule_texts(line["rule"]).items()},
        "reason": {"vi": line["reason_vi"], "en": line["reason"]},
        "mend": {"vi": line["mend_vi"], "en": line["mend"]},
    }


def _hidden(table: TableOutcome) -> dict[str, int]:
    """Return how many sheets, rows and columns of a table are hidden, those that are."""
    sheet = table.sheet
    rows = (
        sum(sheet.numbers[i] in sheet.hidden_rows for i in table.body.data.tolist())
        if sheet.hidden_rows
        else 0
    )
    columns = sum(column.index in sheet.hidden_columns for column in table.table.columns)
    counts = {"sheet": int(sheet.hidden), "rows": rows, "columns": columns}
    return {name: count for name, count in counts.items() if count}


def _describe_column(column: LaidColumn, table: TableOutcome) -> dict[str, Any]:
    """Return what a column means, and the rule that says so; `by_row` says what each row tells for itself instead."""
    laid = table.table
    dated = column.is_value and laid.is_dated and column.period is None
    named = column.is_value and not column.indicator and laid.of_role(Role.INDICATOR) is not None
    period = column.period or (laid.period if column.is_value and not dated else None)
    return {
        "by_row": {"indicator": named, "period": dated},
        "head": column.head,
        "role": column.role.value,
        "rule": column.rule,
        "indicator": column.indicator if column.line else "",
        "name_vi": column.line.name_vi if column.line else "",
        "name_en": column.line.name_en if column.line else "",
        "period": f"{period.start:%d/%m/%Y} – {period.end:%d/%m/%Y}" if period else "",
    }


def _coverage(observations: pd.DataFrame) -> list[dict[str, Any]]:
    """Return, per indicator and map, how many figures each province has in each period, most covered first."""
    maps: list[dict[str, Any]] = []
    for key, rows in observations.groupby(["indicator", "province_frame"]):
        code, frame = map(str, key)
        counts = rows.groupby(["province_code", "period_end"]).size().unstack(fill_value=0)
        if counts.shape[1] > 60:
            counts = counts.iloc[:, -60:]
        names = {province: province_name(str(province), frame) for province in counts.index}
        order = sorted(counts.index, key=lambda province: sort_key(names[province]))
        maps.append(
            {
                "indicator": code,
                "name_vi": codebook()[code].name_vi,
                "name_en": codebook()[code].name_en,
                "map": frame,
                "periods": [str(period) for period in counts.columns],
                "provinces": [
                    {"code": str(p), "name": names[p], "counts": [int(n) for n in counts.loc[p]]}
                    for p in order
                ],
            }
        )
    return sorted(maps, key=lambda entry: -len(entry["provinces"]) * len(entry["periods"]))[:12]


def province_name(code: str, frame: str) -> str:
    if frame == "34":
        return successors().get(code, "Cả nước")
    return provinces()[code].name_vi if code in provinces() else "Cả nước"
