"""The same data on another machine: its raw files and cleaning code compared with those of the machine that asks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.cleaning import processed, store
from analysis.errors import AnalysisError

_SHOWN = 5


class OtherData(AnalysisError):
    """A clone on another machine has other raw files, or cleans them with other code."""


def written_stamp(root: Path) -> dict[str, Any]:
    """Return the stamp of the published tables: the hashes of the raw files and of the code they were made with."""
    stamp = store.read_stamp(root)
    stamp.pop("tables", None)
    return stamp


def trust_same(wanted: Mapping[str, Any], root: Path) -> dict[str, str]:
    """See that `root` has the raw files and cleaning code of `wanted`, another machine's stamp, and fresh tables.

    Returns the variables by which notebooks started there know that they may take the tables as they are.

    Raises:
        OtherData: names the raw files that differ.
    """
    found = processed.stamp(root)
    if found != wanted:
        raise OtherData(_differences(wanted["raw"], dict(found)["raw"]))
    return {store.TRUSTED: str(processed.ready_root(root))}


def _differences(wanted: Mapping[str, str], found: Any) -> str:
    differing = [name for name in sorted(wanted.keys() | found.keys()) if wanted.get(name) != found.get(name)]
    if not differing:
        return "it cleans with other code or another corrections.toml. Bring its clone to the same commit."
    told = [_told(name, name in wanted, name in found) for name in differing[:_SHOWN]]
    more = f" and {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
    return f"its raw data are other ones: {', '.join(told)}{more}. Bring its data/raw to the same state."


def _told(name: str, wanted: bool, found: bool) -> str:
    if wanted and found:
        return f"{name} has other bytes"
    return f"{name} is not described there" if wanted else f"{name} is described there only"
