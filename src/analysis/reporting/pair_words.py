"""How a brief that rests on two dated figures names their dates and source: as the figures have them."""

from __future__ import annotations

from analysis.estimation.results import BeforeAfter, Point
from analysis.reporting.brief_writer import Writer
from analysis.reporting.prose import Span
from analysis.reporting.wording import choose_wording

_STYLES = {"M": "month", "Q": "quarter", "S": "half", "A": "year"}
PRESS = "/published-figures/"  # the raw folder whose figures are taken from the press and from web pages


def are_quarters(writer: Writer) -> bool:
    """Tell whether both figures are of quarters of one year, for which the ordinary sentences are written."""
    published = writer.evidence.published
    if not isinstance(published, BeforeAfter):
        return False
    points = (published.before, published.after)
    one_year = points[0].date[:4] == points[1].date[:4]
    return one_year and all(_style(writer, point) == "quarter" for point in points)


def pair_headline(writer: Writer, **parts: str) -> list[Span]:
    """Write the headline with the dates as the figures have them."""
    before, after = _dates(writer, "bare")
    return writer.fill(_put(writer, "headline", before=before, after=after, **parts))


def pair_happened(writer: Writer) -> list[Span]:
    """Write what happened with the dates as the figures have them."""
    before, after = _dates(writer, "in")
    return writer.fill(_put(writer, "happened", Before=before[0].upper() + before[1:], after=after))


def one_source_words(writer: Writer) -> str:
    """Say that both figures come from one publication: a newspaper article, or whose table it is."""
    published = writer.evidence.published
    if not isinstance(published, BeforeAfter) or published.before.source_id != published.after.source_id:
        return ""
    source = writer.evidence.source(published.before.source_id) or {}
    if PRESS in str(source.get("resource", PRESS)):
        return str(writer.texts["lead"]["one_source"])
    return str(writer.texts["panel"]["pair"]["one_table"]).replace("{publisher}", str(source["publisher"]))


def asks_for_others(writer: Writer) -> bool:
    """Tell whether the province's own monthly figures are there, so that those of others are asked for."""
    published = writer.evidence.published
    if not isinstance(published, BeforeAfter):
        return False
    return all(_style(writer, point) == "month" for point in (published.before, published.after))


def survey_tail(writer: Writer) -> str:
    """Return how the headline ends where the survey allows more than "we cannot tell"; empty where it does not."""
    evidence = writer.evidence
    rung = choose_wording(evidence.effect, (*evidence.effect.checks, *evidence.events.checks))
    return "" if rung == "unclear" else str(writer.texts["panel"]["pair"][f"tail_{rung}"])


def _dates(writer: Writer, form: str) -> tuple[str, str]:
    published = writer.evidence.published
    assert isinstance(published, BeforeAfter)
    texts, written = writer.texts["panel"]["pair"], []
    for name, point in (("before_date", published.before), ("after_date", published.after)):
        written.append(str(texts[f"{form}_{_style(writer, point)}"]).replace("{day", "{" + name))
    return written[0], written[1]


def _put(writer: Writer, key: str, **parts: str) -> str:
    template = str(writer.texts["panel"]["pair"][key])
    for name, part in parts.items():
        template = template.replace("{" + name + "}", part)
    return template


def _style(writer: Writer, point: Point) -> str:
    """Return how a figure's date is written: as its period, or as a day where it is of no whole period."""
    rows = writer.evidence.observations
    found = rows.loc[rows["raw_location"] == point.raw_location, "frequency"]
    return _STYLES.get(str(found.iloc[0]), "date") if len(found) else "date"
