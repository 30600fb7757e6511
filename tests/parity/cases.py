"""The recorded trials and models that stand beside the checkout, by short names."""

from typing import NamedTuple

import numpy as np

from retrogait.gait import load_trial
from retrogait.osim import load_model

from . import ours


class Case(NamedTuple):
    """One trial: files below the data folder and the window in which model and loads are valid."""

    model: str
    motion: str
    loads: str
    window: tuple[float | None, float | None] = (None, None)


TRIALS = {
    "gait2392": Case(
        "gait2392/subject01_simbody_adjusted.osim",
        "gait2392/subject01_walk1_ik.mot",
        "gait2392/subject01_walk1_grf.xml",
        (0.5, 2.0),
    ),
    "gait10dof18": Case(
        "gait10dof18/subject01.osim",
        "gait10dof18/subject01_walk_IK.mot",
        "gait10dof18/subject01_walk_grf.xml",
        (0.0, 2.5),
    ),
    "rajagopal_walk": Case(
        "rajagopal_walk/subject_walk_weldmtp.osim",
        "rajagopal_walk/coords_100Hz.mot",
        "rajagopal_walk/grf_walk.xml",
        (0.48, 1.61),
    ),
    **{
        f"gc5_{trial}": Case(
            "gc5_knee/Rajagopal2015-scaled.osim",
            f"gc5_knee/{trial}_ik.mot",
            f"gc5_knee/{trial}_grf.xml",
        )
        for trial in ("ss1", "ss3", "ss8")
    },
    "gc6_1.0": Case(
        "gc6_treadmill/DM_nocontact.osim",
        "gc6_treadmill/tm_1.0_ik.mot",
        "gc6_treadmill/tm_1.0_grf.xml",
    ),
}

MODELS = {
    "Rajagopal2016": "models/Rajagopal2016.osim",
    "RajagopalLaiUhlrich2023": "models/RajagopalLaiUhlrich2023.osim",
    "gait2392_thelen2003muscle": "models/gait2392_thelen2003muscle.osim",
    "2D_gait": "models/2D_gait.osim",
}

FRAMES = 12  # spread over a trial: a moment arm costs OpenSim 0.1 ms and a model has 200 of them
POSES = 12
REACH = 0.3  # rad, about the default pose
SHIFT = 0.02  # m


def open_case(data, name):
    """Path of the model, the model and the trial."""
    case = TRIALS[name]
    trial = load_trial(data / case.motion, data / case.loads, start=case.window[0], end=case.window[1])
    return data / case.model, load_model(data / case.model), trial


def poses_of(data, name):
    """Path of a model, the model, and frames of its trial or random poses."""
    if name in TRIALS:
        path, model, trial = open_case(data, name)
        motion = ours.motion_at(model, trial, None)
        return path, model, ours.every(motion, -(-motion.time.size // FRAMES))
    path = data / MODELS[name]
    model = load_model(path)
    rng = np.random.default_rng(8)
    size = np.where(model.rotational == 1, REACH, SHIFT)
    poses = model.default + size * rng.uniform(-1.0, 1.0, (POSES, size.size))
    return path, model, ours.still_motion(model, poses)
