"""Results as tables: rows of text, for a terminal and, escaped, for a notebook."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from analysis.estimation.results.as_json import to_json

if TYPE_CHECKING:
    import pandas as pd

    from analysis.estimation.results import Check, Estimate, Term

Row = tuple[str, ...]
NOTHING = 1e-9  # what arithmetic leaves where two numbers are equal
HEAD: Row = ("", "estimate", "std. error", "interval", "p")


def rows_of(result: Estimate) -> list[Row]:
    """Lay out the estimate and its terms: name, estimate, standard error, interval, p-value."""
    whole = (
        "effect",
        number_text(result.estimate),
        number_text(result.std_error),
        interval_text(result.conf_low, result.conf_high),
        p_text(result.p_value),
    )
    return [whole, *(_term_row(term) for term in result.terms)]


def facts_of(result: Estimate) -> list[str]:
    """Say in lines what the numbers are: estimand, sample, inference, checks, notes."""
    beside = [f"{name} {p_text(p)}" for name, p in result.p_values.items() if name != result.inference]
    return [
        f"{result.estimand} ({result.unit})",
        f"{result.n_obs} cells, {result.n_units} units, {result.n_treated} treated; inference: {result.inference}; "
        f"intervals at {100 * result.conf_level:g} %",
        *([f"p by other inferences: {', '.join(beside)}"] if beside else []),
        *(check_line(check) for check in result.checks),
        *result.notes,
    ]


def as_text(result: Estimate) -> str:
    """Write a result for a terminal."""
    rows = [HEAD, *rows_of(result), *_weight_rows(result)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(HEAD))]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    return "\n".join([result.method, *(line.rstrip() for line in lines), "", *facts_of(result)])


def as_json(result: Estimate) -> str:
    """Write a result as one JSON object; lists and maps that are empty are left out."""
    whole = json.loads(to_json(result))
    kept = {name: value for name, value in whole.items() if value not in ([], {})}
    if "terms" in kept:
        always = {"estimate", "std_error", "conf_low", "conf_high", "p_value"}
        terms = kept["terms"]
        kept["terms"] = [
            {n: v for n, v in t.items() if n in always or not (v is None or v is False)} for t in terms
        ]
    return json.dumps(kept, ensure_ascii=False, indent=2)


def as_html(result: Estimate) -> str:
    """Write a result for a notebook; every text is escaped."""
    rows = [*rows_of(result), *_weight_rows(result)]
    body = "".join(_html_row(row) for row in rows)
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in HEAD)
    facts = "".join(f"<li>{escape(fact)}</li>" for fact in facts_of(result))
    caption = f'<caption style="text-align:left">{escape(result.method)}</caption>'
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><ul>{facts}</ul>"


def _html_row(row: Row) -> str:
    name, *cells = (escape(cell) for cell in row)
    first = f'<th scope="row" style="text-align:left;font-weight:normal">{name}</th>'
    return f"<tr>{first}{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def frame_html(frame: pd.DataFrame, caption: str) -> str:
    """Write a frame as an escaped table under a caption."""
    if frame.empty:
        return f"<p>{escape(caption)}</p>"
    table = frame.to_html(index=False, na_rep="", float_format=lambda value: f"{value:.4g}", border=0)
    return f"<p>{escape(caption)}</p>{table}"


def _weight_rows(result: Estimate) -> list[Row]:
    largest = sorted(result.weights.items(), key=lambda item: -abs(item[1]))[:10]
    return [
        (f"weight of {name}", number_text(weight), "", "", "")
        for name, weight in largest
        if abs(weight) > 5e-4
    ]


def _term_row(term: Term) -> Row:
    if term.is_reference:
        return (term_name(term), "0 (reference)", "", "", "")
    interval = interval_text(term.conf_low, term.conf_high)
    return (
        term_name(term),
        number_text(term.estimate),
        number_text(term.std_error),
        interval,
        p_text(term.p_value),
    )


def term_name(term: Term) -> str:
    """Name a term by its event time, group and period, as far as it has them."""
    parts = [
        None if term.event_time is None else f"{term.event_time:+d}",
        None if term.group is None else f"group {term.group}",
        term.period,
    ]
    return " · ".join(part for part in parts if part is not None) or "term"


def check_line(check: Check) -> str:
    """Say in one line whether a check passed, and why."""
    state = {True: "passed", False: "not passed", None: "not possible"}[check.passed]
    return f"{check.name}: {state}. {check.text}"


def number_text(value: float | None) -> str:
    """Write a number with four digits; nothing for None."""
    if value is None:
        return ""
    if abs(value) < NOTHING:
        return "0"
    return f"{value:.4g}" if abs(value) < 1e4 else f"{value:,.0f}"


def interval_text(low: float | None, high: float | None) -> str:
    """Write an interval; a side without limit is infinite, one without either is nothing."""
    return "" if low is None and high is None else f"{number_text(low) or '-∞'} to {number_text(high) or '∞'}"


def p_text(value: float | None) -> str:
    """Write a p-value with three digits."""
    return "" if value is None else "< 0.001" if value < 0.001 else f"{value:.3f}"
