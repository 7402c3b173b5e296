"""A new raw file gets its folder, its hash and its line in the data package."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.cleaning.codebook_drafts import draft_lines
from analysis.cleaning.described import settle_targets
from analysis.cleaning.files import FileOutcome, clean_file
from analysis.cleaning.layout_file import read_layout
from analysis.cleaning.messages import message
from analysis.cleaning.own_indicators import add_own_indicators
from analysis.cleaning.raw import PACKAGE, RawFile, hash_of, read_package
from analysis.cleaning.sources import describe_source
from analysis.cleaning.store import only_one
from analysis.cleaning.summary import describe_held, describe_reading
from analysis.cleaning.words.periods import bounds_of, is_date
from analysis.cleaning.writing import write_text
from analysis.errors import RequestError
from analysis.reference.codebook import is_codebook
from analysis.reference.indicators import OWN_LINES
from analysis.reference.spelling import fold_words

FORMATS = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}


class AddRefused(RequestError):
    """A file that cannot be added: already described, not readable, or described without what is needed."""


@dataclass(frozen=True)
class Description:
    """What only a person knows of a file; dates are ISO years, months or days, `accessed` a day."""

    publisher: str
    title: str
    url: str = ""
    published: str = ""
    licence: str = ""
    accessed: str = ""


@dataclass(frozen=True)
class Added:
    """Where a file was put, relative to the project, and what was read and held of it, in lines for the screen.

    `is_whole` is false where a table or column of it could not be used.
    """

    path: str
    lines: list[str]
    is_whole: bool = True


def add_file(root: Path, file: Path, description: Description, layout: Path | None = None) -> Added:
    """Copy a file to its place in `data/raw`, describe it in the data package, and say what was read of it.

    A file that lies in `data/raw` already stays where it is. Its `layout`, a layout.toml, is kept beside it; one
    that lies in `data/raw` already, as last month's does, serves both. A file that is described already is given the
    layout, and keeps its description.

    Raises:
        AddRefused: publisher or title are missing or the dates no dates, the day of publication is before the
            figures, the same bytes are described already and no layout is given, another file lies at its place, or
            nothing can be read.
        LayoutUnreadable: see `layouts`.
        CodebookWrong: it is a table of indicators, and a line of it is not what it should be.
    """
    with only_one(root):  # two who add at once would each write the description without the other's
        return _add(root, file, description, layout)


def _add(root: Path, file: Path, description: Description, layout: Path | None) -> Added:
    same = _described(root, file)
    if same and layout:
        return _add_layout(root, same, layout)
    if same:
        raise AddRefused(
            f"{file.name} is described already, byte for byte: {same.path}. Delete the copy; to have it read by a "
            "layout.toml, add it again with --layout."
        )
    digest = _digest(file, description)
    if is_codebook(file):
        known = (description.publisher, description.title, description.accessed)
        codes = add_own_indicators(root, file, *known)
        return Added(str(OWN_LINES), [str(message("own_indicators", count=len(codes), codes=codes))])
    accessed = description.accessed or dt.datetime.now().astimezone().date().isoformat()
    source = describe_source(
        description.publisher, description.title, description.published, description.url, file.name
    )
    outcome = clean_file(
        file, layout=read_layout(layout) if layout else None, source=source, accessed=accessed
    )
    settle_targets([outcome])
    _refuse_published_before(outcome, description.published)
    if outcome.cleaned.is_empty:
        raise AddRefused(f"{_why_nothing(outcome, file)} Nothing was added.{_advice(outcome, file)}")
    place = _place(root, file, description.publisher, accessed)
    _copy(root, file, place)
    resource = _resource(root, place, digest, description, accessed, outcome)
    if layout:
        kept = _place_of_layout(root, layout, place)
        _copy(root, layout, kept)
        resource["layout"] = str(kept.relative_to(root / PACKAGE.parent))
    package = json.loads((root / PACKAGE).read_text(encoding="utf-8"))
    package["resources"].append(resource)
    write_text(root / PACKAGE, json.dumps(package, ensure_ascii=False, indent=2) + "\n")
    told = [*map(str, outcome.problems), *describe_reading(outcome.cleaned), *map(str, outcome.notices)]
    return Added(str(place.relative_to(root)), told, not outcome.refused)


def _why_nothing(outcome: FileOutcome, file: Path) -> str:
    """Say why nothing of a file was read: the first problem, and the first cells that were held."""
    held = outcome.cleaned.quarantine
    read = [
        problem for problem in outcome.problems if problem.code not in ("targets_held", "decisions_held")
    ]  # its rows are shown
    if read or held.empty:
        if (
            outcome.unclear and read
        ):  # its mend tells of a layout.toml that only `dvctt clean` writes: see _advice
            return str(read[0]).replace(read[0].mends["en"], "").rstrip()
        return str(read[0]) if read else f"{file.name}: no figure and no decision in it."
    empty, remark = (message(code).said["en"] for code in ("no_figures", "remark_alone"))
    if empty in set(held["reason"]) <= {empty, remark}:
        rows = int((held["reason"] == empty).sum())
        return f"{file.name}: the form is empty: {rows} rows with names, and no figure beside any."
    return "\n".join([f"{file.name}: nothing in it could be used.", *describe_held(held), ""])


def _described(root: Path, file: Path) -> RawFile | None:
    """Return the description of a file with the same bytes."""
    digest = hash_of(file)
    return next((raw for raw in read_package(root) if raw.sha256 == digest), None)


def _add_layout(root: Path, raw: RawFile, layout: Path) -> Added:
    """Give a described file a layout, beside it and in the data package, and say what is read of it then.

    Raises:
        AddRefused: nothing is read with it.
        LayoutUnreadable: see `layouts`.
    """
    place = root / raw.path
    source = describe_source(raw.publisher, raw.title, raw.published, raw.url, raw.path)
    outcome = clean_file(place, layout=read_layout(layout), source=source, accessed=raw.accessed)
    settle_targets([outcome])
    if outcome.cleaned.is_empty:
        raise AddRefused(f"{_why_nothing(outcome, place)} The layout was not added.{_advice(outcome, place)}")
    kept = _place_of_layout(root, layout, place)
    if kept.resolve() != layout.resolve():
        shutil.copyfile(layout, kept)  # in place of one that it had before
    package = json.loads((root / PACKAGE).read_text(encoding="utf-8"))
    own = str(place.relative_to(root / PACKAGE.parent))
    for resource in package["resources"]:
        if resource["path"] == own:
            resource["layout"] = str(kept.relative_to(root / PACKAGE.parent))
            resource["indicators"] = _indicators(outcome)
            resource["period"] = _first_and_last(outcome)
    write_text(root / PACKAGE, json.dumps(package, ensure_ascii=False, indent=2) + "\n")
    told = [*map(str, outcome.problems), *describe_reading(outcome.cleaned), *map(str, outcome.notices)]
    return Added(raw.path, [f"read by {kept.name} from now on", *told], not outcome.refused)


def _indicators(outcome: FileOutcome) -> list[str]:
    cleaned = outcome.cleaned
    tables = (cleaned.observations, cleaned.targets, cleaned.unit_observations, cleaned.unit_targets)
    return sorted({code for table in tables for code in table["indicator"]})


def _digest(file: Path, description: Description) -> str:
    """Return the sha256 of a file that may be added as it is described.

    Raises:
        AddRefused: publisher or title are missing, or the date of publication is none.
    """
    if not description.publisher.strip() or not description.title.strip():
        raise AddRefused("a raw file needs its publisher and its title: --publisher … --title …")
    if description.published and not is_date(description.published):
        raise AddRefused(
            f"--published {description.published!r} is no date. Write 2022, 2022-08 or 2022-08-20, or leave it out."
        )
    return hash_of(file)


def _refuse_published_before(outcome: FileOutcome, published: str) -> None:
    """Refuse a day of publication before the newest period of the figures, or the month of a day, had begun.

    Raises:
        AddRefused: names both days.
    """
    figures = outcome.cleaned.observations
    if not published or figures.empty:
        return
    newest = figures[figures["period_end"] == figures["period_end"].max()].iloc[0].astype(str)
    begun = min(newest["period_start"], f"{newest['period_end'][:7]}-01")
    if bounds_of(published)[1].isoformat() < begun:
        raise AddRefused(
            f"--published {published} is before the figures themselves, which reach from "
            f"{figures['period_start'].min()} to {newest['period_end']} ({newest['raw_location']}). Give the day on "
            "which they were published, or leave it out; if the period is wrong, state it in a layout.toml (--layout)."
        )


def _copy(root: Path, file: Path, place: Path) -> None:
    """Put a file at its place, where it may lie already.

    Raises:
        AddRefused: another file lies there.
    """
    if place.resolve() == file.resolve():
        return
    if place.exists():
        raise AddRefused(f"{place.relative_to(root)} exists and is another file. Rename the new one.")
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, place)


def _place_of_layout(root: Path, layout: Path, place: Path) -> Path:
    """Return where a layout belongs: beside its file, or where it is, if that is in `data/raw` already."""
    raw = (root / PACKAGE.parent).resolve()
    if layout.resolve().is_relative_to(raw):
        return root / PACKAGE.parent / layout.resolve().relative_to(raw)
    return place.with_name(f"{place.name}.layout.toml")


def _advice(outcome: FileOutcome, file: Path) -> str:
    """Say how a table that was not understood can be made so."""
    if not outcome.unclear:
        return ""
    codebook = "For an indicator that the codebook lacks, it writes the lines to fill in and add."
    return (
        " Name indicator and period in the header, in a line above the table or in the file's name; or "
        f'fill in the layout.toml that `dvctt clean "{file.name}" --out DIR` writes, and add the file with --layout. '
        f"{codebook if draft_lines(outcome.unclear) else ''}"
    ).rstrip()


def _place(root: Path, file: Path, publisher: str, accessed: str) -> Path:
    """Return where a file belongs: where it is, if that is in `data/raw` already."""
    raw = (root / PACKAGE.parent).resolve()
    if file.resolve().is_relative_to(raw):
        return root / PACKAGE.parent / file.resolve().relative_to(raw)
    folder = "-".join(fold_words(publisher))[:40].strip("-") or "unknown"
    return root / PACKAGE.parent / folder / accessed / file.name


def _resource(
    root: Path, place: Path, digest: str, description: Description, accessed: str, outcome: FileOutcome
) -> dict[str, Any]:
    """Return the resource of the data package; indicators and periods are those that were read."""
    path = str(place.relative_to(root / PACKAGE.parent))
    kind = place.suffix.lstrip(".").lower()
    licence = description.licence or "not stated by the publisher"
    source = {"title": description.title} | ({"path": description.url} if description.url else {})
    figures = (
        outcome.cleaned.observations
    )  # none where a file has decisions alone, or the units of a province
    return {
        "name": "-".join(fold_words(f"{description.publisher} {place.stem} {accessed}"))[:80],
        "path": path,
        "format": kind,
        "mediatype": FORMATS.get(kind, "application/octet-stream"),
        "hash": f"sha256:{digest}",
        "bytes": place.stat().st_size,
        "reader": "decisions" if outcome.decided and figures.empty else "spreadsheet",
        "title": description.title,
        "publisher": description.publisher,
        "published": description.published,
        "accessed": accessed,
        "licenses": [{"name": "as-stated", "title": licence}],
        "sources": [source],
        "indicators": _indicators(outcome),
        "period": _first_and_last(outcome),
    }


def _first_and_last(outcome: FileOutcome) -> list[str]:
    """Return the first and the last day of the figures, or of the decisions where a file has only those."""
    cleaned = outcome.cleaned
    figures = [table for table in (cleaned.observations, cleaned.unit_observations) if len(table)]
    if figures:
        return [min(t["period_start"].min() for t in figures), max(t["period_end"].max() for t in figures)]
    days = [bounds_of(day) for table in (cleaned.targets, cleaned.unit_targets) for day in table["announced"]]
    return [min(first for first, _ in days).isoformat(), max(last for _, last in days).isoformat()]
