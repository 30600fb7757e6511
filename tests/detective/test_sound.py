"""No false alarm: sound trials are passed, and of recordings only the traps that are known are told."""

import pytest

import retrogait as rg
from retrogait.detective import inspect
from retrogait.predict.library import bundled_conditions, bundled_gait

EVERY = 6  # of the bundled walks, so that all directions and inclines come

RECORDED = [
    ("gait2392/subject01_simbody_adjusted.osim", "gait2392/subject01_walk1_ik.mot",
     "gait2392/subject01_walk1_grf.xml", "gait2392/subject01_walk1.trc", {}, set()),
    ("gait10dof18/subject01.osim", "gait10dof18/subject01_walk_IK.mot",
     "gait10dof18/subject01_walk_grf.xml", "gait10dof18/subject01_walk.trc", {}, set()),
    ("rajagopal_walk/subject_walk_weldmtp.osim", "rajagopal_walk/coords_100Hz.mot",
     "rajagopal_walk/grf_walk.xml", "rajagopal_walk/markers_walk.trc", {"start": 0.48, "end": 1.61}, set()),
    *(("gc5_knee/Rajagopal2015-scaled.osim", f"gc5_knee/ss{n}_ik.mot", f"gc5_knee/ss{n}_grf.xml", None, {},
       {"mass"}) for n in (1, 3, 8)),
    *(("gc6_treadmill/DM_nocontact.osim", f"gc6_treadmill/tm_{v}_ik.mot", f"gc6_treadmill/tm_{v}_grf.xml",
       None, {"speed": float(v)}, set()) for v in ("0.5", "1.2")),
]  # fmt: skip
"""Model, coordinates, loads, markers, what is said of the walk, and the traps that the README names."""


@pytest.mark.parametrize("condition", bundled_conditions()[::EVERY], ids=lambda condition: condition.name)
def test_a_bundled_walk_is_passed(condition):
    gait = bundled_gait(condition)
    assert inspect(gait.model, gait.trial, body_mass=gait.model.mass) == []


@pytest.mark.shared
@pytest.mark.parametrize(
    ("model", "coordinates", "loads", "markers", "said", "traps"), RECORDED, ids=lambda value: str(value)[:40]
)
def test_of_a_recorded_walk_only_known_traps_are_told(
    shared_data, model, coordinates, loads, markers, said, traps
):
    trial = rg.load_trial(shared_data / coordinates, shared_data / loads, **said)
    found = inspect(
        rg.load_model(shared_data / model), trial, markers=shared_data / markers if markers else None
    )
    assert {finding.mistake for finding in found} == traps
