"""docs/api.md lists every public name, its arguments, and what it does: `python -m tests.test_api_page` writes it."""

from __future__ import annotations

import inspect
from pathlib import Path

import analysis

PAGE = Path(__file__).resolve().parents[1] / "docs" / "api.md"
HEAD = """# Public names
`from analysis import did` or `analysis.did`. Each docstring gives arguments, shapes, units, errors and source:
`help(analysis.did)`, or `analysis.did?` in a notebook. How each estimate is made: [methods.md](methods.md). Names that
are not listed here may change without a word.

| name | arguments | what it does |
|---|---|---|
"""


def public_names() -> list[str]:
    return [name for name in dir(analysis) if name[0] != "_" and hasattr(getattr(analysis, name), "__doc__")]


def describe(name: str) -> str:
    thing = getattr(analysis, name)
    first = inspect.getdoc(thing).split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
    words = [
        f"{found.name}={found.default!r}" if found.default is not found.empty else found.name
        for found in inspect.signature(thing).parameters.values()
        if found.kind is not found.VAR_KEYWORD
    ]
    arguments = ", ".join(words).replace("|", "\\|")
    return f"| `{name}` | `{arguments}` | {first} |"


def page() -> str:
    listed = [name for name in analysis._HOMES if name in public_names()]
    return HEAD + "\n".join(describe(name) for name in sorted(listed, key=str.lower)) + "\n"


def test_the_page_lists_every_public_name_as_it_is():
    assert set(analysis._HOMES) <= set(public_names())
    assert PAGE.read_text("utf-8") == page(), "python -m tests.test_api_page writes it anew"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
