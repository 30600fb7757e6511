"""Inverse kinematics beside OpenSim's tool, in one run: `python -m tests.benchmarks.inverse_kinematics`.

OpenSim runs without muscles and patella constraints, which is the fastest that users get it to; `--whole`
keeps them. Both sides are timed from files to coordinates, and ours alone without files too.
"""

import argparse
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from rich.console import Console
from rich.table import Table

import retrogait as rg
from retrogait.ik import solve_markers
from retrogait.io.markers import read_markers
from retrogait.osim.inverse_kinematics import ACCURACY, run_inverse_kinematics
from retrogait.osim.markers import read_marker_set
from tests.benchmarks.cases import SHARED

BAR = 5.0
CASES = {
    "rajagopal_walk": ("rajagopal_walk/subject_walk_scaled.osim", "rajagopal_walk/markers_walk.trc"),
    "gait2392": ("gait2392/subject01_simbody.osim", "gait2392/subject01_walk1.trc"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", choices=[*CASES, "all"], default="rajagopal_walk")
    parser.add_argument(
        "--repeats", type=int, default=3, help="of OpenSim's tool; ours runs ten times as often"
    )
    parser.add_argument("--accuracy", type=float, default=ACCURACY, help="of OpenSim's tool")
    parser.add_argument("--whole", action="store_true", help="OpenSim keeps muscles and couplers")
    parser.add_argument("--start", type=float, help="s")
    parser.add_argument("--end", type=float, help="s")
    options = parser.parse_args()
    console = Console()
    for name in CASES if options.case == "all" else [options.case]:
        compare(console, name, options)


def compare(console, name, options):
    """Time both on one recording and print times, errors and what lies between the answers."""
    file, recorded = (SHARED / part for part in CASES[name])
    window = {"start": options.start, "end": options.end}
    model = rg.load_model(file)
    marker_set = read_marker_set(file, model)
    markers = read_markers(recorded)
    solve_markers(model, marker_set, markers, **window)  # compiles
    with tempfile.TemporaryDirectory() as folder:
        tool, theirs = timed(
            options.repeats,
            lambda: run_inverse_kinematics(
                file, recorded, folder, accuracy=options.accuracy, whole=options.whole, **window
            ),
        )
        whole, _ = timed(3 * options.repeats, lambda: everything(file, recorded, Path(folder), window))
    one, _ = timed(
        10 * options.repeats, lambda: solve_markers(model, marker_set, markers, threads=1, **window)
    )
    two, ours = timed(10 * options.repeats, lambda: solve_markers(model, marker_set, markers, **window))

    frames = ours.time.size
    table = Table(
        title=f"{name}: {frames} frames, {len(ours.markers)} markers", title_justify="left", box=None
    )
    table.add_column("inverse kinematics")
    for header in ("median ms", "least ms", "us/frame", "OpenSim / median"):
        table.add_column(header, justify="right")
    kept = "as it is" if options.whole else "no muscles, no patella constraints"
    for label, times in (
        (f"OpenSim, {kept}, accuracy {options.accuracy:g}", tool),
        ("retrogait, files to written coordinates", whole),
        ("retrogait, 1 thread", one),
        ("retrogait, all threads", two),
    ):
        middle = median(times)
        ratio = "" if times is tool else f"{median(tool) / middle:,.0f}"
        table.add_row(
            label, f"{1e3 * middle:,.1f}", f"{1e3 * min(times):,.1f}", f"{1e6 * middle / frames:,.0f}", ratio
        )
    console.print(table)

    errors = Table(title="marker error, mm", title_justify="left", box=None)
    errors.add_column("")
    for header in ("mean of frames' rms", "largest marker"):
        errors.add_column(header, justify="right")
    for label, rms, worst in (
        ("OpenSim", theirs.frame_error.mean(), theirs.frame_worst.max()),
        ("retrogait", ours.frame_error.mean(), np.nanmax(ours.error)),
    ):
        errors.add_row(label, f"{1e3 * rms:.4f}", f"{1e3 * worst:.3f}")
    console.print(errors)
    off = differences(ours, theirs)
    worst = sorted(off, key=off.get, reverse=True)[:4]
    console.print("largest differences, deg or mm: " + ", ".join(f"{c} {off[c]:.2g}" for c in worst))
    middle = sorted(off.values())[len(off) // 2]
    console.print(f"median of the coordinates' largest differences: {middle:.2g}")
    ratio = median(tool) / median(two)
    verdict = (
        "above" if ratio >= BAR and ours.frame_error.mean() <= theirs.frame_error.mean() + 1e-6 else "BELOW"
    )
    console.print(f"{ratio:,.0f} times faster at no larger marker error; {verdict} the bar of {BAR:g}")


def everything(file, recorded, folder, window):
    """From files to a written motion, with the compiled model from the cache."""
    model = rg.load_model(file)
    found = solve_markers(model, read_marker_set(file, model), read_markers(recorded), **window)
    found.write(folder / "ours.mot")
    return found


def differences(ours, theirs):
    """Largest difference of every coordinate, in degrees or millimetres."""
    out = {}
    for c, name in enumerate(theirs.coordinates):
        mine = ours.coordinates.index(name)
        scale = np.rad2deg(1.0) if ours.rotational[mine] else 1e3
        out[name] = scale * float(np.abs(ours.values[:, mine] - theirs.values[:, c]).max())
    return out


def timed(repeats, work):
    """Seconds of every run, and the last answer."""
    times, answer = [], None
    for _ in range(max(repeats, 1)):
        began = perf_counter()
        answer = work()
        times.append(perf_counter() - began)
    return times, answer


if __name__ == "__main__":
    main()
