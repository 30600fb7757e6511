"""The process that solves: ``python -m retrogait.predict.worker``, spoken to by `retrogait.predict.team`.

casadi and the opensim package each bring their own build of casadi's library, and whichever is imported
second fails. So nothing but this process imports casadi, and it imports no opensim. It also lets several
gaits be solved at once.
"""

import os
import pickle
import signal
import sys
import traceback
from typing import BinaryIO

from retrogait.errors import GaitError


def main() -> int:
    """Answer tasks from standard input on standard output until it closes."""
    # An interrupt of the terminal reaches everybody in it: the asker decides, and ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    from retrogait.predict.search import Search  # noqa: PLC0415

    figure = pickle.load(sys.stdin.buffer)
    search = Search(figure, lambda text: _send(out, "report", text))
    while True:
        try:
            task = pickle.load(sys.stdin.buffer)
        except EOFError:
            return 0
        try:
            _send(out, "done", search.find(*task[0], **task[1]))
        except GaitError as error:
            _send(out, "failed", error)
        except Exception:  # the asker reports it; the next task may be well
            _send(out, "broken", traceback.format_exc())


def _send(out: BinaryIO, kind: str, content: object) -> None:
    pickle.dump((kind, content), out)
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
