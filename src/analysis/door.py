"""How a command ends that cannot go on: one line that says why, and an exit status."""

from __future__ import annotations

import errno
import shutil
import sys
from pathlib import Path

import click

from analysis.errors import AnalysisError, RequestError


class NobodyAnswered(RequestError):
    """A question was asked where nobody can answer."""


def confirm(question: str) -> None:
    """Ask before something is deleted; a no ends the command.

    Raises:
        NobodyAnswered: there is no terminal, and no answer came.
    """
    try:
        agreed = click.confirm(question)
    except click.Abort as error:
        if sys.stdin.isatty():
            raise
        raise NobodyAnswered("nobody answered; nothing was done. With --yes it does not ask.") from error
    if not agreed:
        raise click.Abort


def called() -> str:
    """Return the command as it can be called from any folder: by its whole path where it is not on PATH."""
    command = Path(sys.argv[0])
    if command.name != "dvctt" or command == Path("dvctt") or shutil.which("dvctt"):
        return "dvctt"
    path = str(command.absolute())
    return f'"{path}"' if " " in path else path


class Door(click.Group):
    """A command group that turns our named errors into one line and an exit status."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; show a traceback only with --debug."""
        try:
            return super().invoke(ctx)
        except AnalysisError as error:
            if ctx.params.get("debug"):
                raise
            click.echo(f"dvctt: {error}", err=True)
            ctx.exit(error.exit_status)
        except (OSError, MemoryError) as error:
            if ctx.params.get("debug"):
                raise
            click.echo(f"dvctt: {_plain_reason(error)}", err=True)
            ctx.exit(1)


def _plain_reason(error: OSError | MemoryError) -> str:
    if isinstance(error, MemoryError):
        return "the machine ran out of memory. Close other programs, or give fewer provinces at a time."
    where = f"{error.filename}: " if error.filename else ""
    mend = _MENDS.get(error.errno or 0, f"the system refused ({error.strerror or error}). Mend that")
    return f"{where}{mend}, then run the same command again; nothing half-written was left."


_MENDS = {
    errno.ENOSPC: "the disk is full. Free some space",
    errno.EDQUOT: "your quota is used up. Free some space",
    errno.EROFS: "the file system is read-only. Make it writable",
    errno.EACCES: "you have no permission for it. Change that",
    errno.EPERM: "you have no permission for it. Change that",
}
