"""A study: one question written down once, with every choice that its answer depends on.

A study is a TOML file in `studies/`; notebooks name it and may override single values. Brief, site and explore read
the same object, so that no choice stands in two places.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from analysis.errors import RequestError
from analysis.project import find_root
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import FRAMES, find_province
from analysis.reference.unit_levels import UNIT_LEVELS

FOLDER = "studies"
HEADLINE_INDICATORS = ("share_services_with_online_dossiers", "share_dossiers_processed_online")
FREQUENCIES = ("finest", "M", "Q", "S", "A")
_PERIODS = {
    "A": re.compile(r"\d{4}"),
    "S": re.compile(r"\d{4}S[12]"),
    "Q": re.compile(r"\d{4}Q[1-4]"),
    "M": re.compile(r"\d{4}-(0[1-9]|1[0-2])"),
}


class StudyUnreadable(RequestError):
    """A study that does not exist, or says what no study can; the message names file and key."""


@dataclass(frozen=True)
class Study:
    """One question and the choices behind its answer. Empty texts mean: as the data have it.

    Periods are written as panels write them: 2022, 2022S1, 2022Q2, 2022-06. Days are ISO.

    Attributes:
        name: the file's name without `.toml`.
        outcome: indicator code.
        question_vi, question_en: what is asked, one sentence.
        frequency: M, Q, S, A, or `finest`: the finest that most provinces have.
        frame: the map, "63" (before 1 July 2025) or "34" (since).
        units: a province, whose agencies, districts and communes are then compared in place of provinces: `provinces`
            and `leave_out` name them by their codes. Those that no decision gives a target are the comparison.
        unit_levels: the levels of these units that are compared: department, district, commune; empty: all.
        first, last: the window's first and last period.
        treating: indicator codes; a decision that sets a target on one of them is a treatment.
        decided_from, decided_until: days between which a decision counts.
        first_treated: one first treated period for all treated provinces; empty: each decision's own.
        provinces: the treated provinces by code; empty: those of the decisions.
        controls: `not_known` (all others) or `without_doubtful`.
        doubtful_from, doubtful_until: days between which another target, campaign or fee cut makes a province a
            doubtful control.
        leave_out: codes of provinces left out altogether.
        placebo_outcome: indicator code of an outcome that targets cannot move; empty: none.
        weights: `none`, `denominator` (the counts behind the share) or `population`.
        breaks: what is done with a change of definition inside the window: `refuse` it, take it as a `step` common to
            all provinces, or keep the periods `before` or `after` it.
        anticipation_months: months before each start that are left out of the comparison, because a province about to
            decide may already be preparing or falling behind.
        inference: as the estimators take it; `default` follows the number of treated provinces.
        draws, seed: of permutations.
        conf_level: of intervals.
        status: `exploratory`, or `registered`: written before the data came (see `registration`).
    """

    name: str
    outcome: str
    question_vi: str = ""
    question_en: str = ""
    frequency: str = "finest"
    frame: str = "63"
    units: str = ""
    unit_levels: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    treating: tuple[str, ...] = HEADLINE_INDICATORS
    decided_from: str = ""
    decided_until: str = ""
    first_treated: str = ""
    provinces: tuple[str, ...] = ()
    controls: str = "not_known"
    doubtful_from: str = ""
    doubtful_until: str = ""
    leave_out: tuple[str, ...] = ()
    placebo_outcome: str = ""
    weights: str = "none"
    breaks: str = "step"
    anticipation_months: int = 0
    inference: str = "default"
    draws: int = 1_999
    seed: int = 20220820
    conf_level: float = 0.95
    status: str = "exploratory"

    def __post_init__(self) -> None:
        """Refuse what no study can say.

        Raises:
            StudyUnreadable, UnknownIndicator, UnknownProvince: names the key, what stands there and what may.
        """
        for key, allowed in _CHOICES.items():
            if getattr(self, key) not in allowed:
                raise _refused(self.name, key, getattr(self, key), f"one of {', '.join(allowed)}")
        for key in ("outcome", "placebo_outcome"):
            if getattr(self, key):
                object.__setattr__(self, key, find_indicator(getattr(self, key)).code)
        object.__setattr__(self, "treating", tuple(find_indicator(name).code for name in self.treating))
        self._find_units()
        for key in ("provinces", "leave_out") if not self.units else ():
            found = [find_province(name) for name in getattr(self, key)]
            codes = [place.code if self.frame == "63" else place.successor_code for place in found]
            object.__setattr__(self, key, tuple(dict.fromkeys(codes)))
        self._check_periods()
        self._check_numbers()

    def _find_units(self) -> None:
        """Bring the province of units to its code, and check their levels."""
        if wrong := [level for level in self.unit_levels if level not in UNIT_LEVELS]:
            raise _refused(self.name, "unit_levels", wrong[0], f"some of {', '.join(UNIT_LEVELS)}")
        if self.units:
            place = find_province(self.units)
            object.__setattr__(self, "units", place.code if self.frame == "63" else place.successor_code)
            if self.weights == "population":
                raise _refused(
                    self.name, "weights", self.weights, "none or denominator: units have no population"
                )

    def _check_periods(self) -> None:
        for key in ("first", "last", "first_treated"):
            text = getattr(self, key)
            forms = _PERIODS.values() if self.frequency == "finest" else (_PERIODS[self.frequency],)
            if text and not any(form.fullmatch(text) for form in forms):
                wanted = "2022 (A), 2022S1 (S), 2022Q2 (Q) or 2022-06 (M), of the study's own frequency"
                raise _refused(self.name, key, text, wanted)
        if self.first and self.last and self.first > self.last:
            raise _refused(self.name, "last", self.last, f"a period not before first = {self.first}")
        for key in ("decided_from", "decided_until", "doubtful_from", "doubtful_until"):
            text = getattr(self, key)
            try:
                if text:
                    dt.date.fromisoformat(text)
            except ValueError:
                raise _refused(self.name, key, text, "a day, for example 2022-08-31") from None

    def _check_numbers(self) -> None:
        for key, low in (("anticipation_months", 0), ("draws", 1), ("seed", 0)):
            if getattr(self, key) < low:
                raise _refused(self.name, key, getattr(self, key), f"a whole number of at least {low}")
        if not 0.5 <= self.conf_level < 1:
            raise _refused(self.name, "conf_level", self.conf_level, "a level such as 0.95")


_CHOICES = {
    "frequency": FREQUENCIES,
    "frame": FRAMES,
    "controls": ("not_known", "without_doubtful"),
    "weights": ("none", "denominator", "population"),
    "breaks": ("refuse", "step", "before", "after"),
    "status": ("exploratory", "registered"),
}


def _refused(name: str, key: str, found: object, wanted: str) -> StudyUnreadable:
    return StudyUnreadable(f"study {name}: {key} = {found!r}. Expected {wanted}.")


def read_study(name: str | Path, *, root: Path | None = None, **overrides: object) -> Study:
    """Return a study by its name in `studies/`, or by the path of a TOML file, with single values overridden.

    An override of None or "" leaves the value as the study has it, so that a notebook can pass all its parameters on.

    Raises:
        StudyUnreadable: no such study, broken TOML, an unknown key, a value of the wrong kind.
        UnknownIndicator, UnknownProvince: a name that is none.
    """
    path = _find(str(name), root)
    try:
        keys = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyUnreadable(f"{path}: {error}. A study is TOML: one `key = value` a line.") from error
    given = {key: value for key, value in overrides.items() if value is not None and value != ""}
    return Study(name=path.stem, **_typed(path, keys | given))


def study_names(root: Path | None = None) -> list[str]:
    """Return the names of the project's studies, sorted."""
    return sorted(path.stem for path in ((root or find_root()) / FOLDER).glob("*.toml"))


def _find(name: str, root: Path | None) -> Path:
    if name.endswith(".toml"):
        path = Path(name)
        if path.is_file():
            return path
        raise StudyUnreadable(f"{path} is not there. Name a study of the project, or the path of its file.")
    folder = (root or find_root()) / FOLDER
    path = folder / f"{name}.toml"
    if path.is_file():
        return path
    known = study_names(root)
    near = get_close_matches(name, known, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise StudyUnreadable(
        f"{name!r} is no study: there is no {FOLDER}/{name}.toml.{hint} There are: {', '.join(known) or 'none'}."
    )


def _typed(path: Path, keys: dict[str, Any]) -> dict[str, Any]:
    """Return the keys of a study file with lists as tuples, days as text, and every kind checked."""
    kinds = {field.name: field.default for field in fields(Study) if field.name != "name"}
    for key in keys:
        if key not in kinds:
            near = get_close_matches(key, list(kinds), 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise StudyUnreadable(f"{path}: {key!r} is no key of a study.{hint} Keys: {', '.join(kinds)}.")
    if "outcome" not in keys:
        raise StudyUnreadable(f"{path}: outcome is missing: the code of an indicator.")
    return {key: _of_kind(path, key, value, kinds[key]) for key, value in keys.items()}


def _of_kind(path: Path, key: str, value: Any, default: Any) -> Any:
    if isinstance(default, tuple) and isinstance(value, list | tuple):
        if all(isinstance(item, str) for item in value):
            return tuple(value)
    elif isinstance(value, dt.date) or (key in ("first", "last", "first_treated") and type(value) is int):
        return str(value)
    elif isinstance(default, float) and type(value) in (int, float):
        return float(value)
    elif type(value) is (int if isinstance(default, int) else str) and not isinstance(default, tuple):
        return value
    wanted = (
        "a list of texts"
        if isinstance(default, tuple)
        else "a number"
        if isinstance(default, int | float)
        else "a text"
    )
    raise StudyUnreadable(f"{path}: {key} = {value!r}. Expected {wanted}.")


@dataclass(frozen=True)
class Registration:
    """Whether an analysis may be called planned: days are ISO, empty where not known.

    `sha256` is of the study's file, `commit` the one that last changed it, `committed_on` that commit's day;
    `first_figure_on` and `newest_figure_on` are the first and last day on which raw files behind the figures came in.
    Shown in a notebook, it is recorded in the manifest of the run.
    """

    study: str
    sha256: str
    commit: str
    committed_on: str
    first_figure_on: str
    newest_figure_on: str
    is_planned: bool
    why: str

    def __str__(self) -> str:
        if self.is_planned:
            return f"Planned: study {self.study} was committed on {self.committed_on}, before its figures came in."
        return f"Exploratory: {self.why}."

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        from analysis.execution.manifest import RECORD

        return {"text/plain": str(self), RECORD: {"registration": asdict(self)}}


def register(study: Study, raw_locations: Iterable[str], *, root: Path | None = None) -> Registration:
    """Tell whether a study's file is older than all the figures it uses.

    `raw_locations` are those of the figures. Only a study with status `registered`, whose file is committed as it is,
    before the day on which the first of the raw files came in, is planned.
    """
    from analysis.cleaning.raw import read_package
    from analysis.execution.manifest import last_change

    root = root or find_root()
    path = root / FOLDER / f"{study.name}.toml"
    there = path.is_file()
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if there else ""
    commit, committed = last_change(root, path) if there else ("", "")
    accessed = {raw.path: raw.accessed for raw in read_package(root)}
    files = {re.split(r"!|:\d", place)[0] for place in raw_locations}
    days = sorted(accessed.get(file, "") for file in files)
    if study.status != "registered":
        why = "the study is not registered"
    elif not there or read_study(study.name, root=root) != study:
        why = "values of the registered study were overridden"
    elif not commit:
        why = "the study's file is not committed as it is now"
    elif not days or not days[0]:
        why = "the day on which figures came in is not known"
    elif days[0] <= committed:
        why = f"the study was committed on {committed}, and its first figures came in on {days[0]}"
    else:
        why = ""
    first, newest = (days[0], days[-1]) if days else ("", "")
    return Registration(study.name, digest, commit, committed, first, newest, not why, why)
