"""The edition of a brief that lies in a folder: what it says, and whether the same would be published again.

To see that nothing has changed needs hashes alone, so nothing that renders is imported here.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from analysis.reporting.issuer import Issuer, read_issuer


def read_edition(folder: Path) -> dict[str, Any] | None:
    """Read the edition that lies there; one that cannot be read counts as none and is written anew."""
    try:
        found = json.loads((folder / "results.json").read_text("utf-8"))
        return found if {"numbers", "sources", "data_date", "version"} <= set(found) else None
    except (OSError, ValueError, TypeError):
        return None


def is_current(notebooks: list[Path], folder: Path, root: Path) -> bool:
    """Tell whether the edition that lies there is what these notebooks, code and issuer would publish again."""
    last = read_edition(folder)
    if last is None or not all(notebook.is_file() for notebook in notebooks):
        return False
    names = [f"brief.{language}.{kind}" for language in last["languages"] for kind in ("html", "pdf")]
    names.append("figures-used.csv")
    return last.get("edition") == digest_edition(notebooks, read_issuer(root)) and all(
        (folder / name).is_file() for name in names
    )


def digest_edition(notebooks: list[Path], issuer: Issuer) -> str:
    """Return the sha256 of the executed notebooks, of the issuer, and of the code and texts that render them."""
    digest = hashlib.sha256()
    for notebook in notebooks:
        digest.update(notebook.name.encode() + notebook.read_bytes())
    digest.update(issuer.digest.encode())
    digest.update(_digest_of_code().encode())
    return digest.hexdigest()


@cache
def _digest_of_code() -> str:
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".py", ".toml", ".typ", ".j2", ".css"):
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
