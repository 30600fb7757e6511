"""Several processes on this machine, each with one thread."""

import os
import pickle
import signal
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from time import monotonic
from typing import Any

from retrogait.errors import GaitError
from retrogait.execute.base import MOST_DEATHS, Answers, Lost, Recipe
from retrogait.execute.worker import BROKEN, READY, serve

CHUNK = 4
"""Items sent at a time: enough that no process waits for the next, few enough that the last are shared."""

START_SECONDS = 4.0
"""What it costs to start processes: each imports the libraries and reads the compiled kernels [s]."""

GRACE = 3.0
"""How long an item in work may take to end after ^C, so that no half-written file is left [s]."""

MOST_FAILED_STARTS = 3
"""Processes in a row that may end before they are ready; more means that none ever will be."""

_ONE_THREAD = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class _Worker:
    """A process, the line to it, and the items that it has not answered yet."""

    def __init__(self, recipe: bytes) -> None:
        context = get_context("spawn")
        self.connection, other = context.Pipe()
        self.process = context.Process(target=serve, args=(other, recipe), daemon=True)
        with _started_quietly():
            self.process.start()
        other.close()  # so that the line ends with the process
        self.waiting: deque[int] = deque()
        self.ready = False

    def end(self, until: float) -> None:
        """Let it finish its item, but no longer than until then; its line must be closed."""
        self.process.join(max(0.0, until - monotonic()))
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        self.process.close()

    def fate(self) -> str:
        """Say how a process ended whose line is broken."""
        self.process.join(GRACE)
        status = self.process.exitcode
        if status is None:
            return "the worker process stopped answering"
        if status < 0:
            with suppress(ValueError):
                return f"the worker process was ended by signal {-status} ({signal.Signals(-status).name})"
        return f"the worker process ended with status {status}"


class Processes:
    """Executor with processes of its own, once they are worth starting.

    An item whose process dies is tried once more in a fresh process; the second time it is `Lost`. The items
    that waited behind it are not blamed.

    Parameters
    ----------
    recipe
        Makes the function that handles one item.
    jobs
        Processes at most.
    here
        Makes the function for items that are handled in this process first: their time tells whether more
        processes would pay, and what they leave in caches on disk is there for all. None starts processes at
        once.
    """

    def __init__(self, recipe: Recipe, jobs: int, here: Recipe | None = None) -> None:
        self._recipe = pickle.dumps(recipe)
        self._jobs = jobs
        self._here = here

    def run(self, items: Sequence[Any]) -> Answers:
        """See `retrogait.execute.base.Executor.run`."""
        first = 0
        if self._here is not None and items:
            handle = self._here()
            started = monotonic()
            while first < len(items) and not self._worth_it(monotonic() - started, first, len(items)):
                if first == 1:  # the first also loads, perhaps compiles, and tells nothing of the others
                    started = monotonic()
                yield first, handle(items[first])
                first += 1
        if first < len(items):
            yield from self._share(items, first)

    def _worth_it(self, seconds: float, done: int, total: int) -> bool:
        """Whether processes would save more time than their start costs."""
        if done < 2:
            return False
        rest = (total - done) * seconds / (done - 1)
        return rest * (1.0 - 1.0 / self._jobs) > START_SECONDS

    def _share(self, items: Sequence[Any], first: int) -> Answers:
        todo = deque(range(first, len(items)))
        deaths: Counter[int] = Counter()
        failed_starts = 0
        workers = [_Worker(self._recipe) for _ in range(min(self._jobs, len(todo)))]
        try:
            while todo or any(worker.waiting for worker in workers):
                for worker in workers:
                    _top_up(worker, todo, items, len(workers))
                lines = {worker.connection: worker for worker in workers}
                for line in wait(list(lines)):
                    assert isinstance(line, Connection)
                    worker = lines[line]
                    try:
                        kind, position, content = line.recv()
                    except (EOFError, OSError, pickle.UnpicklingError):
                        failed_starts = 0 if worker.ready else failed_starts + 1
                        reason = worker.fate()
                        lost = self._replace(workers, worker, todo, deaths)
                        if lost is not None:
                            yield lost, Lost(f"{reason}, twice")
                        if failed_starts >= MOST_FAILED_STARTS:
                            raise GaitError(f"{reason} before it was ready; try --jobs 1") from None
                        continue
                    if kind == BROKEN:
                        raise content
                    if kind == READY:
                        worker.ready, failed_starts = True, 0
                    else:
                        worker.waiting.remove(position)
                        yield position, content
        finally:
            _end(workers, GRACE)

    def _replace(
        self, workers: list[_Worker], dead: _Worker, todo: deque[int], deaths: Counter[int]
    ) -> int | None:
        """Put a fresh process in the place of a dead one; the item that is given up, if any."""
        lost = None
        if dead.ready and dead.waiting:
            deaths[dead.waiting[0]] += 1
            if deaths[dead.waiting[0]] >= MOST_DEATHS:
                lost = dead.waiting.popleft()
        todo.extendleft(reversed(dead.waiting))
        workers.remove(dead)
        _end([dead], 0.0)
        if todo:
            workers.append(_Worker(self._recipe))
        return lost


def _top_up(worker: _Worker, todo: deque[int], items: Sequence[Any], workers: int) -> None:
    """Give a worker that runs low its next items, fewer towards the end so that all end together."""
    if not todo or len(worker.waiting) > CHUNK // 2:
        return
    count = max(1, min(CHUNK, len(todo) // (2 * workers)))
    if worker.waiting and count == 1:
        return
    positions = [todo.popleft() for _ in range(count)]
    worker.waiting.extend(positions)
    # A worker that has died is found by its line, which ends; its items go to another.
    with suppress(OSError):
        worker.connection.send([(position, items[position]) for position in positions])


def _end(workers: list[_Worker], grace: float) -> None:
    """End processes: those without an item at once, the others when their item is done or time is up."""
    for worker in workers:
        worker.connection.close()  # so that an answer finds nobody, and the process ends
    until = monotonic() + grace
    for worker in workers:
        worker.end(until if worker.waiting else 0.0)


@contextmanager
def _started_quietly() -> Iterator[None]:
    """Environment that a new process inherits: one thread for every library, and no ear for ^C.

    Both must hold before its first line of Python runs, so they are set in this process meanwhile.
    """
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    in_charge = threading.current_thread() is threading.main_thread()
    listener = signal.signal(signal.SIGINT, signal.SIG_IGN) if in_charge else None
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        if listener is not None:
            signal.signal(signal.SIGINT, listener)
