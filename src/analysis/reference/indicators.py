"""The codebook in force: the package's indicators, and beside them those that the project has lines of its own for."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from importlib import resources
from pathlib import Path

from analysis.project import ProjectNotFound, find_root
from analysis.reference.abbreviations import spell_out
from analysis.reference.codebook import Indicator, Known, known_of, read_codebook
from analysis.reference.papi import SUFFIXES
from analysis.reference.spelling import fold_text
from analysis.reference.unknown import UnknownName, nearest_meanings

__all__ = [
    "OWN_LINES",
    "Codebook",
    "Indicator",
    "UnknownIndicator",
    "by_code",
    "codebook",
    "find_indicator",
    "indicators",
    "names",
    "package_codebook",
    "spelt_names",
]

OWN_LINES = Path("data/raw/codebook.csv")  # of a project, below its folder
_PAPI_SCORE = re.compile(r"papi_d[1-8]")


class UnknownIndicator(UnknownName):
    """A name that is no indicator's; its suggestions are codes."""

    verdict = "is not an indicator of the codebook"


@dataclass(frozen=True, eq=False)
class Codebook:
    """Indicators in the order of their tables, and what their names mean."""

    lines: tuple[Indicator, ...]

    @cached_property
    def by_code(self) -> dict[str, Indicator]:
        """The indicators by code."""
        return {line.code: line for line in self.lines}

    @cached_property
    def names(self) -> dict[str, str]:
        """Every folded code, name and synonym with the code it means."""
        return {fold_text(name): line.code for line in self.lines for _, name in line.names}

    @cached_property
    def spelt_names(self) -> dict[str, str]:
        """Every name, folded and its abbreviations written out, with its code.

        A count of dossiers is named without “số” too where a share is named after it: hồ sơ trực tuyến toàn trình.
        """
        table = {spell_out(name): code for name, code in self.names.items()}
        for name, code in [*table.items()]:
            bare = name.removeprefix("so ")
            if bare != name and self.by_code[code].unit == "count" and f"ty le {bare}" in table:
                table.setdefault(bare, code)
        return table

    @cached_property
    def known(self) -> Known:
        """What lines that are added must not contradict."""
        return known_of(self.lines)


@cache
def package_codebook() -> Codebook:
    """Return the codebook that ships with the package; PAPI's scores are followed by their statistics."""
    data = resources.files("analysis.reference").joinpath("indicators.csv").read_bytes()
    lines = read_codebook(data, "analysis/reference/indicators.csv")
    scores = [line for line in lines if _PAPI_SCORE.match(line.code)]
    return Codebook((*lines, *(_statistic(line, suffix) for line in scores for suffix in SUFFIXES)))


def codebook() -> Codebook:
    """Return the package's codebook with the lines of the project's own, `data/raw/codebook.csv`, where it has any.

    The same object is returned as long as that file stays as it is, so that it can be the key of a cache.

    Raises:
        CodebookWrong: a line of the project's is not what it should be.
    """
    try:
        path = os.fspath(find_root() / OWN_LINES)
        found = os.stat(path)  # noqa: PTH116 - asked for every head of a table
    except (ProjectNotFound, FileNotFoundError, NotADirectoryError):
        return package_codebook()
    return _with_own_lines(path, (found.st_mtime_ns, found.st_size, found.st_ino))


@lru_cache(maxsize=8)
def _with_own_lines(path: str, _stamp: tuple[int, int, int]) -> Codebook:
    """Return the codebook with the lines of a file; its `_stamp` tells one state of the file from another."""
    package = package_codebook()
    own = read_codebook(Path(path).read_bytes(), str(OWN_LINES), package.known)
    return Codebook((*package.lines, *own))


def _statistic(line: Indicator, suffix: str) -> Indicator:
    """Return the line of a score's weighted version, interval end or standard error."""
    vi, en = SUFFIXES[suffix]
    bounded = suffix == "_weighted"
    return replace(
        line,
        code=line.code + suffix,
        name_vi=f"{line.name_vi}, {vi}",
        name_en=f"{line.name_en}, {en}",
        lower=line.lower if bounded else 0.0 if suffix == "_std_error" else None,
        upper=line.upper if bounded else None,
        synonyms=(),
    )


def indicators() -> tuple[Indicator, ...]:
    """Return the indicators in force, the package's first."""
    return codebook().lines


def by_code() -> dict[str, Indicator]:
    """Return the indicators in force by code."""
    return codebook().by_code


def names() -> dict[str, str]:
    """Return every folded code, name and synonym in force with the code it means."""
    return codebook().names


def spelt_names() -> dict[str, str]:
    """Return every name in force, folded and its abbreviations written out, with its code."""
    return codebook().spelt_names


def find_indicator(name: str) -> Indicator:
    """Return the indicator that a code, a name or a synonym means, whatever its spelling.

    Raises:
        UnknownIndicator: no exact match after folding; carries the nearest codes as a hint.
    """
    book = codebook()
    code = book.names.get(fold_text(name))
    if code is not None:
        return book.by_code[code]
    raise UnknownIndicator(name, nearest_meanings(fold_text(name), book.names, cutoff=0.6))
