"""A fetch from the portal: what is left to ask, one call after another, when to stop, what is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from analysis.cleaning.described import clean_resource
from analysis.cleaning.summary import describe_reading
from analysis.errors import AnalysisError
from analysis.fetching.calls import (
    Call,
    FetchRequestWrong,
    legacy_dossiers,
    legacy_ids,
    legacy_scores,
    list_calls,
    refuse_future,
)
from analysis.fetching.captures import Captures
from analysis.fetching.client import CallFailed, FetchStopped, PoliteClient, PortalAnswer
from analysis.reference.portal import ADDRESS, USABLE_FROM, Department, Group

Say = Callable[[str], object]
MOST_FAILED = 3  # calls in a row, after which no further one is made
_SHOWN, _USUAL_ANSWER = 5, 0.8  # lines; seconds


class FetchRunning(AnalysisError):
    """Another fetch is under way in this project."""


@dataclass(frozen=True)
class Wish:
    """What is wanted of the portal; `refresh` asks again for what is there."""

    groups: Sequence[Group]
    periods: Sequence[str]
    provinces: Sequence[Department]
    legacy: bool = False
    refresh: bool = False


@dataclass
class Fetched:
    """What a fetch gave: the new archives' places, how many answers, what failed, and why it stopped, if it did."""

    places: list[str] = field(default_factory=list)
    answers: int = 0
    failed: list[str] = field(default_factory=list)
    stopped: str = ""

    @property
    def is_whole(self) -> bool:
        """Tell whether everything that was asked for came."""
        return not (self.failed or self.stopped)


def check_address(address: str) -> str:
    """Return an address without its last slash.

    Raises:
        FetchRequestWrong: it is no web address.
    """
    if not address.startswith(("https://", "http://")):
        raise FetchRequestWrong(
            f"--address {address}: expected http:// or https:// and a host, such as {ADDRESS}."
        )
    return address.rstrip("/")


def fetch(root: Path, wish: Wish, client: PoliteClient, say: Say, confirm: Callable[[], None]) -> Fetched:
    """Say what will be called and how long it takes, then call, keep what comes, and say what was read of it.

    What is there is not asked again (see `Captures.done`), so that a fetch that broke off goes on where it was.

    Raises:
        FetchRequestWrong: a period has not begun, or a legacy call is asked for a quarter.
        FetchRunning: another fetch is under way.
    """
    captures = Captures(root, client.address)
    refuse_future(wish.periods, client.now().date())
    with _only_one(captures):
        _tell_all(root, captures.close(), say)  # of a fetch that was killed
        done = set() if wish.refresh else captures.done(client.now().date())
        plan = _Plan(wish, done)
        say("\n".join(plan.describe(client)))
        if not plan.calls and not wish.legacy:
            return Fetched()
        confirm()
        fetched = Fetched()
        try:
            _call_all(plan.walk(), captures, client, fetched, say)
        finally:
            client.close()
            fetched.places = captures.close()
        _tell_all(root, fetched.places, say)
        return fetched


def describe(fetched: Fetched) -> list[str]:
    """Say in one line each what failed and why the fetch stopped; and what became of what had come."""
    lines = [f"not fetched: {line}" for line in fetched.failed[:_SHOWN]]
    if len(fetched.failed) > _SHOWN:
        lines.append(f"not fetched: {len(fetched.failed) - _SHOWN} more calls")
    kept = (
        f"The {fetched.answers} answers that came before are kept; the same command goes on from there."
        if fetched.answers
        else "Nothing changed: no file was written."
    )
    if fetched.stopped:
        lines.append(f"stopped: {fetched.stopped}. {kept}")
    elif fetched.failed:
        lines.append(kept)
    return lines


@dataclass
class _Plan:
    """The calls still to be made."""

    wish: Wish
    done: set[tuple[str, str, str]]

    def __post_init__(self) -> None:
        wish = self.wish
        every = [] if wish.legacy else list_calls(wish.groups, wish.periods, wish.provinces)
        self.calls = [call for call in every if not self._is_done(call)]
        self.there = len(every) - len(self.calls)

    def _is_done(self, call: Call) -> bool:
        return (call.group, call.period, call.department) in self.done

    def describe(self, client: PoliteClient) -> list[str]:
        """Say what will be called, how often and for how long."""
        wish, manners = self.wish, client.manners
        number = len(wish.periods) * (1 + len(wish.provinces)) if wish.legacy else len(self.calls)
        minutes = number * (manners.spacing + manners.jitter / 2 + _USUAL_ANSWER) / 60
        names = ", ".join(group.name for group in wish.groups)
        lines = [
            f"{client.address}: {number} calls{' at most' if wish.legacy else ''} ({names}; {wish.periods[0]} to "
            f"{wish.periods[-1]}; {len(wish.provinces)} provinces), one at a time, at least {manners.spacing:g} s "
            f"apart: about {max(1, round(minutes))} min. {self.there} answers are there already.",
            "It is an undocumented interface without published terms: you decide whether to call it.",
        ]
        if client.address != ADDRESS:
            lines.append(
                f"This is not {ADDRESS}: what it gives is kept apart and marked as test data everywhere."
            )
        elif not wish.legacy and wish.periods[0] < USABLE_FROM:
            lines.append(f"Before {USABLE_FROM} this interface gave almost nothing where it was seen.")
        return lines

    def walk(self) -> Iterator[tuple[Call, Callable[[PortalAnswer], None]]]:
        """Give each call and what to do with its answer; legacy calls need what the first of a period names."""
        if not self.wish.legacy:
            yield from ((call, _nothing) for call in self.calls)
            return
        for period in self.wish.periods:
            ids: dict[str, str] = {}
            yield legacy_scores(period), lambda answer, ids=ids: ids.update(legacy_ids(answer.body))  # type: ignore[misc]
            for place in self.wish.provinces:
                if place.code in ids:
                    call = legacy_dossiers(period, place.code, ids[place.code])
                    if not self._is_done(call):
                        yield call, _nothing


def _nothing(_: PortalAnswer) -> None:
    return None


def _call_all(
    calls: Iterator[tuple[Call, Callable[[PortalAnswer], None]]],
    captures: Captures,
    client: PoliteClient,
    fetched: Fetched,
    say: Say,
) -> None:
    """Make the calls until all are made, the portal refuses, or several in a row gave nothing."""
    in_a_row, about = 0, ("", "")
    for call, use in calls:
        if (call.group, call.period) != about:
            about = call.group, call.period
            say(f"{call.group} {call.period} ...")
        try:
            answer = client.post(call.path, call.content, form=call.form)
            refuse_no_data(answer.body, call)
        except CallFailed as error:
            fetched.failed.append(f"{call.name}: {error}")
            in_a_row += 1
            if in_a_row == MOST_FAILED:
                fetched.stopped = f"{MOST_FAILED} calls in a row gave nothing"
                return
        except FetchStopped as error:
            fetched.stopped = str(error)
            return
        else:
            captures.keep(call, answer)
            use(answer)
            fetched.answers += 1
            in_a_row = 0


def refuse_no_data(body: bytes, call: Call) -> None:
    """Refuse an answer that is no JSON, or says itself that it did not succeed; its fields are the reader's business.

    Raises:
        CallFailed: what it is instead.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CallFailed(f"the answer is no JSON ({error}); it begins {body[:60]!r}") from error
    if call.form:
        if not isinstance(content, list):
            raise CallFailed(f"expected a list, the answer is {str(content)[:80]!r}")
    elif not isinstance(content, dict) or content.get("code") != "OK" or "data" not in content:
        raise CallFailed(f'expected {{"code":"OK","data":…}}, the answer is {str(content)[:80]!r}')


def _tell_all(root: Path, places: Sequence[str], say: Say) -> None:
    """Say of each new archive what its reader makes of it."""
    for place in places:
        outcome = clean_resource(root, place)
        say("; ".join([place, *describe_reading(outcome.cleaned)[:2]]))
        for said in (*outcome.problems, *outcome.notices):
            say(f"  {said}")


@contextmanager
def _only_one(captures: Captures) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = captures.root / "data" / "processed" / ".fetching.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lock, timeout=0):
            yield
    except Timeout as error:
        raise FetchRunning("another fetch is under way in this project. Wait until it has ended.") from error
