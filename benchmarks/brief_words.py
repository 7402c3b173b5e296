"""Words, sentences, numbers and text in common of all briefs in a folder, from their pages: one row a brief.

    python -m benchmarks.brief_words reports > briefs.csv

The summary, by language the least, the median and the most of each column, goes to standard error. Sources,
citations, pictures and links are no words of a brief. A sentence is what stands between full stops, colons or
semicolons; lists of six parts or more are read as tables are. In common is a word that lies in a run of five
words which more than twenty other briefs have too.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from statistics import mean

import pandas as pd
from lxml import html

RUN, MANY, LIST = 5, 20, 6
NOT_READ = "//style|//script|//nav|//header|//svg|//*[contains(@class,'sources')]|//*[@class='cite']|//*[@class='skip']"
BLOCKS = "//p|//li|//h1|//h2|//h3|//th|//td|//caption|//figcaption"
WORD = re.compile(r"\S*\w\S*")


def read_brief(page: Path) -> tuple[str, list[str], list[str]]:
    """Return a brief's headline, and the texts of its first page and of the pages after it."""
    tree = html.parse(str(page), html.HTMLParser(encoding="utf-8")).getroot()
    for element in tree.xpath(NOT_READ):
        element.drop_tree()
    (first,) = tree.xpath("//*[@id='first-page']")
    pages: tuple[list[str], list[str]] = ([], [])
    for block in tree.xpath(BLOCKS):
        pages[first not in block.iterancestors()].append(re.sub(r"\s+", " ", block.text_content()).strip())
    return first.xpath("string(.//h1)"), *pages


def lengths_of(texts: list[str]) -> list[int]:
    """Return the words of each sentence; what stands in brackets is left out."""
    bare = [re.sub(r"\([^()]*\)", "", text) for text in texts]
    parts = [
        part for text in bare for part in re.split(r"(?<=[.;:!?])\s+", text) if len(part.split(",")) < LIST
    ]
    return [length for part in parts if (length := len(WORD.findall(part))) > 2]


def runs_of(texts: list[str]) -> list[tuple[str, ...]]:
    """Return every run of five words, without their case and punctuation."""
    words = [word.lower().strip('.,;:()“”"') for word in WORD.findall("\n".join(texts))]
    return [tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)]


def shares_in_common(texts: dict[str, list[str]]) -> dict[str, float]:
    """Return by brief the per cent of its words that lie in a run which more than twenty other briefs have."""
    runs = {name: runs_of(own) for name, own in texts.items()}
    briefs = Counter(run for own in runs.values() for run in set(own))
    shares = {}
    for name, own in runs.items():
        covered = {
            start + step for start, run in enumerate(own) if briefs[run] > MANY + 1 for step in range(RUN)
        }
        shares[name] = round(100 * len(covered) / max(len(own) + RUN - 1, 1))
    return shares


def measure(folder: Path, language: str) -> pd.DataFrame:
    """Return one row a province's brief in a language; the country's page is left out."""
    pages = sorted(folder.glob(f"*/brief.{language}.html"))
    read = {page.parent.name: read_brief(page) for page in pages if page.parent.name != "viet-nam"}
    common = shares_in_common({name: [*first, *rest] for name, (_, first, rest) in read.items()})
    rows = []
    for name, (headline, first, rest) in read.items():
        lengths, whole = lengths_of([*first, *rest]), " ".join([*first, *rest])
        rows.append({
            "language": language, "province": name, "headline_words": len(headline.split()),
            "first_page_words": len(WORD.findall(" ".join(first))), "words": len(WORD.findall(whole)),
            "mean_sentence": round(mean(lengths), 1), "longest_sentence": max(lengths),
            "numbers": len(re.findall(r"\d[\d.,/]*", whole)), "in_common_percent": common[name],
            "headline": headline,
        })  # fmt: skip
    alike = Counter(row["headline"] for row in rows)
    return pd.DataFrame(rows).assign(same_headline=[alike[row["headline"]] for row in rows])


def main() -> None:
    """Write the table to standard output and its summary to standard error."""
    table = pd.concat([measure(Path(sys.argv[1]), language) for language in ("vi", "en")])
    table.to_csv(sys.stdout, index=False)
    numbers = table.drop(columns=["headline", "province"]).groupby("language", sort=False)
    print(numbers.agg(["min", "median", "max"]).T.to_string(), file=sys.stderr)


if __name__ == "__main__":
    main()
