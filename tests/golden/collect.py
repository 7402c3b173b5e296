"""Collect what the golden set compares: tables, printed numbers and visible words, each as lines of text."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

TABLES = ("observations", "targets", "sources", "quarantine")
# What is kept of the rows themselves, the value last; PAPI's are compared with the raw file, figure by figure.
ROWS = {
    "observations": (
        "raw_location", "province_code", "province_frame", "indicator", "period_start", "period_end", "frequency",
        "unit", "numerator", "denominator", "qualifier", "source_id", "note", "value",
    ),
    "targets": (
        "raw_location", "province_code", "province_frame", "indicator", "announced", "date_precision",
        "effective_from", "unit", "qualifier", "deadline", "scope", "document", "stated_by",
        "source_id", "note", "target_value",
    ),
    "quarantine": ("file", "sheet", "cell", "rule", "value"),
}  # fmt: skip
PAPI = "data/raw/papi/"
EVERYWHERE = "*"  # stands for the province of a number that all briefs share
# Two figures and named; named, with figures of other shares; named, with a known level; not named; a city not named.
WATCHED = ("thai-nguyen", "yen-bai", "ba-ria-vung-tau", "quang-tri", "ha-noi")
_BLOCKS = {"p", "li", "tr", "h1", "h2", "h3", "figcaption", "caption", "section", "table", "div"}
_UNSEEN = {"style", "script", "svg", "title"}

Key = tuple[str, ...]
Lines = dict[Key, str]  # what is compared, by where it stands


class _Words(HTMLParser):
    """Collect a page's words, one line a block; pictures give their alternative text."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag == "img":
            self.parts.append(f"\n[{dict(attrs).get('alt') or ''}]\n")
        if tag in ("td", "th"):
            self.parts.append(" | ")

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in _UNSEEN
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.parts.append(data)


def words_of_page(page: str) -> str:
    """Return the words a reader sees of an HTML page, one block a line."""
    parser = _Words()
    parser.feed(page)
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line) + "\n"


def words_of_notebook(path: Path) -> str:
    """Return what an executed notebook shows: the plain text of each output, pictures left out."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    shown = [output for cell in cells for output in cell.get("outputs", ())]
    texts = ["".join(output.get("data", {}).get("text/plain", output.get("text", ""))) for output in shown]
    pages = ["".join(output.get("data", {}).get("text/html", "")) for output in shown]
    return "\n".join(
        words_of_page(page) if page else text.strip() for page, text in zip(pages, texts, strict=True)
    )


def numbers_of(results: dict[str, Any]) -> Lines:
    """Return every number of a results.json with its value and its words in each language, by name."""
    return {
        (name,): json.dumps([_value(entry["value"]), entry["text"]], ensure_ascii=False, sort_keys=True)
        for name, entry in results["numbers"].items()
    }


def _value(value: object) -> object:
    """Round a computed number to what two machines agree on."""
    return float(f"{value:.9g}") if isinstance(value, float) else value


def digest(text: str | bytes) -> str:
    """Return the sha256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def share_common(numbers: dict[str, Lines]) -> Lines:
    """Join the numbers of all provinces, those that every brief has alike under `*` once."""
    briefs = list(numbers.values())
    alike = {key: text for key, text in briefs[0].items() if all(b.get(key) == text for b in briefs)}
    own = {
        (slug, *key): text
        for slug, lines in numbers.items()
        for key, text in lines.items()
        if key not in alike
    }
    return {(EVERYWHERE, *key): text for key, text in alike.items()} | own


def numbers_of_province(reference: Lines, slug: str) -> Lines:
    """Return the reference numbers of one province, shared ones included."""
    return {(key[1],): text for key, text in reference.items() if key[0] in (EVERYWHERE, slug)}


def moved(reference: Lines, found: Lines) -> list[str]:
    """Return a line for each entry that is new, gone or different."""
    lines = []
    for key in sorted({*reference, *found}):
        old, new = reference.get(key, "not there"), found.get(key, "not there")
        if old != new:
            lines.append(f"{' '.join(key)}: {old} -> {new}")
    return lines


def read_lines(path: Path) -> Lines:
    """Read a reference table: all columns but the last are the key."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {tuple(row[:-1]): row[-1] for row in rows}


def write_lines(path: Path, header: Iterable[str], lines: Lines) -> None:
    """Write a reference table in the order of its keys."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([*key, text] for key, text in sorted(lines.items()))


def collect_tables(root: Path) -> Lines:
    """Return the sha256 of each table of data/processed."""
    folder = root / "data" / "processed"
    return {(f"{name}.csv",): digest((folder / f"{name}.csv").read_bytes()) for name in TABLES}


def collect_rows(folder: Path) -> dict[str, Lines]:
    """Return the rows of the tables in a folder such as data/processed, those of PAPI left out, by table."""
    tables: dict[str, Lines] = {}
    for name, columns in ROWS.items():
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = [[row[column] for column in columns] for row in csv.DictReader(file)]
        tables[f"rows-{name}"] = {tuple(row[:-1]): row[-1] for row in rows if not row[0].startswith(PAPI)}
    return tables
