"""What `retrogait info` shows of a model."""

import io
from types import SimpleNamespace

import numpy as np
from rich.console import Console

from retrogait.report.model import render_model

# A pelvis on two slides, a thigh that follows a coupler and is locked, a foot welded to it.
MODEL = SimpleNamespace(
    name="puppet",
    mass=12.5,
    links=("ground", "pelvis", "femur_r", "foot_r"),
    joints=("root", "hip_r", "weld_r"),
    coordinates=("pelvis_tx", "hip_flexion_r"),
    rotational=np.array([0, 1]),
    lower=np.array([-99999.0, -np.pi / 2]),
    upper=np.array([2.0, np.pi / 2]),
    locked=np.array([0, 1]),
    prescribed=np.array([0, -1]),
    driver_of=lambda row: "pelvis_tx" if row == 1 else None,
    muscle_names=("a", "b", "c"),
    muscle_classes=("Thelen2003Muscle", "Thelen2003Muscle", "Millard2012EquilibriumMuscle"),
    paths=SimpleNamespace(surface=np.zeros(3), wrap_first=np.array([0, 2, 3]), wrap_last=np.array([2, 3, 3])),
    tree=SimpleNamespace(
        parent=np.array([-1, 0, 1, 2]),
        first=np.array([0, 0, 2, 4]),
        last=np.array([0, 2, 4, 4]),
        coordinate=np.array([0, -1, 1, 1]),
    ),
    knees=(
        SimpleNamespace(side="right", coordinate=1, flexion_sign=-1.0, link=2, patella=-1, quadriceps=(0, 2)),
    ),
    left_out=("lig (Ligament)", "other lig (Ligament)", "spring (BushingForce)"),
    notes=("no patella",),
)


def lines(model=MODEL):
    console = Console(file=io.StringIO(), width=100)
    render_model(model, console)
    return [" ".join(line.split()) for line in console.file.getvalue().splitlines()]


def test_the_model_is_counted():
    text = lines()
    assert "model puppet, 12.50 kg, 3 bodies" in text
    assert "muscles 2 Thelen2003Muscle, 1 Millard2012EquilibriumMuscle" in text
    assert "wraps 3 on the paths of 2 muscles" in text
    assert "note: no patella" in text


def test_what_is_left_out_is_named_by_class():
    text = lines()
    assert "left out 2 Ligament: lig, other lig" in text
    assert "1 BushingForce: spring" in text


def test_a_knee_says_which_way_it_bends():
    knee = "knees right: hip_r (flexion is -hip_flexion_r, no patella, 2 quadriceps muscles)"
    assert knee in lines()


def test_coordinates_show_range_unit_and_what_holds_them():
    text = lines()
    assert "root ground → pelvis pelvis_tx – 2 m prescribed" in text
    assert "hip_r pelvis → femur_r hip_flexion_r -90 90 deg follows pelvis_tx, locked" in text
    assert "weld_r femur_r → foot_r welded" in text


def test_a_model_with_nothing_to_tell_says_so():
    bare = SimpleNamespace(**vars(MODEL) | {"knees": (), "left_out": (), "muscle_classes": ()})
    assert {"knees none found", "left out nothing", "muscles none"} <= set(lines(bare))
