"""Findings that a person looked at and takes as right: `[[accepted]]` in corrections.toml, with the reason."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from analysis.cleaning.corrections import CorrectionUnreadable

KEYS = ("file", "period", "finding", "why")


@dataclass(frozen=True)
class Acceptance:
    """One finding that is right as it stands: the file, the last day of its period, the finding's name, the reason."""

    file: str
    period: str
    finding: str
    why: str

    def fits(self, file: str, end: str, finding: str) -> bool:
        """Tell whether this is the finding meant; the file may be given without its folders."""
        named = f"/{file}".endswith(f"/{self.file}")
        return named and (self.period, self.finding) == (end, finding)


def read_accepted(path: Path, findings: Collection[str]) -> list[Acceptance]:
    """Return the findings accepted in a corrections.toml; none where there is no such file.

    Raises:
        CorrectionUnreadable: broken TOML, a missing or unknown key, an unknown finding, no reason.
    """
    if not path.is_file():
        return []
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("accepted", [])
        accepted = [Acceptance(**{key: str(value) for key, value in entry.items()}) for entry in entries]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, AttributeError) as error:
        raise CorrectionUnreadable(
            f"{path.name}: {error}. Expected [[accepted]] with {', '.join(KEYS)}, all texts."
        ) from error
    for number, one in enumerate(accepted, start=1):
        if one.finding not in findings:
            raise CorrectionUnreadable(
                f"{path.name}, [[accepted]] {number}: finding {one.finding!r} is not one of {', '.join(findings)}."
            )
        if not one.why.strip():
            raise CorrectionUnreadable(
                f"{path.name}, [[accepted]] {number}: “why” is empty. Say who confirmed the figures, and when."
            )
    return accepted
