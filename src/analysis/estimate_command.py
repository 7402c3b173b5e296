"""`dvctt estimate`: how the request is read, and into which files its result goes. Heavy imports stay inside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analysis.fetch_command import listed

if TYPE_CHECKING:
    import pandas as pd

    from analysis.estimation.results import Estimate

FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
ENDINGS = {"figure": (".png", ".svg", ".pdf"), "table": (".tex", ".md", ".html", ".csv", ".xlsx")}


def _with_ending(_: click.Context, parameter: click.Parameter, file: Path | None) -> Path | None:
    """Return a file to write, whose ending says the format; refuse other endings before anything is estimated."""
    known = ENDINGS[parameter.name or ""]
    if file and file.suffix.lower() not in known:
        raise click.BadParameter(f"{file.name} ends with none of {', '.join(known)}.")
    return file


@click.command()
@click.argument("method")
@click.argument("panel", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unit", required=True, help="Column of the units: text or numbers.")
@click.option("--time", required=True, help="Column of the periods: years, quarters, months or dates.")
@click.option("--outcome", required=True, help="Column of the outcome.")
@click.option("--treated-from", help="Column of the first treated period; 0 or empty is never.")
@click.option("--treatment", help="Column that is 1 where treated and 0 elsewhere.")
@click.option("--weights", help="Column of weights, such as population.")
@click.option("--covariates", callback=listed, help="Columns of covariates, by comma.")
@click.option("--strata", help="Column within which treatment is moved.")
@click.option("--cluster", help="Column of clusters of units.")
@click.option("--inference", help="default follows the number of treated units.")
@click.option("--draws", type=click.IntRange(min=1), help="Permutations or bootstrap draws.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the draws.")
@click.option("--conf-level", type=float, help="Level of the intervals, such as 0.95.")
@click.option(
    "--aggregate",
    help="event-study: simple or dynamic; callaway-santanna, imputation: group or calendar too; imputation: unit.",
)
@click.option("--scale", help="imputation: points, or logit for shares in percent.")
@click.option("--denominators", help="imputation: column of the counts that shares are of.")
@click.option("--trends", help="imputation: none, or unit for a linear trend of each unit's own.")
@click.option("--anticipation", type=int, help="imputation: periods before each start left out.")
@click.option("--steps", callback=listed, help="its: periods from which the outcome is defined otherwise.")
@click.option("--controls", help="callaway-santanna: never or not-yet treated.")
@click.option("--covariate-method", "method_word", help="callaway-santanna: dr, ipw or reg.")
@click.option("--base", help="callaway-santanna: varying or universal base period.")
@click.option("--reference", type=int, help="event-study: the event time compared with; -1 unless given.")
@click.option("--balance", type=int, help="event-study: periods after the start that every cohort has.")
@click.option(
    "--detrend", is_flag=True, default=None, help="collapsed: take each unit's own line before off."
)
@click.option("--predictors", callback=listed, help="synthetic-control: column:first:last, by comma.")
@click.option(
    "--treated-unit", help="before-after, synthetic-control: the unit meant, where several are treated."
)
@click.option("--restriction", help="rambachan-roth: relative-magnitudes, smoothness or both.")
@click.option("--effects", help="did: unit, or group for repeated samples of two groups.")
@click.option("--allow-staggered", is_flag=True, default=None, help="did: take several starts all the same.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--figure", type=FILE, callback=_with_ending, help="Draw the result into a .png, .svg or .pdf.")
@click.option(
    "--table",
    type=FILE,
    callback=_with_ending,
    help="Write the result into a .tex, .md, .html, .csv or .xlsx.",
)
def estimate(
    method: str,
    panel: Path,
    method_word: str | None,
    as_json: bool,
    figure: Path | None,
    table: Path | None,
    **words: Any,
) -> None:
    """Estimate an effect by METHOD from any tidy PANEL.csv, one row a unit and period.

    METHOD is one of before-after, its, did, event-study, callaway-santanna, imputation, bacon, lagged-outcome,
    collapsed, fractional, synthetic-control, synthetic-did, rambachan-roth.
    """
    from analysis.estimation.errors import UnknownOption
    from analysis.estimation.methods import call_method, find_method
    from analysis.estimation.results import display

    find_method(method)
    if (words["treated_from"] is None) == (words["treatment"] is None):
        raise UnknownOption(
            "Give exactly one of --treated-from (column of the first treated period) and --treatment (0/1)."
        )
    words["method"] = method_word
    result = call_method(method, _read(panel, str(words["unit"])), words)
    if figure:
        result.plot().figure.savefig(figure, bbox_inches="tight", dpi=200)
    if table:
        _write_table(result, table)
    click.echo(display.as_json(result) if as_json else display.as_text(result))


def _read(panel: Path, unit: str) -> pd.DataFrame:
    """Read a panel in the encodings and with the separators that `dvctt add` takes."""
    from analysis.cleaning.readers.delimited import find_separator
    from analysis.cleaning.readers.encodings import decode_bytes
    from analysis.estimation.panel.panel_file import read_panel_text

    text, _ = decode_bytes(panel.read_bytes(), panel.name)
    return read_panel_text(text, find_separator(text), panel.name, unit)


def _write_table(result: Estimate, file: Path) -> None:
    """Write a result as its file's ending says, by the result's own methods."""
    from analysis.estimation.results.etable import etable

    ending = file.suffix.lower()
    if ending == ".xlsx":
        result.to_excel(file)
    elif ending == ".csv":
        result.to_csv(file)
    else:
        shown = etable([result], terms=True)
        write = {".tex": shown.to_latex, ".md": shown.to_markdown, ".html": shown.to_html}[ending]
        file.write_text(write() + "\n", encoding="utf-8")
