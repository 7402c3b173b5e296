"""Sentences of a brief: templates with named numbers become spans that remember which number is which.

A template is plain text with `{name}` or `{name:style}`; styles are a number of decimals (`0`, `1`, …), `+`
before it for an explicit sign, `quarter`, `half`, `month` or `year`. `**bold**` is the only markup. Nothing in a
template or a value is ever evaluated: names are looked up, values are text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analysis.reporting.ledger import Entry, Ledger, LedgerError
from analysis.reporting.numbers import (
    MINUS,
    format_date,
    format_half,
    format_month,
    format_number,
    format_quarter,
)

Span = dict[str, Any]
_TOKEN = re.compile(r"\{(?P<name>[a-z0-9_]+)(?::(?P<style>[a-z0-9+]+))?\}|(?P<bold>\*\*)")


def write_spans(
    template: str, ledger: Ledger, language: str, words: dict[str, str] | None = None
) -> list[Span]:
    """Return a template's spans: `{"text": …}` and, for a number, also `"number"` and its `"sources"`.

    Args:
        template: the text with named numbers.
        ledger: where the names are looked up.
        language: "vi" or "en".
        words: names that stand for plain words, such as the province's name.

    Raises:
        LedgerError: the template names a number that the ledger does not hold.
    """
    spans: list[Span] = []
    strong, end = False, 0
    for token in _TOKEN.finditer(template):
        _append(spans, template[end : token.start()], strong)
        end = token.end()
        if token["bold"]:
            strong = not strong
        elif words and token["name"] in words:
            _append(spans, words[token["name"]], strong)
        else:
            spans.append(_number_span(token["name"], token["style"], ledger, language, strong))
    _append(spans, template[end:], strong)
    return spans


def put_parts(template: str, parts: Mapping[str, str], times: int = 1) -> str:
    """Return a template with pieces of template in place of their names; `times` where pieces hold others."""
    for name, part in [*parts.items()] * times:
        template = template.replace("{" + name + "}", part)
    return template


def plain_text(spans: list[Span]) -> str:
    """Return the words of spans without their lineage."""
    return "".join(span["text"] for span in spans)


def write_value(entry: Entry, style: str | None, language: str) -> str:
    """Write an entry's value in a language; without a style, with the entry's own digits."""
    if isinstance(entry.value, str):
        return _write_text_value(entry.value, style, language, entry.unit)
    if style == "year":
        return f"{entry.value:.0f}"
    signed = bool(style and style.startswith("+"))
    digits = int(style.lstrip("+")) if style and style.lstrip("+") else entry.digits
    text = format_number(entry.value, digits, language)
    return f"+{text}" if signed and not text.startswith(MINUS) and entry.value > 0 else text


def _write_text_value(value: str, style: str | None, language: str, unit: str) -> str:
    if unit != "date":
        return value
    if style == "year":
        return value[:4]
    write = {"quarter": format_quarter, "month": format_month, "half": format_half}.get(
        style or "", format_date
    )
    return write(value, language)


def _number_span(name: str, style: str | None, ledger: Ledger, language: str, strong: bool) -> Span:
    if name not in ledger.entries:
        raise LedgerError(f"a sentence of the brief names “{name}”, which is not among its numbers.")
    text = write_value(ledger.entries[name], style, language)
    span: Span = {"text": text, "number": name, "sources": list(ledger.sources_of(name))}
    return {**span, "strong": True} if strong else span


def _append(spans: list[Span], text: str, strong: bool) -> None:
    if text:
        spans.append({"text": text, "strong": True} if strong else {"text": text})
