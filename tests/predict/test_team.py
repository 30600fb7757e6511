"""Solving processes: what they answer, report and how they fail, without losing the next task."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retrogait.errors import ConfigError, SolveError
from retrogait.predict import team as team_module
from retrogait.predict.condition import Condition
from retrogait.predict.settings import Choices
from retrogait.predict.team import Team, environment_of_worker
from tests.predict import paper

PATIENCE = 300.0  # s; a process starts in one, on a busy machine in ten; only ends a test that hangs
SOON = 120.0  # s; a process that was killed, or imports that a cold machine reads first


@pytest.fixture
def team(figure):
    made = Team(figure, 1)
    yield made
    made.close()


@pytest.fixture
def scripted(monkeypatch, tmp_path, figure):
    """A team whose processes run a few lines of Python in place of the solver."""

    def make(body):
        script = tmp_path / "worker.py"
        script.write_text(f"import os, pickle, sys\nfigure = pickle.load(sys.stdin.buffer)\n{body}\n")
        program = tmp_path / "python"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}"\n')
        program.chmod(0o755)
        monkeypatch.setattr(team_module.sys, "executable", str(program))
        made.append(Team(figure, 1))
        return made[-1]

    made = []
    yield make
    for team in made:
        team.close()


def ask(team, near=(), report=None, condition=paper.CONDITION):
    return team.submit(condition, Choices(), near, report=report).result(PATIENCE)


def test_a_solving_process_keeps_its_memory_unless_its_user_says_otherwise(monkeypatch):
    monkeypatch.delenv("MALLOC_TRIM_THRESHOLD_", raising=False)
    monkeypatch.setenv("MALLOC_MMAP_THRESHOLD_", "4096")
    environment = environment_of_worker()
    assert environment["MALLOC_TRIM_THRESHOLD_"] == str(2**30)
    assert environment["MALLOC_MMAP_THRESHOLD_"] == "4096"


NOTHING_NEAR = "there is no gait in this direction to start from"


def test_errors_of_a_solving_process_arrive_as_what_they_are(team):
    with pytest.raises(SolveError, match=f"forward_1.2_0: {NOTHING_NEAR}"):
        ask(team)


def test_a_broken_task_says_where_it_broke_and_the_next_one_works(team):
    with pytest.raises(RuntimeError, match=r"(?s)the solving process failed:.*Traceback") as caught:
        ask(team, near=[None])
    assert not isinstance(caught.value, SolveError)
    with pytest.raises(SolveError, match=NOTHING_NEAR):
        ask(team)
    assert len(team._all) == 1


def test_a_process_that_died_is_reported_and_replaced(team):
    with pytest.raises(SolveError, match=NOTHING_NEAR):
        ask(team)
    team._all[0].kill()
    team._all[0].wait()
    with pytest.raises(SolveError, match="the solving process ended with status -9"):
        ask(team)
    with pytest.raises(SolveError, match=NOTHING_NEAR):
        ask(team)


def test_an_interrupt_of_the_terminal_leaves_the_decision_to_the_asker(team, capfd):
    with pytest.raises(SolveError, match=NOTHING_NEAR):
        ask(team)
    team._all[0].send_signal(signal.SIGINT)
    with pytest.raises(SolveError, match=NOTHING_NEAR):
        ask(team)
    assert len(team._all) == 1
    assert capfd.readouterr().err == ""


def test_an_answer_cut_short_is_a_process_that_died(scripted):
    cut = "sys.stdout.buffer.write(pickle.dumps(('done', 'x' * 99))[:50])"
    team = scripted(f"pickle.load(sys.stdin.buffer)\n{cut}")
    with pytest.raises(SolveError, match="the solving process ended with status 0"):
        ask(team)


ANSWER = """
from retrogait.errors import SolveError
while True:
    pickle.load(sys.stdin.buffer)
    for message in (("report", "one"), ("report", "two"), ("failed", SolveError("x"))):
        pickle.dump(message, sys.stdout.buffer)
    sys.stdout.buffer.flush()
"""


def test_every_stage_is_reported_in_order(scripted):
    told = []
    with pytest.raises(SolveError, match="x"):
        ask(scripted(ANSWER), report=told.append)
    assert told == ["one", "two"]


def test_a_listener_that_fails_leaves_no_half_read_answer_behind(scripted):
    team = scripted(ANSWER)

    def stumble(_):
        raise OSError("nobody listens")

    with pytest.raises(OSError, match="nobody listens"):
        ask(team, report=stumble)
    told = []
    with pytest.raises(SolveError, match="x"):
        ask(team, report=told.append)
    assert told == ["one", "two"]
    assert [process.poll() is None for process in team._all] == [False, True]


def test_closing_ends_every_process_and_forgets_what_waits(scripted):
    team = scripted("import time\ntime.sleep(600)")
    waiting = [team.submit(paper.CONDITION, Choices(), []) for _ in range(3)]
    end = time.monotonic() + PATIENCE
    while not team._all and time.monotonic() < end:
        time.sleep(0.05)
    (process,) = team._all
    team.close()
    with pytest.raises(SolveError, match="ended with status"):
        waiting[0].result(SOON)
    assert process.poll() is not None
    assert all(future.cancelled() for future in waiting[1:])


def test_a_solving_process_has_neither_opensim_nor_a_voice(team, capfd):
    """It may print what it likes: answers travel on a channel of their own."""
    with pytest.raises(SolveError):
        ask(team)
    process = team._all[0]
    maps = Path(f"/proc/{process.pid}/maps")
    if maps.exists():  # only Linux tells
        libraries = maps.read_text()
        assert "casadi" in libraries
        assert "osim" not in libraries.lower()
    assert capfd.readouterr().out == ""


@pytest.mark.opensim
def test_a_solving_process_starts_although_this_one_has_imported_opensim(team):
    # opensim puts its folder, which holds a casadi of its own, on the path of shared libraries
    pytest.importorskip("opensim")
    with pytest.raises(SolveError, match=NOTHING_NEAR):
        ask(team)


def test_bad_conditions_never_reach_a_process(team):
    with pytest.raises(ConfigError):
        team.submit(Condition("forward", 9.0, 0.0), Choices(), [])
    assert team._all == []


def test_an_interrupted_program_does_not_finish_what_waits(tmp_path):
    """Threads that solve must not hold a program that its user has given up."""
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, time\n"
        "from retrogait.predict import team as t\n"
        "from retrogait.predict.api import planar_figure\n"
        "from retrogait.predict.condition import Condition\n"
        "from retrogait.predict.settings import Choices\n"
        f"t.sys.executable = {str(sleeper(tmp_path))!r}\n"
        "team = t.Team(planar_figure(), 1)\n"
        "for _ in range(3):\n"
        "    team.submit(Condition('forward', 1.2, 0.0), Choices(), [])\n"
        "while not team._all:\n"
        "    time.sleep(0.05)\n"
        "raise KeyboardInterrupt\n"
    )
    paths = os.pathsep.join([str(team_module.SOURCE), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, str(program)], env={**os.environ, "PYTHONPATH": paths}, capture_output=True,
        text=True, timeout=SOON, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert done.stderr.rstrip().endswith("KeyboardInterrupt")


def sleeper(folder):
    """Write a program that does nothing for a minute."""
    path = folder / "sleeper"
    path.write_text("#!/bin/sh\nexec sleep 600\n")
    path.chmod(0o755)
    return path
