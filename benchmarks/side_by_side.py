"""Time our way and a peer's on the same frame, in one run, and lay the ratio beside them.

Seconds are processor time on one thread (see `benchmarks/__init__.py`), which a busy machine disturbs little.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version


@dataclass(frozen=True)
class Row:
    """One comparison: processor seconds for the same job; the peer's are None where it is not installed."""

    name: str
    ours_s: float
    peer: str
    peer_version: str
    peer_s: float | None
    ratio: float | None
    note: str = ""

    def with_note(self, note: str) -> Row:
        """Return the row with a note."""
        return replace(self, note=note)

    def as_dict(self) -> dict[str, object]:
        """Return the row for a frame or JSON."""
        return asdict(self)


def compare(
    name: str,
    ours: Callable[[], object],
    peer: str,
    theirs: Callable[[], object],
    *,
    scale: float = 1.0,
    repeat: int = 5,
    note: str = "",
) -> Row:
    """Time both, ours as the best of `repeat` and theirs once after a warm-up when it is short.

    `scale` multiplies the peer's time where it was given a smaller share of the job; `note` has to say so.
    """
    ours_s = best_of(ours, repeat)
    try:
        peer_version = version(peer)
    except PackageNotFoundError:
        return Row(name, ours_s, peer, "not installed", None, None, note)
    peer_s = scale * best_of(theirs, 2 if repeat > 1 else 1)
    return Row(name, ours_s, peer, peer_version, peer_s, peer_s / ours_s, note)


def in_turn(
    name: str, ours: Callable[[], object], peer: str, theirs: Callable[[], object], repeat: int
) -> Row:
    """Time both sides in turn, each as the best of `repeat` after a run to warm up; for a peer that is there."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeat + 1):
        for times, job in zip(took, (ours, theirs), strict=True):
            times.append(best_of(job, 1))
    ours_s, peer_s = (min(times[1:]) for times in took)
    return Row(name, ours_s, peer, version(peer), peer_s, peer_s / ours_s)


def best_of(job: Callable[[], object], repeat: int, clock: Callable[[], float] = time.process_time) -> float:
    """Return the shortest of several runs, in seconds; the shortest is the least disturbed by the machine."""
    took = []
    for _ in range(repeat):
        begun = clock()
        job()
        took.append(clock() - begun)
    return min(took)


def show(rows: list[Row]) -> None:
    """Print the rows as a table."""
    print(f"{'job':44} {'ours':>10} {'peer':>10} {'ratio':>8}  peer")
    for row in rows:
        peer_s = "" if row.peer_s is None else f"{row.peer_s:.4g} s"
        ratio = "" if row.ratio is None else f"{row.ratio:.{0 if row.ratio >= 10 else 2}f} x"
        print(
            f"{row.name:44} {row.ours_s:>8.4g} s {peer_s:>10} {ratio:>8}  {row.peer} {row.peer_version}"
            f"{'; ' + row.note if row.note else ''}"
        )
