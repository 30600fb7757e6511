"""What every executor has in common."""

import os
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

Recipe: TypeAlias = Callable[[], Callable[[Any], Any]]
"""Makes the function that handles one item; picklable, and called once in each process."""

MOST_DEATHS = 2
"""Processes that an item may take with it before it is given up: the first may have been bad luck."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Answer for an item whose process ended instead of answering.

    Attributes
    ----------
    reason
        How it ended, in one line.
    """

    reason: str


Answers: TypeAlias = Generator[tuple[int, Any], None, None]
"""Positions of items, and their answers."""


class Executor(Protocol):
    """Works through items."""

    def run(self, items: Sequence[Any]) -> Answers:
        """Yield the position of an item and its answer, or `Lost`, as they come.

        Whoever closes the iterator early, an exception and ^C included, leaves no process behind.

        Parameters
        ----------
        items
            What the recipe's function takes, picklable.

        Raises
        ------
        GaitError
            The executor cannot go on; items that were not yielded have no answer.
        """


def processors() -> int:
    """Processors that this process may use, which on a shared machine are fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
