"""The benchmark compares what it claims to compare; nothing here looks at the clock."""

import json

import pytest

from tests.benchmarks import __main__ as benchmark
from tests.benchmarks import cases, chain
from tests.benchmarks.opensim_tools import run_tools

FRAMES = 4  # OpenSim's static optimization takes a tenth of a second for each
MOMENT_ATOL = 1e-6  # N m or N: the tools print 8 digits after the point
REACTION_ATOL = 0.1  # N: of 3 000, for the same muscle forces
# The lateral gastrocnemius of the Rajagopal models differs by 0.01, or 22 N, and the knee with it.
ACTIVATION_ATOL = {"gait2392": 2e-4, "rajagopal_walk": 0.02}  # 1
OWN_REACTION_ATOL = {"gait2392": 0.1, "rajagopal_walk": 30.0}  # N: each with its own muscle forces


@pytest.mark.shared
@pytest.mark.opensim
@pytest.mark.slow
@pytest.mark.parametrize("name", ["gait2392", "rajagopal_walk"])
def test_parity_mode_agrees_with_the_tools_stage_by_stage(shared_data, tmp_path, name):
    case = next(case for case in cases.recorded_cases() if case.name == name).shortened(FRAMES)
    tools = run_tools(case, tmp_path, tolerance=1e-8)
    largest = {row.quantity: row.largest for row in chain.compare(case, tools)}
    assert tools.moment_table.time.size == FRAMES
    assert largest["generalized moment"] < MOMENT_ATOL
    assert largest["generalized force"] < MOMENT_ATOL
    assert largest["knee reaction, OpenSim's muscle forces"] < REACTION_ATOL
    assert largest["activation"] < ACTIVATION_ATOL[name]
    assert largest["knee reaction"] < OWN_REACTION_ATOL[name]


def test_a_difference_names_where_it_is_largest():
    ours, theirs = [[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.5], [3.0, -5.0]]
    found = chain.difference("force", "N", ours, theirs, ["hip", "knee"])
    assert (found.largest, found.median, found.size, found.where) == (9.0, 0.25, 5.0, "knee")


def test_without_recordings_and_demo_there_is_one_line_and_no_timing(monkeypatch, capsys):
    monkeypatch.setattr(cases, "recorded_cases", list)
    monkeypatch.setattr(cases, "demo_case", lambda: None)
    monkeypatch.setattr("sys.argv", ["benchmarks"])
    with pytest.raises(SystemExit, match="nothing to time"):
        benchmark.main()
    assert "demo is timed alone, without OpenSim" in " ".join(capsys.readouterr().out.split())


def test_ratios_and_missing_times_become_plain_values_that_json_holds():
    both = benchmark.stage("both", 2.0, chain.Time(0.1, 0.5))
    assert benchmark.ratio(both) == 4.0
    alone = benchmark.scaled(benchmark.start("alone", None, chain.Time(0.1, 0.5)), 1e3, "ms")
    assert alone == {
        "name": "alone",
        "opensim_ms": None,
        "retrogait_least_ms": 100.0,
        "retrogait_median_ms": 500.0,
        "ratio": None,
    }
    assert json.loads(json.dumps(alone)) == alone
