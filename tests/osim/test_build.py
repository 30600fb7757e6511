"""The bundled planar model: what its table says, what the file holds, how it moves."""

import math
from pathlib import Path

import numpy as np
import pytest

from retrogait.errors import ModelError
from retrogait.osim import load_model
from retrogait.osim.build import build_model, main
from retrogait.osim.planar import read_planar

MODELS = Path(__file__).resolve().parents[2] / "models"
TABLE = MODELS / "planar.toml"
FILE = MODELS / "planar.osim"

TEXT_RTOL = 1e-12  # 1; OpenSim writes 17 digits, another machine may round the last one
MASS_ATOL = 1e-9  # kg; a sum of nine decimal numbers
CM = 0.01  # m


@pytest.fixture(scope="module")
def table():
    return read_planar(TABLE)


@pytest.fixture(scope="module")
def opened():
    """The file in OpenSim, ready, with its state."""
    osim = pytest.importorskip("opensim")
    osim.Logger.setLevelString("Off")
    model = osim.Model(str(FILE))
    return model, model.initSystem()


def tokens(path):
    return path.read_text().replace("<", " <").replace(">", "> ").split()


def edited(tmp_path, old, new):
    text = TABLE.read_text()
    assert old in text
    path = tmp_path / "edited.toml"
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.opensim
def test_the_file_is_what_the_table_builds(tmp_path):
    built = tmp_path / "planar.osim"
    assert main(["--table", str(TABLE), "--output", str(built)]) == 0
    ours, theirs = tokens(FILE), tokens(built)
    assert len(ours) == len(theirs)
    for kept, made in zip(ours, theirs, strict=True):
        if kept != made:
            assert float(kept) == pytest.approx(float(made), rel=TEXT_RTOL)


@pytest.mark.opensim
def test_the_same_table_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        build_model(TABLE, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.opensim
def test_opensim_opens_it_and_holds_the_patella_to_its_coupler(opened):
    model, state = opened
    assert model.getTotalMass(state) == pytest.approx(70.0, abs=MASS_ATOL)
    assert model.getMuscles().getSize() == 22
    knee = model.getCoordinateSet().get("knee_angle_l")
    knee.setValue(state, 0.8)
    patella = model.getCoordinateSet().get("knee_angle_l_beta").getValue(state)
    assert patella == pytest.approx(0.62 * 0.8 - math.radians(24.0), abs=1e-6)


def test_both_legs_are_read_with_quadriceps_and_patella():
    model = load_model(FILE)
    assert [knee.side for knee in model.knees] == ["right", "left"]
    for knee in model.knees:
        assert knee.flexion_sign == 1.0
        assert knee.reaches_tibia
        assert [len(rows) for rows in knee.heads] == [1, 1, 1, 1]
        assert model.links[knee.patella] == f"patella_{knee.side[0]}"
    assert model.left_out == ()


def arms(opened, muscle, coordinate, degrees, **others):
    """Moment arms by OpenSim over a range of one coordinate, the others held [m]."""
    model, state = opened
    coordinates = model.getCoordinateSet()
    for name, value in {"hip_flexion_r": 20.0, "knee_angle_r": 10.0, "ankle_angle_r": 0.0, **others}.items():
        coordinates.get(name).setValue(state, math.radians(value))
    measured = []
    for value in degrees:
        coordinates.get(coordinate).setValue(state, math.radians(value))
        measured.append(model.getMuscles().get(muscle).computeMomentArm(state, coordinates.get(coordinate)))
    return np.array(measured)


KNEE = range(0, 91, 15)
ANKLE = range(-20, 16, 5)
HIP = range(-15, 46, 15)


@pytest.mark.opensim
@pytest.mark.parametrize(
    ("muscle", "coordinate", "degrees", "least", "most"),
    [
        ("recfem_r", "knee_angle_r", KNEE, -5.5, -3.0),
        ("vasmed_r", "knee_angle_r", KNEE, -5.5, -3.0),
        ("vasint_r", "knee_angle_r", KNEE, -5.5, -3.0),
        ("vaslat_r", "knee_angle_r", KNEE, -5.5, -3.0),
        ("hamstrings_r", "knee_angle_r", KNEE, 2.0, 5.5),
        ("bfsh_r", "knee_angle_r", KNEE, 1.5, 5.5),
        ("gastroc_r", "knee_angle_r", KNEE, 1.0, 3.0),
        ("gastroc_r", "ankle_angle_r", ANKLE, -6.0, -3.5),
        ("soleus_r", "ankle_angle_r", ANKLE, -6.0, -3.5),
        ("tibant_r", "ankle_angle_r", ANKLE, 3.5, 6.0),
        ("recfem_r", "hip_flexion_r", HIP, 2.5, 5.5),
        ("iliopsoas_r", "hip_flexion_r", HIP, 2.0, 4.5),
        ("hamstrings_r", "hip_flexion_r", HIP, -8.0, -2.0),
        ("glmax_r", "hip_flexion_r", HIP, -8.0, -4.0),
    ],
)
def test_moment_arms_are_near_the_published_ones(opened, muscle, coordinate, degrees, least, most):
    measured = arms(opened, muscle, coordinate, degrees) / CM
    assert measured.min() >= least
    assert measured.max() <= most


@pytest.mark.opensim
def test_the_quadriceps_arm_falls_in_deep_flexion(opened):
    extended, flexed = np.abs(arms(opened, "vasint_r", "knee_angle_r", [20.0, 90.0]))
    assert flexed < 0.9 * extended


def test_the_segments_make_up_the_whole_body(table):
    total = sum((2 if s.paired else 1) * table.si(s.mass) for s in table.segment)
    assert total == pytest.approx(table.person.mass.value, abs=MASS_ATOL)


def test_the_foot_is_as_long_and_high_as_its_source_says(table):
    stature = table.person.stature.value
    heel, _, toe = table.sole
    assert toe.x - heel.x + 0.005 == pytest.approx(0.152 * stature, abs=1e-3)
    assert -heel.y == pytest.approx(0.039 * stature, abs=1e-3)


def test_every_source_is_used(table):
    text = TABLE.read_text()
    for key in table.source:
        assert f'"{key}"' in text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('unit = "kg"', 'unit = "lb"', "person mass: unknown unit `lb`"),
        ('source = "person"', 'source = "gossip"', "source `gossip` is not in [source]"),
        ('parent = "trunk"', 'parent = "torso"', "joint hip: no segment `torso`"),
        ('{ segment = "trunk"', '{ segment = "pelvis"', "muscle recfem: no segment `pelvis`"),
        ('["vaneijden1986",', '["nobody",', "muscle recfem: source `nobody`"),
        ("paired = false", "paird = false", "unknown field `paird`"),
        ("[person]", "[person", "line"),
    ],
)
def test_a_wrong_table_is_refused_in_one_line(tmp_path, old, new, says):
    path = edited(tmp_path, old, new)
    with pytest.raises(ModelError) as error:
        read_planar(path)
    assert says in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_wrong_table_leaves_the_model_alone_and_says_so(tmp_path, capsys):
    target = tmp_path / "planar.osim"
    assert main(["--table", str(tmp_path / "none.toml"), "--output", str(target)]) == 2
    assert not target.exists()
    assert "cannot be read" in capsys.readouterr().err
