"""What else has been published on a province, in words: each figure with what it is a share of."""

from __future__ import annotations

from analysis.reference.indicators import find_indicator
from analysis.reporting.brief_writer import Writer
from analysis.reporting.entries_known import enter_known_figures
from analysis.reporting.prose import Span


def known_words(writer: Writer) -> tuple[list[Span], list[list[Span]]]:
    """Write what else has been published on the province: a sentence, and a line an indicator with its figures."""
    texts, figures = writer.texts["points"], dict[str, list[tuple[str, str]]]()
    found = enter_known_figures(writer.ledger, writer.evidence)
    for code, name, about, months in found:
        piece = texts["known_figure"].replace("{about}", texts["about"] if about else "")
        piece = piece.replace("{value}", f"{{{name}_value}}")
        piece = piece.replace("{date}", f"{{{name}_date{':month' if months else ''}}}")
        figures.setdefault(code, []).append((name, piece))
    items = [writer.fill(_known_item(writer, code, pieces)) for code, pieces in figures.items()]
    return writer.spans("points", "known" if len(found) > 1 else "known_one"), items


def _known_item(writer: Writer, code: str, figures: list[tuple[str, str]]) -> str:
    """Name a share with what it is a share of, then its figures."""
    texts, indicator = writer.texts["points"], find_indicator(code)
    names, pieces = [name for name, _ in figures], [piece for _, piece in figures]
    label = getattr(indicator, f"name_{writer.language}")
    denominator = getattr(indicator, f"denominator_{writer.language}")
    base = texts["known_base"].replace("{denominator}", denominator) if denominator else ""
    item = (
        texts["known_item"]
        .replace("{label}", label)
        .replace("{base}", base + _old_level(writer, code, names))
    )
    return str(item.replace("{figures}", ", ".join(pieces)))


def _old_level(writer: Writer, code: str, names: list[str]) -> str:
    """Explain the level that was abolished, and a figure dated after that."""
    if "level4" not in code or "level3" in code:
        return ""
    texts, entries = writer.texts["points"], writer.ledger.entries
    late = any(str(entries[f"{name}_date"].value) >= str(entries["date_42"].value) for name in names)
    return str(texts["old_level"].replace("{late}", texts["old_level_late"] if late else ""))
