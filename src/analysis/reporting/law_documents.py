"""The national documents that bear on every province: their numbers and dates, each from its raw row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from analysis.panels.published_results import BeforeAfter
from analysis.reference.provinces import NATION
from analysis.reporting.brief_writer import Writer
from analysis.reporting.evidence import days_between
from analysis.reporting.ledger import Entry, Ledger, LedgerError

# Indicator of the document's row among the targets; the names of its number and of its date in a ledger.
DOCUMENTS = {
    "national_plan_2022": ("doc_27", "date_27"),
    "national_push_letter": ("doc_letter", "letter_date"),
    "national_service_index": ("doc_766", "date_766"),
    "national_online_services_decree": ("doc_42", "date_42"),
}
FROM_ITS_DATE = "day of the document; of the decree the day it came into force"


def enter_documents(
    ledger: Ledger, targets: pd.DataFrame, source_of: Callable[[str], dict[str, Any] | None]
) -> None:
    """Enter number and date of each document.

    Args:
        ledger: where they are entered.
        targets: rows in the shape of a target, those of the documents among them.
        source_of: gives the line of the sources table for an id.

    Raises:
        LedgerError: a document has no row.
    """
    rows = targets[targets["province_code"] == NATION].drop_duplicates("indicator").set_index("indicator")
    for code, (number, day) in DOCUMENTS.items():
        if code not in rows.index:
            raise LedgerError(
                f"no row of the country's targets has the indicator {code}. Put data/raw/target-setting back as it "
                "was published and run dvctt clean."
            )
        row = rows.loc[code]
        keys = (ledger.cite(source_of(str(row["source_id"])), str(row["raw_location"])),)
        ledger.add(
            Entry(
                number,
                str(row["document"]),
                "document",
                0,
                "document",
                "number of the document",
                sources=keys,
            )
        )
        ledger.add(Entry(day, str(row["announced"]), "date", 0, "date", FROM_ITS_DATE, sources=keys))


def documents_words(writer: Writer) -> str:
    """Return the template that names the national documents between the province's two figures, with their days.

    Empty where none came between them, or where the brief rests on something else.
    """
    published, ledger, texts = writer.evidence.published, writer.ledger, writer.texts["documents"]
    if not isinstance(published, BeforeAfter):
        return ""
    start, end = published.before.date, published.after.date
    found = [(str(ledger.entries[day].value), number, day) for number, day in DOCUMENTS.values()]
    pieces = []
    for date, number, day in sorted(found):
        if start < date <= end:
            name = ledger.computed(f"{number}_days", days_between(date, end), unit="days", digits=0,
                                   formula=f"days from {day} to after_date", inputs=(day, "after_date"))  # fmt: skip
            pieces.append(str(texts[number]) + str(texts["inside"]).replace("{inside}", f"{{{name}}}"))
    return writer.join(pieces, "and") if pieces else ""
