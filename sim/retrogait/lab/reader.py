"""The process that reads a C3D file with ezc3d: ``python reader.py FILE`` answers on standard output.

In a process of its own for two reasons. ezc3d ends the process where a damaged file leads it astray. And its
bindings and OpenSim's share one table of C++ types: in a process that holds both, the one breaks calls of the
other. Nothing of retrogait is imported here, so that the answer does not wait for it.
"""

import os
import pickle
import sys
from importlib import import_module

import numpy as np

GROUPS = ("POINT", "ANALOG", "FORCE_PLATFORM")
FAILED = 1
"""Exit status where ezc3d refused the file; the reason is the last line on standard error."""


def main(path: str) -> int:
    """Read a file and answer with its parameters, points and analog data."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get into the answer
    ezc3d = import_module("ezc3d")  # an extra
    try:
        content = ezc3d.c3d(path)
    except Exception as error:  # whatever its parser stumbles over; it has no class of its own
        sys.stderr.write("\n" + " ".join(str(error).split())[:120])
        return FAILED
    parameters = {
        group: {
            name: {"value": entry["value"]}
            for name, entry in content["parameters"][group].items()
            if name != "__METADATA__"
        }
        for group in GROUPS
        if group in content["parameters"]
    }
    points = np.asarray(content["data"]["points"][:3], dtype=np.float64)
    analogs = np.asarray(content["data"]["analogs"], dtype=np.float64)
    with out:
        pickle.dump((parameters, points, analogs), out, protocol=pickle.HIGHEST_PROTOCOL)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
