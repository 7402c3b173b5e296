"""What a layout.toml says of an export of dossiers: which columns are read, and which words mean online and processed.

No other column is read: what a person filed, and who, stays in the file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from analysis.cleaning.words.places import PLACE, read_place
from analysis.errors import RequestError
from analysis.reference.unit_levels import UNIT_LEVELS, fold_unit

KEY = "dossiers"
ENCODINGS = ("utf-8", "utf-16", "latin-1")
DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")
_COLUMNS = (
    "province_column", "unit_column", "unit_name_column", "level_column", "procedure_column", "day_column",
    "channel_column", "status_column", "number_column",
)  # fmt: skip
_NEEDED = ("procedure_column", "day_column", "channel_column", "online", "offline")


class RecordLayoutUnreadable(RequestError):
    """A layout.toml of records that does not say what is needed; the message names the key."""


@dataclass(frozen=True)
class DossierLayout:
    """What the table `[dossiers]` of a layout.toml says; columns are named by their heads, empty where there is none.

    Attributes:
        where: the layout's file, for messages.
        province_column, province: the column of provinces, or the one province that all dossiers are of.
        unit_column, unit_name_column, level_column: the agency that received a dossier: its code or name, its name
            where the first is a code, and its level; without a column of levels the name tells, or `levels`.
        procedure_column, day_column, channel_column: the service, the day received, how it was filed.
        status_column: where it stands; without one, nothing is said of what was processed.
        number_column: what tells dossiers apart, to count one that is listed twice once. It is compared, never kept.
        online, offline: every word of the channel, by what it means; any other is counted as not known.
        processed, unprocessed: every word of the status, likewise.
        day_formats: how days are written; by default 2022-08-20, 20/8/2022 and 20-8-2022.
        until: the day of the export, ISO; months that were not over by then are left out.
        services_provided: how many online services a province (or unit) offers, by its name: the denominator of the
            share of services with online dossiers, which the dossiers do not tell.
        levels: department, district or commune by the unit's code or name.
        encoding, delimiter: of a CSV file; an empty delimiter is found out.
    """

    where: str
    province_column: str = ""
    province: str = ""
    unit_column: str = ""
    unit_name_column: str = ""
    level_column: str = ""
    procedure_column: str = ""
    day_column: str = ""
    channel_column: str = ""
    status_column: str = ""
    number_column: str = ""
    online: tuple[str, ...] = ()
    offline: tuple[str, ...] = ()
    processed: tuple[str, ...] = ()
    unprocessed: tuple[str, ...] = ()
    day_formats: tuple[str, ...] = DAY_FORMATS
    until: str = ""
    services_provided: Mapping[str, int] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    delimiter: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """Return the heads of the columns that are read, by the key that names each."""
        return {key: getattr(self, key) for key in _COLUMNS if getattr(self, key)}


def read_dossier_layout(content: Mapping[str, Any], where: str) -> DossierLayout:
    """Return what the content of a layout.toml with a table `[dossiers]` says.

    Raises:
        RecordLayoutUnreadable: a key is unknown, missing or holds another thing than it should.
    """
    values = dict(typed(content[KEY], DossierLayout, f"{where}, [{KEY}]"))
    refuse_others(content, (KEY,), where)
    where = f"{where}, [{KEY}]"
    for key in _NEEDED:
        if not values.get(key):
            raise RecordLayoutUnreadable(f"{where}: {key} is missing. {_WANTED[key]}")
    refuse_no_province(values, where)
    if "status_column" in values and not (values.get("processed") and values.get("unprocessed")):
        raise RecordLayoutUnreadable(
            f"{where}: status_column needs processed = [...] and unprocessed = [...]: every word of that column, by "
            "what it means. `dvctt clean` names the words that neither list has."
        )
    for key, allowed in (("encoding", ENCODINGS),):
        if values.get(key, allowed[0]) not in allowed:
            raise RecordLayoutUnreadable(
                f"{where}: {key} = {values[key]!r}. Expected one of {', '.join(allowed)}."
            )
    _refuse_day(values, where)
    values["levels"] = levels_of(values.get("levels", {}), where)
    values["services_provided"] = _services(values.get("services_provided", {}), where)
    return DossierLayout(where, **values)


_WANTED = {
    "procedure_column": "Name the column of the service or procedure, as its head stands in the file.",
    "day_column": "Name the column of the day on which a dossier was received.",
    "channel_column": "Name the column that says how a dossier was filed.",
    "online": 'List the words of the channel that mean filed online: online = ["Trực tuyến"].',
    "offline": 'List the words of the channel that mean not online: offline = ["Trực tiếp", "Bưu chính"].',
}


def typed(given: Any, shape: type, where: str) -> dict[str, Any]:
    """Return the pairs of a table of a layout, each of the kind that the attribute of `shape` has.

    Raises:
        RecordLayoutUnreadable: an unknown key, or a value of another kind.
    """
    if not isinstance(given, Mapping):
        raise RecordLayoutUnreadable(f"{where}: expected a table of keys.")
    known = {one.name: str(one.type) for one in fields(shape) if one.name != "where"}
    for key, value in given.items():
        if key not in known:
            raise RecordLayoutUnreadable(f"{where}: unknown key {key!r}. Known are {', '.join(known)}.")
        fits, expected = _FITS[known[key].split("[")[0]]
        if not fits(value):
            raise RecordLayoutUnreadable(f"{where}: {key} is {value!r}. Expected {expected}.")
    return {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


_FITS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "str": (lambda value: isinstance(value, str), "a text"),
    "tuple": (_is_list_of_texts, 'a list of texts, such as ["Trực tuyến"]'),
    "Mapping": (lambda value: isinstance(value, Mapping), "pairs of names"),
}


def refuse_others(content: Mapping[str, Any], own: tuple[str, ...], where: str) -> None:
    """Refuse what stands beside the tables of a layout of records."""
    others = sorted(set(content) - set(own))
    if others:
        raise RecordLayoutUnreadable(
            f"{where}: {others[0]!r} stands beside [{own[0]}], which says all there is to say of such a file."
        )


def refuse_no_province(values: Mapping[str, Any], where: str) -> None:
    """Refuse a layout that names neither a column of provinces nor one province, or one that is none."""
    if bool(values.get("province_column")) == bool(values.get("province")):
        raise RecordLayoutUnreadable(
            f"{where}: name either province_column, the column of provinces, or province, whose the whole file is."
        )
    if values.get("province") and read_place(values["province"]).kind != PLACE:
        raise RecordLayoutUnreadable(f"{where}: province = {values['province']!r} is no province we know.")


def levels_of(given: Mapping[str, Any], where: str) -> dict[str, str]:
    """Return levels by the folded code or name of a unit."""
    for unit, level in given.items():
        if level not in UNIT_LEVELS:
            raise RecordLayoutUnreadable(
                f"{where}: levels: {unit!r} is said to be {level!r}. Expected one of {', '.join(UNIT_LEVELS)}."
            )
    return {fold_unit(unit): level for unit, level in given.items()}


def _services(given: Mapping[str, Any], where: str) -> dict[str, int]:
    for name, number in given.items():
        if type(number) is not int or number < 1:
            raise RecordLayoutUnreadable(
                f"{where}: services_provided: {name!r} = {number!r}. Expected the number of online services."
            )
    return {fold_unit(name): number for name, number in given.items()}


def _refuse_day(values: Mapping[str, Any], where: str) -> None:
    try:
        if values.get("until"):
            dt.date.fromisoformat(values["until"])
    except ValueError:
        raise RecordLayoutUnreadable(
            f"{where}: until = {values['until']!r}. Expected the day of the export, such as 2022-08-20."
        ) from None
    for form in values.get("day_formats", ()):
        if not all(part in form for part in ("%d", "%m", "%Y")):
            raise RecordLayoutUnreadable(
                f"{where}: day_formats: {form!r}. Expected day, month and year, such as %d/%m/%Y."
            )
