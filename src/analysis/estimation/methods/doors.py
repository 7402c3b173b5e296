"""How every public method is called: with a `Panel`, or with a tidy frame and the names of its columns."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from types import MappingProxyType
from typing import Any, TypeVar

from analysis.estimation.errors import UnknownOption
from analysis.estimation.inference.judge import check_ask
from analysis.estimation.panel.frames import build_panel
from analysis.estimation.panel.panel import Panel

Result = TypeVar("Result")
Words = Mapping[str, Any]
NEEDED = ("unit", "time", "outcome")
STARTS = ("treated_from", "treatment")
OFFERED = ("weights", "covariates", "strata", "cluster")

SHARED = """

    `panel` is a `Panel`, or a tidy frame, one row a unit and period, with the names of its columns: `unit`, `time`,
    `outcome`, `treated_from` or `treatment`{offered} (see `build_panel`). `inference`, one of {inferences},
    is by default what docs/methods.md has as the rule; `draws`, `seed` and `conf_level` go with it.

    Raises:
        PanelError: the panel cannot be used; each subclass says what was found and what is allowed.
        RequestError: a column or option does not exist, or does not apply to this method.
"""


def door(
    inferences: tuple[str, ...],
    *,
    draws: int = 9_999,
    takes_no: Sequence[str] = (),
    why: str = "",
    arranging: Words | Callable[[Words], Words] = MappingProxyType({}),
    extra: Callable[[Words], list[str]] | None = None,
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Make a public method of a function that takes a panel, what is asked of its inference, and options of its own.

    `inferences` are those offered and `draws` how many are made unless said; `takes_no` the columns the method has no
    use for, and `why`. `arranging` are further words for `build_panel`, or gives them from the words of a call; `extra`
    gives from these the columns beside the outcome that the method reads.
    """

    def decorate(estimate: Callable[..., Result]) -> Callable[..., Result]:
        name = estimate.__name__.replace("_", "-")
        offered = [word for word in OFFERED if word not in takes_no]
        asked = {"inference": "default", "draws": draws, "seed": 1, "conf_level": 0.95}

        @wraps(estimate)
        def method(panel: Any, **words: Any) -> Result:
            columns = {word: words.pop(word) for word in (*NEEDED, *STARTS, *OFFERED) if word in words}
            ask = check_ask(
                **{word: words.pop(word, value) for word, value in asked.items()}, allowed=inferences
            )
            if isinstance(panel, Panel):
                _require_unnamed(columns)
                columns = {**vars(panel), "covariates": panel.covariates or None}
            if named := [word for word in takes_no if columns.get(word) is not None]:
                raise UnknownOption(f"{name} takes no {', '.join(named)}: {why}.")
            if not isinstance(panel, Panel):
                given = arranging({**columns, **words}) if callable(arranging) else arranging
                panel = _arrange(panel, columns, {**given, "extra": extra(words) if extra else ()})
            return estimate(panel, ask, **words)

        method.__signature__ = _signature(estimate, offered, asked)  # type: ignore[attr-defined]
        listed = f", and where there are any {', '.join(f'`{word}`' for word in offered)}" if offered else ""
        shared = SHARED.format(offered=listed, inferences=", ".join(inferences))
        method.__doc__ = (estimate.__doc__ or "").rstrip() + shared
        return method

    return decorate


def _require_unnamed(columns: dict[str, Any]) -> None:
    if named := [word for word, value in columns.items() if value is not None]:
        raise UnknownOption(
            f"{', '.join(named)}: the panel has its columns already; name them in Panel.of(frame, …) only."
        )


def _arrange(frame: Any, columns: dict[str, Any], words: dict[str, Any]) -> Panel:
    if lacking := [word for word in NEEDED if columns.get(word) is None]:
        raise UnknownOption(f"{', '.join(lacking)}: a frame needs the names of these columns.")
    return build_panel(frame, **columns, **words)


def _signature(
    estimate: Callable[..., Any], offered: Sequence[str], asked: dict[str, Any]
) -> inspect.Signature:
    panel, _ask, *own = inspect.signature(estimate).parameters.values()
    only = inspect.Parameter.KEYWORD_ONLY
    columns = [inspect.Parameter(name, only) for name in NEEDED]
    columns += [inspect.Parameter(name, only, default=None) for name in (*STARTS, *offered)]
    columns += [inspect.Parameter(name, only, default=value) for name, value in asked.items()]
    return inspect.Signature([panel.replace(annotation="Panel | DataFrame"), *columns, *own])
