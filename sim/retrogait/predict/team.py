"""Processes that solve for this one: started when first needed, kept, ended with it."""

import atexit
import contextlib
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from types import MappingProxyType
from typing import Any, NamedTuple

from retrogait.errors import GaitError, SolveError
from retrogait.predict.condition import Condition
from retrogait.predict.figure import Figure
from retrogait.predict.found import Found, Report
from retrogait.predict.seeds import Seed
from retrogait.predict.settings import Choices

SOURCE = Path(__file__).resolve().parents[2]
"""Folder that `retrogait` is imported from, for processes that do not inherit how this one found it."""


KEEP_MEMORY = MappingProxyType({f"MALLOC_{what}_THRESHOLD_": str(2**30) for what in ("MMAP", "TRIM")})
"""Settings of glibc with which a process keeps up to 1 GiB that it frees, in place of asking for it again.

The solver takes and gives back some ten MB at every iteration, which took 4 to 12 % of its time.
"""


class _Task(NamedTuple):
    answer: "Future[Found]"
    asked: object
    report: Report | None


def environment_of_worker() -> dict[str, str]:
    """Environment of a solving process: this one's, less what would make it load the wrong libraries.

    Importing opensim puts its own folder on the path of shared libraries, where casadi would find the wrong
    half of itself.
    """
    environment = {**KEEP_MEMORY, **os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment["PYTHONPATH"] = os.pathsep.join([str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])])
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        if name in environment:
            kept = [part for part in environment[name].split(os.pathsep) if Path(part).name != "opensim"]
            environment[name] = os.pathsep.join(kept)
    return environment


class Team:
    """Several solving processes.

    Parameters
    ----------
    figure : of the person, the same for all tasks
    size   : how many processes at most; by default one per processor
    """

    def __init__(self, figure: Figure, size: int | None = None) -> None:
        self.figure = figure
        self.size = size or os.cpu_count() or 1
        self._tasks: SimpleQueue[_Task] = SimpleQueue()
        self._threads = 0
        self._idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        self._all: list[subprocess.Popen[bytes]] = []
        self._lock = Lock()
        atexit.register(self.close)

    def submit(
        self,
        condition: Condition,
        choices: Choices,
        near: Sequence[Seed],
        starts: int = 1,
        usual: float | None = None,
        *,
        rough: bool = False,
        wide: bool = False,
        report: Report | None = None,
    ) -> "Future[Found]":
        """Ask for a gait; see `retrogait.predict.search.Search.find` for arguments and errors."""
        answer: Future[Found] = Future()
        asked = ((condition, choices, list(near), starts, usual), {"rough": rough, "wide": wide})
        self._tasks.put(_Task(answer, asked, report))
        with self._lock:
            more = self._threads < self.size
            self._threads += more
        if more:
            # Daemons, because an executor makes a program that was interrupted finish all that waits.
            Thread(target=self._work, name="solving", daemon=True).start()
        return answer

    def close(self) -> None:
        """End every process and forget the tasks that wait."""
        with contextlib.suppress(Empty):
            while True:
                self._tasks.get_nowait().answer.cancel()
        for process in self._all:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
        self._all.clear()
        atexit.unregister(self.close)

    def _work(self) -> None:
        """Hand one task after the other to a process."""
        while True:
            task = self._tasks.get()
            if not task.answer.set_running_or_notify_cancel():
                continue
            try:
                task.answer.set_result(self._ask(task.asked, task.report))
            except BaseException as error:  # it belongs to who waits for the answer
                task.answer.set_exception(error)

    def _ask(self, task: object, report: Report | None) -> Found:
        process = self._take()
        try:
            _tell(process, task)
            kind, content = _hear(process)
            while kind == "report":
                if report is not None:
                    report(content)
                kind, content = _hear(process)
        except BaseException:  # also of the listener: the rest of this answer must not answer the next task
            process.kill()
            process.wait()
            raise
        self._idle.put(process)
        if kind == "failed":
            assert isinstance(content, GaitError)
            raise content
        if kind == "broken":
            raise RuntimeError(f"the solving process failed:\n{content}")
        assert isinstance(content, Found)
        return content

    def _take(self) -> "subprocess.Popen[bytes]":
        """Idle process, or a new one: there are never more than threads."""
        with contextlib.suppress(Empty):
            return self._idle.get_nowait()
        process = subprocess.Popen(
            [sys.executable, "-m", "retrogait.predict.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment_of_worker(),
        )  # fmt: skip
        with self._lock:
            self._all.append(process)
        _tell(process, self.figure)
        return process


def _tell(process: "subprocess.Popen[bytes]", content: object) -> None:
    assert process.stdin is not None
    try:
        pickle.dump(content, process.stdin)
        process.stdin.flush()
    except (OSError, ValueError) as error:  # ended by itself, or by `Team.close`
        raise _ended(process) from error


def _hear(process: "subprocess.Popen[bytes]") -> tuple[str, Any]:
    """Next message of a process: its kind and content."""
    assert process.stdout is not None
    try:
        kind, content = pickle.load(process.stdout)
    except (EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
        raise _ended(process) from error
    return kind, content


def _ended(process: "subprocess.Popen[bytes]") -> SolveError:
    process.kill()  # unless it has ended by itself, which keeps its status
    return SolveError(f"the solving process ended with status {process.wait()}")
