"""Several results side by side as one table: for a notebook, LaTeX, Markdown and Excel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.estimation.errors import UnknownOption
from analysis.estimation.results import Estimate
from analysis.estimation.results.display import interval_text, number_text, p_text

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


def etable(results: Sequence[Estimate], names: Sequence[str] = ()) -> ResultsTable:
    """Lay results side by side: effect, standard error where one is shown, interval, p, sample and inference.

    `names` head the columns; the methods' names unless given.

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
    }
    rows = tuple((name, *texts) for name, texts in cells.items() if any(texts))
    notes = dict.fromkeys(
        f"{head}: {result.estimand} ({result.unit})." for head, result in zip(heads, results, strict=True)
    )
    return ResultsTable(heads, rows, tuple(notes))


def _latex(text: str) -> str:
    return "".join(_LATEX.get(letter, letter) for letter in text)
