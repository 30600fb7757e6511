"""Results to draw: bundled walks, analyzed once, and copies of them that a test may spoil."""

import shutil

import h5py
import pytest

from retrogait import cli
from retrogait.commands import run

SWEEP = """
[experiment]
name = "small grid"
[sweep]
direction = ["forward", "retro"]
speed = [0.8, 1.0, 1.2]
incline = [0, 5]
"""


@pytest.fixture(scope="session")
def walks(tmp_path_factory):
    """Results of twelve bundled walks: two directions, three speeds, two inclines."""
    folder = tmp_path_factory.mktemp("walks")
    experiment = folder / "small.toml"
    experiment.write_text(SWEEP)
    commands, cli.COMMANDS = cli.COMMANDS, (run,)
    try:
        assert cli.main(["run", str(experiment), "--output", str(folder / "results"), "--jobs", "1"]) == 0
    finally:
        cli.COMMANDS = commands
    return folder / "results"


@pytest.fixture
def spoilt(walks, tmp_path):
    """Give a copy of the results after a function has changed one of its files, open in h5py."""

    def spoil(name, change):
        copy = shutil.copytree(walks, tmp_path / "results", dirs_exist_ok=True)
        with h5py.File(copy / name, "r+") as file:
            change(file)
        return copy

    return spoil


@pytest.fixture
def holed(spoilt):
    """The same study with one walk that failed."""

    def fail(file):
        row = [name.decode() for name in file["condition"][...]].index("retro_1.2_+05")
        file["status"][row] = "failed"

    return spoilt("results.h5", fail)


@pytest.fixture
def validation(tmp_path):
    """A folder of `retrogait validate` with two trials and two sets of choices, made up."""
    folder = tmp_path / "validation"
    folder.mkdir()
    lines = ["variant,trial,cycle [%],measured [BW],axial [BW],resultant [BW]"]
    scores = ["variant,trial,side,axial RMSE [BW],axial R2 [1],resultant RMSE [BW],resultant R2 [1]"]
    for variant, more in (("base", 0.1), ("plain sharing", 0.8)):
        for trial in ("walk <1>", "walk2"):
            scores.append(f"{variant},{trial},left,{more},0.9,{more + 0.01},0.8")
            for percent in range(101):
                force = 2.0 * min(percent, 100 - percent) / 50.0
                estimate = "" if percent == 50 else f"{force + more}"
                lines.append(f"{variant},{trial},{percent},{force},{estimate},{force + more + 0.01}")
    (folder / "curves.csv").write_text("\n".join(lines) + "\n")
    (folder / "validation.csv").write_text("\n".join(scores) + "\n")
    (folder / "validation.json").write_text(
        '{"parameters": {"name": "made up"}, "inputs": {"a.mot": "00"}, "remarks": ["BW = 75.00 kg x g."]}'
    )
    return folder
