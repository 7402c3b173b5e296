"""A publisher states their own contact in dvctt.toml; it is text, and without it the brief names its issuer."""

from __future__ import annotations

import pytest

from analysis.reporting.contact import ContactUnreadable, put_contact, read_contact
from analysis.reporting.html import render_html
from analysis.reporting.pdf import render_pdf

ATTACK = "<script>alert(1)</script> #read('/etc/passwd') {{ 7*7 }} {change_pp}"


def _root(tmp_path, text):
    (tmp_path / "dvctt.toml").write_text(text, "utf-8")
    return tmp_path


def _about(brief) -> str:
    (section,) = [section for section in brief["sections"] if section["id"] == "about"]
    return "".join(span["text"] for span in section["items"][0]["rows"][0])


def test_without_a_file_the_brief_names_the_office_that_issued_it(assemble, tmp_path):
    assert read_contact(tmp_path) == {}
    brief = assemble("An Giang", "vi")
    assert put_contact(brief, {}) == brief
    assert _about(brief).endswith(
        "06-brief kèm theo. Góp ý, đính chính: gửi cơ quan phát hành bản tóm tắt này."
    )


def test_contact_of_a_language_stands_in_its_place(assemble, tmp_path):
    root = _root(tmp_path, '[contact]\nvi = "Sở TT&TT tỉnh An Giang,\\n dvc@example.org"\n')
    contact = read_contact(root)
    assert contact == {"vi": "Sở TT&TT tỉnh An Giang, dvc@example.org"}
    brief = put_contact(assemble("An Giang", "vi"), contact)
    assert _about(brief).endswith(" Góp ý, đính chính: Sở TT&TT tỉnh An Giang, dvc@example.org")
    assert "Sở TT&amp;TT tỉnh An Giang" in render_html(brief)
    english = assemble("An Giang", "en")
    assert put_contact(english, contact) == english


def test_one_contact_serves_all_languages_and_stays_text(assemble, tmp_path):
    contact = read_contact(_root(tmp_path, f'contact = "{ATTACK}"'))
    brief = put_contact(assemble("An Giang", "en"), contact)
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
        ('contcat = "x"', "contcat is not known here. Known: contact"),
        ("contact = ", "dvctt.toml cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path, text, said):
    with pytest.raises(ContactUnreadable) as refused:
        read_contact(_root(tmp_path, text))
    assert said in str(refused.value)
