"""What a brief that rests on two dated figures says of their source, and whose figures it asks for."""

from __future__ import annotations

from analysis.panels.published_results import BeforeAfter
from analysis.reporting.brief_writer import Writer

PRESS = "/published-figures/"  # the raw folder whose figures are taken from the press and from web pages


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
    rows = writer.evidence.observations
    places = [published.before.raw_location, published.after.raw_location]
    return bool((rows.loc[rows["raw_location"].isin(places), "frequency"] == "M").all())
