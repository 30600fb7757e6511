"""Processes of a Dask cluster, on this machine or on others.

Dask is imported when a cluster is asked for: it comes with ``pip install retrogait[cluster]``. The workers
must see the files of the study under the same paths as the coordinator, and run the same version of this
package.
"""

import pickle
from collections import deque
from collections.abc import Sequence
from importlib import import_module
from threading import Lock
from typing import Any
from uuid import uuid4

from retrogait.errors import ConfigError, GaitError
from retrogait.execute.base import Answers, Lost, Recipe

CHUNK = 8
"""Items of one task: a scheduler takes about a millisecond for each task."""

AHEAD = 3
"""Tasks in the cluster at a time, per thread of a worker: one in work, the others so that none waits."""

PATIENCE = 20.0
"""How long to wait for the scheduler to answer [s]."""

INSTALL = "a cluster needs Dask: pip install 'retrogait[cluster]'"

_handlers: dict[str, Any] = {}
_making = Lock()


class Cluster:
    """Executor on the workers of a Dask scheduler.

    An item whose worker dies goes to another one, as often as ``distributed.scheduler.allowed-failures``
    says; then it is `Lost`.

    Parameters
    ----------
    recipe
        Makes the function that handles one item; followed once in each worker.
    address
        Of the scheduler, such as ``tcp://host:8786``.

    Raises
    ------
    ConfigError
        Dask is not installed, or no scheduler answers there.
    """

    def __init__(self, recipe: Recipe, address: str) -> None:
        try:
            self._dask: Any = import_module("distributed")  # an extra, slow to import, and without types
        except ImportError as error:
            raise ConfigError(f"{INSTALL} ({error})") from error
        self._recipe = pickle.dumps(recipe)
        self._token = uuid4().hex
        self._address = address
        try:
            self._client = self._dask.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise ConfigError(
                f"{address}: no Dask scheduler answers there ({error}); start one with `dask scheduler`, and "
                "give its address as tcp://host:port"
            ) from error

    def run(self, items: Sequence[Any]) -> Answers:
        """See `retrogait.execute.base.Executor.run`."""
        try:
            yield from self._share(items)
        finally:
            self._client.close()

    def _share(self, items: Sequence[Any]) -> Answers:
        todo = deque(range(len(items)))
        suspects: deque[int] = deque()
        alone: set[int] = set()
        sent: dict[Any, list[int]] = {}
        done = self._dask.as_completed(loop=self._client.loop)

        def send() -> None:
            # Dask blames all tasks of a worker that ends. So an item under suspicion is sent when nothing
            # else is, and what happens then is its own doing.
            most = 1 if suspects else AHEAD * self._threads()
            while (suspects or todo) and len(sent) < most:
                positions = [suspects.popleft()] if suspects else _take(todo, self._threads())
                future = self._client.submit(
                    handle_chunk, self._token, self._recipe, [items[at] for at in positions], pure=False
                )
                sent[future] = positions
                done.add(future)

        send()
        while sent:
            future = next(done)
            positions = sent.pop(future)
            if future.status == "cancelled":
                raise GaitError(f"{self._address}: the scheduler is gone, or has forgotten this study")
            error = future.exception()
            if isinstance(error, self._dask.KilledWorker):
                if len(positions) == 1 and positions[0] in alone:
                    yield (
                        positions[0],
                        Lost(f"every worker it was given to ended: {error.last_worker.address}"),
                    )
                else:
                    suspects.extend(positions)
                    alone.update(positions)
            elif error is not None:
                raise error
            else:
                yield from zip(positions, future.result(), strict=True)
            future.release()
            send()

    def _threads(self) -> int:
        """Threads of all workers; one until the first worker has come, so that something waits for it."""
        count: int = sum(self._client.nthreads().values())
        return max(1, count)


def handle_chunk(token: str, recipe: bytes, items: list[Any]) -> list[Any]:
    """Handle some items in a worker; what the recipe makes is kept for the next ones of the same study."""
    with _making:
        if token not in _handlers:
            _handlers.clear()
            _handlers[token] = pickle.loads(recipe)()
        handle = _handlers[token]
    return [handle(item) for item in items]


def _take(todo: deque[int], threads: int) -> list[int]:
    """The next items, fewer towards the end so that all threads end together."""
    return [todo.popleft() for _ in range(max(1, min(CHUNK, len(todo) // (2 * threads))))]
