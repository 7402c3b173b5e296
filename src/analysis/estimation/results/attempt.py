"""Try an estimator where it may not apply, and keep the reason when it does not."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from analysis.errors import AnalysisError

T = TypeVar("T")


@dataclass(frozen=True)
class Refused:
    """What a notebook shows in place of an estimate that could not be made: the method and its reason."""

    method: str
    reason: str

    def __str__(self) -> str:
        return f"{self.method} cannot be made here: {self.reason}"

    def _repr_html_(self) -> str:
        return f"<p><strong>{html.escape(self.method)} cannot be made here.</strong> {html.escape(self.reason)}</p>"


def attempt(estimator: Callable[..., T], *args: Any, **words: Any) -> T | Refused:
    """Call an estimator and return its result, or its refusal; any other error is a fault and passes through."""
    try:
        return estimator(*args, **words)
    except AnalysisError as error:
        return Refused(getattr(estimator, "__name__", "estimator").replace("_", "-"), str(error))
