"""The door: read the request, call the work, write what came of it. Heavy imports stay inside the commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from analysis import __version__
from analysis.door import Door, called, confirm
from analysis.estimate_command import estimate
from analysis.fetch_command import fetch


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="dvctt")
def main(debug: bool) -> None:
    """From raw province files to policy briefs on targets for online public services."""


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Start a project in a new FOLDER: the published raw figures, the notebooks, the studies."""
    from analysis.starting import start_project

    click.echo(f"{folder}: {', '.join(start_project(folder))}")
    click.echo(f'next: cd "{folder}", then {called()} brief "Thái Nguyên"')


@main.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder of the results.")
@click.option("--strict", is_flag=True, help="Fail when anything is in quarantine.")
@click.option(
    "--layout",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="layout.toml that says what the reader could not see; one to fill in is written to DIR.",
)
@click.option(
    "--corrections",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="corrections.toml; one beside a file is used anyway.",
)
@click.option("--explain", is_flag=True, help="Tell what each column was read as, and by which rule.")
def clean(
    files: tuple[Path, ...],
    out: Path | None,
    strict: bool,
    layout: Path | None,
    corrections: Path | None,
    explain: bool,
) -> None:
    """Clean FILES of any layout into --out DIR; without FILES, all of data/raw into data/processed."""
    from analysis.cleaning.command import clean_into, clean_raw

    if files or out or layout or explain:
        cleaned = clean_into(files, out, layout, corrections, click.echo, explain)
    else:
        cleaned = clean_raw()
    click.echo(cleaned.last_line)
    raise SystemExit(1 if cleaned.refused or (strict and cleaned.quarantined) else 0)


def _address(_: click.Context, __: click.Parameter, value: str | None) -> str:
    """Return the address given; ask for it only where somebody can answer."""
    if value is None and sys.stdin.isatty():
        value = click.prompt("Address (empty if none)", default="", show_default=False)
    return value or ""


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--publisher", prompt="Publisher", help="Who published it.")
@click.option("--title", prompt="Title", help="What the publisher calls it.")
@click.option("--url", callback=_address, help="Where it was found; asked for in a terminal, else empty.")
@click.option("--published", default="", help="Date of publication: 2022, 2022-08 or 2022-08-20.")
@click.option("--licence", default="", help="Licence or terms, in the publisher's words.")
@click.option(
    "--layout",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="layout.toml of an odd sheet; last month's serves again.",
)
def add(file: Path, layout: Path | None, **known: str) -> None:
    """Put FILE into data/raw and describe it in datapackage.json."""
    from analysis.cleaning.command import compare_new
    from analysis.cleaning.describing import Description, add_file
    from analysis.project import find_root

    added = add_file(find_root(), file, Description(**known), layout)
    click.echo("\n".join([f"added {added.path}", *added.lines, "next: dvctt clean"]))
    found, grave = compare_new(find_root(), added.path)
    for said in found:
        click.echo(f"dvctt: {said}", err=True)
    raise SystemExit(1 if grave or not added.is_whole else 0)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(file: Path, yes: bool) -> None:
    """Take a raw FILE out of data/raw, together with its description."""
    from analysis.cleaning.removing import find_described, remove_file
    from analysis.project import find_root

    raw = find_described(find_root(), file)
    if not yes:
        confirm(f"{raw.path} ({raw.publisher}: {raw.title}) will be deleted. Go on?")
    for place in remove_file(find_root(), raw):
        click.echo(f"removed {place}")
    click.echo("next: dvctt clean")


@main.command()
def check() -> None:
    """Compare raw files with their sha256; look at packages, kernel and fonts."""
    from analysis.cleaning.raw import check_raw, find_undescribed
    from analysis.environment import find_faults
    from analysis.project import find_root

    files = check_raw(find_root())
    click.echo(f"raw files: {len(files)}, each as described")
    for line in find_undescribed(find_root()):
        click.echo(f"dvctt: {line}", err=True)
    faults = find_faults(find_root())
    for fault in faults:
        click.echo(f"dvctt: {fault}", err=True)
    if faults:
        raise SystemExit(1)
    click.echo("packages, kernel, fonts: ready")


@main.command()
@click.argument("notebook", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-p", "texts", type=(str, str), multiple=True, metavar="NAME VALUE", help="A parameter.")
@click.option("-f", "files", type=click.Path(path_type=Path), multiple=True, help="Parameters, TOML or YAML.")
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="PATH",
    help="What the notebooks read: a file, a folder, a pattern, env:NAME or version:NAME.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the results; default: reports/runs.")
@click.option("--jobs", type=click.IntRange(min=1), help="Notebooks at a time; default: the cores.")
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler, tcp://host:port; its workers execute.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), help="Seconds a notebook may take.")
@click.option("--cell-timeout", type=click.FloatRange(min=0, min_open=True), help="Seconds a cell may take.")
@click.option("--force", is_flag=True, help="Run also what is up to date.")
@click.option("--plain-kernels", is_flag=True, help="Start a plain kernel for each notebook.")
@click.option("--dry-run", is_flag=True, help="Say what would run and why; run nothing.")
@click.option("--json-log", is_flag=True, help="Report progress as one JSON object a line.")
def run(
    notebook: tuple[Path, ...],
    texts: tuple[tuple[str, str], ...],
    files: tuple[Path, ...],
    inputs: tuple[str, ...],
    out: Path | None,
    dry_run: bool,
    json_log: bool,
    plain_kernels: bool,
    **options: Any,
) -> None:
    """Execute each NOTEBOOK whose result is stale; publish a result only when it ended well."""
    from analysis.briefs import describe_notebooks_plan, run_notebooks
    from analysis.environment import describe_foreign, find_namesakes
    from analysis.execution import progress
    from analysis.execution.request import tasks_from_request
    from analysis.execution.run import project_folder

    folder = out or project_folder() / "reports" / "runs"
    tasks = tasks_from_request(notebook, texts, files, folder, inputs)
    said = [
        *describe_foreign(notebook, project_folder()),
        *find_namesakes({path.parent for path in notebook}),
    ]
    for line in [*said, *progress.describe_absent(inputs)]:
        click.echo(f"dvctt: {line}", err=True)
    if dry_run:
        click.echo(describe_notebooks_plan(tasks, force=options["force"]))
        return
    view = progress.View(as_json=json_log)
    outcomes = run_notebooks(tasks, progress=view, forked=not plain_kernels, **options)
    click.echo(progress.describe_outcomes(outcomes))
    if any(outcome.status == "failed" for outcome in outcomes):
        raise SystemExit(1)


@main.command()
@click.argument("province", nargs=-1)
@click.option("--all", "everyone", is_flag=True, help="All 63 provinces and the country.")
@click.option(
    "--language", "languages", default="vi,en", show_default=True, help="Languages, by comma: vi, en."
)
@click.option("--jobs", type=click.IntRange(min=1), help="Notebooks at a time; default: the cores.")
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler, tcp://host:port; its workers execute.")
@click.option("--force", is_flag=True, help="Run also what is up to date.")
@click.option("--dry-run", is_flag=True, help="Say what would run and why; run nothing.")
@click.option("--json-log", is_flag=True, help="Report progress as one JSON object a line.")
def brief(
    province: tuple[str, ...], everyone: bool, languages: str, dry_run: bool, json_log: bool, **options: Any
) -> None:
    """Make the policy brief of each PROVINCE, or of the country ("Cả nước"), as HTML and PDF."""
    from analysis import briefs
    from analysis.execution import progress

    chosen = briefs.choose_provinces(province, everyone)
    asked = briefs.choose_languages(languages)
    if dry_run:
        click.echo(briefs.describe_briefs_plan(chosen, asked, force=options["force"]))
        return
    view = progress.View(as_json=json_log)
    for line in briefs.describe_unused():
        click.echo(f"dvctt: {line}", err=True)
    made = briefs.make_briefs(chosen, asked, progress=view, **options)
    for line in briefs.describe_moves(made.moved):
        click.echo(line)
    click.echo(briefs.where_files_are(made.files))
    if made.failed:
        count = len(made.failed)
        click.echo(f"dvctt: notebooks that did not end well: {count}; each is explained above.", err=True)
        raise SystemExit(1)


@main.command("unit-brief")
@click.argument("study")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Default: reports/units/STUDY.")
def unit_brief(study: str, out: Path | None) -> None:
    """Make the brief of a STUDY of units: which agencies of a province moved, against which target."""
    from analysis.unit_briefs import make_unit_brief

    for path in make_unit_brief(study, out):
        click.echo(path)


@main.command()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Another folder: the briefs are copied."
)
def site(out: Path | None) -> None:
    """Make the index of all briefs: map, table, search, in reports/index.html."""
    from analysis import briefs

    made = briefs.make_site(out)
    for line in briefs.describe_stale(made.stale):
        click.echo(f"dvctt: {line}", err=True)
    pages = [file for file in made.files if file.suffix == ".html" and file.name.startswith("index")]
    click.echo("\n".join(str(page) for page in pages))


@main.command()
@click.argument("notebook", default="explore")
@click.option("--no-browser", is_flag=True, help="Only say the address.")
def explore(notebook: str, no_browser: bool) -> None:
    """Open JupyterLab on the project at NOTEBOOK, by default the one with widgets (province, indicator, method)."""
    from analysis.lab import open_notebook
    from analysis.project import find_root

    open_notebook(find_root(), Path(notebook).name.removesuffix(".ipynb"), click.echo, browser=not no_browser)


main.add_command(estimate)
main.add_command(fetch)

if __name__ == "__main__":
    sys.exit(main())
