"""Time predictions between the bundled conditions: ``python -m tests.benchmarks.predictions``.

Off-grid conditions, so that every one of them has to be solved from its neighbours. ``--cold`` also times one
whole command with empty caches, compilation included.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from retrogait.errors import SolveError
from retrogait.predict.api import solved_gait
from retrogait.predict.condition import GRID, Condition
from retrogait.predict.settings import Choices
from tests.benchmarks.__main__ import RESULTS, describe_machine, load_average

BETWEEN = 0.1  # m/s: half way between two speeds of the grid
INCLINES = (-7.5, -2.5, 2.5, 7.5)  # deg: half way between two inclines of it
COLD = ("predict", "--direction", "retro", "--speed", "1.1", "--incline", "2")


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.predictions", description=__doc__)
    parser.add_argument("--cold", action="store_true", help="also time one command with empty caches")
    options = parser.parse_args()
    conditions = [
        Condition(d, round(v + BETWEEN, 3), i) for d, vs in GRID.items() for v in vs[:-1] for i in INCLINES
    ]
    solve(Condition("forward", 1.1, 1.0))  # compiles and starts the process
    rows, failed = [], []
    for condition in conditions:
        begun = perf_counter()
        try:
            gait = solve(condition)
        except SolveError as error:
            failed.append(str(error))
            continue
        rows.append(
            {
                "condition": condition.name,
                "solver_s": gait.figures["seconds"],
                "with_analysis_s": perf_counter() - begun,
                "iterations": gait.figures["iterations"],
                "tries": gait.figures["tries"],
            }
        )
        print(
            f"{condition.name:18s} {rows[-1]['solver_s']:5.2f} s {rows[-1]['iterations']:4d} iterations",
            flush=True,
        )
    content = {
        "machine": describe_machine(),
        "load": load_average(),
        "solved": len(rows),
        "asked": len(conditions),
        "median_solver_s": statistics.median(row["solver_s"] for row in rows),
        "median_with_analysis_s": statistics.median(row["with_analysis_s"] for row in rows),
        "worst_solver_s": max(row["solver_s"] for row in rows),
        "failed": failed,
        "conditions": rows,
    }
    if options.cold:
        content["cold_command_s"] = cold()
    path = RESULTS.with_name("predictions.json")
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print({key: value for key, value in content.items() if key not in {"machine", "conditions"}})


def solve(condition):
    from retrogait.predict.api import planar_figure  # noqa: PLC0415

    return solved_gait(condition, Choices(), planar_figure(), sensitivity=False, starts=1, report=None)


def cold():
    """Seconds of a first prediction on a machine that has compiled nothing yet, sensitivity included."""
    with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as output:
        source = str(Path(__file__).resolve().parents[2] / "sim")
        begun = perf_counter()
        subprocess.run(
            [sys.executable, "-m", "retrogait", *COLD, "--output", output],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "XDG_CACHE_HOME": cache, "PYTHONPATH": source},
        )  # fmt: skip
        return perf_counter() - begun


if __name__ == "__main__":
    main()
