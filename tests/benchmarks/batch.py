"""A study of many recorded trials, from files to stored, summarised results.

``python -m tests.benchmarks.batch --trials 1000`` makes perturbed copies of the recordings that stand beside
the checkout, 100 frames each, runs them by the command line in a fresh process, once that many and once four
times as many, and prints wall time, where the time of one trial goes, and the peak memory of coordinator and
workers. Bars: 1 000 trials in 30 s on two cores, and a peak at 4 000 trials within a fifth of that at 1 000.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import retrogait as rg
from retrogait.dataset import assemble
from retrogait.io.results import write_result
from retrogait.io.storage import read_table, write_table
from retrogait.kernels.plan import new_answer
from retrogait.normalise import extract, normalise
from retrogait.pipeline import prepare, solve
from retrogait.report.summary import summarize
from retrogait.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "gc5_knee"
MODEL = DATA / "Rajagopal2015-scaled.osim"
RECORDINGS = ("ss1", "ss3", "ss8")
FRAMES = 100
VARIANTS = 16  # of the ground forces of one recording; the motion of every trial is its own
SWAY = 0.5  # deg, of every angle
SCALE = 0.03  # of the ground forces
POLL = 0.1  # s
SAMPLE = 60  # trials that are taken apart

TRIAL = """
[[trial]]
name = "{name}"
coordinates = "{name}.mot"
external_loads = "{recording}.xml"
data_file = "{name}_grf.mot"
speed = 1.2
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=None)
    parser.add_argument("--once", action="store_true", help="leave out the run of four times as many")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sizes = [arguments.trials] if arguments.once else [arguments.trials, 4 * arguments.trials]
        print(f"making {sizes[-1]} trials of {FRAMES} frames")
        make_trials(folder, sizes[-1])
        take_apart(folder, min(SAMPLE, sizes[0]))
        peaks = []
        for count in sizes:
            wall, busy, coordinator, worker = run(folder, count, arguments.jobs)
            peaks.append(coordinator)
            print(
                f"{count} trials: {wall:.1f} s wall, {busy:.1f} s CPU of all processes; peak memory "
                f"{coordinator:.0f} MiB of the coordinator, {worker:.0f} MiB of the largest worker"
            )
        if len(peaks) == 2:
            print(f"peak of the coordinator at four times as many trials: {peaks[1] / peaks[0] - 1.0:+.1%}")


def make_trials(folder: Path, count: int) -> None:
    """Write perturbed copies of the recordings, and one experiment file for each size."""

    rng = np.random.default_rng(4)
    for recording in RECORDINGS:
        (folder / f"{recording}.xml").write_bytes((DATA / f"{recording}_grf.xml").read_bytes())
        motion = read_table(DATA / f"{recording}_ik.mot")
        forces = read_table(DATA / f"{recording}_grf.mot", allow_nan=True)
        first, last = motion.time[10], motion.time[10 + FRAMES - 1]
        step = forces.time[1] - forces.time[0]
        window = (forces.time >= first - step) & (forces.time <= last + step)
        angles = np.array([not label.endswith(("_tx", "_ty", "_tz")) for label in motion.labels])
        acting = np.array(["force_v" in label for label in forces.labels])
        variants = []
        for variant in range(VARIANTS):
            path = folder / f"{recording}-{variant}_grf.mot"
            factor = np.where(acting, 1.0 + SCALE * rng.uniform(-1.0, 1.0), 1.0)
            write_table(
                path, forces.labels, forces.time[window], forces.values[window] * factor,
                in_degrees=False, name=recording,
            )  # fmt: skip
            variants.append(path.read_bytes())
        at = slice(10, 10 + FRAMES)
        for trial in range(RECORDINGS.index(recording), count, len(RECORDINGS)):
            phase = rng.uniform(0.0, 2.0 * np.pi, angles.size)
            turn = np.sin(2.0 * np.pi * (motion.time[at, None] - first) / (last - first) + phase)
            values = motion.values[at] + SWAY * angles * turn
            write_table(
                folder / f"trial{trial:05d}.mot", motion.labels, motion.time[at], values,
                in_degrees=True, name=recording,
            )  # fmt: skip
            (folder / f"trial{trial:05d}_grf.mot").write_bytes(variants[trial // 3 % VARIANTS])
    names = [f"trial{trial:05d}" for trial in range(count)]
    tables = [TRIAL.format(name=name, recording=RECORDINGS[k % 3]) for k, name in enumerate(names)]
    for size in {count, count // 4}:
        text = f"[model]\nfile = '{MODEL}'\n[output]\nfolder = 'results-{size}'\n" + "".join(tables[:size])
        (folder / f"study-{size}.toml").write_text(text)


def take_apart(folder: Path, count: int) -> None:
    """Print what the stages of one trial cost, in this process and on one core."""

    model, settings = rg.load_model(MODEL), Settings()
    spent = dict.fromkeys(("read", "fit", "solve", "assemble", "normalise", "write", "summarise"), 0.0)
    for trial in range(-3, count):  # the first few also load
        clock = [time.process_time()]
        name = f"trial{max(trial, 0):05d}"
        one = rg.load_trial(
            folder / f"{name}.mot", folder / f"{RECORDINGS[max(trial, 0) % 3]}.xml",
            data_file=folder / f"{name}_grf.mot", speed=1.2,
        )  # fmt: skip
        clock.append(time.process_time())
        body, plan, motion, notes = prepare(model, one, settings)
        clock.append(time.process_time())
        answer = new_answer(motion.time.size, body, plan)
        solve(body, plan, motion, answer, 1)
        clock.append(time.process_time())
        dataset = assemble(model, one, settings, motion, answer, plan, notes)
        clock.append(time.process_time())
        dataset = normalise(dataset, model, one)
        clock.append(time.process_time())
        write_result(folder / "one.h5", dataset)
        clock.append(time.process_time())
        summarize(dataset)
        extract(dataset)
        clock.append(time.process_time())
        if trial >= 0:
            for stage, seconds in zip(spent, np.diff(clock), strict=True):
                spent[stage] += seconds
    parts = ", ".join(f"{stage} {1e3 * seconds / count:.1f}" for stage, seconds in spent.items())
    print(f"CPU of one trial on one core [ms]: {parts}; {1e3 * sum(spent.values()) / count:.1f} in all")


def run(folder: Path, count: int, jobs: int | None) -> tuple[float, float, float, float]:
    """Wall and CPU time [s], and peak memory of the coordinator and of the largest worker [MiB]."""
    command = [sys.executable, "-m", "retrogait", "run", f"study-{count}.toml", "--fresh"]
    command += ["--jobs", str(jobs)] if jobs else []
    environment = os.environ | {"PYTHONPATH": str(ROOT / "sim")}
    started, before = time.perf_counter(), os.times()
    peak = dict.fromkeys(("coordinator", "worker"), 0.0)
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        while process.poll() is None:
            peak["coordinator"] = max(peak["coordinator"], peak_memory(process.pid))
            workers = map(peak_memory, children(process.pid))
            peak["worker"] = max(peak["worker"], max(workers, default=0.0))
            time.sleep(POLL)
    wall, after = time.perf_counter() - started, os.times()
    busy = sum(after[2:4]) - sum(before[2:4])  # of children that have ended, and theirs
    last = (folder / "log.txt").read_text().splitlines()[-1:]
    if process.returncode or f"{count} of {count} cases stored" not in "".join(last):
        raise SystemExit(f"the run ended with status {process.returncode}: {last}")
    return wall, busy, peak["coordinator"], peak["worker"]


def peak_memory(process: int) -> float:
    """Peak of resident memory so far [MiB]; 0 of a process that has ended. Linux only."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if "VmHWM" in line), 0.0)


def children(process: int) -> list[int]:
    """Processes that a process has started."""
    try:
        return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


if __name__ == "__main__":
    main()
