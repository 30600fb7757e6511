"""Reserve actuators: what is read, what is refused and how it is said."""

import pytest
from hypothesis import HealthCheck, given, settings

from retrogait.io.reserves import Reserves, read_reserves
from tests.io.broken import damaged, refusal, survives

KNEE = (
    '<CoordinateActuator name="knee_reserve"><coordinate>knee_angle_r</coordinate>'
    "<optimal_force> 1.5 </optimal_force></CoordinateActuator>"
)
PELVIS = '<PointActuator name="FX"><body>pelvis</body><optimal_force>4</optimal_force></PointActuator>'


def document(entries, version="40000"):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<OpenSimDocument Version="{version}">\n'
        f'<ForceSet name="set"><objects>{entries}</objects><groups/></ForceSet>\n</OpenSimDocument>'
    )


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "reserves.xml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_coordinate_actuators_are_read_and_the_others_named(write):
    ankle = KNEE.replace("knee", "ankle").replace("1.5", "2e1")

    reserves = read_reserves(write(document(KNEE + PELVIS + ankle)))

    assert reserves == Reserves({"knee_angle_r": 1.5, "ankle_angle_r": 20.0}, ("FX (PointActuator)",))


@pytest.mark.parametrize("switch", ["<isDisabled> true </isDisabled>", "<appliesForce>0</appliesForce>"])
def test_an_actuator_that_is_switched_off_is_named(write, switch):
    reserves = read_reserves(write(document(KNEE.replace("<coord", f"{switch}<coord"))))

    assert reserves == Reserves({}, ("knee_reserve (CoordinateActuator)",))


def test_a_force_left_out_is_the_default_of_the_file_else_of_opensim(write):
    bare = KNEE.replace("<optimal_force> 1.5 </optimal_force>", "")
    defaults = KNEE.replace("1.5", "300").replace("knee_angle_r", "")

    assert read_reserves(write(document(bare))).optimal_force == {"knee_angle_r": 1.0}
    with_defaults = document(bare).replace("<groups/>", f"<defaults>{defaults}</defaults>")
    assert read_reserves(write(with_defaults)).optimal_force == {"knee_angle_r": 300.0}


@pytest.mark.opensim
def test_the_force_left_out_is_the_one_opensim_would_take():
    import opensim  # noqa: PLC0415

    assert opensim.CoordinateActuator().getOptimalForce() == 1.0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["is empty"]),
        (document(KNEE)[:-30], ["not well-formed", "cut off"]),
        (document(KNEE).replace("ForceSet", "ExternalLoads"), ["`ExternalLoads`", "<ForceSet>"]),
        ("<html/>", ["`html`", "<ForceSet>"]),
        ("<OpenSimDocument/>", ["nothing", "<ForceSet>"]),
        (document(KNEE.replace("knee_angle_r", " ")), ["`knee_reserve`", "no coordinate"]),
        (document(KNEE + KNEE), ["`knee_reserve`", "second one on `knee_angle_r`"]),
        (document(KNEE.replace("1.5", "much")), ["optimal_force is `much`", "positive"]),
        (document(KNEE.replace("1.5", "0")), ["optimal_force is `0`", "positive"]),
        (document(KNEE.replace("1.5", "nan")), ["optimal_force is `nan`", "positive"]),
        (document(KNEE.replace("1.5", "inf")), ["optimal_force is `inf`", "positive"]),
        (
            document(KNEE.replace("<coord", "<isDisabled>perhaps</isDisabled><coord")),
            ["`knee_reserve`", "isDisabled is `perhaps`", "true or false"],
        ),
    ],
)
def test_a_broken_force_set_gets_one_line_that_says_where_and_what(write, content, words):
    path = write(content)

    message = refusal(read_reserves, path)

    assert message.startswith(str(path))
    for word in words:
        assert word in message


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(data=damaged(document(KNEE + PELVIS).encode()))
def test_a_damaged_force_set_reads_or_is_refused_in_one_line(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("damaged") / "reserves.xml"
    path.write_bytes(data)

    survives(read_reserves, path)


@pytest.mark.shared
def test_recorded_force_sets_are_read(shared_data):
    old = read_reserves(shared_data / "gait2392" / "so_reserves.xml")
    planar = read_reserves(shared_data / "gait10dof18" / "so_reserves.xml")
    spatial = read_reserves(shared_data / "rajagopal_walk" / "so_reserves.xml")

    assert old.optimal_force["mtp_angle_r"] == 100.0
    assert [name[:2] for name in old.skipped] == ["FX", "FY", "FZ", "MX", "MY", "MZ"]
    assert (len(old.optimal_force), len(planar.optimal_force)) == (17, 10)
    assert spatial.optimal_force["pelvis_ty"] == 200.0
    assert spatial.skipped == ()
