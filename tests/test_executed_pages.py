"""The executed notebooks in docs/executed are those of these notebooks, these data and these results."""

from __future__ import annotations

import json
import re

import pytest

from executed_pages import EXAMPLE, FOLDER, INDEX, MOST_BYTES, NAMES, hash_data, hash_results, hash_source

AGAIN = "docs/executed is older than {}: make executed"


@pytest.fixture(scope="module")
def record():
    return json.loads(INDEX.read_text("utf-8"))


def test_the_pages_are_of_these_notebooks_and_these_data(record):
    assert record["data"] == hash_data(), AGAIN.format("the data or a study")
    assert {name: page["source"] for name, page in record["pages"].items()} == {
        name: hash_source(name) for name in NAMES
    }, AGAIN.format("a notebook")


@pytest.mark.notebook
@pytest.mark.parametrize("name", ["02-before-after"])
def test_the_pages_show_what_the_notebooks_give(record, name, tmp_path, root):
    import papermill

    done = papermill.execute_notebook(
        str(root / "notebooks" / f"{name}.ipynb"), str(tmp_path / "out.ipynb"), EXAMPLE.get(name, {}),
        progress_bar=False, log_output=False, cwd=str(tmp_path),
    )  # fmt: skip
    cells = json.loads((tmp_path / "out.ipynb").read_text("utf-8"))["cells"]
    assert done and hash_results(cells) == record["pages"][name]["results"], AGAIN.format("the results")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_small_shows_figures_and_asks_nobody(name):
    page = (FOLDER / f"{name}.html").read_text("utf-8")
    assert len(page.encode()) <= MOST_BYTES
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="(?!data:|#|\d\d-)[^"]*"', page) == []
    assert name == "07-design" or "<img" in page or "<svg" in page
