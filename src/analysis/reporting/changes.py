"""What moved since the last edition of a brief: which numbers, from what to what, because of which raw rows."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from analysis.reporting.numbers import format_date, format_number
from analysis.reporting.texts import load_texts

Results = dict[str, Any]
Change = dict[str, Any]
SHOWN = 6  # how many moved numbers a brief names; results.json has all


def digest_rows(root: Path, location: str) -> str:
    """Return the sha256 of the raw rows at `file:2-64,66`, of the whole file when no lines are named, or of a folder.

    A cell of a workbook, `file!sheet!cell`, stands for its file; a folder, `data/raw/…/`, for all its files.
    """
    match = re.fullmatch(r"(.*):([\d,-]+)", location)
    path = root / (match[1] if match else location.split(":")[0].split("!")[0])
    if path.is_dir():
        return _digest_folder(path)
    if not path.is_file():
        return ""
    if not match:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    lines = path.read_bytes().splitlines()
    chosen = [lines[number - 1] for number in _line_numbers(match[2]) if number <= len(lines)]
    return hashlib.sha256(b"\n".join(chosen)).hexdigest()


def _digest_folder(folder: Path) -> str:
    """Return the sha256 of the files of a folder by name; each is read once a run, whatever the number of briefs."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    facts = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return _digest_files(folder, tuple(facts))


@cache
def _digest_files(folder: Path, facts: tuple[tuple[str, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for name, *_ in facts:
        digest.update(name.encode() + hashlib.sha256((folder / name).read_bytes()).digest())
    return digest.hexdigest()


def compare_results(old: Results | None, new: Results) -> dict[str, Any]:
    """Return what moved between two editions, or what the old one reported when nothing moved since.

    Returns:
        Empty for a first edition; else `since` (the old edition's day of access and version) and `rows`, one a
        moved number: `number, unit, old, new, because` with the raw rows that are new, changed or gone.
    """
    if not old:
        return {}
    rows = [change for name in new["numbers"] if (change := _moved(name, old, new)) is not None]
    if not rows:
        return dict(old.get("changes", {}))
    return {"since": {"data_date": old["data_date"], "version": old["version"]}, "rows": rows}


def describe_changes(changes: dict[str, Any], language: str = "en") -> list[str]:
    """Return one sentence a moved number that readers know by name, and one for the rest; none where none moved."""
    texts = load_texts("brief", language)["changes"]
    rows = changes.get("rows", [])
    named = [row for row in rows if row["number"] in texts["names"]][:SHOWN]
    lines = [
        texts["moved"].format(
            name=texts["names"][row["number"]],
            old=_write(row["old"], language),
            new=_write(row["new"], language),
            because=", ".join(place.rsplit("/", 1)[-1] for place in row["because"]) or texts["code"],
        )
        for row in named
    ]
    others = len(rows) - len(named)
    return [*lines, texts["others"].format(n=others)] if lines and others else lines


def section_of_changes(changes: dict[str, Any], language: str) -> dict[str, Any] | None:
    """Return the brief's box on what changed since the last edition, or None for a first edition."""
    if not changes.get("rows"):
        return None
    texts = load_texts("brief", language)["changes"]
    heading = texts["heading"].format(date=format_date(changes["since"]["data_date"], language))
    rows = [[{"text": line}] for line in describe_changes(changes, language)]
    if not rows:
        return None
    return {"id": "changes", "heading": heading, "items": [{"kind": "list", "rows": rows}]}


def _moved(name: str, old: Results, new: Results) -> Change | None:
    before, after = old["numbers"].get(name), new["numbers"][name]
    if before is None or before["value"] == after["value"]:
        return None
    was, now = (_rows_under(results, name) for results in (old, new))
    return {
        "number": name,
        "unit": after["unit"],
        "old": before["value"],
        "new": after["value"],
        "because": sorted({location for location, _ in was ^ now}),
    }


def _rows_under(results: Results, name: str) -> set[tuple[str, str]]:
    keys = results["numbers"][name]["all_sources"]
    return {(results["sources"][key]["location"], results["sources"][key].get("sha256", "")) for key in keys}


def _line_numbers(text: str) -> list[int]:
    numbers: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


def _write(value: float | str, language: str) -> str:
    if isinstance(value, str):
        return format_date(value, language) if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value
    text = f"{value:.2f}".rstrip("0")
    return format_number(value, len(text.partition(".")[2]), language)
