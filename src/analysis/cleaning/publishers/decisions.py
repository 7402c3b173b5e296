"""Tables of decisions that set targets: each province and indicator becomes one target, or is held with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.cleaning.messages import Message, message
from analysis.cleaning.publishers.decision_cells import (
    place_on_day,
    read_place_or_code,
    read_target,
    unreadable_kind,
)
from analysis.cleaning.publishers.decision_dates import day_signed, not_listed, read_dates
from analysis.cleaning.publishers.decision_tables import DecisionRow, DecisionTable, find_decision_tables
from analysis.cleaning.publishers.decision_words import meaning
from analysis.cleaning.publishers.stated_by import who_states
from analysis.cleaning.readers.cells import is_missing
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.shapes import Cleaned, Intake
from analysis.cleaning.sources import describe_source
from analysis.cleaning.words.indicator_names import indicator_of_cell
from analysis.cleaning.words.places import (
    AVERAGE,
    BELOW,
    BLANK,
    PLACE,
    REGION,
    STATISTIC,
    TOTAL,
    Place,
    suggest,
)
from analysis.reference.indicators import Indicator, UnknownIndicator, find_indicator
from analysis.reference.provinces import by_code, successors

_OTHER_ROWS = {
    TOTAL: "total_row",
    AVERAGE: "average_row",
    STATISTIC: "statistic_row",
    REGION: "region_row",
    BELOW: "below_province",
}
# What makes two rows the same decision on the same target.
_SAME = (
    "province_code", "province_frame", "indicator", "announced", "date_precision", "effective_from", "target_value",
    "qualifier", "deadline", "scope", "document", "stated_by",
)  # fmt: skip


# A number that cannot be the level leaves the decision itself known.
_LEVEL_UNKNOWN = ("out_of_range", "scale_ambiguous")


@dataclass(frozen=True)
class HeldDecision:
    """A row of a table of decisions that is held, or whose level is: its cell, and what it says as far as that is read.

    `name` is the province as written, `meant` the names that it may stand for; `indicator` and `document` are empty
    where they are not known.
    """

    cell: str
    name: str
    meant: tuple[str, ...]
    indicator: str
    document: str


def clean_decisions(
    sheets: list[Sheet], file: str, source: dict[str, str], accessed: str = ""
) -> tuple[Cleaned, list[Message], list[HeldDecision]]:
    """Turn the decisions on sheets into targets; return with them what is wrong with whole tables, and rows held.

    `accessed` is the ISO day by which the file was there, where it is known. A file whose publication is not known
    was published on the day of its own dateline.
    """
    signed = day_signed([text for sheet in sheets for row in sheet.rows for text in row if text])
    published = source["published"] or signed
    source = describe_source(
        source["publisher"], source["title"], published, source["url"], source["resource"]
    )
    reading = _Reading(file, source, published or accessed)
    for sheet in sheets:
        for table in find_decision_tables(sheet):
            reading.take(table)
    reading.intake.sources[source["source_id"]] = source
    reading.drop_bare()
    return reading.intake.finish(), reading.problems, reading.held


@dataclass
class _Reading:
    """Takes in the tables of one file."""

    file: str
    source: dict[str, str]
    latest: str
    intake: Intake = field(default_factory=Intake)
    problems: list[Message] = field(default_factory=list)
    seen: dict[tuple[object, ...], str] = field(default_factory=dict)
    held: list[HeldDecision] = field(default_factory=list)
    bare: list[dict[str, object]] = field(default_factory=list)

    def take(self, table: DecisionTable) -> None:
        """Take in the rows of one table, and hold what no column of ours reads."""
        rows = [row for row in (DecisionRow(table, i) for i in table.rows) if row.is_decision]
        for j, head in table.unread.items():
            self._hold_column(table, rows, j, head)
        where = {"file": self.file, "sheet": table.sheet.name}
        if table.problem is not None:
            self.problems.append(message(table.problem.code, **table.problem.values, **where))
            for row in rows:
                self._hold(row, None, row.label, table.problem)
        elif not rows:
            self.problems.append(message("decisions_none", **where))
        else:
            for row in rows:
                self._take_row(row)

    def _hold(self, row: DecisionRow, j: int | None, value: str, said: Message) -> None:
        sheet = row.table.sheet
        cell = sheet.span(row.i) if j is None else row.cell(j)
        self.intake.refuse(self.file, cell, value, said, sheet.name)

    def drop_bare(self) -> None:
        """Drop decisions whose level cannot be used where another row of the file tells of them."""
        same = ("province_code", "province_frame", "indicator", "document")
        bare = {id(target) for target in self.bare}
        told = {tuple(t[name] for name in same) for t in self.intake.targets if id(t) not in bare}
        self.intake.targets = [
            t for t in self.intake.targets if id(t) not in bare or tuple(t[name] for name in same) not in told
        ]

    def _hold_decision(
        self, row: DecisionRow, j: int | None, value: str, said: Message, indicator: str = ""
    ) -> None:
        """Hold a row of a decision that does not count, or whose level is not known, and note what it says."""
        self._hold(row, j, value, said)
        self._note_held(row, j, indicator)

    def _note_held(self, row: DecisionRow, j: int | None, indicator: str = "") -> None:
        place, document = read_place_or_code(row.label), row.of("document")
        line = None if is_missing(row.of("indicator")) else _indicator_named(row.of("indicator"))
        known = indicator or (line.code if isinstance(line, Indicator) else "")
        cell = row.table.sheet.span(row.i) if j is None else row.cell(j)
        meant = _names_of(place) if place.kind == PLACE else tuple(suggest(row.label))
        document = "" if is_missing(document) else document
        self.held.append(HeldDecision(cell, row.label, meant, known, document))

    def _hold_column(self, table: DecisionTable, rows: list[DecisionRow], j: int, head: str) -> None:
        cells = sum(bool(row.text(j)) for row in rows)
        if cells:
            at = table.head if table.sheet.text(table.head, j) == head else table.head + 1
            said = message("column_unknown.decision", head=head, cells=cells)
            self.intake.refuse(self.file, table.sheet.address(at, j), head, said, table.sheet.name)

    def _take_row(self, row: DecisionRow) -> None:
        place = read_place_or_code(row.label)
        if place.kind in _OTHER_ROWS:
            self._hold(row, row.table.columns["province"], row.label, message(_OTHER_ROWS[place.kind]))
            return
        shared, faults = _read_shared(row, self.latest)
        for role, said in faults:
            self._hold(row, row.table.columns.get(role), row.of(role), said)
        if faults:
            self._note_held(row, row.table.columns.get(faults[0][0]))
            return
        targets = {
            j: line for j, line in row.table.targets.items() if line is None or not is_missing(row.text(j))
        }
        if not targets:
            self._hold_decision(row, None, row.label, message("missing.targets"))
        for j, line in targets.items():
            self._take_target(row, j, line, shared)

    def _take_target(
        self, row: DecisionRow, j: int, line: Indicator | None, shared: dict[str, object]
    ) -> None:
        if line is None:
            named = row.table.columns["indicator"]
            found = _indicator_named(row.text(named))
            if isinstance(found, Message):
                self._hold_decision(row, named, row.text(named), found)
                return
            line = found
        text = row.text(j)
        level, usable = (float("nan"), "") if is_missing(text) else read_target(text, row.kind(j), line), True
        if isinstance(level, Message):
            self._hold_decision(row, j, text, level, line.code)
            if level.rule not in _LEVEL_UNKNOWN:
                return
            level, usable = (float("nan"), ""), False
        target = {
            **shared,
            "indicator": line.code,
            "unit": line.unit,
            "target_value": level[0],
            "qualifier": level[1],
        }
        if self._keep(row, j, target) and not usable:
            self.bare.append(target)

    def _keep(self, row: DecisionRow, j: int, target: dict[str, object]) -> bool:
        """Take in a target, or hold it where the file has said the same already; tell which."""
        source, document = self.source, str(target["document"])
        said = target["stated_by"] or who_states(
            source["publisher"], source["title"], source["url"], document
        )
        target["stated_by"] = said
        key = tuple(str(target[name]) for name in _SAME)
        if key in self.seen:
            self._hold(row, j, row.text(j), message("decision_repeated", cell=self.seen[key]))
            return False
        sheet, number = row.table.sheet, row.table.sheet.numbers[row.i]
        self.seen[key] = row.cell(j)
        place = f"{self.file}:{number}" if sheet.lines else f"{self.file}!{sheet.name}!{row.cell(j)}"
        target |= {"source_id": source["source_id"], "raw_location": place}
        self.intake.targets.append(target)
        return True


def _names_of(place: Place) -> tuple[str, ...]:
    """Return what the province is called on either map."""
    old = by_code()[place.code_63].name_vi if place.code_63 in by_code() else ""
    names = (old, successors().get(place.code_34, ""))
    return tuple(dict.fromkeys(name for name in names if name))


def _read_shared(row: DecisionRow, latest: str) -> tuple[dict[str, object], list[tuple[str, Message]]]:
    """Return what a row says of all its targets, and the cells that are wrong, by role."""
    broken = [
        (role, fault)
        for role, j in row.table.columns.items()
        if (fault := unreadable_kind(row.kind(j), row.text(j)))
    ]
    if broken:
        return {}, broken
    dates, faults = read_dates(row, latest)
    place = read_place_or_code(row.label)
    said = _sayer(row)
    if isinstance(said, Message):
        faults.append(("stated_by", said))
    if place.kind != PLACE:
        return {}, [("province", _unknown_name(row.label, place.kind)), *faults]
    if faults:
        return {}, faults
    placed = place_on_day(row.label, place, dates["announced"], dates["date_precision"])
    if isinstance(placed, Message):
        return {}, [("province", placed)]
    named = {"province_code": placed[0], "province_frame": placed[1], "stated_by": said}
    texts = {role: "" if is_missing(row.of(role)) else row.of(role) for role in ("scope", "document", "note")}
    return {**named, **dates, **texts}, []


def _unknown_name(label: str, kind: str) -> Message:
    if kind == BLANK:
        return message("name_unknown.blank")
    near = suggest(label)
    return (
        message("name_unknown.decision_near", label=label, names=near)
        if near
        else message("name_unknown.decision", label=label)
    )


def _indicator_named(text: str) -> Indicator | Message:
    """Return the indicator that a cell names, or what is said of a name that the codebook lacks."""
    if is_missing(text):
        return message("missing.indicator")
    found = indicator_of_cell(text)
    if found is not None:
        return found
    try:
        return find_indicator(text[:200])
    except UnknownIndicator as unknown:
        if unknown.suggestions:
            return message("indicator_unknown.decision_near", name=text[:200], names=unknown.suggestions)
        return message("indicator_unknown.decision", name=text[:200])


def _sayer(row: DecisionRow) -> str | Message:
    """Return who states a decision as its row says, empty where it does not."""
    text = row.of("stated_by")
    if is_missing(text):
        return ""
    return meaning("sayers", text) or not_listed(row, "stated_by", "sayers")
