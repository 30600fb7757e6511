"""Time of each stage of the core over a whole trial; skipped unless benchmarks are asked for.

pytest --benchmark-enable --benchmark-only tests/benchmarks -o addopts=--import-mode=importlib
"""

import pytest

from retrogait.kernels.plan import new_work
from retrogait.pipeline import solve
from tests.benchmarks import cases, chain, stages

CASES = cases.recorded_cases() or [case for case in [cases.demo_case()] if case is not None]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def ready(request):
    """A prepared trial that was solved once, so that every stage finds what it reads."""
    prepared = chain.make_ready(request.param)
    solve(*prepared, 1)
    return prepared


@pytest.fixture
def work(ready):
    """Scratch that holds the pose of the first frame."""
    scratch = new_work(ready.body, ready.plan)
    stages.solve_moments(ready.body, ready.motion, ready.answer.force, scratch)
    return scratch


@pytest.fixture
def per_frame(benchmark, ready):
    """Runs a stage and notes its microseconds per frame beside the seconds of pytest-benchmark."""

    def run(stage, *arguments):
        stage(*arguments)
        benchmark(stage, *arguments)
        if benchmark.stats is not None:
            microseconds = benchmark.stats.stats.median / ready.frames * 1e6
            benchmark.extra_info["us_per_frame"] = round(microseconds, 3)
            benchmark.extra_info["frames"] = ready.frames

    return run


def test_poses(per_frame, ready, work):
    per_frame(stages.place_all, ready.body, ready.motion, work)


def test_inverse_dynamics(per_frame, ready, work):
    per_frame(stages.solve_moments, ready.body, ready.motion, ready.answer.force, work)


def test_muscle_paths(per_frame, ready, work):
    per_frame(stages.measure_all, ready.body, ready.plan, ready.motion, ready.answer, work)


def test_muscle_forces(per_frame, ready, work):
    per_frame(stages.activate_all, ready.body, ready.motion, ready.answer, work)


def test_joint_loads(per_frame, ready, work):
    stages.measure_all(ready.body, ready.plan, ready.motion, ready.answer, work)
    per_frame(stages.load_all, ready.body, ready.plan, ready.motion, ready.answer, work)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_fused_core(per_frame, ready, threads):
    per_frame(solve, *ready, threads)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_files_to_prepared_trial(benchmark, case):
    benchmark(chain.make_ready, case)
