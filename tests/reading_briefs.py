"""What a reader sees of a brief: the text of its page and the words of its content."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from analysis.reporting.html import render_html
from analysis.reporting.prose import plain_text

MOST_IN_HEADLINE, MOST_ON_FIRST_PAGE = 15, 250  # words
LONGEST, MEAN_LENGTH = 30, 20  # words of a sentence
MOST_CAVEATS, LONGEST_CAVEAT, LONGEST_METHOD = 6, 25, 80
LIST = 6  # so many commas make a list of names or of years
LANGUAGES = ("vi", "en")
# Words that claim more than any design here can carry.
BANNED_WORDS = {"en": ("proves", "proven", "thanks to"), "vi": ("chứng minh", "nhờ có", "nhờ vào")}
# A treated province with figures, treated without, untreated with a missing survey year, one that is doubtful.
KINDS = ("Thái Nguyên", "Yên Bái", "Bắc Ninh", "Hòa Bình", "Bà Rịa – Vũng Tàu")


class Visible(HTMLParser):
    """Collect the text of a page outside tables of sources, citations and links of numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, dict[str, str | None]]] = []
        self.loose: list[str] = []
        self.numbers: list[tuple[str, str]] = []
        self.requests: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        for name in ("src", "href", "action", "data"):
            if name in found and tag in ("img", "script", "link", "iframe", "object", "form"):
                self.requests.append(str(found[name]))
        if tag not in ("meta", "img", "br", "link"):
            self.stack.append((tag, found))

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if any(tag in ("style", "title", "nav") for tag, _ in self.stack):
            return
        classes = " ".join(str(found.get("class", "")) for _, found in self.stack)
        name = self.stack[-1][1].get("data-number") if self.stack else None
        if name:
            self.numbers.append((name, data))
        elif "cite" not in classes and "sources" not in classes:
            self.loose.append(data)


def visible(brief) -> Visible:
    """Read the page of a brief."""
    page = Visible()
    page.feed(render_html(brief))
    return page


def headline(brief) -> str:
    """Return the headline of a brief."""
    return plain_text(brief["first_page"]["headline"])


def first_page_text(brief) -> str:
    """Join the words of a brief's first page, those on its picture left out."""
    page = brief["first_page"]
    parts = [page[name] for name in ("kicker", "headline", "subtitle", "caption")]
    parts += [box[name] for box in page["boxes"] for name in ("heading", "text")]
    return " ".join(plain_text(spans) for spans in [*parts, page["action_heading"], page["action"]])


def sentences(brief) -> list[str]:
    """Return the sentences of a brief, lists of names and figures left out: those are read as tables are."""
    page = brief["first_page"]
    rows = [page["headline"], page["subtitle"], page["caption"], page["action"]]
    return sentences_of(brief, [*rows, *(box["text"] for box in page["boxes"])])


def sentences_of(page, rows=()) -> list[str]:
    """Return the sentences of a page's sections and of these rows beside them."""
    rows = list(rows)
    for section in page["sections"]:
        if section["id"] not in ("about", "sources"):
            rows += [
                row for item in section["items"] if item["kind"] in ("text", "list") for row in item["rows"]
            ]
    found = []
    for row in rows:
        text = re.sub(r"\([^()]*\)", "", plain_text(row))
        found += [part for part in re.split(r"(?<=[.;:!?])\s+", text) if len(part.split(",")) < LIST]
    return found


def assert_short(brief) -> None:
    """Hold a brief to its lengths: headline, first page, sentences, method, caveats; no p value on the first page."""
    assert len(headline(brief).split()) <= MOST_IN_HEADLINE, headline(brief)
    assert len(first_page_text(brief).split()) <= MOST_ON_FIRST_PAGE, first_page_text(brief)
    assert not re.search(r"\bp\W*=", first_page_text(brief))
    lengths = {
        sentence: len(sentence.split()) for sentence in [*sentences(brief), *sentences_of(brief["common"])]
    }
    assert not [sentence for sentence, length in lengths.items() if length > LONGEST]
    assert sum(lengths.values()) / len(lengths) <= MEAN_LENGTH
    rows = {
        section["id"]: [plain_text(row) for item in section["items"] for row in item["rows"]]
        for section in brief["sections"]
        if section["id"] in ("method", "caveats")
    }
    assert len(" ".join(rows.get("method", [])).split()) <= LONGEST_METHOD
    assert len(rows.get("caveats", [])) <= MOST_CAVEATS
    assert not [row for row in rows.get("caveats", []) if len(row.split()) > LONGEST_CAVEAT]


def common_text(brief) -> str:
    """Join the words of the page of notes that a brief carries."""
    return all_text(brief["common"])


def all_text(brief, section: str | None = None) -> str:
    """Join the words of a brief's paragraphs and lists, of all sections or one."""
    rows = [
        row
        for part in brief["sections"]
        if section in (None, part["id"])
        for item in part["items"]
        if item["kind"] in ("text", "list")
        for row in item["rows"]
    ]
    return "".join(span["text"] for row in rows for span in row)
