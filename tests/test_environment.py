"""What is said of a project whose notebooks would not get this package, and of notebooks that are not the project's."""

from __future__ import annotations

import nbformat
import pytest
from click.testing import CliRunner

from analysis.cli import main
from analysis.environment import find_faults


@pytest.fixture
def project(tmp_path, monkeypatch):
    folder = tmp_path / "Dự án"
    (folder / "data/raw").mkdir(parents=True)
    (folder / "data/raw/datapackage.json").write_text('{"name": "made-up", "resources": []}')
    (folder / "notebooks").mkdir()
    monkeypatch.setenv("DVCTT_ROOT", str(folder))
    return folder


@pytest.mark.parametrize(
    "namesake", ["analysis.py", "notebooks/analysis.py", "notebooks/analysis/__init__.py"]
)
def test_a_file_that_python_imports_instead_of_the_package_is_named(project, namesake):
    assert not [line for line in find_faults(project) if "import analysis" in line]
    (project / namesake).parent.mkdir(exist_ok=True)
    (project / namesake).write_text("")
    [line] = [line for line in find_faults(project) if "import analysis" in line]
    assert line.startswith(f"{project / namesake}: ") and "another name" in line


def test_run_says_whose_code_it_is_about_to_run_and_what_stands_beside_it(project, tmp_path):
    own, foreign = project / "notebooks/own.ipynb", tmp_path / "sent by mail.ipynb"
    for path in (own, foreign):
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), path)
    (tmp_path / "analysis.py").write_text("")
    done = CliRunner().invoke(main, ["run", str(own), str(foreign), "--dry-run"])
    assert done.exit_code == 0, done.output
    said = [line for line in done.stderr.splitlines() if line.startswith("dvctt: ")]
    assert said == [
        f"dvctt: {foreign} is not of this project ({project}): its code runs with all your rights.",
        f"dvctt: {tmp_path / 'analysis.py'}: `import analysis` takes this instead of the package. "
        "Mend: give it another name.",
    ]
