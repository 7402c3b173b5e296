"""The methods by the name the command line gives them: one table from name to function, loaded when asked for."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

from analysis.estimation.errors import UnknownOption, require_option

# Name on the command line: module, function.
METHODS = {
    "before-after": ("analysis.estimation.methods.two_dates", "two_dates"),
    "its": ("analysis.estimation.methods.segmented", "its"),
    "did": ("analysis.estimation.methods.did", "did"),
    "event-study": ("analysis.estimation.methods.event_study", "event_study"),
    "callaway-santanna": ("analysis.estimation.methods.callaway_santanna", "callaway_santanna"),
    "imputation": ("analysis.estimation.methods.imputation", "imputation"),
    "bacon": ("analysis.estimation.methods.bacon", "bacon"),
    "synthetic-control": ("analysis.estimation.methods.synthetic_control", "synthetic_control"),
    "synthetic-did": ("analysis.estimation.methods.synthetic_did", "synthetic_did"),
    "rambachan-roth": ("analysis.estimation.checks.rambachan_roth", "rambachan_roth"),
    "lagged-outcome": ("analysis.estimation.methods.lagged_outcome", "lagged_outcome"),
    "collapsed": ("analysis.estimation.methods.collapsed", "collapsed"),
    "fractional": ("analysis.estimation.methods.fractional", "fractional"),
}

# Words whose option is spelt otherwise, because METHOD already means something on the command line.
OPTIONS = {"method": "--covariate-method"}


def find_method(name: str) -> Callable[..., Any]:
    """Return the function behind a method's name.

    Raises:
        UnknownOption: no such method; the message lists those there are.
    """
    require_option("METHOD", name, METHODS)
    module, function = METHODS[name]
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def call_method(name: str, panel: Any, words: dict[str, Any]) -> Any:
    """Call a method with the words given, and refuse those it does not take.

    Raises:
        UnknownOption: the method does not take a word, or needs one that is missing.
    """
    method = find_method(name)
    taken = inspect.signature(method).parameters
    given = {word: value for word, value in words.items() if value is not None}
    if strange := [word for word in given if word not in taken]:
        raise UnknownOption(
            f"{name} does not take {', '.join(map(option, strange))}. It takes: "
            f"{', '.join(option(word) for word in list(taken)[1:])}."
        )
    needed = [w for w, p in list(taken.items())[1:] if p.default is p.empty and w not in given]
    if needed:
        raise UnknownOption(f"{name} needs {', '.join(map(option, needed))}.")
    return method(panel, **given)


def option(word: str) -> str:
    """Write a word as the command line spells it."""
    return OPTIONS.get(word, "--" + word.replace("_", "-"))
