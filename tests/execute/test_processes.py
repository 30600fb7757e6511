"""Processes share items, outlive one another's deaths, and leave nobody behind."""

import os
import time
from functools import partial
from pathlib import Path

import pytest

from retrogait.errors import ConfigError, GaitError, ModelError
from retrogait.execute import Lost, Processes, Serial
from retrogait.execute.base import processors
from retrogait.execute.choose import choose
from retrogait.execute.keys import code_digest
from retrogait.execute.processes import START_SECONDS
from retrogait.execute.runner import Brief, Runner
from tests.execute import work

ITEMS = list(range(23))
SQUARES = {position: item * item for position, item in enumerate(ITEMS)}
PATIENCE = 120.0  # s; a process needs a fraction of a second to end


def alive(process):
    """Whether a process runs; one that has ended and waits to be asked after does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition):
    until = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return condition()


@pytest.mark.parametrize(
    "executor",
    [Serial(work.make_square), *(Processes(work.make_square, jobs) for jobs in (1, 2, 3))],
    ids=["serial", "one", "two", "three"],
)
def test_every_item_is_answered_once_whatever_the_number_of_processes(executor):
    answers = list(executor.run(ITEMS))
    assert len(answers) == len(ITEMS)
    assert dict(answers) == SQUARES
    assert list(executor.run([])) == []


def test_each_process_follows_the_recipe_once_and_has_one_thread(tmp_path):
    before = {name: value for name, value in os.environ.items() if "THREADS" in name}
    answers = [answer for _, answer in Processes(partial(work.make_witness, tmp_path), 2).run(range(60))]
    processes = {process for process, _ in answers}
    assert len(processes) == 2
    assert os.getpid() not in processes
    assert {path.name for path in tmp_path.iterdir()} == {f"recipe-{process}" for process in processes}
    assert all(threads == ["1", "1", "1"] for _, threads in answers)
    assert {name: value for name, value in os.environ.items() if "THREADS" in name} == before


def test_a_death_costs_only_the_item_in_work_which_is_tried_again(tmp_path):
    recipe = partial(work.make_deadly, tmp_path, 11, 1)
    assert dict(Processes(recipe, 2).run(ITEMS)) == SQUARES
    calls = {item: len(list(tmp_path.glob(f"call-{item}-*"))) for item in ITEMS}
    assert calls == {item: 2 if item == 11 else 1 for item in ITEMS}


def test_an_item_that_ends_two_processes_is_lost_and_says_how(tmp_path):
    recipe = partial(work.make_deadly, tmp_path, 11, 99)
    answers = dict(Processes(recipe, 2).run(ITEMS))
    lost = answers.pop(11)
    assert isinstance(lost, Lost)
    assert lost.reason == "the worker process was ended by signal 9 (SIGKILL), twice"
    assert answers == {item: square for item, square in SQUARES.items() if item != 11}
    assert len(list(tmp_path.glob("call-11-*"))) == 2


def test_a_recipe_that_cannot_be_followed_stops_the_run_with_its_own_error():
    with pytest.raises(ModelError, match="no such model"):
        list(Processes(work.make_nothing, 2).run(ITEMS))
    with pytest.raises(RuntimeError, match="KeyError in a worker process: 0"):
        list(Processes(work.make_broken, 1).run(ITEMS))


def test_processes_that_never_get_ready_are_not_started_for_ever():
    with pytest.raises(GaitError, match=r"ended with status 7 before it was ready; try --jobs 1"):
        list(Processes(work.make_exit, 2).run(ITEMS))


def test_who_closes_early_leaves_no_process(tmp_path):
    answers = Processes(partial(work.make_slow, tmp_path), 2).run(range(1000))
    for _ in range(8):
        next(answers)
    processes = [int(path.name.removeprefix("process-")) for path in tmp_path.iterdir()]
    assert processes
    answers.close()
    assert not any(map(alive, processes))


def test_workers_end_by_themselves_when_their_coordinator_is_killed(tmp_path):
    script = (
        "from functools import partial; from tests.execute import work; import os, sys\n"
        "from retrogait.execute import Processes\n"
        "if __name__ == '__main__':\n"
        "    for k, _ in enumerate(Processes(partial(work.make_slow, sys.argv[1]), 2).run(range(9999))):\n"
        "        if k == 20: os.kill(os.getpid(), 9)\n"
    )
    (tmp_path / "script.py").write_text(script)
    (tmp_path / "seen").mkdir()
    root = Path(__file__).resolve().parents[2]
    path = os.pathsep.join([str(root), str(root / "sim")])
    command = [os.sys.executable, str(tmp_path / "script.py"), str(tmp_path / "seen")]
    status = os.spawnve(os.P_WAIT, command[0], command, os.environ | {"PYTHONPATH": path})
    assert status == -9
    processes = [int(path.name.removeprefix("process-")) for path in (tmp_path / "seen").iterdir()]
    assert processes
    assert wait_until(lambda: not any(map(alive, processes)))


def test_little_work_is_done_here_and_much_is_shared(tmp_path, monkeypatch):
    here = partial(work.make_witness, tmp_path)
    answers = Processes(here, 2, here).run(range(5))
    assert {process for _, (process, _) in answers} == {os.getpid()}
    clock = iter(range(10**6))
    monkeypatch.setattr("retrogait.execute.processes.monotonic", lambda: START_SECONDS * next(clock))
    answers = [process for _, (process, _) in Processes(here, 2, here).run(range(30))]
    assert answers[:2] == [os.getpid()] * 2  # the first loads, the second tells how long one takes
    assert os.getpid() not in answers[2:]


def test_a_worker_with_other_code_refuses_to_work():
    with pytest.raises(ConfigError, match="runs other code of retrogait"):
        Runner(Brief("study", {}, None, (), (), code="0" * 64))
    Runner(Brief("study", {}, None, (), (), code=code_digest()))


def test_processes_are_never_more_than_processors_or_threads(monkeypatch):
    brief = Brief("study", {}, None, (), ())
    monkeypatch.setattr("retrogait.execute.choose.processors", lambda: 4)
    monkeypatch.setattr("retrogait.execute.choose.kernels_cached", lambda: True)

    def made(threads=None, jobs=None):
        executor = choose(Brief("study", {}, None, (), (), threads=threads), jobs=jobs)
        return executor._jobs if isinstance(executor, Processes) else 1

    assert [made(), made(jobs=2), made(jobs=99), made(jobs=1)] == [4, 2, 4, 1]
    assert [made(threads=3), made(threads=1), made(threads=2, jobs=4), made(threads=8)] == [3, 1, 2, 4]
    assert choose(brief, jobs=2)._here is None
    assert choose(brief)._here is not None
    monkeypatch.setattr("retrogait.execute.choose.kernels_cached", lambda: False)
    assert choose(brief, jobs=2)._here is not None  # which compiles for all
    assert processors() >= 1
