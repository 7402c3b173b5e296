"""The writer of a brief: sentences of one language from one ledger, and the list of their sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from analysis import __version__
from analysis.panels.published_results import BeforeAfter
from analysis.reporting.evidence import Evidence
from analysis.reporting.ledger import Ledger, Source
from analysis.reporting.place_names import shown_name, successor_name
from analysis.reporting.prose import Span, plain_text, put_parts, write_spans
from analysis.reporting.texts import load_texts


class Writer:
    """Write sentences of one language from one ledger; every method returns content, nothing is printed."""

    def __init__(self, evidence: Evidence, language: str) -> None:
        self.evidence, self.language = evidence, language
        self.texts = load_texts("brief", language) | {"first": load_texts("first", language)}
        self.ledger = Ledger()
        self.measures: list[tuple[str, bool, bool]] | None = (
            None  # once entered, see `first_own.own_measures`
        )
        province = evidence.province
        self.words = {"province": shown_name(province, language), "version": __version__, "about": ""}
        own, rose = self.texts["words"], evidence.effect.estimate >= 0
        self.words["unit"] = own["municipality" if province.kind == "municipality" else "province"]
        self.words |= {"more": own["more" if rose else "less"], "higher": own["higher" if rose else "lower"]}
        self.words["setters"] = own[f"setters_{evidence.known_from(evidence.treated)}"]
        self.words["reported"] = own[f"reported_{evidence.known_from((province.code,))}"]
        self.words["centre"] = successor_name(province, language)
        published = evidence.published
        if isinstance(published, BeforeAfter) and published.after.qualifier == "about":
            self.words["about"] = "khoảng " if language == "vi" else "about "

    def spans(self, section: str, key: str, **parts: str) -> list[Span]:
        """Write the sentence `section.key`; `parts` are pieces of template put in before the numbers."""
        template: str = self.texts[section][key] if section else self.texts[key]
        return self.fill(put_parts(template, parts))

    def fill(self, template: str) -> list[Span]:
        """Write a template that is no text of the files, or that was put together from several."""
        return write_spans(template, self.ledger, self.language, self.words)

    def join(self, parts: Sequence[str], last: str) -> str:
        """Join pieces with commas, the last two by the word `last` of the texts."""
        word = self.texts["words"][last]
        return str(word).join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))

    def ledger_value(self, name: str) -> float:
        """Return a number of the ledger as a float."""
        return float(self.ledger.entries[name].value)

    def text(self, section: str, key: str, **parts: str) -> str:
        """Write a sentence as plain words, for labels and alternative texts."""
        return plain_text(self.spans(section, key, **parts))


NO_TITLE = "[URL slug] "  # begins a title that was read off an address


def sources_section(writer: Writer, shown: Iterable[Span]) -> dict[str, Any]:
    """List the publications under the numbers that are shown, each once, with the keys it is cited by."""
    used = {key for span in shown for key in span.get("sources", ())}
    cited = dict[str, list[Source]]()
    for source in (one for one in writer.ledger.sources.values() if one.key in used):
        cited.setdefault(_title(writer, source), []).append(source)
    rows = [
        {
            "keys": [source.key for source in sources],
            "title": title,
            "url": sources[0].url,
        }
        for title, sources in cited.items()
    ]
    header = [writer.text("sources", f"col_{name}") for name in ("key", "source")]
    table = {"kind": "sources", "caption": writer.text("sources", "caption"), "header": header, "rows": rows}
    return {"id": "sources", "heading": writer.text("headings", "sources"), "items": [table]}


def _title(writer: Writer, source: Source) -> str:
    """Write publisher, title, date and the site of the address; notes of ours are put into the reader's language."""
    texts, title = writer.texts["sources"], source.title
    if title.startswith(NO_TITLE):
        title = texts["untitled"].format(slug=title.removeprefix(NO_TITLE))
    site = (urlsplit(source.url).hostname or "").removeprefix("www.")
    parts = [source.publisher, title, source.published, "" if site in source.publisher else site]
    text = ". ".join(filter(None, parts)).replace("?.", "?")
    for ours, theirs in texts["wording"]:
        text = text.replace(ours, theirs)
    return text
