"""External loads: what is read, what is refused and how it is said."""

import hashlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from retrogait.io import markup
from retrogait.io.load_setup import MAX_FORCES, read_load_setup
from retrogait.io.loads import read_external_loads
from tests.io.broken import damaged, refusal, survives

LABELS = [f"ground_force_{kind}{axis}" for kind in "vp" for axis in "xyz"] + [
    f"ground_torque_{axis}" for axis in "xyz"
]
ROWS = [
    [10.0, 800.0, -20.0, 0.1, 0.0, 0.2, 0.0, 5.0, 0.0],
    [11.0, 810.0, -21.0, 0.2, 0.0, 0.3, 0.0, 6.0, 0.0],
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
]
RIGHT = """<ExternalForce name="right">
  <isDisabled> false </isDisabled>
  <applied_to_body> calcn_r </applied_to_body>
  <force_expressed_in_body> ground </force_expressed_in_body>
  <point_expressed_in_body> ground </point_expressed_in_body>
  <force_identifier> ground_force_v </force_identifier>
  <point_identifier> ground_force_p </point_identifier>
  <torque_identifier> ground_torque_ </torque_identifier>
  <data_source_name> Unassigned </data_source_name>
</ExternalForce>"""
DATA = "<datafile> grf.mot </datafile>"


def document(entries=RIGHT, data=DATA, version="40600"):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<OpenSimDocument Version="{version}">\n'
        f'<ExternalLoads name="loads"><objects>{entries}</objects><groups/>{data}</ExternalLoads>\n'
        "</OpenSimDocument>"
    )


def table(labels=LABELS, rows=ROWS):
    lines = ["\t".join([f"{0.1 * row:.1f}", *map(repr, cells)]) for row, cells in enumerate(rows)]
    return "\n".join(["grf", "inDegrees=yes", "endheader", "\t".join(["time", *labels]), *lines])


def without(tag, entry=RIGHT):
    return "\n".join(line for line in entry.splitlines() if f"<{tag}>" not in line)


@pytest.fixture
def write(tmp_path):
    def write(content, data=None):
        (tmp_path / "grf.mot").write_text(table() if data is None else data)
        path = tmp_path / "loads.xml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize("version", ["20302", "30000", "40000", "40600"])
def test_the_columns_a_force_names_become_a_wrench_over_time(write, version):
    content = document(version=version)

    loads = read_external_loads(write(content))

    rows = np.array(ROWS)
    np.testing.assert_array_equal(loads.time, [0.0, 0.1, 0.2])
    np.testing.assert_array_equal(loads.force[:, 0], rows[:, :3])
    np.testing.assert_array_equal(loads.point[:, 0], rows[:, 3:6])
    np.testing.assert_array_equal(loads.torque[:, 0], rows[:, 6:])
    assert (loads.name, loads.body, loads.has_point) == (("right",), ("calcn_r",), (True,))
    assert (loads.force_frame, loads.point_frame) == (("ground",), ("ground",))
    assert loads.digests == {
        "loads.xml": hashlib.sha256(content.encode()).hexdigest(),
        "grf.mot": hashlib.sha256(table().encode()).hexdigest(),
    }


def test_the_setup_alone_needs_no_numbers(write):
    path = write(document(), data="not a table")

    setup = read_load_setup(path)

    assert setup.data_file == path.with_name("grf.mot")
    assert setup.forces[0].torque_identifier == "ground_torque_"


def test_several_forces_may_push_on_one_body(write):
    second = RIGHT.replace('"right"', '"second"').replace("calcn_r", "/bodyset/calcn_r")

    loads = read_external_loads(write(document(RIGHT + second)))

    assert (loads.name, loads.body) == (("right", "second"), ("calcn_r", "calcn_r"))
    assert loads.force.shape == (3, 2, 3)


@pytest.mark.parametrize("absent", ["", "<{0}/>", "<{0}>Unassigned</{0}>", "<{0}>  </{0}>"])
def test_an_identifier_left_open_means_no_such_column(write, absent):
    entry = RIGHT
    for tag in ("point_identifier", "torque_identifier", "force_expressed_in_body"):
        entry = without(tag, entry).replace("<force_id", absent.format(tag) + "<force_id")

    loads = read_external_loads(write(document(entry)))

    assert loads.has_point == (False,)
    assert loads.force_frame == ("ground",)
    assert not loads.point.any()
    assert not loads.torque.any()
    assert loads.force[0, 0, 1] == 800.0


@pytest.mark.parametrize("switch", ["<appliesForce>false</appliesForce>", "<isDisabled>1</isDisabled>"])
def test_a_force_that_is_switched_off_is_left_out_and_named(write, switch):
    off = without("isDisabled").replace("<applied", f"{switch}<applied").replace('"right"', '"off"')

    loads = read_external_loads(write(document(off + RIGHT)))

    assert (loads.name, loads.disabled) == (("right",), ("off",))


def test_defaults_and_other_sections_are_passed_over(write):
    defaults = f"<defaults>{RIGHT}</defaults>"

    assert len(read_load_setup(write(document(data=DATA + defaults))).forces) == 1


@pytest.mark.parametrize("suffix", [".{}", "_{}", "{}"])
def test_a_common_beginning_of_three_columns_is_enough_as_in_opensim(write, suffix):
    labels = [f"plate{suffix.format(axis)}" for axis in "yxz"]
    rows = [[row[1], row[0], row[2]] for row in ROWS]
    entry = without("point_identifier", without("torque_identifier"))
    entry = entry.replace("ground_force_v", "plate")

    loads = read_external_loads(write(document(entry), table(labels, rows)))

    np.testing.assert_array_equal(loads.force[:, 0], np.array(ROWS)[:, :3])


def test_exact_names_win_over_a_common_beginning(write):
    labels = [*LABELS, "ground_force_vx_filtered"]
    rows = [[*row, 9.0] for row in ROWS]

    loads = read_external_loads(write(document(), table(labels, rows)))

    np.testing.assert_array_equal(loads.force[:, 0], np.array(ROWS)[:, :3])


def test_an_undefined_point_under_no_force_is_zero(write):
    rows = [*ROWS[:2], [*ROWS[2][:3], float("nan"), float("nan"), float("nan"), *ROWS[2][6:]]]

    loads = read_external_loads(write(document(), table(rows=rows)))

    np.testing.assert_array_equal(loads.point[:, 0], np.array(ROWS)[:, 3:6])


@pytest.mark.parametrize("column", range(9))
def test_any_other_nan_is_named_with_time_and_column(write, column):
    rows = [list(row) for row in ROWS]
    rows[1][column] = float("nan")

    message = refusal(read_external_loads, write(document(), table(rows=rows)))

    assert f"grf.mot: t = 0.1 s, column `{LABELS[column]}`: the value is NaN" in message


def test_nan_in_a_column_that_no_force_names_is_not_looked_at(write):
    rows = [[*row, float("nan")] for row in ROWS]

    assert read_external_loads(write(document(), table([*LABELS, "emg"], rows))).force.any()


@pytest.mark.parametrize(
    "written",
    [
        "grf.mot",
        "./grf.mot",
        "data/grf.mot",
        "/nowhere/grf.mot",
        "C:\\Trials\\grf.mot",
        "a\\grf.mot",
    ],
)
def test_a_data_file_from_another_machine_is_found_beside_the_xml(write, written):
    path = write(document(data=f"<datafile>{written}</datafile>"))

    assert read_load_setup(path).data_file == path.parent / "grf.mot"


def test_a_data_file_in_another_folder_wins_over_one_beside_the_xml(write):
    path = write(document(data="<datafile>data/grf.mot</datafile>"))
    (path.parent / "data").mkdir()
    (path.parent / "data" / "grf.mot").write_text(table())

    assert read_load_setup(path).data_file == path.parent / "data" / "grf.mot"


def test_the_working_folder_is_never_searched(write, tmp_path_factory, monkeypatch):
    path = write(document())
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "grf.mot").write_text("another trial")
    monkeypatch.chdir(elsewhere)

    assert read_external_loads(path).digests["grf.mot"] == hashlib.sha256(table().encode()).hexdigest()


def test_a_data_file_can_be_given_instead(write):
    path = write(document(data="<datafile>lost.mot</datafile>"))

    loads = read_external_loads(path, data_file=path.with_name("grf.mot"))

    assert set(loads.digests) == {"loads.xml", "grf.mot"}


def test_a_data_file_may_be_named_by_the_forces(write):
    path = write(document(RIGHT.replace("Unassigned", "grf.mot"), data="<datafile/>"))

    assert read_load_setup(path).data_file == path.with_name("grf.mot")


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">'
    + "".join(f'<!ENTITY b{i} "{f"&b{i - 1 or str()};" * 10}">' for i in range(1, 10))
    + "]><OpenSimDocument><ExternalLoads>&b9;</ExternalLoads></OpenSimDocument>"
)
OUTSIDE = document().replace("<Open", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hosts">]><Open', 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["is empty"]),
        (document()[:-40], ["not well-formed", "cut off"]),
        ("ground_force_vx 1 2 3", ["not well-formed"]),
        (LAUGHS, ["document type or entities"]),
        (OUTSIDE.replace("ground <", "&x; <"), ["document type or entities"]),
        (document().replace("ExternalLoads", "ForceSet"), ["`ForceSet`", "<ExternalLoads>"]),
        (document().replace("UTF-8", "klingon"), ["encoding"]),
        (document().encode("utf-16")[:99], ["not well-formed"]),
        (document(""), ["no force acts", "0 are switched off"]),
        (document(RIGHT.replace("> false <", "> true <")), ["no force acts", "1 are switched off"]),
        (document(RIGHT.replace("> false <", "> no <")), ["isDisabled is `no`", "true or false"]),
        (document(RIGHT.replace("External", "Prescribed")), ["PrescribedForce", "save it again"]),
        (document(without("applied_to_body")), ["`right`", "applied_to_body"]),
        (
            document(without("force_identifier", without("torque_identifier"))),
            ["`right`", "neither force_identifier nor torque_identifier"],
        ),
        (document(without("force_identifier")), ["`right`", "point_identifier but no force"]),
        (document(data=""), ["names 0 data files", "<datafile>"]),
        (
            document(data="<datafile>lost.mot</datafile>"),
            ["`lost.mot`", "neither there nor beside"],
        ),
        (document(data=f"<datafile>{'a' * 5000}</datafile>"), ["neither there nor beside"]),
        (document(data="<datafile>/dev/zero</datafile>"), ["neither there nor beside"]),
        (document(RIGHT * (MAX_FORCES + 1)), [f"at most {MAX_FORCES}"]),
        (
            document(RIGHT.replace("force_v", "forse_v")),
            ["`right`", "force_identifier `ground_forse_v`", "0 columns", "mean `ground_force_v`"],
        ),
        (document(RIGHT.replace("ground_force_v", "ground")), ["finds 9 columns", "`groundx`"]),
    ],
)
def test_broken_loads_get_one_line_that_says_where_and_what(write, content, words):
    path = write(content)

    message = refusal(read_external_loads, path)

    assert message.startswith(str(path))
    for word in words:
        assert word in message


def test_the_one_column_of_a_force_that_is_missing_is_named(write):
    labels = [label.replace("ground_force_vy", "vertical") for label in LABELS]
    assert labels != list(LABELS)

    message = refusal(read_external_loads, write(document(), table(labels)))

    assert message.endswith("; missing `ground_force_vy`")


def test_a_document_beyond_the_bound_is_refused(write, monkeypatch):
    monkeypatch.setattr(markup, "MAX_XML_BYTES", 100)

    assert "too large" in refusal(read_external_loads, write(document()))


def test_deep_nesting_is_neither_a_crash_nor_a_wait(write):
    depth = 100_000

    survives(read_external_loads, write(document("<a>" * depth + "</a>" * depth)))


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(data=damaged(document().encode()))
def test_damaged_loads_read_or_are_refused_in_one_line(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "grf.mot").write_text(table())
    (folder / "loads.xml").write_bytes(data)

    survives(read_external_loads, folder / "loads.xml")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "bodies"),
    [
        ("gait2392/subject01_walk1_grf.xml", ("calcn_r", "calcn_l")),
        ("gait10dof18/subject01_walk_grf.xml", ("calcn_r", "calcn_l")),
        ("rajagopal_walk/grf_walk.xml", ("calcn_r", "calcn_l")),
        ("gc5_knee/ss1_grf.xml", ("calcn_l", "calcn_r", "calcn_r")),
        ("gc6_treadmill/tm_1.0_grf.xml", ("calcn_l", "calcn_r")),
    ],
)
def test_recorded_loads_carry_a_walking_person(shared_data, name, bodies):
    lightest, heaviest = 500.0, 2000.0  # N: plausible peaks of the vertical force of an adult

    loads = read_external_loads(shared_data / name)

    assert loads.body == bodies
    assert set(loads.force_frame + loads.point_frame) == {"ground"}
    assert (loads.force[:, :, 1].max(axis=0) > lightest).all()
    assert (loads.force[:, :, 1].max(axis=0) < heaviest).all()


@pytest.mark.shared
@pytest.mark.opensim
def test_opensim_finds_the_same_forces_in_a_recorded_file(shared_data):
    import opensim  # noqa: PLC0415

    path = shared_data / "gait2392" / "subject01_walk1_grf.xml"
    opensim.Logger.setLevelString("Off")

    setup = read_load_setup(path)
    oracle = opensim.ExternalLoads(str(path), True)

    assert setup.data_file.name == oracle.getDataFileName().strip()
    assert oracle.getSize() == len(setup.forces)
    for index, force in enumerate(setup.forces):
        expected = oracle.get(index)
        assert force.name == expected.getName()
        assert force.body == expected.getAppliedToBodyName()
        assert force.force_identifier == expected.getForceIdentifier()
        assert force.point_identifier == expected.getPointIdentifier()
        assert force.torque_identifier == expected.getTorqueIdentifier()
