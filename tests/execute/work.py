"""Recipes for executors: what they make is found by worker processes under this module's name."""

import os
import signal
import time
from functools import partial
from pathlib import Path

from retrogait.errors import ModelError


def make_square():
    return square


def square(item):
    return item * item


def make_witness(folder):
    """Leave a file for each process that follows the recipe; answer with the process and its environment."""
    (Path(folder) / f"recipe-{os.getpid()}").touch()
    return witness


def witness(item):
    time.sleep(0.02)  # long enough that every process gets some
    names = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return os.getpid(), [os.environ.get(name) for name in names]


def make_deadly(folder, deadly, deaths):
    return partial(deadly_square, Path(folder), deadly, deaths)


def deadly_square(folder, deadly, deaths, item):
    """Square, but end this process at one item as often as asked for; every call leaves a file."""
    before = len(list(folder.glob(f"call-{item}-*")))
    (folder / f"call-{item}-{before}").touch()
    if item == deadly and before < deaths:
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item


def make_slow(folder):
    return partial(slow, Path(folder))


def slow(folder, item):
    (folder / f"process-{os.getpid()}").touch()
    time.sleep(0.05)
    return item


def make_nothing():
    raise ModelError("no such model")


def make_exit():
    os._exit(7)


def make_broken():
    return broken


def broken(item):
    raise KeyError(item)
