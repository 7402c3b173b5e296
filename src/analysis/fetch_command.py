"""`dvctt fetch`: what is asked of a publisher, and how the request is read. Heavy imports stay inside the commands."""

from __future__ import annotations

import sys
from pathlib import Path

import click


def listed(_: click.Context, __: click.Parameter, value: str | None) -> list[str] | None:
    """Return the names in a text, by comma."""
    return [name.strip() for name in value.split(",") if name.strip()] if value else None


@click.group()
def fetch() -> None:
    """Fetch figures from a publisher: the National Portal's statistics, or a yearly table that you save yourself."""


@fetch.command()
@click.option("--from", "first", help="First month (2026-06), quarter (2026Q2) or year (2026).")
@click.option("--to", "last", help="Last one; by default the first.")
@click.option("--provinces", callback=listed, help="Provinces by name or code, by comma; default: all 34.")
@click.option(
    "--groups",
    default="online",
    show_default=True,
    help="By comma: online, payment, progress, scores, transparency, satisfaction, digitised.",
)
@click.option("--legacy", is_flag=True, help="The interface of 2022-2025, which may be gone.")
@click.option("--refresh", is_flag=True, help="Ask again for what is there; nothing is written over.")
@click.option("--probe", is_flag=True, help="Only find out by five calls what the portal answers today.")
@click.option("--yes", is_flag=True, help="Do not ask before calling.")
@click.option(
    "--address",
    envvar="DVCTT_PORTAL",
    default="https://dichvucong.gov.vn",
    show_default=True,
    help="Another address gives test data, which are marked as such everywhere.",
)
def portal(
    first: str | None, last: str | None, provinces: list[str] | None, groups: str, address: str, **flags: bool
) -> None:
    """Fetch the National Public Service Portal's statistics, one polite call after another."""
    from analysis.fetching import calls, probe
    from analysis.fetching import portal as portals
    from analysis.fetching.client import PoliteClient, PortalUnreachable
    from analysis.project import find_root

    root, client = find_root(), PoliteClient(portals.check_address(address))

    def confirm() -> None:
        if flags["yes"]:
            return
        if not sys.stdin.isatty():
            raise calls.FetchRequestWrong(
                "there is no terminal to ask in. Say --yes to call without being asked."
            )
        click.confirm("Call it?", default=True, abort=True)

    if flags["probe"]:
        click.echo(f"{client.address}: five calls, one at a time.")
        confirm()
        try:
            rows = probe.probe(client)
        except PortalUnreachable as error:
            raise PortalUnreachable(f"{error}. Nothing changed: no file was written.") from error
        click.echo(f"{probe.as_table(rows)}\nsaved: {probe.save(root, client.address, rows)}")
        return
    if first is None:
        raise calls.FetchRequestWrong(
            "say from when: dvctt fetch portal --from 2026-06 --to 2026-10, or --probe."
        )
    wish = portals.Wish(
        calls.choose_groups(groups, legacy=flags["legacy"]),
        calls.choose_periods(first, last or first),
        calls.choose_departments(provinces or ()),
        flags["legacy"],
        flags["refresh"],
    )
    fetched = portals.fetch(root, wish, client, click.echo, confirm)
    for line in portals.describe(fetched):
        click.echo(f"dvctt: {line}", err=True)
    if fetched.places:
        click.echo("next: dvctt clean")
    raise SystemExit(0 if fetched.is_whole else 1)


def _saved_table(name: str, words: str) -> None:
    """Make the command that opens a publisher's page and takes the file saved from it."""

    @fetch.command(name, help=f"Open the page of {words} for you, and take FILE that you saved from it.")
    @click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.pass_context
    def take(context: click.Context, file: Path | None) -> None:
        from analysis.fetching.tables import describe_saved, open_page

        if file is None:
            click.echo("\n".join(open_page(name)))
            return
        known, program = describe_saved(name, file), context.find_root().command
        assert isinstance(program, click.Group)
        context.invoke(
            program.commands["add"], file=file, layout=None, publisher=known.publisher, title=known.title,
            url=known.url, published="", licence="",
        )  # fmt: skip


_saved_table("papi", "PAPI's yearly workbooks")
_saved_table("dti", "the Digital Transformation Index of provinces")
_saved_table("par", "the PAR INDEX of provinces")
