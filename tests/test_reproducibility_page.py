"""docs/reproducibility.md points at what is there."""

from __future__ import annotations

import re


def test_every_pointer_of_the_page_leads_somewhere(root):
    page = (root / "docs" / "reproducibility.md").read_text("utf-8")
    named = [word for word in re.findall(r"`([^`\s]+)`", page) if "/" in word or re.search(r"\.\w+$", word)]
    pointers = {word for word in named if not word.startswith(".manifest")}
    assert len(pointers) > 20
    assert [word for word in sorted(pointers) if not (root / word).exists()] == []


def test_the_page_answers_every_line_of_the_list(root):
    page = (root / "docs" / "reproducibility.md").read_text("utf-8")
    asked = dict.fromkeys(re.findall(r"^\| ([A-F]\d+) ", page, re.MULTILINE))
    counts = {"A": 10, "B": 12, "C": 5, "D": 4, "E": 6, "F": 8}
    assert list(asked) == [f"{letter}{n}" for letter, most in counts.items() for n in range(1, most + 1)]
    answers = re.findall(r"^\| [A-F]\d+ [^|]*\| (\w+)", page, re.MULTILINE)
    assert set(answers) <= {"yes", "no", "partly", "exploratory"}
