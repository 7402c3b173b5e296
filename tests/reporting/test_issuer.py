"""An issuer states name, contact and logo in dvctt.toml; they stay text, and without them the brief is a draft."""

from __future__ import annotations

import base64
import io

import pytest

from analysis.reporting.html import render_html
from analysis.reporting.issuer import Issuer, IssuerUnreadable, put_issuer, read_issuer
from analysis.reporting.pdf import render_pdf
from analysis.reporting.prose import plain_text

ATTACK = "<script>alert(1)</script> #read('/etc/passwd') {{ 7*7 }} {change_pp}"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'


def _root(tmp_path, text):
    (tmp_path / "dvctt.toml").write_text(text, "utf-8")
    return tmp_path


def _about(brief) -> str:
    (section,) = [section for section in brief["sections"] if section["id"] == "about"]
    return "".join(span["text"] for span in section["items"][0]["rows"][0])


def test_without_a_file_the_brief_is_a_draft(assemble, tmp_path):
    assert read_issuer(tmp_path) == Issuer()
    brief = assemble("An Giang", "vi")
    assert put_issuer(brief, Issuer()) == brief
    assert "bản dự thảo, chưa có cơ quan phát hành" in plain_text(brief["first_page"]["kicker"])
    assert _about(brief).endswith(
        "06-brief kèm theo. Góp ý, đính chính: gửi đơn vị đã chuyển bản tóm tắt này."
    )


def test_issuer_number_date_and_logo_stand_on_page_and_pdf(assemble, tmp_path):
    from pypdf import PdfReader

    (tmp_path / "dau.png").write_bytes(PNG)
    issuer = read_issuer(
        _root(
            tmp_path,
            '[issuer]\ninstitution = "UBND tỉnh An Giang"\nunit = {vi = "Sở KH&CN", en = "Department"}\n'
            'number = "12/BC"\ndate = 2026-11-30\nlogo = "dau.png"\n',
        )
    )
    for language, words in (
        ("vi", "UBND tỉnh An Giang – Sở KH&CN · số 12/BC · ngày 30/11/2026"),
        ("en", "UBND tỉnh An Giang – Department · no. 12/BC · 30 November 2026"),
    ):
        brief = put_issuer(assemble("An Giang", language), issuer)
        kicker = plain_text(brief["first_page"]["kicker"])
        assert kicker.endswith(words) and "dự thảo" not in kicker and "draft" not in kicker
        page = render_html(brief)
        assert 'class="logo" src="data:image/png;base64,' in page
        reader = PdfReader(io.BytesIO(render_pdf(brief)))
        assert reader.metadata.author == "UBND tỉnh An Giang"
        assert "12/BC" in reader.pages[0].extract_text()


def test_contact_of_a_language_stands_in_its_place(assemble, tmp_path):
    root = _root(tmp_path, '[contact]\nvi = "Sở TT&TT tỉnh An Giang,\\n dvc@example.org"\n')
    issuer = read_issuer(root)
    assert issuer.contact == {"vi": "Sở TT&TT tỉnh An Giang, dvc@example.org"}
    brief = put_issuer(assemble("An Giang", "vi"), issuer)
    assert _about(brief).endswith(" Góp ý, đính chính: Sở TT&TT tỉnh An Giang, dvc@example.org")
    assert "Sở TT&amp;TT tỉnh An Giang" in render_html(brief)
    english = assemble("An Giang", "en")
    assert put_issuer(english, issuer) == english


def test_one_contact_serves_all_languages_and_stays_text(assemble, tmp_path):
    issuer = read_issuer(_root(tmp_path, f'contact = "{ATTACK}"\n[issuer]\ninstitution = "{ATTACK}"'))
    brief = put_issuer(assemble("An Giang", "en"), issuer)
    assert ATTACK in _about(brief)
    page = render_html(brief)
    assert "<script" not in page and "{{ 7*7 }}" in page
    assert b"%PDF" in render_pdf(brief)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("contact = 7", "contact must be a text, or a table with vi and en"),
        ('[contact]\nfr = "x"', "contact must be a text"),
        ("[contact]\nvi = 7", "contact in vi is 7, not a text"),
        (f'contact = "{"x" * 201}"', "201 characters, 200 are the most"),
        ('contcat = "x"', "contcat is not known here. Known: contact, issuer"),
        ("contact = ", "dvctt.toml cannot be read"),
        ("[issuer]\ndate = 30/11/2026", "a date as date = 2026-11-30"),
        ("issuer = 1", "issuer must be a table"),
        ('[issuer]\ndate = "hôm nay"', "issuer.date is 'hôm nay', not a date"),
        ("[issuer]\nnumber = 7", "issuer.number is 7, not a text"),
        ('[issuer]\nname = "x"', "issuer.name is not known here"),
        ('[issuer]\nlogo = "../x.png"', "expected a file in the project's folder"),
        ('[issuer]\nlogo = "absent.png"', "absent.png cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path, text, said):
    with pytest.raises(IssuerUnreadable) as refused:
        read_issuer(_root(tmp_path, text))
    assert said in str(refused.value)


@pytest.mark.parametrize("size", [100, 245_000])
def test_a_logo_of_another_kind_is_named(tmp_path, size):
    (tmp_path / "logo.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(size))
    with pytest.raises(IssuerUnreadable, match="is a JPEG; a logo is an SVG or a PNG"):
        read_issuer(_root(tmp_path, '[issuer]\nlogo = "logo.jpg"'))


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<image href="http://example.org/a.png"/>',
        '<path d="M0 0h9" fill="url(http://example.org/#a)"/>',
        '<path d="M0 0h9" onclick="alert(1)"/>',
        "<style>@import 'http://example.org/a.css'</style>",
        "<foreignObject/>",
    ],
)
def test_a_logo_that_runs_or_loads_anything_is_refused(tmp_path, inside):
    (tmp_path / "logo.svg").write_text(SVG.format(inside), "utf-8")
    with pytest.raises(IssuerUnreadable, match="holds shapes only"):
        read_issuer(_root(tmp_path, '[issuer]\nlogo = "logo.svg"'))


def test_a_logo_of_shapes_is_taken_and_entities_are_not(tmp_path):
    root = _root(tmp_path, '[issuer]\nlogo = "logo.svg"')
    (tmp_path / "logo.svg").write_text(SVG.format('<path d="M0 0h9v9z" fill="#c00"/>'), "utf-8")
    assert read_issuer(root).logo.startswith("data:image/svg+xml;base64,")
    (tmp_path / "logo.svg").write_text('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;"), "utf-8")
    with pytest.raises(IssuerUnreadable, match="holds shapes only"):
        read_issuer(root)
    (tmp_path / "logo.svg").write_bytes(b"x" * 100_001)
    with pytest.raises(IssuerUnreadable, match="at most 100,000"):
        read_issuer(root)
