"""Markers by name: roles of any laboratory, and marker sets of models."""

import pytest

import retrogait as rg
from retrogait.lab.markerset import bundled_marker_sets, match_markers, read_marker_set
from retrogait.lab.roles import find_roles
from tests.lab.synthetic import write_c3d
from tests.lab.test_c3d import PLACE, recorded

LABORATORIES = {
    "Plug-in Gait": ("LASI", "RASI", "LPSI", "RPSI", "LHEE", "RHEE", "LTOE", "RTOE"),
    "with a subject": ("Ada:LASI", "Ada:RASI", "Ada:SACR", "Ada:LHEE", "Ada:RHEE", "Ada:LTOE", "Ada:RTOE"),
    "OpenSim": ("R.ASIS", "L.ASIS", "V.Sacral", "R.Heel", "L.Heel", "R.Toe.Tip", "L.Toe.Tip", "R.Toe.Lat"),
    "Qualisys": ("R_IAS", "L_IAS", "R_IPS", "L_IPS", "R_FCC", "L_FCC", "R_FM2", "L_FM2", "R_FM5"),
    "Rajagopal": ("RASI", "LASI", "RPSI", "LPSI", "RCAL", "LCAL", "RTOE", "LTOE", "RMT5", "LMT5"),
    "words": ("Right ASIS", "Left ASIS", "Sacrum", "Right_Heel", "Left_Heel", "right-toe", "left-toe"),
}


@pytest.mark.parametrize("labels", LABORATORIES.values(), ids=LABORATORIES)
def test_feet_and_pelvis_are_known_by_the_names_of_any_laboratory(labels):
    roles = find_roles(labels)
    assert {"heel_r", "heel_l", "toe_r", "toe_l", "asis_r", "asis_l"} <= set(roles)
    for role, label in roles.items():
        if role != "sacrum":
            assert label.rpartition(":")[2][0].lower() == role[-1]
    assert {"psis_r", "psis_l"} <= set(roles) or "sacrum" in roles


@pytest.mark.parametrize("name", bundled_marker_sets())
def test_a_bundled_marker_set_names_both_sides_alike(name):
    aliases = read_marker_set(name).aliases
    right = {marker for marker in aliases if marker.startswith("R")}
    assert {f"L{marker[1:]}" for marker in right} == {marker for marker in aliases if marker.startswith("L")}
    assert len(right) > 10


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "model"),
    [("gait2392", "gait2392/subject01_simbody.osim"), ("Rajagopal2016", "models/Rajagopal2016.osim")],
)
def test_a_bundled_marker_set_names_markers_of_its_model(shared_data, name, model):
    text = (shared_data / model).read_text("utf-8")
    assert all(f'<Marker name="{marker}">' in text for marker in read_marker_set(name).aliases)


@pytest.mark.parametrize("name", bundled_marker_sets())
def test_a_trial_gets_the_names_of_a_model(tmp_path, name):
    lab = recorded()
    path = write_c3d(tmp_path / "walk.c3d", lab, subject="Ada:")
    plain, named = rg.import_c3d(path), rg.import_c3d(path, markers=name)
    assert plain.markers == lab.markers
    heel = {"gait2392": "R.Heel", "Rajagopal2016": "RCAL"}[name]
    there = named.position[:, named.markers.index(heel)]
    assert abs(there - lab.position[:, lab.markers.index("RHEE")]).max() < PLACE
    assert any(text.startswith("marker ") and f"of {name} is missing" in text for text in named.findings)


def test_missing_markers_are_listed_with_near_names(tmp_path):
    table = tmp_path / "mine.toml"
    table.write_text(
        "[markers]\n" + "\n".join(f'"M{i}" = ["m-{i}"]' for i in range(6)) + "\nKneeLateral = []\n"
    )
    match = match_markers(tmp_path, table, ["m0", "m1", "m2", "m3", "m4", "m5", "KneLateral"])
    assert match.labels == {f"M{i}": f"m{i}" for i in range(6)}
    assert match.missing == ("KneeLateral",)
    assert match.unused == ("KneLateral",)
    assert "marker KneeLateral of mine is missing; is it `KneLateral`" in match.findings


def test_a_file_of_another_set_is_refused(tmp_path):
    with pytest.raises(rg.MotionError, match=r"2 of 44 markers of Rajagopal2016 are among its 3 "):
        match_markers(tmp_path, "Rajagopal2016", ["RASI", "LASI", "nose"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("markers = 3", "Expected `object`"),
        ("[markers]\nA = [1]", "Expected `str`"),
        ("[marker]\nA = []", "unknown field `marker`"),
        ("[markers\n", "line 1"),
        ('[markers]\nA = ["x"]\nB = ["X"]', "`X` names both `A` and `B`"),
    ],
)
def test_a_wrong_marker_set_is_refused_in_one_line(tmp_path, text, message):
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(rg.ConfigError) as caught:
        read_marker_set(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_marker_set_is_answered_with_the_known_ones():
    with pytest.raises(
        rg.ConfigError, match=r"neither bundled \(Rajagopal2016, gait2392\).*did you mean `gait2392`"
    ):
        read_marker_set("gait2932")
