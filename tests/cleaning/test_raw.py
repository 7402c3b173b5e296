"""Raw files are compared with their description; processed tables follow them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.cleaning import processed
from analysis.cleaning.raw import PACKAGE, PackageUnreadable, RawFileChanged, RawFileMissing, check_raw
from analysis.cli import main
from analysis.project import find_root

PAPI = "data/raw/papi/2026-11-21/papi_dimension8_2019_2024.csv"


def test_the_raw_files_are_as_described() -> None:
    assert {raw.reader for raw in check_raw(find_root())} == {
        "published_figures",
        "target_setting",
        "papi_table",
    }


def test_the_package_lists_every_raw_file_with_its_columns() -> None:
    root = find_root()
    package = json.loads((root / PACKAGE).read_text(encoding="utf-8"))
    described = {str(Path("data/raw") / resource["path"]) for resource in package["resources"]}
    present = {str(p.relative_to(root)) for p in (root / "data/raw").rglob("*") if p.is_file()}
    assert present - {str(PACKAGE), str(PACKAGE.parent / "corrections.toml")} == described
    for resource in package["resources"]:
        header = (root / "data/raw" / resource["path"]).read_text(encoding="utf-8").split("\n")[0]
        assert [field["name"] for field in resource["schema"]["fields"]] == header.split(",")
        assert (root / "data/raw" / resource["path"]).stat().st_size == resource["bytes"]
        assert resource["licenses"] and resource["sources"] and resource["accessed"]


def test_a_changed_file_is_refused_with_both_hashes(
    project_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = project_copy / PAPI
    file.write_text(file.read_text(encoding="utf-8").replace("0.3676", "0.9676"), encoding="utf-8")
    monkeypatch.setenv("DVCTT_ROOT", str(project_copy))
    with pytest.raises(RawFileChanged, match="git checkout"):
        check_raw(project_copy)
    outcome = CliRunner().invoke(main, ["check"])
    assert outcome.exit_code == 1
    assert PAPI in outcome.output
    assert outcome.output.count("sha256 is") == 1


def test_a_missing_file_and_a_broken_package_are_named(project_copy: Path) -> None:
    (project_copy / PAPI).unlink()
    with pytest.raises(RawFileMissing, match="papi_dimension8"):
        check_raw(project_copy)
    (project_copy / PACKAGE).write_text('{"resources": [{}]}', encoding="utf-8")
    with pytest.raises(PackageUnreadable, match=r"resource 1 .*“name” is missing"):
        check_raw(project_copy)


def test_a_link_out_of_the_project_is_not_followed(project_copy: Path, tmp_path: Path) -> None:
    file = project_copy / PAPI
    file.rename(tmp_path / "elsewhere.csv")
    file.symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(
        RawFileMissing, match=r"leads out of the project, to .*elsewhere.csv.* copy that file"
    ):
        check_raw(project_copy)


def test_processed_tables_are_rebuilt_when_a_raw_file_changes(project_copy: Path) -> None:
    processed.observations(project_copy)
    file = project_copy / PAPI
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert not processed.is_fresh(project_copy)
    with pytest.raises(RawFileChanged):
        processed.observations(project_copy)


def test_two_processes_may_rebuild_at_once(project_copy: Path) -> None:
    code = (
        "from pathlib import Path; from analysis.cleaning import processed; "
        f"print(len(processed.observations(Path({str(project_copy)!r}))))"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert [process.communicate()[0].strip() for process in both] == ["1329", "1329"]
    assert [process.returncode for process in both] == [0, 0]
    assert not list((project_copy / "data/processed").glob("*.tmp"))


def test_the_door_says_how_much_is_in_quarantine(project_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVCTT_ROOT", str(project_copy))
    outcome = CliRunner().invoke(main, ["clean"])
    assert outcome.exit_code == 0, outcome.output
    assert "85 in quarantine" in outcome.output.splitlines()[-1]
