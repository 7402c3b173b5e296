"""Repetitions of a simulation spread over processes or machines: the same numbers wherever each is made.

A repetition draws from a seed of its own, so that neither the number of processes nor the chunks change a result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

Found = TypeVar("Found")
CHUNK = 25


class Pool(Protocol):
    """Whatever maps as `concurrent.futures.Executor` does: a process pool, or a Dask client's `get_executor()`."""

    def map(self, work: Callable[..., Any], /, *arguments: Iterable[Any]) -> Iterator[Any]:
        """Apply `work`, perhaps elsewhere, and give what it returns in the order of `arguments`."""


def spread(work: Callable[[range], list[Found]], repetitions: int, pool: Pool | None = None) -> list[Found]:
    """Return what repetitions 0, 1, … gave, in that order; `work` makes those of a range.

    Without a pool they are made here, one after another. With one, `work` goes there by pickle: a function of a
    module, or a `functools.partial` of one.
    """
    chunks = [range(first, min(first + CHUNK, repetitions)) for first in range(0, repetitions, CHUNK)]
    found = map(work, chunks) if pool is None else pool.map(work, chunks)
    return [one for chunk in found for one in chunk]
