"""The marker set, measurements and weights of OpenSim's gait2392 example, as facts.

Source: opensim-org/opensim-models, Gait2392_Simbody (gait2392_Scale_MarkerSet.xml, gait2392_Scale_Tasks.xml,
subject01_Setup_Scale.xml, subject01_Setup_IK.xml), CC BY 3.0.
"""

from retrogait.ik import CoordinateTask, Tasks

_MIDDLE = {
    "Sternum": ("torso", (0.07, 0.3, 0.0)),
    "Top.Head": ("torso", (0.00084, 0.657, 0.0)),
    "V.Sacral": ("pelvis", (-0.16, 0.04, 0.0)),
}
_RIGHT = {
    "Acromium": ("torso", (-0.03, 0.44, 0.15)),
    "ASIS": ("pelvis", (0.02, 0.03, 0.128)),
    "Thigh.Upper": ("femur", (0.018, -0.2, 0.064)),
    "Thigh.Front": ("femur", (0.08, -0.25, 0.0047)),
    "Thigh.Rear": ("femur", (0.01, -0.3, 0.06)),
    "Knee.Lat": ("femur", (0.0, -0.404, 0.05)),
    "Knee.Med": ("femur", (0.0, -0.404, -0.05)),
    "Shank.Upper": ("tibia", (0.005, -0.065, 0.05)),
    "Shank.Front": ("tibia", (0.05, -0.08, 0.0)),
    "Shank.Rear": ("tibia", (0.02, -0.13, 0.05)),
    "Ankle.Lat": ("tibia", (-0.005, -0.41, 0.053)),
    "Ankle.Med": ("tibia", (0.006, -0.3888, -0.038)),
    "Heel": ("calcn", (-0.02, 0.02, 0.0)),
    "Midfoot.Sup": ("calcn", (0.13, 0.03, -0.03)),
    "Midfoot.Lat": ("calcn", (0.1, 0.02, 0.04)),
    "Toe.Lat": ("calcn", (0.19, 0.0, 0.065)),
    "Toe.Med": ("calcn", (0.19, 0.005, -0.04)),
    "Toe.Tip": ("calcn", (0.26, 0.005, 0.0)),
}


def _both_sides():
    places = dict(_MIDDLE)
    for name, (body, (x, y, z)) in _RIGHT.items():
        for side, sign in (("R", 1.0), ("L", -1.0)):
            own = body if body in ("torso", "pelvis") else f"{body}_{side.lower()}"
            places[f"{side}.{name}"] = own, (x, y, sign * z)
    body, (x, y, z) = places["L.Shank.Rear"]
    places["L.Shank.Rear"] = body, (-x, y, z)  # the one marker that the example does not mirror
    return places


MARKERS = _both_sides()
FACTORS = {"femur_r": 1.14724, "femur_l": 1.14724, "tibia_r": 0.988523, "tibia_l": 0.988523}
STATIC_WINDOW = (1.0, 2.0)  # s
MASS = 72.6  # kg
HELD = ("subtalar_angle_r", "subtalar_angle_l", "mtp_angle_r", "mtp_angle_l")


def walking_tasks(held):
    """Weights of the example's inverse kinematics, with targets of subtalar and toe angles."""
    heavy = ("ASIS", "V.Sacral", "Heel", "Toe.Tip")
    weights = {name: 10.0 if name.endswith(heavy) else 1.0 for name in MARKERS}
    weights |= {"R.Acromium": 0.5, "L.Acromium": 0.5, "Top.Head": 0.1}
    return Tasks(weights, 0.0, held)


def static_tasks(*, subtalar_held):
    """Weights of the example's static pose; with ``subtalar_held``, its targets too."""
    bony = ("ASIS", "V.Sacral", "Knee.Lat", "Knee.Med", "Ankle.Lat", "Ankle.Med", "Heel", "Toe.Tip")
    weights = {name: 1000.0 if name.endswith(bony) else 1.0 for name in MARKERS}
    held = {name: CoordinateTask(1000.0) for name in HELD if subtalar_held or name.startswith("mtp")}
    if subtalar_held:
        held["lumbar_extension"] = CoordinateTask(1000.0, 0.0)
    return Tasks(weights, 0.0, held)
