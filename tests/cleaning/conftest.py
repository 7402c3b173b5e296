"""A copy of the project's raw data that a test may damage."""

import shutil
from pathlib import Path

import pytest

from analysis.project import find_root


@pytest.fixture
def project_copy(tmp_path: Path) -> Path:
    shutil.copytree(find_root() / "data" / "raw", tmp_path / "project" / "data" / "raw")
    return tmp_path / "project"
