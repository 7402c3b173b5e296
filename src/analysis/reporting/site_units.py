"""The table of the 34 provinces: newest figures, decisions, and the briefs of the provinces each was formed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.reporting.site_data import SiteData, in_order, units_in_order
from analysis.reporting.site_measures import Words, say_older, say_who

if TYPE_CHECKING:
    from analysis.panels.newest_figures import Newest
    from analysis.reference.provinces import Province


@dataclass(frozen=True)
class Unit:
    """A province of the 34: its figures in the order of the columns, its decision, the provinces it was formed from."""

    code: str
    name: str
    figures: tuple[str, ...]
    decided: str
    former: tuple[tuple[Province, Any], ...]


@dataclass(frozen=True)
class UnitTable:
    """The table: names of its columns of figures with their units, where the figures are from, its rows."""

    columns: tuple[tuple[str, str], ...]
    source: str
    rows: tuple[Unit, ...]


def list_units(data: SiteData, words: Words, briefs: Mapping[str, Any]) -> UnitTable | None:
    """Return the table, None where there are no figures of most of the 34 provinces.

    `briefs` holds the link to the brief of each of the 63 provinces that has one, by code.
    """
    newest = data.newest_on("34")
    if not newest:
        return None
    rows = [
        Unit(
            code=code,
            name=name,
            figures=tuple(_figure(one, code, words) for one in newest.values()),
            decided=_decided(data, code, words),
            former=tuple((p, briefs.get(p.code)) for p in in_order() if p.successor_code == code),
        )
        for code, name in units_in_order()
    ]
    return UnitTable(
        columns=tuple(
            (words.say(kind, "name", period=words.period(one.period)), words.say(kind, "unit"))
            for kind, one in newest.items()
        ),
        source=words.say(
            "units",
            "source",
            publishers="; ".join(dict.fromkeys(who for one in newest.values() for who in one.publishers)),
        ),
        rows=tuple(rows),
    )


def _figure(newest: Newest, code: str, words: Words) -> str:
    found = newest.of(code)
    return words.percent(found) if found else say_older(newest, code, words)


def _decided(data: SiteData, code: str, words: Words) -> str:
    start = data.decided_34.get(code)
    if start is None:
        return words.say("units", "no_decision")
    return words.say(
        "units", "decided_cell", period=words.period(start.period), who=say_who(start.stated_by, words)
    )
