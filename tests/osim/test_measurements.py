"""Which measurements the names of markers allow."""

from retrogait.osim.measurements import find_measurements, landmarks

BODIES = [
    "pelvis",
    "torso",
    *(f"{b}_{s}" for b in ("femur", "patella", "tibia", "talus", "calcn") for s in "rl"),
]


def test_measurements_follow_from_either_way_of_naming():
    plugin = ["RASI", "LASI", "RKNE", "LKNE", "RANK", "LANK", "RHEE", "LHEE", "RTOE", "LTOE", "RSHO", "LSHO"]
    found = find_measurements(plugin, BODIES)
    assert [m.name for m in found] == ["pelvis", "torso", "thigh", "shank", "foot"]
    assert found[1].pairs == (("RASI", "RSHO"), ("LASI", "LSHO"))
    assert found[2].bodies == ("femur_r", "femur_l", "patella_r", "patella_l")
    assert landmarks(plugin) == frozenset(plugin) - {"RSHO", "LSHO"}
    assert find_measurements(["RASI", "RKNE"], BODIES)[0].pairs == (("RASI", "RKNE"),)
    assert find_measurements(["M1", "M2"], BODIES) == ()
