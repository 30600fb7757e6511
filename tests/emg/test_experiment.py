"""Electromyograms named in an experiment file: what is refused before anything is computed, and overrides."""

import csv
import json

import numpy as np
import pytest

import retrogait as rg
from retrogait.config import read_experiment
from retrogait.emg_study import CURVES, RECORD, SCORES, compare_experiment
from retrogait.io.storage import write_table

EXPERIMENT = """
[model]
file = "bundled:planar.osim"
[[trial]]
name = "walk"
axes = "surface"
origin = "predicted"
spline = "cubic"
coordinates = "bundled:predicted/forward_1.2_0.mot"
external_loads = "bundled:predicted/forward_1.2_0_grf.xml"
"""


def experiment(folder, *lines):
    path = folder / "walk.toml"
    path.write_text(EXPERIMENT + "\n".join(lines))
    return path


def write_emg(folder, **columns):
    time = np.linspace(0.0, 3.0, 601)
    values = np.column_stack([1.0 + np.sin(turns * time) for turns in columns.values()])
    write_table(folder / "emg.sto", list(columns), time, values, in_degrees=False, name="emg")


def test_a_leg_or_muscles_without_a_file_are_refused(tmp_path):
    for line, key in (
        ('emg_side = "left"', "emg_side"),
        ('emg_muscles = { a = ["soleus_r"] }', "emg_muscles"),
    ):
        with pytest.raises(rg.ConfigError, match=f"trial `walk`: has `{key}` but no `emg`; add it"):
            read_experiment(experiment(tmp_path, line))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(rg.ConfigError, match=r"no such file: nowhere\.sto"):
        read_experiment(experiment(tmp_path, 'emg = "nowhere.sto"'))


def test_an_experiment_without_electromyograms_says_what_to_add(tmp_path):
    with pytest.raises(rg.ConfigError, match=r"no trial names electromyograms; add `emg`"):
        compare_experiment(read_experiment(experiment(tmp_path)), output=tmp_path / "out")


def test_channels_of_any_name_are_compared_with_the_muscles_that_are_named(tmp_path):
    write_emg(tmp_path, channel_7=3.0, trapezius=5.0)
    path = experiment(tmp_path, 'emg = "emg.sto"', 'emg_muscles = { channel_7 = ["vas*_l"] }')
    done = compare_experiment(read_experiment(path), output=tmp_path / "out", threads=1)
    (one,) = done.trials
    assert one["side"].to_numpy().tolist() == ["left"]
    assert all(name.startswith("vas") for name in str(one["muscles"].to_numpy()[0]).split())
    assert any("over no muscle of the model: trapezius" in remark for remark in done.remarks)
    with (tmp_path / "out" / SCORES).open() as file:
        (row,) = csv.DictReader(file)
    assert float(row["correlation [1]"]) == pytest.approx(
        float(one["correlation"][0]), abs=1e-5
    )  # six digits
    inputs = json.loads((tmp_path / "out" / RECORD).read_text("utf-8"))["inputs"]
    assert {"emg.sto", "planar.osim", "walk.toml"} <= set(inputs)
    assert (tmp_path / "out" / CURVES).is_file()
    assert (tmp_path / "out" / "emg_walk.svg").read_text("utf-8").startswith("<svg")
