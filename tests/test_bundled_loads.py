"""The loads of the bundled experiment are the reviewed ones, and a muscle that is 1 % stronger is noticed."""

import re
from pathlib import Path

import pytest

import retrogait as rg
from retrogait import cli
from retrogait.baseline.compare import compare
from retrogait.baseline.explain import headline
from retrogait.baseline.gather import gather
from retrogait.baseline.store import Baseline, read_baseline, write_baseline
from retrogait.commands import check, run
from retrogait.normalise import normalise
from retrogait.predict import gait
from retrogait.predict.condition import Condition
from retrogait.predict.library import bundled_gait
from retrogait.share import share_folder

BASELINE = Path(__file__).with_name("baselines") / "forward_vs_retro.h5"
LARGEST = 400_000  # bytes: every version of it stays in the repository for ever
STRONGER = 1.01

# The smallest effect of any muscle is that of the short head of the biceps femoris, largest in the first.
WALKS = (Condition("forward", 1.4, 10.0), Condition("forward", 1.2, -5.0), Condition("retro", 1.4, -10.0))
MUSCLES = (
    "recfem", "vasmed", "vasint", "vaslat", "hamstrings", "bfsh", "glmax", "iliopsoas", "gastroc", "soleus",
    "tibant",
)  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def two_commands(monkeypatch):
    monkeypatch.setattr(cli, "COMMANDS", (run, check))


def results_of(folder, *options):
    assert cli.main(["run", "forward_vs_retro", "--output", str(folder), "--fresh", *options]) == 0
    return folder


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory):
    return results_of(tmp_path_factory.mktemp("loads"), "--jobs", "1", "--threads", "1")


def test_the_loads_of_the_bundled_experiment_are_the_reviewed_ones(unchanged, capsys):
    status = cli.main(["check", str(unchanged), "--baseline", str(BASELINE)])
    assert status == 0, capsys.readouterr().out
    assert BASELINE.stat().st_size <= LARGEST


def test_other_threads_and_processes_change_no_bit(unchanged, tmp_path):
    write_baseline(tmp_path / "loads.h5", gather(unchanged).loads)
    again = results_of(tmp_path / "again", "--jobs", "2", "--threads", "2")
    comparison = compare(gather(again), read_baseline(tmp_path / "loads.h5"), exact=True)
    assert comparison.passed, headline(comparison)


def test_a_model_with_one_muscle_one_per_cent_stronger_is_noticed_and_explained_in_one_sentence(
    tmp_path, monkeypatch, capsys
):
    source = (share_folder("models") / gait.MODEL).read_text("utf-8")
    stronger, count = re.subn(
        r'(<\w+ name="vaslat_[rl]">.*?<max_isometric_force>)([^<]+)',
        lambda found: f"{found[1]}{STRONGER * float(found[2]):.15g}",
        source,
        flags=re.DOTALL,
    )
    assert count == 2
    (tmp_path / gait.MODEL).write_text(stronger, "utf-8")
    monkeypatch.setattr(gait, "MODEL", str(tmp_path / gait.MODEL))
    folder = results_of(tmp_path / "stronger", "--jobs", "1")
    capsys.readouterr()
    assert cli.main(["check", str(folder), "--baseline", str(BASELINE)]) == 1
    told = " ".join(capsys.readouterr().out.split()).partition(" Worst load")[0]
    # A walk that hardly uses its vasti may move by less than the tolerance.
    assert re.match(r"(49|50) of 50 conditions: tibiofemoral force moved by up to 0\.\d+ BW ", told)
    assert re.search(r"at \d+ % of the cycle \([a-z -]+\), where it (rose|fell) by", told)
    # The muscle whose press on the knee changes most need not be the one that got stronger.
    assert re.search(r"moved most by \w+_[rl], which presses the knee with 0\.\d+ BW (more|less)", told)
    assert "likely cause: model planar.osim changed" in told


@pytest.fixture(scope="module")
def reviewed():
    """Loads of a few walks, as they are."""
    return loads_of_walks()


def loads_of_walks(muscle=None):
    """Loads of `WALKS`, with one muscle of both legs stronger."""
    strength = {muscle: STRONGER} if muscle else None
    datasets = []
    for condition in WALKS:
        walk = bundled_gait(condition)
        dataset = rg.analyze(walk.model, walk.trial, cutoff=None, strength=strength)
        datasets.append(normalise(dataset, walk.model, walk.trial))
    return gather(datasets)


@pytest.mark.parametrize("muscle", MUSCLES)
def test_every_muscle_that_is_one_per_cent_stronger_is_noticed(reviewed, muscle):
    baseline = Baseline(reviewed.loads, {name: one.digests() for name, one in reviewed.loads.items()})
    comparison = compare(loads_of_walks(muscle), baseline)
    assert not comparison.passed
    assert f"likely cause: strength.{muscle} 1 -> 1.01" in headline(comparison)
