"""Charts with their words: a figure as SVG, an alternative text that says what is seen, labels in a language."""

from __future__ import annotations

import base64
import html
from dataclasses import dataclass
from textwrap import fill
from typing import Any, Protocol

from analysis.panels.published_results import BeforeAfter, NotAvailable, Point
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import Province
from analysis.reference.test_data import marked
from analysis.reporting import figures, published_figures
from analysis.reporting.numbers import format_date, format_number
from analysis.reporting.place_names import shown_name
from analysis.reporting.published_figures import Words
from analysis.reporting.style import house_style, to_svg
from analysis.reporting.texts import load_texts

SOURCE_CHARACTERS = 118  # what the line under a figure of the usual width has room for
SHARE = "share_services_with_online_dossiers"


class Plottable(Protocol):
    """A result that draws itself on an axis and returns the axis."""

    def plot(self, ax: Any = None) -> Any:
        """Draw on the axis given, or on a new one."""


@dataclass(frozen=True)
class Chart:
    """A figure as SVG text and what it shows in words; a notebook displays it with its alternative text."""

    svg: str
    alt: str

    @property
    def svg_base64(self) -> str:
        """The SVG for a data address."""
        return base64.b64encode(self.svg.encode()).decode()

    def _repr_html_(self) -> str:
        return f'<img src="data:image/svg+xml;base64,{self.svg_base64}" alt="{html.escape(self.alt)}">'

    def __repr__(self) -> str:
        return self.alt


def chart_published(
    result: BeforeAfter | NotAvailable,
    nation: tuple[Point, ...],
    place: Province,
    *,
    indicator: str = SHARE,
    language: str = "en",
    keys: str = "",
) -> Chart:
    """Chart a province's figures against the national trend; the nation alone where it has none.

    Args:
        result: the change taken apart, or the reason why there is none.
        nation: the nation's figures, published or summed, in order of date, percent.
        place: the province.
        indicator: the figures' code in the codebook.
        language: "vi" or "en".
        keys: numbers of the sources, for the line under the figure; empty leaves their brackets out.
    """
    texts = load_texts("brief", language)
    series = ", ".join(f"{_pct(p.value_pct, language)} ({format_date(p.date, language)})" for p in nation)
    words, kind = _words_of(place, indicator, language, keys, result, nation), _kind_of(nation)
    if isinstance(result, NotAvailable):
        axes = published_figures.plot_nation(nation, words)
        return Chart(
            to_svg(axes),
            texts["chart_nation"]["alt"].format(
                nation_series=series, of_nation=texts["chart_nation"][f"nation_{kind}"]
            ),
        )
    axes = published_figures.plot_before_after(result, nation, words)
    alt = texts["chart_published"]["alt"].format(
        province=shown_name(place, language),
        before=figures.percent(result.before, language), before_date=format_date(result.before.date, language),
        after=figures.percent(result.after, language), after_date=format_date(result.after.date, language),
        tide_end_low=_pct(result.before.value_pct + result.tide_low_pp, language),
        tide_end_high=_pct(result.before.value_pct + result.tide_high_pp, language),
        nation_series=series, of_nation=texts["chart_nation"][f"nation_{kind}"],
    )  # fmt: skip
    return Chart(to_svg(axes), alt)


def _words_of(
    place: Province,
    indicator: str,
    language: str,
    keys: str,
    result: BeforeAfter | NotAvailable,
    points: tuple[Point, ...],
) -> Words:
    """Gather what is written on a picture of published figures: the province's, or the nation's alone."""
    texts, alone = load_texts("brief", language), isinstance(result, NotAvailable)
    own, nation = texts["chart_published"], texts["chart_nation"]
    labels = {
        k: own[k].format(province=shown_name(place, language))
        for k in ("title", "own", "tide", "nation", "ylabel")
    }
    if alone:
        labels["title"] = nation["title"]
    if indicator != SHARE:
        # The brief's own titles and axis are those of the share of services; another indicator brings its name.
        name = getattr(find_indicator(indicator), f"name_{language}")
        labels["title"] = f"{own['nation']}: {name[0].lower()}{name[1:]}" if alone else name
        labels["ylabel"] = "%"
    dotted = "" if isinstance(result, NotAvailable) else _dotted(own, result, points, language)
    source = source_line(
        (nation if alone else own)["source"],
        keys,
        dotted=dotted,
        figures=nation[f"figures_{_kind_of(points)}"],
    )
    own_points = () if isinstance(result, NotAvailable) else (result.before, result.after)
    places = [point.raw_location for point in (*points, *own_points)]
    labels["source"] = fill(marked(source, places, language), SOURCE_CHARACTERS)
    breaks = {
        str(day): own["broke"].format(date=format_date(str(day), language))
        for day in find_indicator(indicator).breaks
    }
    return Words(labels, language, breaks)


def _kind_of(nation: tuple[Point, ...]) -> str:
    """Tell where the nation's figures are from: `published`, `summed` from the provinces' counts, or `both`."""
    summed = {point.is_summed for point in nation}
    return "both" if len(summed) > 1 else "summed" if True in summed else "published"


def _dotted(texts: dict[str, str], result: BeforeAfter, nation: tuple[Point, ...], language: str) -> str:
    """Say what the dotted line is, where the country was not published on both dates: one reading of several."""
    readings = [tide for tide in result.tides if tide.reading not in ("observed", "never_fell")]
    if not readings:
        return ""
    left = published_figures.first_day_shown(result)
    earlier = [point.date for point in nation if point.date < left]
    outside = texts["outside"].format(date=format_date(earlier[-1], language)) if earlier else ""
    return texts["dotted"].format(outside=outside, n=len(readings))


def chart_result(
    result: Plottable, *, title: str, alt: str, source: str, xlabel: str = "", ylabel: str = ""
) -> Chart:
    """Chart any result that plots itself, with its source under it and its words beside it.

    Args:
        result: something with `plot(ax)`.
        title: the line above the figure.
        alt: what the figure shows, in words.
        source: the line under the figure.
        xlabel, ylabel: the axes with their units; empty keeps the result's own.
    """
    with house_style():
        axes = figures.new_axes(height_in=3.0)
        result.plot(axes)
        axes.set_xlabel(xlabel or axes.get_xlabel())
        figures.finish(axes, {"title": title, "ylabel": ylabel or axes.get_ylabel(), "source": source})
    return Chart(to_svg(axes), alt)


def _pct(value: float, language: str, digits: int | None = None) -> str:
    if digits is None:
        digits = len(f"{value:.2f}".rstrip("0").split(".")[1])
    return f"{format_number(value, digits, language)}%"


def source_line(template: str, keys: str, **words: str) -> str:
    """Fill in the line under a figure; without numbers of sources their brackets are left out."""
    return (template if keys else template.replace(" [{keys}]", "")).format(keys=keys, **words)
