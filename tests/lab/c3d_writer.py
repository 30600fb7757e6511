"""A process that writes C3D files with ezc3d, which cannot share one with OpenSim: see retrogait.lab.reader.

Run as a script it takes pickled (path, content) from standard input and answers each with a line.
"""

import atexit
import pickle
import subprocess
import sys
from functools import cache


def main():
    """Write what is asked for until nobody asks any more."""
    import ezc3d  # noqa: PLC0415 - only in this process

    while True:
        try:
            path, content = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        c3d = ezc3d.c3d()
        for group, entries in content["parameters"].items():
            for name, entry in entries.items():
                if group in {"POINT", "ANALOG"} and name in c3d["parameters"][group]:
                    c3d["parameters"][group][name]["value"] = entry["value"]
                else:
                    c3d.add_parameter(group, name, entry["value"])
        c3d["data"]["points"] = content["data"]["points"]
        if content["data"]["analogs"].size:
            c3d["data"]["analogs"] = content["data"]["analogs"]
        c3d.write(path)
        sys.stdout.write("written\n")
        sys.stdout.flush()


@cache
def _process():
    process = subprocess.Popen(
        [sys.executable, "-P", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )

    def end():
        process.stdin.close()
        process.wait()
        process.stdout.close()

    atexit.register(end)
    return process


def write(path, content):
    """Write a C3D file of {"parameters": {group: {name: {"value": ...}}}, "data": {"points", "analogs"}}."""
    process = _process()
    pickle.dump((str(path), content), process.stdin)
    process.stdin.flush()
    assert process.stdout.readline() == b"written\n"


if __name__ == "__main__":
    main()
