"""One item after the other in this process."""

from collections.abc import Sequence
from typing import Any

from retrogait.execute.base import Answers, Recipe


class Serial:
    """Executor without processes of its own.

    Parameters
    ----------
    recipe
        Makes the function that handles one item.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe

    def run(self, items: Sequence[Any]) -> Answers:
        """See `retrogait.execute.base.Executor.run`."""
        handle = self._recipe()
        for position, item in enumerate(items):
            yield position, handle(item)
