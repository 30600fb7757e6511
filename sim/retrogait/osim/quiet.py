"""The one place that imports `opensim`, silenced.

OpenSim writes to the process's standard output from C++ and, in some versions, leaves a log file in the
working folder; neither belongs in a library.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def import_opensim() -> Any:
    """The `opensim` module with its log turned off."""
    import opensim  # noqa: PLC0415 - half a second that cached models do not need

    opensim.Logger.setLevelString("Off")
    opensim.Logger.removeFileSink()  # or opensim.log appears in the working folder
    return opensim


@contextmanager
def swallow_output() -> Iterator[None]:
    """Send what C++ prints to standard output and error nowhere.

    Works on the file descriptors, because OpenSim's own streams do not pass through `sys.stdout`.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    saved = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        for target, descriptor in enumerate(saved, start=1):
            os.dup2(descriptor, target)
            os.close(descriptor)
        os.close(nowhere)
