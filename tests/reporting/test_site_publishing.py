"""The index is published whole or not at all, from briefs that can be read, and never into the project's data."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from reading_site import Page

from analysis.cli import main
from analysis.reference.provinces import find_province
from analysis.reporting import site as site_module
from analysis.reporting.site import PAGES, publish_site, render_site
from analysis.reporting.site_data import BriefUnreadable, find_brief, find_briefs
from analysis.reporting.texts import LANGUAGES

THAI_NGUYEN = find_province("Thái Nguyên")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text[: len(text) // 2], "no JSON"),
        (lambda text: text.replace('"province_code": "19"', '"province_code": "20"'), "expected '19'"),
        (lambda text: text.replace('"headline"', '"head"'), "headline"),
        (lambda text: "[]", "TypeError"),
    ],
    ids=["cut off", "another province", "a key is missing", "another shape"],
)  # fmt: skip
def test_unusable_results_are_refused_by_name_and_nothing_is_published(
    made_site, data, tmp_path, spoil, said
):
    reports = tmp_path / "reports"
    shutil.copytree(made_site / "thai-nguyen", reports / "thai-nguyen")
    results = reports / "thai-nguyen" / "results.json"
    text = results.read_text("utf-8")
    assert spoil(text) != text
    results.write_text(spoil(text), "utf-8")
    with pytest.raises(BriefUnreadable, match=re.escape(said)) as caught:
        publish_site(data, reports, reports)
    assert "thai-nguyen/results.json" in str(caught.value)
    assert 'dvctt brief "Thái Nguyên"' in str(caught.value)
    assert [path.name for path in reports.iterdir()] == ["thai-nguyen"]


def test_a_headline_is_escaped(made_site, data, tmp_path):
    shutil.copytree(made_site / "thai-nguyen", tmp_path / "thai-nguyen")
    results = tmp_path / "thai-nguyen" / "results.json"
    content = json.loads(results.read_text("utf-8"))
    content["headline"]["vi"] = '"><script>alert(1)</script>'
    results.write_text(json.dumps(content), "utf-8")
    html = render_site(data, find_briefs(tmp_path), "vi")
    assert "<script>alert" not in html
    assert "\\u003cscript\\u003ealert(1)" in html


def test_a_brief_that_would_be_made_anew_is_marked_even_where_its_numbers_agree(made_site, data):
    brief = find_brief(THAI_NGUYEN, made_site)
    stale = site_module.SiteData(**{**_fields(data), "stale": frozenset({THAI_NGUYEN.code})})
    for language, words in (
        ("vi", "Chưa tính số liệu mới bổ sung; con số có thể thay đổi khi lập lại"),
        ("en", "Made before the newest data; its numbers may change when made again"),
    ):
        assert words in render_site(stale, {THAI_NGUYEN.code: brief}, language)
        assert words not in render_site(data, {THAI_NGUYEN.code: brief}, language)


def _fields(data):
    return {name: getattr(data, name) for name in data.__dataclass_fields__}


def test_another_folder_gets_copies_of_the_briefs(made_site, data, tmp_path):
    files = publish_site(data, made_site, tmp_path / "public")
    assert [path.name for path in files[-2:]] == [PAGES[language] for language in LANGUAGES]
    assert all(path.is_file() for path in files)
    names = {str(path.relative_to(tmp_path / "public")) for path in files}
    assert {"thai-nguyen/brief.en.pdf", "bac-ninh/brief.vi.html", "data/observations.csv"} <= names
    assert _reached(tmp_path / "public") == names


def _reached(folder: Path) -> set[str]:
    """Return the files that the pages lead to, from the index on; a link that leads nowhere fails."""
    found, waiting = set[str](), [*PAGES.values()]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        assert (folder / name).is_file(), name
        if name.endswith(".html"):
            local = [link for link in Page((folder / name).read_text("utf-8")).links if "://" not in link]
            paths = [(folder / name).parent / link.partition("#")[0] for link in local if link[0] != "#"]
            waiting += [str(path.resolve().relative_to(folder.resolve())) for path in paths]
    return found


def test_a_failure_leaves_the_old_index_as_it_was(made_site, data, tmp_path, monkeypatch):
    publish_site(data, made_site, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def fail(data, briefs, language):
        if language == "en":
            raise OSError("disk full")
        return "half"

    monkeypatch.setattr(site_module, "render_site", fail)
    with pytest.raises(OSError, match="disk full"):
        publish_site(data, made_site, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_the_command_lists_all_provinces_before_any_brief_is_made(root, tmp_path, monkeypatch):
    for name in ("raw", "processed"):
        shutil.copytree(root / "data" / name, tmp_path / "data" / name)
    shutil.copytree(root / "studies", tmp_path / "studies")
    monkeypatch.setenv("DVCTT_ROOT", str(tmp_path))
    result = CliRunner().invoke(main, ["site"])
    assert result.exit_code == 0, result.output
    assert result.output.split() == [str(tmp_path / "reports" / name) for name in PAGES.values()]
    html = (tmp_path / "reports" / "index.html").read_text("utf-8")
    assert len(Page(html).rows) == 63
    assert "Chưa có bản tóm tắt nào." in html


def test_the_command_refuses_a_file_as_folder(tmp_path):
    (tmp_path / "taken").write_text("")
    result = CliRunner().invoke(main, ["site", "--out", str(tmp_path / "taken")])
    assert result.exit_code == 2
    assert "taken" in result.output


def test_the_command_does_not_write_into_the_projects_own_data(root):
    result = CliRunner().invoke(main, ["site", "--out", str(root)])
    assert result.exit_code == 2
    assert "--out" in result.stderr
    assert not (root / "data" / "provinces.csv").exists()
