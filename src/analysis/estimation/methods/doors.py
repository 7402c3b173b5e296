"""The public methods take a tidy frame with its columns' names, or a panel on which they were named once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from analysis.estimation.errors import UnknownOption
from analysis.estimation.panel.panel import Panel

Result = TypeVar("Result")
# Words that name columns of a frame: a panel has them in it.
COLUMNS = (
    "unit",
    "time",
    "outcome",
    "treated_from",
    "treatment",
    "weights",
    "covariates",
    "strata",
    "cluster",
)


def takes_panel(estimate: Callable[..., Result]) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Let a method that takes a frame and columns take a `Panel` too, which goes to `estimate` with the other words."""

    def decorate(method: Callable[..., Result]) -> Callable[..., Result]:
        @wraps(method)
        def either(panel: Any, **words: Any) -> Result:
            if not isinstance(panel, Panel):
                return method(panel, **words)
            if named := [word for word in COLUMNS if words.get(word) is not None]:
                raise UnknownOption(
                    f"{', '.join(named)}: the panel has its columns already; name them in Panel.of(frame, …) only."
                )
            return estimate(panel, **{word: value for word, value in words.items() if word not in COLUMNS})

        return either

    return decorate
