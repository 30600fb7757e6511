"""Real studies that are killed, interrupted, starved and moved: what is stored is whole, and goes on.

Every test reads the results back and compares them, bit for bit, with those of a run that nothing happened
to.
"""

import gc
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xarray as xr
from rich.console import Console

import retrogait as rg
from retrogait import study
from retrogait.config import read_experiment
from retrogait.execute.record import FAILURES, MANIFEST
from retrogait.io.results import read_result

pytestmark = pytest.mark.slow

EXPERIMENT = """
[sweep]
direction = ["forward", "retro"]
speed = [0.8, 1.0, 1.2]
incline = [-5, 0]
"""
CASES = 12
PATIENCE = 600.0  # s; a run takes some five on an idle machine, and a test that hangs must end
LIMIT = 200_000  # bytes; about half of a result
KILLS = 3
TRIES = 5  # of a signal to come while a study is at work, which is half a second long on a fast machine
SOURCES = Path(rg.__file__).parents[1]


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    path = tmp_path_factory.mktemp("experiment") / "walks.toml"
    path.write_text(EXPERIMENT)
    return path


@pytest.fixture(scope="module")
def reference(experiment):
    """Folder of a run in this process that nothing happened to."""
    return finished(experiment, experiment.parent / "reference", jobs=1)


def finished(experiment, folder, **options):
    """Run to the end in this process."""
    with Path(os.devnull).open("w") as nowhere:
        done = study.run(read_experiment(experiment), output=folder, console=Console(file=nowhere), **options)
    assert done.count("stored") == CASES
    return folder


def start(experiment, folder, *options, **more):
    """Run by the command line, in a process group of its own."""
    command = [sys.executable, "-m", "retrogait", "run", str(experiment), "--out", str(folder), *options]
    return subprocess.Popen(
        command,
        env=os.environ | {"PYTHONPATH": str(SOURCES)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **more,
    )


def results(folder):
    return sorted(path for path in folder.glob("*_*.h5"))


def wait_for(condition, process):
    until = time.monotonic() + PATIENCE
    while not condition() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    assert condition(), process.communicate()[0]


def workers_of(process):
    """Working processes that a coordinator has started; none where one of them ends meanwhile."""
    try:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        commands = [Path(f"/proc/{child}/cmdline").read_text() for child in children]
    except OSError:
        return []
    return [int(child) for child, words in zip(children, commands, strict=True) if "spawn_main" in words]


def members(group):
    """Processes of a group that still run."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of = entry.read_text().rsplit(")", 1)[1].split()[:3]
        except OSError:
            continue
        if int(of) == group and state != "Z":
            found.append(int(entry.parent.name))
    return found


def assert_same(path, expected):
    """Two results agree in every bit, and in all they say but when and how fast they were made."""
    one, other = read_result(path), read_result(expected)
    assert set(one.variables) == set(other.variables)
    for name, variable in one.variables.items():
        assert variable.dims == other[name].dims
        assert variable.to_numpy().tobytes() == other[name].to_numpy().tobytes(), name
    said, expected_said = dict(one.attrs), dict(other.attrs)
    records = [json.loads(attributes.pop("provenance")) for attributes in (said, expected_said)]
    assert said == expected_said
    assert all(record.pop("time") for record in records)
    assert records[0] == records[1]


def assert_whole(folder, reference):
    """A study agrees with the reference in results, tables and manifest."""
    assert [path.name for path in results(folder)] == [path.name for path in results(reference)]
    assert len(results(folder)) == CASES
    for path in results(folder):
        assert_same(path, reference / path.name)
    for name in (study.SUMMARY, FAILURES, study.PICTURE, study.PEAKS):
        assert (folder / name).read_bytes() == (reference / name).read_bytes()
    with (
        xr.open_dataset(folder / study.WHOLE, engine="h5netcdf") as one,
        xr.open_dataset(reference / study.WHOLE, engine="h5netcdf") as other,
    ):
        xr.testing.assert_identical(one.drop_vars("seconds"), other.drop_vars("seconds"))
    manifest, expected = (json.loads((place / MANIFEST).read_text()) for place in (folder, reference))
    for entry in (*manifest["cases"], *expected["cases"]):
        entry.pop("seconds", None)
    assert manifest["cases"] == expected["cases"]
    assert not list(folder.glob(".*"))


def test_a_study_killed_at_random_times_loses_only_what_was_in_work(experiment, reference, tmp_path):
    chance = random.Random(4)
    for _ in range(KILLS):
        before = len(results(tmp_path))
        process = start(experiment, tmp_path, "--jobs", "2")
        wait_for(lambda before=before: len(results(tmp_path)) > before, process)
        time.sleep(chance.uniform(0.0, 0.3))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        for path in results(tmp_path):
            assert_same(path, reference / path.name)
        if len(results(tmp_path)) == CASES:
            break
    done = {path: path.stat().st_mtime_ns for path in results(tmp_path)}
    process = start(experiment, tmp_path)
    assert f"{CASES} of {CASES} cases stored" in process.communicate()[0]
    assert {path: path.stat().st_mtime_ns for path in done} == done
    assert_whole(tmp_path, reference)


def test_an_interrupted_study_ends_cleanly_says_how_to_go_on_and_goes_on(experiment, reference, tmp_path):
    for attempt in range(TRIES):
        folder = tmp_path / str(attempt)
        process = start(experiment, folder, "--jobs", "2")
        wait_for(lambda folder=folder: len(results(folder)) >= 3, process)
        os.killpg(process.pid, signal.SIGINT)
        printed = process.communicate(timeout=PATIENCE)[0]
        manifest = json.loads((folder / MANIFEST).read_text())
        stored = [entry["file"] for entry in manifest["cases"] if entry["status"] == "stored"]
        if 1 <= len(stored) < CASES:  # else the signal came before the first was entered or after the last
            break
    assert process.returncode == 130, printed
    assert "Traceback" not in printed
    assert printed.splitlines()[-1].startswith("retrogait: interrupted")
    until = time.monotonic() + PATIENCE
    while members(process.pid) and time.monotonic() < until:
        time.sleep(0.05)  # Python's own helper process ends once it sees that the others are gone
    assert members(process.pid) == []
    assert 1 <= len(stored) < CASES  # those stored in the same moment are found by the next run
    assert {entry["status"] for entry in manifest["cases"]} == {"stored", "not run"}
    for name in stored:
        assert_same(folder / name, reference / name)
    assert not list(folder.glob(".*"))
    finished(experiment, folder)
    assert_whole(folder, reference)


def test_a_killed_worker_costs_nothing(experiment, reference, tmp_path):
    process = start(experiment, tmp_path, "--jobs", "2")
    wait_for(lambda: workers_of(process), process)
    victim = workers_of(process)[0]
    wait_for(lambda: results(tmp_path), process)
    os.kill(victim, signal.SIGKILL)
    printed = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 0, printed
    assert_whole(tmp_path, reference)


def test_a_full_disk_is_one_line_and_the_study_goes_on_once_there_is_room(experiment, reference, tmp_path):
    def starve():
        resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))

    assert min(path.stat().st_size for path in results(reference)) > LIMIT
    process = start(experiment, tmp_path, preexec_fn=starve)
    printed = process.communicate(timeout=PATIENCE)[0].splitlines()
    assert process.returncode == 2
    assert "Traceback" not in "\n".join(printed)
    assert os.strerror(27) in printed[-1]
    assert printed[-1].endswith(f"0 of {CASES} cases are stored; once that is mended, {study.AGAIN}")
    assert results(tmp_path) == []
    finished(experiment, tmp_path)
    assert_whole(tmp_path, reference)


@pytest.mark.parametrize("jobs", [2, 3])
def test_results_do_not_depend_on_the_number_of_processes(experiment, reference, tmp_path, monkeypatch, jobs):
    monkeypatch.setattr("retrogait.execute.choose.processors", lambda: jobs)
    finished(experiment, tmp_path, jobs=jobs)
    assert_whole(tmp_path, reference)


def test_a_result_that_was_damaged_is_left_alone_and_called_by_name(experiment, reference, tmp_path):
    finished(experiment, tmp_path)
    victim = results(tmp_path)[3]
    torn = victim.read_bytes()[:-1000]
    victim.write_bytes(torn)
    process = start(experiment, tmp_path)
    printed = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 2
    assert len(printed.splitlines()) == 1
    assert victim.name in printed
    assert victim.read_bytes() == torn
    victim.unlink()
    finished(experiment, tmp_path)
    assert_whole(tmp_path, reference)


@pytest.mark.filterwarnings("ignore")  # its own threads and sockets end in their own time
def test_a_cluster_gives_the_same_results_although_a_worker_is_killed(experiment, reference, tmp_path):
    distributed = pytest.importorskip("distributed", reason="a cluster is an extra: retrogait[cluster]")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        process = start(experiment, tmp_path, "--scheduler", cluster.scheduler_address)
        wait_for(lambda: results(tmp_path), process)
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        printed = process.communicate(timeout=PATIENCE)[0]
        assert process.returncode == 0, printed
    gc.collect()  # what is left of it here, not in a later test that takes a warning for a fault
    assert_whole(tmp_path, reference)
