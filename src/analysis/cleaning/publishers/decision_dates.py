"""When a decision was announced, in force and due: days of any precision, and whether they are in order."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from analysis.cleaning.messages import Message, message
from analysis.cleaning.publishers.decision_words import head_words, meaning, prefixes, words
from analysis.cleaning.readers.cells import is_missing
from analysis.cleaning.words.periods import bounds_of, parse_period
from analysis.reference.spelling import plain_text

if TYPE_CHECKING:
    from analysis.cleaning.publishers.decision_tables import DecisionRow

# No date of a document is longer.
_LONGEST = 100
_SIGNED = re.compile(
    r"[\w .]{2,40}, ?ngay (\d{1,2} thang \d{1,2} nam (?:19|20)\d\d|\d{1,2}/\d{1,2}/(?:19|20)\d\d)\W*"
)


def read_dates(row: DecisionRow, latest: str) -> tuple[dict[str, str], list[tuple[str, Message]]]:
    """Return the dates of a decision in ISO, and what is wrong with them, by role."""
    text = row.of("announced")
    found = read_announced(text)
    if found is None:
        code = "missing.announced" if is_missing(text) else "date_unreadable.announced"
        return {}, [("announced", message(code, text=text))]
    announced, precision = found
    faults: list[tuple[str, Message]] = []
    stated = row.of("date_precision")
    if stated and not meaning("precisions", stated):
        faults.append(("date_precision", not_listed(row, "date_precision", "precisions")))
    elif stated and meaning("precisions", stated) not in (precision, "before"):
        faults.append(("date_precision", message("date_unreadable.precision", text=text, stated=stated)))
    elif stated:
        precision = meaning("precisions", stated)
    deadline = _optional(row, "deadline", faults, read_deadline(row.of("deadline")))
    effective = _optional(row, "effective_from", faults, read_effective(row.of("effective_from"), announced))
    dates = {
        "announced": announced,
        "date_precision": precision,
        "effective_from": effective,
        "deadline": deadline,
    }
    return dates, faults or _out_of_order(dates, latest)


def _optional(row: DecisionRow, role: str, faults: list[tuple[str, Message]], read: str) -> str:
    """Return a date that may be left out; note a fault where the cell has a text that is none."""
    text = row.of(role)
    if text and not read and not is_missing(text):
        code = "date_unreadable.deadline" if role == "deadline" else "date_unreadable.effective"
        faults.append((role, message(code, text=text)))
    return read


def _out_of_order(dates: dict[str, str], latest: str) -> list[tuple[str, Message]]:
    """Return what is said of a decision after its own deadline, or after the file that tells of it.

    A decision known only to be older than a day may be as old as need be.
    """
    announced, effective, deadline = dates["announced"], dates["effective_from"], dates["deadline"]
    first = bounds_of(announced)[0].isoformat()
    known = dates["date_precision"] != "before"
    if deadline and known and first > deadline:
        return [("announced", message("date_order.deadline", announced=announced, deadline=deadline))]
    if deadline and effective and bounds_of(effective)[0].isoformat() > deadline:
        return [("effective_from", message("date_order.effective", effective=effective, deadline=deadline))]
    if latest and known and first > bounds_of(latest)[1].isoformat():
        return [("announced", message("date_order.future", announced=announced, latest=latest))]
    return []


def read_announced(text: str) -> tuple[str, str] | None:
    """Return an ISO year, month or day and its precision (`day`, `month`, `year`, `before`), or None.

    “8/6/2022” is 8 June 2022; “trước 30/6/2022” is known to be older than that day.
    """
    plain = plain_text(text[:_LONGEST])
    limit = prefixes("dates", "limits").match(plain)
    found = parse_period(plain[limit.end() :] if limit else plain)
    if found is None:
        return None
    for shown, precision in (
        (f"{found.start:%Y-%m-%d}", "day"),
        (f"{found.start:%Y-%m}", "month"),
        (f"{found.start:%Y}", "year"),
    ):
        if bounds_of(shown) == (found.start, found.end):
            return shown, "before" if limit else precision
    return None


def read_deadline(text: str) -> str:
    """Return the last day by which a target is to be reached, in ISO; empty where the text is no date.

    “hết năm 2022” and “quý IV/2022” end on 31 December, “trước tháng 12/2022” on 30 November.
    """
    plain = plain_text(text[:_LONGEST])
    limit = prefixes("dates", "limits").match(plain)
    rest = plain[limit.end() :] if limit else plain
    while until := prefixes("dates", "until").match(rest):
        rest = rest[until.end() :]
    found = parse_period(rest)
    if found is None:
        return ""
    earlier = limit and limit[0].strip() in ("truoc", "before") and found.start < found.end
    return (found.start - dt.timedelta(days=1) if earlier else found.end).isoformat()


def read_effective(text: str, announced: str) -> str:
    """Return the ISO day, month or year from which a decision is in force, empty where the text is no date.

    “kể từ ngày ký” is the day on which it was announced.
    """
    if plain_text(text[:_LONGEST]).strip() in words()["dates"]["signing"]:
        return announced
    found = read_announced(text)
    return found[0] if found and found[1] != "before" else ""


def day_signed(texts: list[str]) -> str:
    """Return the last day that a dateline names, “Hà Nội, ngày 05 tháng 7 năm 2023”, in ISO, or an empty text."""
    found = [_SIGNED.fullmatch(plain_text(text)) for text in texts if len(text) <= _LONGEST]
    days = [parse_period(f"ngay {match[1]}" if "thang" in match[1] else match[1]) for match in found if match]
    return max((day.end.isoformat() for day in days if day), default="")


def not_listed(row: DecisionRow, role: str, table: str) -> Message:
    """Say that a cell holds none of the words of a table, and which there are."""
    known = [f"{listed[0]} ({key})" for key, listed in words()[table].items()]
    return message("word_unknown", name=row.label, column=head_words(role), word=row.of(role), known=known)
