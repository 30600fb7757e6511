"""A real Dask cluster: several processes, one of them killed in mid-run."""

import gc
import os
import signal
from functools import partial

import pytest

from retrogait.errors import ConfigError
from retrogait.execute import Lost
from retrogait.execute.cluster import Cluster
from tests.execute import work

distributed = pytest.importorskip(
    "distributed", reason="a cluster is an extra: pip install retrogait[cluster]"
)

# Its own threads and sockets end in their own time, the last of them where they are collected below.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

ITEMS = list(range(60))


@pytest.fixture(scope="module")
def cluster():
    """Two worker processes, each started again by its nanny when it ends."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster
    gc.collect()  # what is left of it here, not in a later test that takes a warning for a fault


def test_every_item_is_answered_and_each_process_follows_the_recipe_once(cluster, tmp_path):
    recipe = partial(work.make_witness, tmp_path)
    answers = dict(Cluster(recipe, cluster.scheduler_address).run(ITEMS))
    assert sorted(answers) == ITEMS
    processes = {process for process, _ in answers.values()}
    assert os.getpid() not in processes
    assert {path.name for path in tmp_path.iterdir()} == {f"recipe-{process}" for process in processes}


def test_a_worker_killed_in_mid_run_costs_nothing(cluster, tmp_path):
    recipe = partial(work.make_slow, tmp_path)
    answers = {}
    for position, answer in Cluster(recipe, cluster.scheduler_address).run(ITEMS):
        if not answers:
            victim = next(tmp_path.glob("process-*")).name.removeprefix("process-")
            os.kill(int(victim), signal.SIGKILL)
        answers[position] = answer
    assert answers == dict(enumerate(ITEMS))
    assert len(list(tmp_path.glob("process-*"))) >= 2


def test_an_item_that_ends_every_worker_is_lost_and_the_others_are_not(cluster, tmp_path):
    cluster.scheduler.allowed_failures = 0  # each that it is allowed costs the start of a process
    recipe = partial(work.make_deadly, tmp_path, 7, 99)
    answers = dict(Cluster(recipe, cluster.scheduler_address).run(ITEMS[:20]))
    lost = answers.pop(7)
    assert isinstance(lost, Lost)
    assert "every worker it was given to ended: tcp://" in lost.reason
    assert answers == {item: item * item for item in ITEMS[:20] if item != 7}


def test_a_scheduler_that_is_not_there_is_one_line(monkeypatch):
    monkeypatch.setattr("retrogait.execute.cluster.PATIENCE", 0.5)
    with pytest.raises(ConfigError, match=r"tcp://127\.0\.0\.1:9: no Dask scheduler answers there") as end:
        Cluster(work.make_square, "tcp://127.0.0.1:9")
    assert "\n" not in str(end.value)
