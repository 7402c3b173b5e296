"""Several results side by side as one table: for a notebook, LaTeX, Markdown and Excel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.estimation.errors import UnknownOption
from analysis.estimation.results import Estimate, Term
from analysis.estimation.results.display import facts_of, interval_text, number_text, p_text, term_name

if TYPE_CHECKING:
    import pandas as pd

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "_": r"\_",
    "#": r"\#",
    "$": r"\$",
    "−": "$-$",
    "∞": r"$\infty$",
}


@dataclass(frozen=True)
class ResultsTable:
    """Rows of text, one column a result; `notes` say what the rows are."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return the table, indexed by what its rows are."""
        import pandas as pd

        return pd.DataFrame([row[1:] for row in self.rows], [row[0] for row in self.rows], list(self.columns))

    def to_html(self) -> str:
        """Write the table for a page; every text is escaped."""
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in ("", *self.columns))
        body = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(row[0])}</th>'
            + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
            + "</tr>"
            for row in self.rows
        )
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><ul>{notes}</ul>"

    def to_markdown(self) -> str:
        """Write the table in Markdown."""
        rows = [("", *self.columns), ("---",) * (1 + len(self.columns)), *self.rows]
        lines = ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows]
        return "\n".join([*lines, "", *self.notes])

    def to_latex(self) -> str:
        """Write the table as a tabular of the package booktabs."""
        lines = [" & ".join(map(_latex, row)) + r" \\" for row in (("", *self.columns), *self.rows)]
        span = f"{{{1 + len(self.columns)}}}{{l}}"
        notes = [rf"\multicolumn{span}{{\footnotesize {_latex(note)}}} \\" for note in self.notes]
        return "\n".join(
            [rf"\begin{{tabular}}{{l{'c' * len(self.columns)}}}", r"\toprule", lines[0], r"\midrule", *lines[1:],
             r"\bottomrule", *notes, r"\end{tabular}"]
        )  # fmt: skip

    def to_excel(self, path: Path | str) -> None:
        """Write the table and its notes as a sheet."""
        from openpyxl import Workbook

        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in (("", *self.columns), *self.rows, *((note,) for note in self.notes)):
            sheet.append(list(row))
        book.save(path)

    def __str__(self) -> str:
        """Write the table for a terminal."""
        return self.to_markdown()

    def _repr_html_(self) -> str:
        return self.to_html()


def etable(results: Sequence[Estimate], names: Sequence[str] = (), *, terms: bool = False) -> ResultsTable:
    """Lay results side by side: effect, standard error where one is shown, interval, p, sample and inference.

    `names` head the columns; the methods' names unless given. `terms` adds each term's estimate with its interval.

    Raises:
        UnknownOption: there are no results, or not one name for each.
    """
    heads = tuple(names) or tuple(result.method for result in results)
    if not results or len(heads) != len(results):
        raise UnknownOption(
            f"etable has {len(results)} result(s) and {len(heads)} name(s); one of each is needed."
        )
    levels = sorted({f"{100 * result.conf_level:g} %" for result in results})
    cells = {
        "effect": [number_text(r.estimate) for r in results],
        "std. error": [number_text(r.std_error) for r in results],
        f"interval, {' / '.join(levels)}": [interval_text(r.conf_low, r.conf_high) for r in results],
        "p": [p_text(r.p_value) for r in results],
        "cells": [f"{r.n_obs:,}" for r in results],
        "units": [f"{r.n_units:,}" for r in results],
        "treated": [f"{r.n_treated:,}" for r in results],
        "checks not passed": ["; ".join(c.name for c in r.checks if c.passed is False) for r in results],
        "inference": [r.inference for r in results],
        **(_terms_of(results) if terms else {}),
    }
    rows = tuple((name, *texts) for name, texts in cells.items() if any(texts))
    notes = dict.fromkeys(
        f"{head}: {result.estimand} ({result.unit})." for head, result in zip(heads, results, strict=True)
    )
    return ResultsTable(heads, rows, tuple(notes))


def _terms_of(results: Sequence[Estimate]) -> dict[str, list[str]]:
    """Give each term's row: its estimate and, in brackets, its interval, in every result that has it."""
    found = [{term_name(term): term for term in result.terms} for result in results]
    return {
        name: [_term_text(terms[name]) if name in terms else "" for terms in found]
        for name in dict.fromkeys(name for terms in found for name in terms)
    }


def _term_text(term: Term) -> str:
    interval = interval_text(term.conf_low, term.conf_high)
    shown = "0 (reference)" if term.is_reference else number_text(term.estimate)
    return f"{shown} ({interval})" if interval and not term.is_reference else shown


def write_workbook(result: Estimate, path: Path | str) -> None:
    """Write a result's frame, p-values, weights, checks and notes, each on a sheet of its own."""
    import pandas as pd

    checks = [
        {"check": check.name, "passed": check.passed, "text": check.text, **row}
        for check in result.checks
        for row in check.table or ({},)
    ]
    sheets = {
        "effects": result.frame(),
        "p-values": pd.DataFrame(result.p_values.items(), columns=["inference", "p_value"]),
        "weights": pd.DataFrame(result.weights.items(), columns=["of", "weight"]),
        "checks": pd.DataFrame(checks),
        "notes": pd.DataFrame({"note": facts_of(result)}),
    }
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        for name, rows in sheets.items():
            if len(rows):
                rows.to_excel(book, sheet_name=name, index=False)


def _latex(text: str) -> str:
    return "".join(_LATEX.get(letter, letter) for letter in text)
