"""Whether a table is a form that the State prescribes (`reference/forms.toml`), and what its columns mean then."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from analysis.cleaning.layout import LaidColumn, Role
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.recognise.columns import scale_of_heads
from analysis.cleaning.recognise.context import Context
from analysis.cleaning.recognise.shares import values_of
from analysis.cleaning.recognise.tables import Found
from analysis.cleaning.rows import HEADING
from analysis.cleaning.words.places import PLACE, UNKNOWN
from analysis.reference.indicators import by_code
from analysis.reference.vocabulary import Words

_HEAD_ROWS = 12


@dataclass(frozen=True)
class Form:
    """A form: its name, the groups of its columns, and what those columns mean."""

    name: str
    group: Words
    other_groups: Words
    columns: tuple[Mapping[str, Any], ...]
    parts: tuple[str, ...]
    sum: Words
    carried: Words

    def has(self, column: LaidColumn, heads: Sequence[str]) -> bool:
        """Tell whether a column stands in the form's group below one of these heads."""
        return (
            len(column.path) > 1
            and self.group.starts(column.path[0])
            and Words(tuple(heads)).starts(column.path[-1])
        )


@cache
def forms() -> tuple[Form, ...]:
    """Return the forms of `reference/forms.toml`."""
    text = resources.files("analysis.reference").joinpath("forms.toml").read_text(encoding="utf-8")
    return tuple(
        Form(
            form["name"], Words(tuple(form["group"])), Words(tuple(form["other_groups"])), tuple(form["column"]),
            tuple(form.get("parts", ())), Words(tuple(form.get("sum", ()))), Words(tuple(form.get("carried", ()))),
        )
        for form in tomllib.loads(text)["form"]
    )  # fmt: skip


def heads_form(sheet: Sheet) -> bool:
    """Tell whether a cell above the figures of a sheet heads the columns of a form."""
    texts = [text for row in sheet.rows[:_HEAD_ROWS] for text in row if text]
    return any(form.group.starts(text) for form in forms() for text in texts)


def find_form(found: Found, columns: Sequence[LaidColumn]) -> Form | None:
    """Return the form that a table is, None where it is none."""
    for form in forms():
        needed = [said for said in form.columns if said.get("needed")]
        there = all(
            any(form.has(column, heads) for column in columns)
            for said in needed
            for heads in (said["head"], *([said["plus"]] if "plus" in said else []))
        )
        if there and (not form.parts or _has_parts(found, form.parts)):
            return form
    return None


def _has_parts(found: Found, parts: Sequence[str]) -> bool:
    """Tell whether rows of all parts stand below names."""
    labels = [found.label(i) for i in found.rows(UNKNOWN)]
    return all(any(Words((part,)).inside(label) for label in labels) for part in parts)


def columns_of_form(
    form: Form, found: Found, columns: Sequence[LaidColumn], context: Context
) -> list[LaidColumn]:
    """Return the columns of a form; those in its groups that it does not name are left to a person."""
    kept = [
        c
        for c in columns
        if not (c.path and (form.group.starts(c.path[0]) or form.other_groups.starts(c.path[0])))
    ]
    own = [c for c in columns if c not in kept]
    named: list[LaidColumn] = []
    for said in form.columns:
        plus = tuple(c.index for c in own if "plus" in said and form.has(c, said["plus"]))
        for column in own:
            if form.has(column, said["head"]) and (not plus or _adds_up(form, found, own, column, plus)):
                named.append(_named(column, said, plus, context))
    used = {column.index for column in named} | {index for column in named for index in column.plus}
    left = [_left(form, c) for c in own if c.index not in used]
    return sorted([*kept, *named, *left], key=lambda column: column.index)


def _named(
    column: LaidColumn, said: Mapping[str, Any], plus: tuple[int, ...], context: Context
) -> LaidColumn:
    line = by_code()[said["indicator"]]
    _, multiplier = scale_of_heads(column.path, line, context)
    return replace(
        column, role=Role.VALUE, indicator=line.code, plus=plus, part=said.get("part", ""), percent=False,
        multiplier=multiplier, unread="", rule="a column of the form",
    )  # fmt: skip


def _left(form: Form, column: LaidColumn) -> LaidColumn:
    unread = (
        "carried"
        if form.sum.starts(column.path[-1]) and form.carried.texts and form.group.starts(column.path[0])
        else ""
    )
    return replace(column, role=Role.UNKNOWN, indicator="", unread=unread, rule="the form, no indicator")


def _adds_up(
    form: Form, found: Found, own: Sequence[LaidColumn], column: LaidColumn, plus: tuple[int, ...]
) -> bool:
    """Tell whether the form's total, where there is one, is these columns with what was carried over."""
    parts = [column, *(c for c in own if c.index in plus or form.has(c, form.carried.texts))]
    for total in (c for c in own if form.has(c, form.sum.texts)):
        left = _counts(found, total) - np.sum([_counts(found, part) for part in parts], axis=0)
        known = left[~np.isnan(left)]
        if len(known) and (np.abs(known) >= 0.5).mean() > 0.1:
            return False
    return True


def _counts(found: Found, column: LaidColumn) -> Any:
    return values_of(found, replace(column, role=Role.VALUE, indicator="n_dossiers_total"))


def is_nested(found: Found, form: Form | None) -> bool:
    """Tell whether names of provinces hold for the rows of parts below them."""
    return form is not None and bool(form.parts) and bool(found.rows(PLACE, HEADING))
