"""What moved since the last edition of a brief: which numbers, from what to what, because of which raw rows."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from analysis.reporting.edition import digest_file, digest_folder
from analysis.reporting.numbers import format_date, format_number
from analysis.reporting.texts import load_texts

Results = dict[str, Any]
Change = dict[str, Any]
SHOWN = 6  # how many moved numbers a brief names; results.json has all
OWN = ("before_value", "after_value", "figure_", "now_", "p0_")  # the province's own figures
ACCESS = "data_date"  # the day on which files were fetched is no result: a later one alone moves nothing


def digest_rows(root: Path, location: str) -> str:
    """Return the sha256 of the raw rows at `file:2-64,66`, of the whole file when no lines are named, or of a folder.

    A cell of a workbook, `file!sheet!cell`, stands for its file; a folder, `data/raw/…/`, for all its files.
    """
    match = re.fullmatch(r"(.*):([\d,-]+)", location)
    path = root / (match[1] if match else location.split(":")[0].split("!")[0])
    if path.is_dir():
        return digest_folder(path)
    if not path.is_file():
        return ""
    if not match:
        return digest_file(path)
    lines = path.read_bytes().splitlines()
    chosen = [lines[number - 1] for number in _line_numbers(match[2]) if number <= len(lines)]
    return hashlib.sha256(b"\n".join(chosen)).hexdigest()


def compare_results(old: Results | None, new: Results) -> dict[str, Any]:
    """Return what moved between two editions, or what the old one reported when nothing moved since.

    Returns:
        Empty for a first edition; else `since` (the old edition's day of access, its number among those of that day,
        whether the new one is of that day too, and version), `rows`, one a moved
        number (`number, unit, old, new, because` with the raw rows that are new, changed or gone, else the new files),
        `figures`, one a printed figure from a place that the old edition did not cite (`value, unit, place`), `gone`,
        the province's own figures that the new one does not cite (left out where there are none), `files`,
        those with figures or decisions that are new or changed, and, where the kind of evidence is another, `rests_on`:
        old and new.
    """
    if not old:
        return {}
    files = _new_files(old, new)
    rows = [change for name in new["numbers"] if (change := _moved(name, old, new, files)) is not None]
    figures, gone = _new_figures(old, new), _new_figures(new, old, of=OWN)
    evidence = [_rests_on(results) for results in (old, new)]
    if not (rows or files or figures or gone) and evidence[0] == evidence[1]:
        return dict(old.get("changes", {}))
    since = {"data_date": old["data_date"], "version": old["version"], "number": old.get("edition_of_day", 1)}
    since["same_day"] = new["data_date"] == old["data_date"]
    changes = {"since": since, "rows": rows, "figures": figures, "files": files}
    changes |= {"gone": gone} if gone else {}
    return changes if evidence[0] == evidence[1] else {**changes, "rests_on": evidence}


def describe_changes(changes: dict[str, Any], language: str = "en", places: bool = True) -> list[str]:
    """Return what changed in sentences: the evidence, the moved numbers that readers know by name, how many others.

    Where new figures moved no number, one sentence says that they came and moved none. With `places`, as the command
    reports it to who makes the brief, each sentence names its raw rows or files; a brief's readers get none of them.
    """
    brief = load_texts("brief", language)
    texts, more = brief["changes"], brief["panel"]["changes"]
    names = texts["names"] | more["names"]
    if not places:
        texts, more = texts | texts["readers"], more | more["readers"]
    rows = changes.get("rows", [])
    named = [row for row in rows if row["number"] in names and _is_seen(row, language)][:SHOWN]
    lines = [
        texts["moved"].format(
            name=names[row["number"]],
            old=_write(row["old"], language),
            new=_write(row["new"], language),
            because=", ".join(_short(place) for place in row["because"]) or texts["code"],
        )
        for row in named
    ]
    lines += [
        more["figure"].format(
            value=_write(figure["value"], language),
            place=_short(figure["place"]),
            unit="%" if figure["unit"] == "percent" else "",
        )
        for figure in changes.get("figures", [])[:SHOWN]
    ]
    lines += [
        more["figure_gone"].format(value=_write(figure["value"], language), place=_short(figure["place"]))
        for figure in changes.get("gone", [])[:SHOWN]
    ]
    others = sum(_is_seen(row, language) for row in rows) - len(named)
    if others:
        files = _list_files(changes.get("files", []), more["and_more"])
        alone = (
            more["unnamed"].format(n=others, files=files) if files else more["unnamed_only"].format(n=others)
        )
        lines.append(texts["others"].format(n=others) if lines else alone)
    if "rests_on" in changes:
        old, new = (more["evidence"][kind] for kind in changes["rests_on"])
        lines = [more["rests_on"].format(old=old, new=new), *lines]
    if changes.get("files") and not lines:
        lines = [more["nothing"].format(files=_list_files(changes["files"], more["and_more"]))]
    return lines


def section_of_changes(changes: dict[str, Any], language: str) -> dict[str, Any] | None:
    """Return the brief's box on what changed since the last edition, or None where nothing is to be said."""
    texts = load_texts("brief", language)["changes"]
    lines = describe_changes(changes, language, places=False) if changes else []
    if not lines:
        return None
    date = format_date(changes["since"]["data_date"], language)
    heading = texts["heading"].format(date=date)
    rows = [[{"text": line}] for line in lines]
    return {"id": "changes", "heading": heading, "items": [{"kind": "list", "rows": rows}]}


def _new_files(old: Results, new: Results) -> list[str]:
    """Return the files with figures that the old edition did not have, or had with another content."""
    before = old.get("files")
    if before is None:  # an edition of before files were noted
        return []
    return [
        file
        for file, facts in new.get("files", {}).items()
        if before.get(file, {}).get("sha256") != facts["sha256"]
    ]


def _rests_on(results: Results) -> str:
    """Return the kind of evidence an edition rests on; one that does not say so is told by its numbers."""
    told = results.get("rests_on")
    return str(told) if told else "pair" if "before_value" in results["numbers"] else "survey"


def _list_files(files: list[str], and_more: str) -> str:
    names = [file.rsplit("/", 1)[-1] for file in files]
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else and_more.format(files=shown, n=len(names) - SHOWN)


def _short(place: str) -> str:
    """Return a raw place without its folders; a folder keeps the name of its publisher and day."""
    return "/".join(place.split("/")[-3:]) if place.endswith("/") else place.rsplit("/", 1)[-1]


def _new_figures(old: Results, new: Results, of: tuple[str, ...] = ("",)) -> list[Change]:
    """Return the printed figures whose raw rows the old edition did not cite under any number.

    Of numbers whose names begin with `of`; with the editions exchanged, what is no longer there.
    """
    cited = {source["location"] for source in old["sources"].values()}
    found = []
    for name, number in new["numbers"].items():
        places = [new["sources"][key]["location"] for key in number["all_sources"]]
        if (
            name.startswith(of)
            and number.get("kind") == "printed"
            and places
            and not cited.intersection(places)
        ):
            found.append({"value": number["value"], "unit": number["unit"], "place": places[0]})
    return [figure for n, figure in enumerate(found) if figure not in found[:n]]


def _moved(name: str, old: Results, new: Results, files: list[str]) -> Change | None:
    before, after = old["numbers"].get(name), new["numbers"][name]
    if name == ACCESS or before is None or before["value"] == after["value"]:
        return None
    was, now = (_rows_under(results, name) for results in (old, new))
    return {
        "number": name,
        "unit": after["unit"],
        "old": before["value"],
        "new": after["value"],
        "because": _because({location for location, _ in was ^ now}, files) or files,
    }


def _because(places: set[str], files: list[str]) -> list[str]:
    """Return the raw rows behind a move; of a folder that many rows are cited by the files that are new or changed."""
    named = set[str]()
    folders = tuple(place for place in places if place.endswith("/"))
    for place in places:
        inside = [file for file in files if file.startswith(place)] if place in folders else []
        # A file cited by itself before, and as one of its folder since, did not move.
        alone = place in folders or not place.startswith(folders)
        named.update(inside or ([place] if alone else []))
    return sorted(named)


def _rows_under(results: Results, name: str) -> set[tuple[str, str]]:
    keys = results["numbers"][name]["all_sources"]
    return {(results["sources"][key]["location"], results["sources"][key].get("sha256", "")) for key in keys}


def _line_numbers(text: str) -> list[int]:
    numbers: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


def _is_seen(row: Change, language: str) -> bool:
    """Tell whether a number moved by so much that it is written differently."""
    return _write(row["old"], language) != _write(row["new"], language)


def _write(value: float | str, language: str) -> str:
    if isinstance(value, str):
        return format_date(value, language) if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value
    text = f"{value:.2f}".rstrip("0")
    return format_number(value, len(text.partition(".")[2]), language)
