"""What a process of `retrogait.execute.processes.Processes` does from its start to its end."""

import pickle
import signal
from contextlib import suppress
from multiprocessing.connection import Connection

from retrogait.errors import GaitError

READY, ANSWER, BROKEN = "ready", "answer", "broken"
"""Kinds of message: the recipe is done; an item is done; the recipe or its function raised."""


def serve(connection: Connection, recipe: bytes) -> None:
    """Follow the recipe, then answer items until the connection ends.

    A connection that ends means that nobody waits any more, however the other side ended: so no process
    outlives its coordinator by more than the item it is at.

    Parameters
    ----------
    connection
        Brings lists of (position, item); takes messages (kind, position, content).
    recipe
        Pickled, because only here everything that it needs may be imported.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ^C is for the coordinator, which ends this process
    with suppress(EOFError, ConnectionError):
        try:
            handle = pickle.loads(recipe)()
        except Exception as error:
            connection.send((BROKEN, -1, _sendable(error)))
            return
        connection.send((READY, -1, None))
        while True:
            for position, item in connection.recv():
                try:
                    answer = handle(item)
                except Exception as error:
                    connection.send((BROKEN, position, _sendable(error)))
                    return
                connection.send((ANSWER, position, answer))


def _sendable(error: Exception) -> Exception:
    """The error of a user as it is, any other by its words: it may hold what cannot be pickled."""
    if isinstance(error, GaitError):
        return error
    return RuntimeError(f"{type(error).__name__} in a worker process: {error}")
