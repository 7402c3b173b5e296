"""Whatever cleaning says has a Vietnamese and an English text, and the report keeps the two apart."""

import ast
import json
import re
import string
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from gallery import exhibits
from workbooks import csv

import analysis.cleaning
from analysis.cleaning.messages import entries, message
from analysis.cli import main

SOURCES = sorted(Path(analysis.cleaning.__file__).parent.rglob("*.py"))
SAYS = {"message": 0, "_says": 0, "held": 0, "FileRefused": 1, "refuse_cells": 3}
# Words that no Vietnamese sentence has; names of columns and keys (period_end, layout.toml) are not taken apart.
ENGLISH = re.compile(
    r"(?<![\w.])(the|is|are|was|not|and|or|of|in|to|with|which|its|this|that|rows?|cells?|sheets?|figures?|no|none|"
    r"printed|published|hidden|about|exact|units?|file|mend|value|header)(?![\w.])",
    re.IGNORECASE,
)
VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]")


def spoken() -> list[tuple[Path, ast.Call, str]]:
    """Return every call that says something by a code written on the spot."""
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if name in SAYS and len(node.args) > SAYS[name]:
                code = node.args[SAYS[name]]
                words = [c.value for c in ast.walk(code) if isinstance(c, ast.Constant)]
                found += [(path, node, word) for word in words if word in entries()]
                assert not isinstance(code, ast.Constant) or words[0] in entries(), (path.name, words)
    return found


def braces(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_code_has_both_languages_with_the_same_values() -> None:
    for code, entry in entries().items():
        for key in ("", "mend_", "name_"):
            vi, en = entry.get(f"{key}vi", ""), entry.get(f"{key}en", "")
            assert bool(vi) == bool(en) and braces(vi) == braces(en), code
            assert vi == unicodedata.normalize("NFC", vi)
            bare = re.sub(r"\{[^}]*\}|[“”\"].*?[“”\"]", "", vi)
            assert not ENGLISH.search(bare), (code, vi)
            assert VIETNAMESE.search(bare) or not re.search(r"\w{3}", bare), (code, vi)
            assert not VIETNAMESE.search(en.replace("“102 lượt truy cập”", "")), (code, en)
        assert entry["vi"] and entry["en"]


def test_every_code_said_has_its_values_and_every_text_is_said() -> None:
    for path, call, code in spoken():
        names = {keyword.arg for keyword in call.keywords}
        wanted = braces(entries()[code]["vi"]) | braces(entries()[code].get("mend_vi", ""))
        assert None in names or wanted <= names, (path.name, call.lineno, code, wanted - names)
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    literals = set(re.findall(r"""["']([a-z_.0-9]+)["']""", source))
    made = (
        r"portal_differs\.\w+|seen_\w+\.none|role_\w+|dossiers_uncounted\.\w+|layout_(key|column)_\w+"
        r"|column_unknown\.\w+"
    )
    built = {code for code in entries() if re.fullmatch(made, code)}
    cases = {code.split(".")[0] for code in literals if code in entries()}
    assert not set(entries()) - literals - built - cases


def test_numbers_and_lists_are_written_as_the_language_writes_them() -> None:
    said = message("number_ambiguous", text="1,200", low=1.2, high=1200.5).said
    assert "1,2 hoặc 1200,5" in said["vi"] and "1.2 or 1200.5" in said["en"]
    sizes = message("too_many_cells", file="a.csv", sheet="Biểu 1", most=20_000_000)
    assert sizes.told("vi").startswith("a.csv, trang “Biểu 1”: tệp có hơn 20.000.000 ô.")
    assert str(sizes) == "a.csv, sheet “Biểu 1”: has more than 20,000,000 cells. Split it."
    near = message("name_unknown.near", label="Yên Bai", names=["Yên Bái", "Hà Nội"]).said
    assert near["vi"].endswith("Yên Bái hoặc Hà Nội?") and near["en"].endswith("Yên Bái or Hà Nội?")


class View(HTMLParser):
    """Keeps what a reader of one language sees of the page, without texts of files (translate=no)."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language, self.open, self.seen = language, [], []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        other = given.get("lang", self.language) != self.language and tag != "html"
        if tag not in ("meta", "input", "br"):
            self.open.append(other or given.get("translate") == "no" or tag in ("style", "title"))

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(self.open):
            self.seen.append(" ".join(data.split()))


def view(page: str, language: str) -> list[str]:
    reader = View(language)
    reader.feed(page)
    return reader.seen


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    for exhibit in exhibits():
        (folder / exhibit.file).write_bytes(exhibit.content)
    (folder / "letter.pdf").write_bytes(b"%PDF-1.7")
    (folder / "odd.csv").write_bytes(csv([["x", "y"], ["Hà Nội", "5"], ["Sơn La", "6"]]))
    CliRunner().invoke(main, ["clean", *map(str, sorted(folder.glob("*.*"))), "--out", str(folder / "out")])
    return folder / "out"


def test_the_vietnamese_view_of_the_whole_gallery_is_vietnamese(reported: Path) -> None:
    seen = view((reported / "report.html").read_text(encoding="utf-8"), "vi")
    assert len(seen) > 500
    english = [text for text in seen if ENGLISH.search(re.sub(r"“[^”]*”", "", text))]
    assert not english


def test_the_english_view_of_the_whole_gallery_is_english(reported: Path) -> None:
    seen = view((reported / "report.html").read_text(encoding="utf-8"), "en")
    assert len(seen) > 500
    names = re.compile(r"“[^”]*”|'[^']*'|[Dd]id you mean.*\?|766/QĐ-TTg")
    assert not [text for text in seen if VIETNAMESE.search(names.sub("", text).lower())]


def test_the_json_report_keeps_codes_and_both_languages(reported: Path) -> None:
    report = json.loads((reported / "report.json").read_text(encoding="utf-8"))
    problems = [said for file in report["files"] for said in (*file["problems"], *file["notices"])]
    assert {"pdf", "vni", "names_unknown", "columns_not_understood"} <= {p["code"] for p in problems}
    assert all(p["vi"] and p["en"] and p["vi"] != p["en"] for p in problems)
    for line in report["quarantine"]:
        assert line["rule"] in entries() and line["mend"]["vi"]
        assert line["reason"]["vi"] != line["reason"]["en"]
    assert all(check["said"]["vi"].startswith("ghi ") for check in report["checks"])
