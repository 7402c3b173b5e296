"""A notebook's parameters and a study's name become the study to answer: what is empty stays as the study says."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.study import Study, StudyUnreadable, read_study

if TYPE_CHECKING:
    from pathlib import Path

_KINDS = {field.name: type(field.default) for field in fields(Study) if field.name != "name"}


def choose_study(study: str | Path, *, root: Path | None = None, **parameters: object) -> Study:
    """Return a study by name or path, with the parameters that are not empty in place of its own values.

    Empty is "" for texts and 0 for numbers. Several names stand in one text, by comma: "Yên Bái, Cao Bằng". Papermill
    turns `-p frame 34` into a number, so numbers stand for texts where the study has texts.

    Raises:
        StudyUnreadable: no such study, or a parameter with a value that no study can have; names the parameters given.
    """
    given = {key: _of_kind(key, value) for key, value in parameters.items() if value not in ("", 0, None)}
    try:
        return read_study(study, root=root, **given)
    except AnalysisError as error:
        shown = ", ".join(
            f"{key} = {value!r}" for key, value in ({"study": str(study)} | parameters).items() if value
        )
        raise StudyUnreadable(f"parameters {shown}: {error}") from error


def _of_kind(key: str, value: object) -> object:
    """Return a parameter as the study file would have it: lists from texts by comma, texts from numbers."""
    kind = _KINDS.get(key)
    if kind is tuple and isinstance(value, str):
        return [name.strip() for name in value.split(",") if name.strip()]
    return str(value) if kind is str and isinstance(value, int) else value
