"""A fetch from the portal: what is left to ask, one call after another, when to stop, what is said."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from analysis.cleaning.publishers.portal import is_read, read_index
from analysis.cleaning.raw import PACKAGE
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
from analysis.fetching.captures import Captures, departments_given
from analysis.fetching.client import CallFailed, FetchStopped, PoliteClient
from analysis.reference.portal import ADDRESS, NATION, USABLE_FROM, Department, Group, load_answer

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
    """What a fetch gave: the new archives' places, how many answers, what failed, and why it stopped, if it did.

    `useless` are those of the places of which nothing, or not everything, can be used.
    """

    places: list[str] = field(default_factory=list)
    answers: int = 0
    failed: list[str] = field(default_factory=list)
    stopped: str = ""
    useless: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Tell whether everything that was asked for came, and can be used."""
        return not (self.failed or self.stopped or self.useless)


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
        OSError: `data/raw` cannot be written to.
    """
    captures = Captures(root, client.address)
    refuse_future(wish.periods, client.now().date())
    with _only_one(captures):
        _tell_all(captures, captures.close(), say)  # of a fetch that was killed
        done = set() if wish.refresh else captures.done(client.now().date())
        every = list_calls(wish.groups, wish.periods, wish.provinces, legacy=wish.legacy)
        left = [call for call in every if (call.group, call.period, call.department) not in done]
        say("\n".join(_describe_plan(wish, client, len(left), len(every) - len(left))))
        fetched = Fetched()
        if not left:
            return fetched
        confirm()
        with tempfile.TemporaryFile(dir=root / PACKAGE.parent):
            pass  # where nothing can be kept, nobody is asked
        try:
            _call_all(left, captures, client, fetched, say)
        except KeyboardInterrupt:
            fetched.stopped = "you interrupted it"
        finally:
            client.close()
            fetched.places = captures.close()
        fetched.useless = _tell_all(captures, fetched.places, say)
        return fetched


def describe(fetched: Fetched) -> list[str]:
    """Say in one line each what failed and why the fetch stopped; and what became of what had come."""
    lines = [f"not fetched: {line}" for line in fetched.failed[:_SHOWN]]
    if len(fetched.failed) > _SHOWN:
        lines.append(f"not fetched: {len(fetched.failed) - _SHOWN} more calls")
    kept = (
        f"What came before is kept ({_count(fetched.answers)}); the same command goes on from there."
        if fetched.answers
        else "Nothing changed: no file was written."
    )
    if fetched.stopped:
        lines.append(f"stopped: {fetched.stopped}. {kept}")
    elif fetched.failed:
        lines.append(kept)
    if fetched.useless:
        lines.append(
            "not everything that came can be used (see above); the same command asks again for answers that gave no "
            "figure."
        )
    return lines


def _describe_plan(wish: Wish, client: PoliteClient, calls: int, there: int) -> list[str]:
    """Say what will be called, how often and for how long."""
    if not calls:
        return [f"All {_count(there)} asked for are there already: nothing is called. --refresh asks again."]
    manners = client.manners
    minutes = calls * (manners.spacing + manners.jitter / 2 + _USUAL_ANSWER) / 60
    names = ", ".join(group.name for group in wish.groups)
    asked = f"{names}; {wish.periods[0]} to {wish.periods[-1]}; provinces: {len(wish.provinces)}"
    lines = [
        f"{client.address}: {calls} calls ({asked}), one at a time, at least {manners.spacing:g} s apart: about "
        f"{max(1, round(minutes))} min. There already: {_count(there)}.",
        "It is an undocumented interface without published terms: you decide whether to call it.",
    ]
    if client.address != ADDRESS:
        lines.append(
            f"This is not {ADDRESS}: what it gives is kept apart and marked as test data everywhere."
        )
    elif not wish.legacy and wish.periods[0] < USABLE_FROM:
        lines.append(f"Before {USABLE_FROM} this interface gave almost nothing where it was seen.")
    return lines


def _count(answers: int) -> str:
    return f"{answers} answer{'' if answers == 1 else 's'}"


def _call_all(
    calls: Sequence[Call], captures: Captures, client: PoliteClient, fetched: Fetched, say: Say
) -> None:
    """Make the calls until all are made, the portal refuses, or several in a row gave nothing."""
    in_a_row, about = 0, ("", "")
    for call in calls:
        if (call.group, call.period) != about:
            about = call.group, call.period
            say(f"{call.group} {call.period} ...")
        try:
            asked = _with_number(call, captures)
            answer = client.post(asked.path, asked.content, form=asked.form)
            refuse_no_data(answer.body, asked)
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
            captures.keep(asked, answer)
            fetched.answers += 1
            in_a_row = 0


def _with_number(call: Call, captures: Captures) -> Call:
    """Return a legacy call for a province with its number there, from the answer on the scores; any other as it is.

    Raises:
        CallFailed: that answer names none.
    """
    if not call.form or call.department == NATION:
        return call
    number = legacy_ids(captures.body(legacy_scores(call.period))).get(call.department)
    if number is None:
        raise CallFailed("the legacy interface's list of provinces does not name its number")
    return legacy_dossiers(call.period, call.department, number)


def refuse_no_data(body: bytes, call: Call) -> None:
    """Refuse an answer that is no JSON, or says itself that it did not succeed; its fields are the reader's business.

    Raises:
        CallFailed: what it is instead.
    """
    try:
        content = load_answer(body)
    except ValueError as error:
        raise CallFailed(f"the answer is no JSON ({error}); it begins {body[:60]!r}") from error
    if call.form:
        if not isinstance(content, list):
            raise CallFailed(f"expected a list, the answer is {str(content)[:80]!r}")
    elif not isinstance(content, dict) or content.get("code") != "OK" or "data" not in content:
        raise CallFailed(f'expected {{"code":"OK","data":…}}, the answer is {str(content)[:80]!r}')


def _tell_all(captures: Captures, places: Sequence[str], say: Say) -> list[str]:
    """Say of each new archive what its reader makes of it; return those with problems, or of which nothing is used."""
    useless = []
    for outcome in captures.read() if places else []:
        if outcome.file not in places:
            continue
        say("; ".join([outcome.file, *describe_reading(outcome.cleaned)[:2]]))
        for said in (*outcome.problems, *outcome.notices):
            if not said.code.startswith("portal_missing"):  # of provinces that were not asked for, too
                say(f"  {said}")
        group = read_index(captures.root / outcome.file)[0]["group"]
        if outcome.refused or (is_read(group) and not departments_given(outcome)):
            useless.append(outcome.file)
    return useless


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
