"""Time this package and OpenSim's tools on the same trials in one run, and compare their answers."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table
from rich.text import Text

import retrogait as rg
from tests.benchmarks import cases, chain
from tests.benchmarks.opensim_tools import CUSTOMARY_TOLERANCE, run_tools

QUICK_FRAMES = 12
RESULTS = Path(__file__).resolve().parents[2] / "results" / "benchmark.json"
LIBRARIES = ("retrogait", "opensim", "numpy", "scipy", "numba", "h5py", "xarray")
CORE_VARIANTS = {
    "default physics": {},
    "default physics, activations cubed": {"exponent": 3},
    "default physics, compliant tendons": {"tendon": "compliant"},
}
FIRST_RESULT = """
import sys
import retrogait as rg
model, coordinates, loads, start, end = (text or None for text in sys.argv[1:])
window = {"start": float(start) if start else None, "end": float(end) if end else None}
result = rg.analyze(rg.load_model(model), rg.load_trial(coordinates, loads, **window))
print(result.sizes["time"])
"""


def main():
    options = parse()
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, 120)
    chosen = cases.recorded_cases()
    if not chosen:
        console.print(
            "The recorded trials (../shared/data) are not beside this checkout: the bundled demo is "
            "timed alone, without OpenSim."
        )
        demo = cases.demo_case()
        if demo is None:
            sys.exit("benchmark: there is no bundled demo either; nothing to time")
        chosen = [demo]
    machine = describe_machine()
    console.print(Text(machine["summary"]))
    console.print(
        "[dim]One run on a machine that others may share: expect tens of per cent of noise, and "
        "compare only what stands in one run.[/dim]"
    )
    if options.frames is not None:
        console.print("Short windows: what a tool spends once weighs on every frame; no ratio to quote.")
        chosen = [case.shortened(options.frames) for case in chosen]
    report = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine}
    report["opensim_tolerance"] = options.tolerance
    report["load_average_before"] = load_average()
    report["cases"] = [benchmark(case, options, console) for case in chosen]
    report["load_average_after"] = load_average()
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    console.print(f"\nstored in {options.output}")


def parse():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--frames", type=int, metavar="N", help="only the first N frames of a trial")
    parser.add_argument(
        "--quick", dest="frames", action="store_const", const=QUICK_FRAMES,
        help=f"the same as --frames {QUICK_FRAMES}",
    )  # fmt: skip
    parser.add_argument("--repeats", type=int, default=15, metavar="N", help="runs of each stage")
    parser.add_argument(
        "--tolerance", type=float, default=CUSTOMARY_TOLERANCE, metavar="X",
        help="convergence of OpenSim's static optimization (default: %(default)g)",
    )  # fmt: skip
    parser.add_argument("--output", type=Path, default=RESULTS, metavar="FILE", help="JSON to write")
    return parser.parse_args()


def describe_machine():
    """Everything that a figure depends on, and nothing that tells whose machine it is."""
    processor = platform.processor() or "unknown processor"
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    libraries = {name: version(name) for name in LIBRARIES if _is_installed(name)}
    cores = os.cpu_count() or 1
    return {
        "processor": processor,
        "cores": cores,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": libraries,
        "summary": f"{processor}, {cores} cores, {platform.system()} {platform.machine()}, Python "
        f"{platform.python_version()}, "
        + ", ".join(f"{name} {number}" for name, number in libraries.items()),
    }


def _is_installed(name):
    try:
        version(name)
    except ImportError:  # PackageNotFoundError is one
        return False
    return True


def load_average():
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def benchmark(case, options, console):
    """Time and compare one case, print its tables and return them as plain values."""
    tools = None
    if case.reserves is not None:
        with tempfile.TemporaryDirectory() as folder:
            tools = run_tools(case, Path(folder), options.tolerance)
    parity = chain.parity_choices(case)
    ready = chain.make_ready(case, **parity)
    model = rg.load_model(case.model)
    whole = chain.time_whole(case, options.repeats, parity)
    moments = chain.time_moments(ready, options.repeats)
    core = "core: moments, paths, muscles, sharing, reactions"
    stages = [
        stage("inverse dynamics, files to moments", tools and tools.moments,
              sum_of(whole["read"], whole["prepare"], moments)),
        stage("  of it inverse dynamics alone", None, moments),
        stage("static optimization", tools and tools.sharing, None),
        stage("joint reaction", tools and tools.reaction, None),
        stage(f"{core}, 1 thread", tools and tools.total,
              chain.time_core(ready, options.repeats, 1), chain.core_failures(ready)),
        stage("  2 threads", tools and tools.total, chain.time_core(ready, options.repeats, 2)),
    ]  # fmt: skip
    for name, choices in CORE_VARIANTS.items():
        other = chain.make_ready(case, **choices)
        taken = chain.time_core(other, options.repeats, 1)
        stages.append(stage(f"  1 thread, {name}", None, taken, chain.core_failures(other)))
    stages += [
        stage("reading the motion and the ground forces", None, whole["read"]),
        stage("filter, splines, fit to the model", None, whole["prepare"]),
        stage("analyze(): prepare, core, labels", None, whole["analyze"]),
        stage("everything, files to stored result", tools and tools.total, whole["everything"]),
    ]
    starts = [
        start("model from its file", tools and tools.load, whole["cold"]),
        start("model from the cache", None, whole["cached"]),
        start("fresh process to first result, cached", None, first_result(case)),
    ]
    differences = chain.compare(case, tools) if tools else []
    show(console, case, ready.frames, model, stages, starts, differences, options.tolerance)
    return {
        "case": case.name,
        "frames": ready.frames,
        "muscles": len(model.muscle_names),
        "coordinates": len(model.coordinates),
        "stages": [scaled(row, 1e6 / ready.frames, "us_per_frame") for row in stages],
        "starts": [scaled(row, 1e3, "ms") for row in starts],
        "differences": [asdict(difference) for difference in differences],
    }


def stage(name, opensim, ours, failed=0):
    return {"name": name, "opensim": opensim, "ours": ours, "failed": failed}


def start(name, opensim, ours):
    return {"name": name, "opensim": opensim, "ours": ours}


def sum_of(*times):
    return chain.Time(sum(t.least for t in times), sum(t.median for t in times))


def first_result(case, runs=3):
    """Whole processes, from their start to their end, after one that fills the caches."""
    window = ["" if limit is None else str(limit) for limit in (case.start, case.end)]
    files = [str(case.model), str(case.coordinates), str(case.loads or "")]
    source = str(Path(rg.__file__).parents[1])
    environment = os.environ | {"PYTHONPATH": source}

    def process():
        subprocess.run(
            [sys.executable, "-c", FIRST_RESULT, *files, *window],
            env=environment, check=True, capture_output=True,
        )  # fmt: skip

    return chain.measure(process, runs)


def scaled(row, scale, unit):
    """Row as plain values in the unit that is printed."""
    ours = row["ours"]
    plain = {"name": row["name"], f"opensim_{unit}": row["opensim"] and row["opensim"] * scale}
    plain |= {
        f"retrogait_least_{unit}": ours and ours.least * scale,
        f"retrogait_median_{unit}": ours and ours.median * scale,
        "ratio": ratio(row),
    }
    return plain | ({"failed_frames": row["failed"]} if "failed" in row else {})


def ratio(row):
    """How many times longer OpenSim took than our median, where both did it."""
    return row["opensim"] / row["ours"].median if row["opensim"] and row["ours"] else None


def show(console, case, frames, model, stages, starts, differences, tolerance):
    console.print()
    title = f"{case.name}: {frames} frames, {len(model.muscle_names)} muscles"
    console.print(timing_table(f"{title}, µs/frame", stages, 1e6 / frames))
    console.print(timing_table("start, ms", starts, 1e3))
    failed = {row["name"].strip(): row["failed"] for row in stages if row["failed"]}
    for name, count in failed.items():
        console.print(Text(f"{name}: {count} of {frames} frames failed", style="red"))
    if not differences:
        return
    console.print(
        "[dim]OpenSim's tools ran once each and are timed whole: they read files, build the model, "
        "filter and write. Like with like: the first line and the last one.[/dim]"
    )
    same = f'physics = "opensim", same 6 Hz and reserves, its tolerance {tolerance:g}'
    table = Table(
        title=f"agreement with OpenSim: {same}", title_justify="left", box=None, pad_edge=False
    )  # fmt: skip
    for header in ("quantity", "where largest", "unit"):
        table.add_column(header)
    for header in ("largest |difference|", "median", "OpenSim's largest"):
        table.add_column(header, justify="right")
    for d in differences:
        table.add_row(d.quantity, d.where, d.unit, f"{d.largest:.2g}", f"{d.median:.2g}", f"{d.size:.4g}")
    console.print(table)


def timing_table(title, rows, scale):
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("stage", no_wrap=True)
    for header in ("OpenSim", "retrogait median", "least", "OpenSim / median"):
        table.add_column(header, justify="right")
    for row in rows:
        ours, times = row["ours"], ratio(row)
        if ours is None and row["opensim"] is None:
            continue
        table.add_row(
            row["name"],
            number(row["opensim"] and row["opensim"] * scale),
            number(ours and ours.median * scale),
            number(ours and ours.least * scale),
            f"{times:,.0f}" if times and times >= 10 else f"{times:.1f}" if times else "",
        )
    return table


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


if __name__ == "__main__":
    began = perf_counter()
    main()
    sys.stdout.write(f"{perf_counter() - began:.0f} s\n")
