"""Compare `reports/` and `data/processed` with the golden set and print what moved, or write the set anew.

Make them first: dvctt brief --all; dvctt site; dvctt run notebooks/03-regression.ipynb. Exit status 1: something moved.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .collect import (
    ROWS,
    WATCHED,
    Lines,
    collect_rows,
    collect_tables,
    digest,
    moved,
    numbers_of,
    read_lines,
    share_common,
    words_of_notebook,
    words_of_page,
    write_lines,
)

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = Path(__file__).parent / "reference"
LANGUAGES = ("vi", "en")
HEADERS = {
    "tables": ("file", "sha256"),
    "numbers": ("province", "name", "value and words"),
    "pages": ("page", "sha256 of its words"),
} | {f"rows-{name}": columns for name, columns in ROWS.items()}


def collect(root: Path) -> tuple[dict[str, Lines], dict[str, str]]:
    """Return the tables of the golden set and its texts, by name, as `reports/` has them now."""
    reports, texts, pages = root / "reports", {}, {}
    folders = sorted(path.parent for path in reports.glob("*/results.json"))
    numbers = {
        path.name: numbers_of(json.loads((path / "results.json").read_text("utf-8")))
        for path in folders
        if (path / "02-before-after.ipynb").exists()
    }
    for folder in folders:
        for language in LANGUAGES:
            name = f"{folder.name}.{language}"
            texts[name] = words_of_page((folder / f"brief.{language}.html").read_text("utf-8"))
        if folder.name in numbers:  # the page of the country has figures of its own, and no before and after
            texts[f"{folder.name}.02"] = words_of_notebook(folder / "02-before-after.ipynb")
    texts["03-regression"] = words_of_notebook(reports / "shared" / "03-regression.ipynb")
    for name in ("index.html", "index.en.html"):
        texts[name] = words_of_page((reports / name).read_text("utf-8"))
    pages = {(name,): digest(text) for name, text in texts.items()}
    pages[("layers.csv",)] = digest((reports / "data" / "layers.csv").read_bytes())
    kept = {n: t for n, t in texts.items() if n.rpartition(".")[0] in WATCHED or n == "03-regression"}
    tables = {"tables": collect_tables(root), "numbers": share_common(numbers), "pages": pages}
    return tables | collect_rows(root / "data" / "processed"), kept


def main(arguments: list[str]) -> int:
    """Compare, or write with `--write`; return the exit status."""
    tables, texts = collect(ROOT)
    if arguments == ["--write"]:
        for name, lines in tables.items():
            write_lines(REFERENCE / f"{name}.csv", HEADERS[name], lines)
        for name, text in texts.items():
            (REFERENCE / f"{name}.txt").write_text(text, "utf-8")
        return 0
    found = [
        f"{name}: {line}"
        for name, lines in tables.items()
        for line in moved(read_lines(REFERENCE / f"{name}.csv"), lines)
    ]
    print("\n".join(found) or "nothing moved")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
