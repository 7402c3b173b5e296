"""Five single calls on the first day online: what the portal answers to the questions that nobody could settle here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.cleaning.writing import write_json
from analysis.fetching.calls import Call, call_of, legacy_scores
from analysis.fetching.client import (
    CallFailed,
    FetchStopped,
    PoliteClient,
    PortalAnswer,
    PortalUnreachable,
)
from analysis.fetching.portal import refuse_no_data
from analysis.periods import shift
from analysis.reference.portal import GROUPS, departments, load_answer

_PROVINCE = "H44"  # of which answers have been seen
_COUNTS = ("onlineDossierCount", "onlineServiceTotal", "channelOnlineSum", "channelTotalSum")


def probe(client: PoliteClient) -> list[dict[str, str]]:
    """Make the calls and return a row each: question, what was asked, what came back, when.

    Raises:
        PortalUnreachable: nothing answers at that address.
    """
    month = f"{client.now():%Y-%m}"
    online, place = GROUPS["online"], departments()[_PROVINCE]
    last, before = shift(month, -1), f"{int(month[:4]) - 1}-12"
    questions: list[tuple[str, Call, Callable[[PortalAnswer], str]]] = [
        ("does it answer", call_of(online, last, place), _counts),
        ("how far back", call_of(online, before, place), _counts),
        ("country's call with counts", call_of(online, last, None), _counts),
        ("running month", call_of(online, month, place), _counts),
        ("legacy interface alive", legacy_scores("2025-10"), _rows),
    ]
    found, refused = [], ""
    for question, call, tell in questions:
        said = refused and f"not asked: {refused}"
        if not said:
            try:
                answer = client.post(call.path, call.content, form=call.form)
                refuse_no_data(answer.body, call)
                said = tell(answer)
            except CallFailed as error:
                said = f"no: {error}"
            except PortalUnreachable:
                raise
            except FetchStopped as error:
                said, refused = f"no: {error}", "the portal refused before"
        asked = f"{call.path} {json.dumps(call.content, ensure_ascii=False)}"
        when = client.now().isoformat(timespec="seconds")
        found.append(
            {"question": question, "period": call.period, "asked": asked, "found": said, "when": when}
        )
    client.close()
    return found


def save(root: Path, address: str, rows: list[dict[str, str]]) -> Path:
    """Write what was found below `reports/probe`, a file a probe."""
    path = root / "reports" / "probe" / f"portal-{rows[-1]['when'][:19].replace(':', '')}.json"
    write_json(path, {"address": address, "answers": rows})
    return path


def as_table(rows: list[dict[str, str]]) -> str:
    """Return the rows as a table for the screen."""
    wide = max(len(row["question"]) for row in rows)
    return "\n".join(f"{row['question']:<{wide}}  {row['period']:<8}  {row['found']}" for row in rows)


def _counts(answer: PortalAnswer) -> str:
    """Say which of the counts behind the headline indicators an answer has, with their values."""
    data: Any = load_answer(answer.body)["data"]
    parent = data.get("parent") if isinstance(data, dict) else None
    if not isinstance(parent, dict):
        seen = ", ".join(data) if isinstance(data, dict) else type(data).__name__
        return f"yes, without parent; data has: {seen}"
    counts = ", ".join(f"{key} {parent[key]}" for key in _COUNTS if key in parent)
    return f"yes, {counts}" if counts else f"yes, without counts; parent has: {', '.join(parent)}"


def _rows(answer: PortalAnswer) -> str:
    return f"yes, {len(load_answer(answer.body))} rows"
