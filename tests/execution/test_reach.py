"""The code a notebook depends on: followed through its imports, no further."""

from __future__ import annotations

import re
import textwrap

import pytest

from analysis.execution import reach
from analysis.execution.reach import PACKAGE, forget_modules, imported_names, library_files, preloadable


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Write a package `pack` and let it stand for ours."""
    root = tmp_path / "src" / "pack"
    files = {
        "__init__.py": '_HOMES = {"lazy": "pack.b.late"}\nfound = import_module(_HOMES["lazy"])\n',
        "a/__init__.py": "",
        "a/one.py": "from . import two\nfrom ..b import (\n    early as e,  # because\n)\n",
        "a/two.py": "def f():\n    import pack.c.inner\n",
        "a/table.csv": "1",
        "a/templates/page.html": "1",
        "b/__init__.py": "",
        "b/early.py": "x = 1; from numpy import linalg\n",
        "b/late.py": "",
        "c/__init__.py": "",
        "c/inner.py": "",
        "d/__init__.py": "",
        "d/computed.py": "import importlib\nimportlib.import_module(name)\n",
        "d/unused.py": "",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    monkeypatch.setattr(reach, "PACKAGE", root)
    monkeypatch.setattr(reach, "_HOME", re.compile(r"""["'](\w+)["']\s*:\s*["'](pack\.[\w.]+)["']"""))
    forget_modules()
    yield lambda source: {
        path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        for path in library_files(textwrap.dedent(source), tmp_path)
    }
    forget_modules()


def test_imports_are_followed_with_their_packages_and_data(package):
    assert package("from pack.a import one") == {
        "__init__.py", "a/__init__.py", "a/one.py", "a/two.py", "a/table.csv", "a/templates/page.html",
        "b/__init__.py", "b/early.py", "c/__init__.py", "c/inner.py",
    }  # fmt: skip
    assert package("import numpy, pack.c.inner as i") == {"__init__.py", "c/__init__.py", "c/inner.py"}
    assert package("import pandas as pd\nx = 1") == set()


def test_a_lazily_offered_name_counts_where_it_is_asked_for(package):
    assert package("from pack import lazy") == {"__init__.py", "b/__init__.py", "b/late.py"}
    assert "b/late.py" in package("import pack\npack.lazy")
    assert "b/late.py" not in package("from pack.c import inner")


def test_an_import_by_a_computed_name_reaches_everything(package):
    assert "d/unused.py" in package("from pack.d import computed")
    assert "d/unused.py" in package("import importlib\nm = importlib.import_module('pack.' + name)")


def test_modules_beside_the_notebook_count(package, tmp_path):
    (tmp_path / "beside.py").write_text("from pack.c import inner\n")
    assert package("import beside") == {"beside.py", "__init__.py", "c/__init__.py", "c/inner.py"}


def test_names_of_every_form_of_import():
    assert imported_names("import a.b as c, d", "") == ["a.b", "a.b.*", "d", "d.*"]
    assert imported_names("from ..x import y as z", "p.q") == ["p.x", "p.x.y"]
    assert imported_names("from . import (y,\n  z)", "p.q") == ["p.q", "p.q.y", "p.q.z"]
    assert imported_names("text = 'no import here'", "") == []


def test_what_a_server_imports_is_what_kernels_will_need(tmp_path):
    found = preloadable(
        ["from analysis.errors import AnalysisError\nimport scipy.stats, sys"], tmp_path, ["scipy"]
    )
    assert found == ["scipy.stats", "analysis", "analysis.errors"]


def test_our_own_notebooks_depend_on_part_of_the_package_only():
    files = library_files("from analysis.errors import AnalysisError", PACKAGE)
    assert {path.name for path in files} == {"__init__.py", "errors.py"}
