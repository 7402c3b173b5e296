"""A brief's page and PDF are two renderings of one content; its editions are published whole and say what moved."""

from __future__ import annotations

import io
import json
import shutil

import pytest

from analysis.reference.provinces import find_province
from analysis.reporting import pdf
from analysis.reporting.edition import is_current
from analysis.reporting.html import render_html
from analysis.reporting.pdf import PdfRefused, render_pdf
from analysis.reporting.publish import NoBriefInNotebook, publish_brief, read_briefs
from analysis.reporting.site_data import BriefUnreadable, find_briefs
from reading_briefs import KINDS, LANGUAGES, visible


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", [*KINDS, "Lạng Sơn"]
)  # the brief with the longest texts and all its pictures
def test_pdf_is_tagged_pages_with_their_fonts(assemble, name, language):
    from pypdf import PdfReader

    content = render_pdf(assemble(name, language))
    reader = PdfReader(io.BytesIO(content))
    catalog = reader.trailer["/Root"]
    assert len(reader.pages) == 2
    assert len(content) <= 250_000
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"].startswith(language)
    assert "pdfuaid" in catalog["/Metadata"].get_data().decode("utf-8", "replace")
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    for font in fonts:
        for inner in font.get("/DescendantFonts", [font]):
            assert any(
                k in inner.get_object()["/FontDescriptor"] for k in ("/FontFile", "/FontFile2", "/FontFile3")
            )
    text = "".join(page.extract_text() for page in reader.pages)
    assert find_province(name).name_vi in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*KINDS, "Lạng Sơn"])
def test_first_editions_need_no_smaller_type(assemble, name, language, monkeypatch):
    monkeypatch.setattr(pdf, "SCALES", pdf.SCALES[:1])
    assert _page_count(render_pdf(assemble(name, language))) == 2


def test_pdf_with_a_full_box_of_changes_keeps_to_two_pages(assemble):
    from analysis.reporting.changes import section_of_changes

    brief = json.loads(json.dumps(assemble("Thái Nguyên", "vi")))
    names = list(brief["ledger"]["numbers"])
    rows = [
        {"number": n, "unit": "", "old": 1.0, "new": 2.0, "because": ["published_figures.csv:13"] * 3}
        for n in names
    ]
    since = {"data_date": brief["data_date"], "version": brief["version"]}
    box = section_of_changes({"since": since, "rows": rows}, "vi")
    sections = [brief["sections"][0], box, *brief["sections"][1:]]
    assert _page_count(render_pdf({**brief, "sections": sections})) == 2
    with pytest.raises(PdfRefused, match=r"pages in its smallest type, 2 are allowed"):
        render_pdf({**brief, "sections": [*sections, *[box] * 30]})


def _page_count(content: bytes) -> int:
    from pypdf import PdfReader

    return len(PdfReader(io.BytesIO(content)).pages)


def test_page_asks_for_nothing_outside(assemble):
    page = visible(assemble("Thái Nguyên", "vi"))
    assert all(request.startswith("data:image/svg+xml;base64,") for request in page.requests)


def test_same_content_gives_the_same_bytes(assemble):
    brief = assemble("Thái Nguyên", "en")
    assert render_html(brief) == render_html(brief)
    assert render_pdf(brief) == render_pdf(brief)


def test_hostile_content_stays_text(assemble):
    brief = json.loads(json.dumps(assemble("Yên Bái", "en")))
    attack = '<script>alert(1)</script>{{ 7*7 }} #read("/etc/passwd")'
    brief["first_page"]["headline"] = [{"text": attack}]
    brief["first_page"]["picture"]["rows"][0]["label"] = [{"text": attack}]
    brief["first_page"]["picture"]["alt"] = attack + '" onload="alert(1)'
    for section in brief["sections"]:
        for item in section["items"]:
            if item["kind"] == "sources":
                item["rows"][0] |= {"title": attack, "url": "javascript:alert(1)"}
    page = render_html(brief)
    assert (
        "<script" not in page
        and "javascript:" not in page
        and ' onload="' not in page
        and "{{ 7*7 }}" in page
    )
    from pypdf import PdfReader

    text = PdfReader(io.BytesIO(render_pdf(brief))).pages[0].extract_text()
    assert "read(" in text and "root:" not in text


def test_page_links_only_to_languages_that_are_published(assemble):
    brief = assemble("Yên Bái", "vi")
    assert "brief.en.html" in render_html(brief, ["vi", "en"])
    assert "brief.en.html" not in render_html(brief, ["vi"])


def _notebook_with(brief, path):
    bundle = {"application/vnd.dvctt.brief+json": brief}
    cells = [{"cell_type": "code", "outputs": [{"data": bundle}]}]
    path.write_text(json.dumps({"cells": cells}), "utf-8")
    return path


def test_published_files_come_all_or_none(assemble, tmp_path, root):
    notebook = _notebook_with(assemble("Yên Bái", "vi"), tmp_path / "06.ipynb")
    files, moved = publish_brief([notebook], tmp_path / "out", root)
    assert moved == {}, "a first edition has nothing to compare with"
    there = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert there == sorted([*(path.name for path in files), "published.json"])
    empty = tmp_path / "empty.ipynb"
    empty.write_text('{"cells": []}', "utf-8")
    with pytest.raises(NoBriefInNotebook, match=r"empty\.ipynb shows no brief"):
        publish_brief([notebook, empty], tmp_path / "never", root)
    assert not (tmp_path / "never").exists()
    with pytest.raises(NoBriefInNotebook, match="is not a notebook that can be read"):
        read_briefs(tmp_path / "absent.ipynb")


@pytest.mark.parametrize("name", ["brief.en.html", "brief.en.pdf", "figures-used.csv", "results.json"])
def test_edited_file_is_neither_kept_nor_compared_with_nor_shown_on_the_index(assemble, tmp_path, root, name):
    notebook, out = (
        _notebook_with(assemble("Thái Nguyên", "en"), tmp_path / "06.ipynb"),
        tmp_path / "thai-nguyen",
    )
    publish_brief([notebook], out, root)
    whole = {path.name: path.read_bytes() for path in out.iterdir()}
    (out / name).write_bytes(whole[name].replace(b"60", b"90"))
    assert not is_current([notebook], out, root)
    with pytest.raises(BriefUnreadable, match=f"{name} not as it was published.*Make that brief again"):
        find_briefs(tmp_path)
    _, moved = publish_brief([notebook], out, root)
    assert moved == {}, "nothing moved: the other figure was never published"
    assert {file: (out / file).read_bytes() for file in whole if file != "published.json"} == {
        file: content for file, content in whole.items() if file != "published.json"
    }
    assert is_current([notebook], out, root) and find_briefs(tmp_path)


def test_edition_cut_off_while_it_is_put_in_place_is_made_again_alike(assemble, tmp_path, root, monkeypatch):
    """Whichever file was the last in place, the next run publishes the same bytes, with the box on what moved."""
    first = assemble("Thái Nguyên", "en")
    second = json.loads(json.dumps(first))
    second["ledger"]["numbers"]["after_value"]["value"] = 58.0
    notebook = _notebook_with(first, tmp_path / "06.ipynb")
    publish_brief([notebook], tmp_path / "old", root)
    _notebook_with(second, notebook)
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    publish_brief([notebook], tmp_path / "new", root)
    ends = ("published.json", "results.json")
    between = sorted({path.name for path in (tmp_path / "new").iterdir()} - set(ends))
    order = [ends[0], *between, ends[1]]
    for count in range(1, len(order)):
        cut = tmp_path / f"cut-{count}"
        shutil.copytree(tmp_path / "old", cut)
        for name in order[:count]:
            shutil.copy(tmp_path / "new" / name, cut / name)
        assert not is_current([notebook], cut, root)
        publish_brief([notebook], cut, root)
        for name in order:
            assert (cut / name).read_bytes() == (tmp_path / "new" / name).read_bytes(), (count, name)


def test_new_edition_says_what_moved_and_because_of_which_rows(assemble, tmp_path, root):
    """A raw figure is corrected from 60 to 58: the brief names what moved, and the row, until the next change."""
    out, first = tmp_path / "out", assemble("Thái Nguyên", "en")
    notebook = _notebook_with(first, tmp_path / "06.ipynb")
    publish_brief([notebook], out, root)
    assert is_current([notebook], out, root)
    plain = (out / "brief.en.html").read_text("utf-8")
    assert "What changed since" not in plain

    second = json.loads(json.dumps(first))
    second["ledger"]["numbers"]["after_value"]["value"] = 58.0
    row = second["ledger"]["sources"][second["ledger"]["numbers"]["after_value"]["sources"][0]]
    row["location"] = row["location"].replace(":14", ":15")
    _notebook_with(second, notebook)
    assert not is_current([notebook], out, root)
    _, moved = publish_brief([notebook], out, root)
    assert [(r["number"], r["old"], r["new"]) for r in moved["rows"]] == [("after_value", 60, 58.0)]
    assert [place.rsplit("/", 1)[-1] for place in moved["rows"][0]["because"]] == [
        "published_figures.csv:14",
        "published_figures.csv:15",
    ]
    page = (out / "brief.en.html").read_text("utf-8")
    assert "What changed since the edition of" in page and "60 → 58" in page

    second["title"] += "!"
    _, again = publish_brief([_notebook_with(second, notebook)], out, root)
    assert again == moved, "nothing moved since: the box stays"
