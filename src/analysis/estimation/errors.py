"""What a panel or a request can have wrong, by name; each says what was found and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from analysis.errors import AnalysisError, RequestError


class UnknownColumn(RequestError):
    """A column was named that the frame does not have."""


class UnknownOption(RequestError):
    """An option has a value that is not among those allowed."""


class TooFewDraws(RequestError):
    """Fewer draws were asked for than the confidence level needs."""


class PanelError(AnalysisError):
    """The panel is not what an estimate needs."""


class BadTime(PanelError):
    """Periods are neither whole numbers, quarters, months nor dates, or of several kinds."""


class BadTreatment(PanelError):
    """Treatment is not 0/1, differs within a unit, or does not mean what its column says."""


class TreatmentSwitchesOff(PanelError):
    """A unit is treated and later is not."""


class NoTreatedUnit(PanelError):
    """No unit is treated within the panel."""


class NoControlLeft(PanelError):
    """No untreated unit remains to compare with."""


class NoPrePeriod(PanelError):
    """A treated unit is never observed before its treatment."""


class NoPostPeriod(PanelError):
    """A treated unit is never observed once treated."""


class DuplicateCells(PanelError):
    """A unit has several rows for one period."""


class MissingValues(PanelError):
    """A value that has to be there is missing."""


class EmptyPeriod(PanelError):
    """A period in which no unit has an outcome."""


class NotFinite(PanelError):
    """A column holds infinite values, or text where numbers are due."""


class ConstantOutcome(PanelError):
    """The outcome never moves, so nothing can be estimated from it."""


class OneCluster(PanelError):
    """Only one cluster: its variation cannot be told from the effect."""


class StaggeredStart(PanelError):
    """Units start at different periods, and the method takes one start only."""


class NothingToMove(PanelError):
    """No other assignment of the treatment exists within the strata."""


class NotEstimable(PanelError):
    """The design leaves the effect without variation: it is a combination of the other terms."""


class UnevenPeriods(PanelError):
    """Periods are absent, and the method goes from one to the next."""


class Unbalanced(PanelError):
    """A method that needs every cell of the panel met missing ones."""


class TooShort(PanelError):
    """The series has fewer points than the method needs."""


def some(names: Iterable[object], limit: int = 5) -> str:
    """Name the first few of many, and how many more there are."""
    listed = [str(name) for name in names]
    more = f" and {len(listed) - limit} more" if len(listed) > limit else ""
    return ", ".join(listed[:limit]) + more


def require_option(name: str, value: str, allowed: Iterable[str]) -> None:
    """Refuse a value that is not among those allowed.

    Raises:
        UnknownOption: the value is not allowed; the message lists those that are.
    """
    choices = tuple(allowed)
    if value not in choices:
        near = get_close_matches(str(value), choices, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise UnknownOption(f"{name}={value!r} is not known.{meant} Allowed: {', '.join(choices)}.")
