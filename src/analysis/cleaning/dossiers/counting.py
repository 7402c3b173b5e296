"""The rule of counting dossiers, as SQL: a row counts wholly or not at all, and every row is told of.

Two passes over the file: which numbers occur twice; the counts. DuckDB keeps one
group for each place, month and service, so that memory does not grow with the number of dossiers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.cleaning.dossiers.database import Records, text
from analysis.cleaning.dossiers.dossier_layout import DossierLayout
from analysis.cleaning.maps import MERGER
from analysis.cleaning.readers.limits import FileRefused
from analysis.reference.unit_levels import fold_unit

if TYPE_CHECKING:
    import pandas as pd

FIRST_DAY = dt.date(2000, 1, 1)  # no one-stop system is older
_SAMPLE = 20_000
_AT_ONCE = 15_000_000  # numbers looked through in one pass
MOST_WORDS = 200_000  # of places, channels and states together: a column that has more is none of these
# Why a row does not count, in the order in which it is asked.
PLACE, UNIT, PROCEDURE, DAY, MONTH_FIRST, EARLY, FUTURE, UNFINISHED, CHANNEL, STATUS, TWO_WAYS = (
    "place", "unit", "procedure", "day", "month_first", "early", "future", "unfinished", "channel", "status", "number",
)  # fmt: skip


@dataclass(frozen=True)
class Counts:
    """What was counted.

    Attributes:
        figures: one row a province (or unit) and month: place, unit (None for the province), month, received, online,
            processed, services, services_online, and `uncounted`, the rows of that place and month that do not count.
        uncounted: rows by reason; `repeated` counts further rows of dossiers that were counted once.
        unreadable: lines that are no records, by DuckDB's kind: how many, and the first.
        words: places and units, and the words of channel and status that stand for nothing, with how many rows each.
        rows: all rows, the unreadable lines included.
    """

    figures: pd.DataFrame
    uncounted: dict[str, int]
    repeated: int
    unreadable: list[tuple[str, int, int]]
    words: pd.DataFrame
    rows: int


Places = Callable[["pd.DataFrame"], "pd.DataFrame"]
Spelt = Mapping[str, tuple[str, ...]]  # the words of a layout, each with the spellings that mean it


def count_dossiers(records: Records, layout: DossierLayout, until: dt.date, places: Places) -> Counts:
    """Count the dossiers of a file.

    `places` takes the rows of words and returns raw place and unit with the codes they stand for on either map
    (code_63, code_34), unit_code, and why they stand for none.

    Raises:
        FileRefused: the file cannot be read to its end, or a column of words has too many.
    """
    twice = _numbers_twice(records) if layout.number_column else 0
    day = day_of(records, layout)
    spelt = {word: (word,) for word in _words_of(layout)}
    while True:
        _group(records, layout, until, day, spelt, twice)
        words = _words(records)
        # Blanks, capitals, another form of Unicode: told by the count, as most files have none.
        variants = _other_spellings(words, spelt)
        if not variants:
            break
        spelt = {word: (*own, *variants.get(fold_unit(word), ())) for word, own in spelt.items()}
    unreadable = records.unreadable()
    found = places(words[words["column"] == "place"])
    records.run("CREATE TEMP TABLE places AS SELECT * FROM (VALUES " + _values(found) + ") "
                "p(place, unit, code_63, code_34, unit_code, why)", "")  # fmt: skip
    return _gather(records, unreadable, words, bool(layout.unit_column))


def _words_of(layout: DossierLayout) -> tuple[str, ...]:
    return (*layout.online, *layout.offline, *layout.processed, *layout.unprocessed)


def _numbers_twice(records: Records) -> int:
    """Note the hashes of numbers that occur on more than one row; return how many there are."""
    number, passes = _number(records), max(1, -(-records.rows_at_most() // _AT_ONCE))
    records.run("CREATE TEMP TABLE twice (h UBIGINT)", "")
    for part in range(passes):
        # A group a dossier takes more memory than there is: of many dossiers a part of the numbers at a time.
        own = f" AND hash({number}) % {passes} = {part}" if passes > 1 else ""
        records.run(
            f"INSERT INTO twice SELECT h FROM (SELECT hash({number}) h FROM {records.scan} "
            f"WHERE {number} IS NOT NULL{own}) GROUP BY h HAVING count(*) > 1",
            "numbers",
        )
    return records.number("SELECT count(*) FROM twice")


def _number(records: Records) -> str:
    return f"nullif({records.column('number_column')}, '')"


def _group(
    records: Records, layout: DossierLayout, until: dt.date, day: tuple[str, str], spelt: Spelt, twice: int
) -> None:
    """Count rows by place, month, service and why they do not count; repeated numbers come last."""
    rows = _classified(records, layout, until, day, spelt)
    once = "WHERE number_hash IS NULL OR number_hash NOT IN (SELECT h FROM twice)" if twice else ""
    records.run(
        f"CREATE OR REPLACE TEMP TABLE groups AS SELECT {_keys(records)}, count(*) n, "
        "count(*) FILTER (why IS NULL AND online) online, count(*) FILTER (why IS NULL AND online AND done) processed, "
        f"0 AS repeated FROM ({rows}) {once} GROUP BY ALL",
        "counting",
    )
    if twice:
        records.run(_counted_once(records, rows), "numbers that occur twice")


def _keys(records: Records) -> str:
    """Return the SQL of what rows are counted by; a column that the file lacks costs no place in each group."""
    keys = ("unit", "unit_name", "level")
    units = [key if f"{key}_column" in records.heads else f"NULL::VARCHAR AS {key}" for key in keys]
    return (
        f"place, {', '.join(units)}, odd, month, CASE WHEN why IS NULL THEN procedure END AS procedure, why"
    )


def _words(records: Records) -> pd.DataFrame:
    """Return the places and units, and the words of channel and status that stand for nothing, with their rows.

    Columns: column (place, channel or status), place, unit, unit_name, level, odd, n.

    Raises:
        FileRefused: there are too many: a column is named that holds something else.
    """
    sql = (
        "SELECT 'place' AS \"column\", place, unit, unit_name, level, NULL AS odd, sum(n)::BIGINT n FROM groups "
        "GROUP BY ALL UNION ALL SELECT why, NULL, NULL, NULL, NULL, odd, sum(n)::BIGINT FROM groups "
        "WHERE odd IS NOT NULL GROUP BY ALL"
    )
    number = records.number(f"SELECT count(*) FROM ({sql})")
    if number > MOST_WORDS:
        heads = [records.heads[f"{key}_column"] for key in ("province", "unit", "channel", "status")
                 if f"{key}_column" in records.heads]  # fmt: skip
        raise FileRefused(records.file, "too_many_words", columns=heads, count=number)
    return records.run(f"{sql} ORDER BY ALL", "")


def _other_spellings(words: pd.DataFrame, spelt: Spelt) -> dict[str, list[str]]:
    """Return, by folded word of the layout, how else it is spelt in the file."""
    known = {fold_unit(word) for word in spelt}
    found: dict[str, list[str]] = {}
    for word in sorted({*words["odd"].dropna()} - {*spelt}):
        if fold_unit(word) in known and word not in (one for own in spelt.values() for one in own):
            found.setdefault(fold_unit(word), []).append(word)
    return found


def _classified(
    records: Records, layout: DossierLayout, until: dt.date, day: tuple[str, str], spelt: Spelt
) -> str:
    """Return the SQL of one row a record: its keys, number, online, done, and why it does not count."""
    online, processed = (_list(words, spelt) for words in (layout.online, layout.processed))
    channels = _list((*layout.online, *layout.offline), spelt)
    states = _list((*layout.processed, *layout.unprocessed), spelt)
    number, unfinished = _number(records), (until + dt.timedelta(days=1)).replace(day=1)
    columns = ", ".join(
        f"{records.column(f'{key}_column')} {name}" for key, name in
        (("province", "place"), ("unit", "unit"), ("unit_name", "unit_name"), ("level", "level"),
         ("procedure", "procedure"), ("channel", "channel"), ("status", "status"))
    )  # fmt: skip
    read = (
        f"SELECT {columns}, {day[0]} AS day, {day[1]} AS month_first, {number} AS number FROM {records.scan}"
    )
    unknown = (
        f"WHEN status IS NULL OR status NOT IN {states} THEN '{STATUS}' " if layout.status_column else ""
    )
    why = (
        f"CASE WHEN procedure IS NULL OR procedure = '' THEN '{PROCEDURE}' "
        f"WHEN day IS NULL AND month_first THEN '{MONTH_FIRST}' WHEN day IS NULL THEN '{DAY}' "
        f"WHEN day < DATE '{FIRST_DAY}' THEN '{EARLY}' WHEN day > DATE '{until}' THEN '{FUTURE}' "
        f"WHEN day >= DATE '{unfinished}' THEN '{UNFINISHED}' "
        f"WHEN channel IS NULL OR channel NOT IN {channels} THEN '{CHANNEL}' {unknown}END"
    )
    return (
        f"SELECT *, CASE why WHEN '{CHANNEL}' THEN channel WHEN '{STATUS}' THEN status END AS odd FROM (SELECT place, "
        "unit, unit_name, level, procedure, channel, status, number, "
        f"CASE WHEN number IS NOT NULL THEN hash(number) END AS number_hash, "
        f"date_trunc('month', day)::DATE AS month, channel IN {online} AS online, "
        f"{f'status IN {processed}' if layout.status_column else 'false'} AS done, {why} AS why FROM ({read}))"
    )


def _list(words: Iterable[str], spelt: Spelt) -> str:
    """Return words, in each spelling that the file has, as SQL."""
    return "(" + ", ".join(text(one) for word in words for one in spelt[word]) + ")"


def day_of(records: Records, layout: DossierLayout) -> tuple[str, str]:
    """Return the SQL of the day received, and of whether a text that is none could be one written month first."""
    cell = records.column("day_column")
    if records.types[records.heads["day_column"]] in ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"):
        return f"try_cast({cell} AS TIMESTAMP)::DATE", "false"
    timed = any("%H" in form for form in layout.day_formats)
    # Of a day with its hour the day; to look for one takes less than to cut every text.
    alone = (
        cell
        if timed
        else (
            f"CASE WHEN length({cell}) > 10 THEN split_part(split_part(trim({cell}), ' ', 1), 'T', 1) ELSE {cell} END"
        )
    )
    # A form that does not fit costs ten times one that does: what most of the first days fit is tried first.
    fitting = ", ".join(f"count(try_strptime({alone}, {text(form)}))" for form in layout.day_formats)
    fits = (
        records.run(f"SELECT {fitting} FROM (SELECT * FROM {records.scan} LIMIT {_SAMPLE})", "")
        .iloc[0]
        .tolist()
    )
    forms = [
        form for _, form in sorted(zip(fits, layout.day_formats, strict=True), key=lambda pair: -pair[0])
    ]
    day = f"try_strptime({alone}, [{', '.join(map(text, forms))}])::DATE"
    return day, f"CASE WHEN {day} IS NULL THEN try_strptime({alone}, '%m/%d/%Y') IS NOT NULL END"


def _counted_once(records: Records, rows: str) -> str:
    """Return the SQL that adds dossiers listed more than once: one where all rows agree, none where they do not.

    The state is the furthest: a dossier listed as received and later as returned was processed.
    """
    same = " AND ".join(
        f"min({key}) IS NOT DISTINCT FROM max({key}) AND count({key}) IN (0, count(*))"
        for key in ("coalesce(place, '')", "coalesce(unit, '')", "month", "procedure", "online", "why")
    )
    return (
        f"INSERT INTO groups SELECT {_keys(records)}, "
        "sum(CASE WHEN why IS NULL THEN 1 ELSE n END), "
        "count(*) FILTER (why IS NULL AND online), count(*) FILTER (why IS NULL AND online AND done), "
        "sum(CASE WHEN why IS NULL THEN n - 1 ELSE 0 END) FROM (SELECT number, min(place) place, min(unit) unit, "
        "min(unit_name) unit_name, min(level) AS level, min(odd) odd, min(month) AS month, "
        f"min(procedure) AS procedure, CASE WHEN {same} THEN min(why) ELSE '{TWO_WAYS}' END AS why, count(*) n, "
        f"bool_or(online) online, bool_or(done) done FROM ({rows}) WHERE number_hash IN (SELECT h FROM twice) "
        "GROUP BY number) GROUP BY ALL"
    )


def _gather(
    records: Records, unreadable: list[tuple[str, int, int]], words: pd.DataFrame, by_unit: bool
) -> Counts:
    """Bring places onto their map and sum up the groups, by province, and by unit where there are units."""
    import pandas as pd

    code = f"CASE WHEN month >= DATE '{MERGER}' THEN code_34 ELSE code_63 END"
    known = (
        f"SELECT {code} AS code, p.unit_code, month, trim(procedure) AS procedure, CASE WHEN p.why <> '' THEN p.why "
        f"WHEN month IS NOT NULL AND {code} = '' THEN '{PLACE}' ELSE g.why END why, n, online, processed, repeated "
        "FROM groups g LEFT JOIN places p "
        "ON p.place IS NOT DISTINCT FROM g.place AND p.unit IS NOT DISTINCT FROM g.unit"
    )
    records.run(f"CREATE TEMP VIEW known AS {known}", "")
    figures = [_by(records, "NULL::VARCHAR"), *([_by(records, "unit_code")] if by_unit else [])]
    totals = records.run(
        "SELECT why, sum(n)::BIGINT n, sum(repeated)::BIGINT FROM known GROUP BY why ORDER BY why", ""
    )
    sums = [(why, int(n), int(again)) for why, n, again in totals.values.tolist()]
    rows, repeated = sum(n for _, n, _ in sums), sum(again for _, _, again in sums)
    uncounted = {why: n for why, n, _ in sums if isinstance(why, str)}
    lines = sum(n for _, n, _ in unreadable)
    return Counts(pd.concat(figures), uncounted, repeated, unreadable, words, rows + repeated + lines)


def _by(records: Records, unit: str) -> pd.DataFrame:
    return records.run(
        "SELECT code AS place, unit, month, sum(n) FILTER (ok)::BIGINT received, sum(o)::BIGINT AS online, "
        "sum(p)::BIGINT processed, count(*) FILTER (ok) services, count(*) FILTER (ok AND o > 0) services_online, "
        "coalesce(sum(n) FILTER (NOT ok), 0)::BIGINT uncounted FROM ("
        f"SELECT code, {unit} AS unit, month, procedure, why IS NULL AS ok, sum(n) n, sum(online) o, sum(processed) p "
        "FROM known WHERE code <> '' AND month IS NOT NULL GROUP BY ALL) GROUP BY ALL "
        "HAVING received > 0 ORDER BY place, unit, month",
        "services",
    )


def _values(found: pd.DataFrame) -> str:
    """Return the rows of places as SQL."""
    rows = found[["place", "unit", "code_63", "code_34", "unit_code", "why"]].astype("object").values.tolist()
    return ", ".join(
        "(" + ", ".join(text(cell) if isinstance(cell, str) else "NULL::VARCHAR" for cell in row) + ")"
        for row in rows
    )
