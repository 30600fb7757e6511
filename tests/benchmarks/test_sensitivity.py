"""Time of a whole sensitivity, from a loaded trial to a labelled result; skipped unless asked for.

pytest --benchmark-enable --benchmark-only tests/benchmarks -o addopts=--import-mode=importlib
"""

import time

import pytest

import retrogait as rg
from retrogait.sampling.api import sensitivity
from tests.benchmarks import cases

SAMPLES = 1000
CASES = cases.recorded_cases() or [case for case in [cases.demo_case()] if case is not None]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def subject(request):
    """Model and trial, the kernels compiled."""
    model, trial = rg.load_model(request.param.model), request.param.load_trial()
    sensitivity(model, trial, samples=64)
    return model, trial


@pytest.mark.parametrize("threads", [1, 2])
def test_a_thousand_samples(benchmark, subject, threads):
    busy = time.process_time()
    result = benchmark.pedantic(
        sensitivity, subject, {"samples": SAMPLES, "threads": threads}, rounds=1, iterations=1
    )
    benchmark.extra_info["processor_seconds"] = round(time.process_time() - busy, 2)
    benchmark.extra_info["frames"] = result.sizes["time"]
    benchmark.extra_info["samples_with_failed_frames"] = int((result["sample_failed"] > 0).sum())
