"""From a laboratory's own files to knee loads by one command."""

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest

import retrogait as rg
from retrogait import cli, import_trial
from retrogait.config import read_experiment
from retrogait.ik import Tasks
from retrogait.intake.fit import require_enough
from retrogait.intake.names import choose_names, ground_bodies
from retrogait.intake.person import GRAVITY, find_mass, whole_names
from retrogait.intake.recording import Said, plain_name, walk_of
from retrogait.intake.subject import Subject
from retrogait.intake.window import loaded_window
from retrogait.io.storage import read_table, write_table
from retrogait.lab.stances import Stance
from retrogait.osim.markers import read_marker_set, write_marker_set
from retrogait.share import share_folder
from tests.lab.synthetic import APART, MARKERS, SIDES, walk, write_c3d
from tests.osim import gait2392
from tests.trials import bundled

# The walk goes through 24-bit places, a fit, a text file and splines of another order, and loads are compared
# one stride in. Peaks of the bundled walk move by 0.01 BW at most (measured); in between, the contact of a
# predicted foot is a corner that 100 Hz cannot hold.
PEAK = 0.03  # BW
RMS = 0.1  # BW
SPEED = 0.08  # of the speed; the sole of the predictor creeps on the belt
INCLINE = 0.2  # deg
SUPPLIED_RMS = 0.5  # deg; asked for
MARKER_ERROR = 1e-5  # m; the model made the markers
CARRIED = 0.02  # of the mass; forces under 25 N are not recorded, and one stride may begin within a step

HELD = ("subtalar_angle", "mtp_angle")
STUDIED = {"femur": 1.14724, "tibia": 0.988523}  # 1; OpenSim's example gives them by hand


@pytest.fixture(scope="module")
def planar():
    """The bundled model that made the walks."""
    return share_folder("models") / "planar.osim"


@pytest.fixture(scope="module")
def marker_file(planar, tmp_path_factory):
    """Where the synthetic laboratory glued its markers, as an OpenSim marker set."""
    model = rg.load_model(planar)
    places = {}
    for side, sign in SIDES.items():
        for name, (body, x, y, z) in MARKERS.items():
            link = model.links.index(body if body == "trunk" else f"{body}_{side}")
            inside = np.array([x, y, sign * (APART + z)]) - model.body_offset[link]
            place = model.body_rotation[link].reshape(3, 3).T @ inside
            places[f"{side.upper()}{name}"] = model.links[link], tuple(place)
    path = tmp_path_factory.mktemp("markers") / "markers.xml"
    write_marker_set(path, places)
    return path


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A walk as .c3d, and as .trc with forces as .mot and .xml."""
    folder = tmp_path_factory.mktemp("recorded")
    path = write_c3d(folder / "walk.c3d", walk("forward_1.2_0", strides=2), axes="+Z up, -Y forward")
    done = import_trial(path, folder=folder / "text")
    assert done.experiment is None
    return SimpleNamespace(c3d=path, trc=folder / "text" / "walk.trc", mot=folder / "text" / "walk_grf.mot",
                           xml=folder / "text" / "walk_grf.xml")  # fmt: skip


def magnitude(result, name):
    values = result[name]
    values = values.isel(method=-1) if "method" in values.dims else values
    return np.sqrt((values**2).sum("axis")) if "axis" in values.dims else values


@pytest.mark.parametrize(
    ("name", "treadmill"),
    [("forward_1.2_0", False), ("retro_1.0_0", True), ("retro_1.0_+05", False), ("forward_1.2_-10", True)],
)
def test_a_c3d_comes_to_the_knee_loads_of_the_walk_it_was_made_of(
    tmp_path, planar, marker_file, name, treadmill
):
    gait = bundled(name)
    path = write_c3d(tmp_path / "walk.c3d", walk(name, treadmill=treadmill), axes="+Z up, -Y forward")

    done = import_trial(path, planar, folder=tmp_path / "out", marker_file=marker_file)

    assert done.trial.direction == gait.condition.direction
    assert done.trial.speed == pytest.approx(gait.condition.speed, rel=SPEED)
    assert np.degrees(done.trial.incline) == pytest.approx(gait.condition.incline, abs=INCLINE)
    assert done.mass == pytest.approx(70.0, rel=CARRIED)
    assert np.nanmax(done.kinematics.error) < MARKER_ERROR
    settings = {
        "cutoff": None,
        "sharing": "plain",
    }  # by default sharing differs between prediction and record
    expected = rg.analyze(gait.model, gait.trial, **settings)
    found = rg.analyze(done.model, done.trial, **settings)
    period = gait.trial.end - gait.trial.start
    inside = (found.time > period) & (found.time < 2.0 * period)
    phase = gait.trial.start + found.time.to_numpy()[inside] % period
    for load in ("tibiofemoral_force", "patellofemoral_force"):
        for side in ("right", "left"):
            here = magnitude(found, load).sel(side=side).to_numpy()[inside] / found.attrs["body_weight"]
            truth = magnitude(expected, load).sel(side=side) / expected.attrs["body_weight"]
            there = np.interp(phase, expected.time, truth)
            # At the instants of the recording: a peak at landing may be narrower than they are apart.
            assert here.max() == pytest.approx(there.max(), abs=PEAK)
            assert np.sqrt(np.mean((here - there) ** 2)) < RMS


def test_one_command_goes_from_a_file_to_loads_card_and_suspicions(
    tmp_path, planar, marker_file, recorded, capsys
):
    words = ["import", str(recorded.c3d), "--model", str(planar), "--marker-set", str(marker_file)]

    status = cli.main([*words, "-o", str(tmp_path / "out"), "--run"])

    printed = capsys.readouterr().out
    # Feet of a planar model stand in one plane, so the plates are 10 cm beside them: that is found.
    assert status == 1
    for part in ("+Z up, -Y forward", "forward: the pelvis moves 1.20 m/s", "the model weighs 70.00 kg",
                 "inverse kinematics:", "Marker errors", "Knee loads", "marker error",
                 "beside the foot"):  # fmt: skip
        assert part in printed
    assert (tmp_path / "out" / "results" / "walk.h5").is_file()


def test_what_is_written_runs_again_as_it_is_and_says_where_it_came_from(
    tmp_path, planar, marker_file, recorded
):
    done = import_trial(recorded.c3d, planar, folder=tmp_path / "out", marker_file=marker_file)

    trial = read_experiment(done.experiment).trials[0]
    assert (trial.direction, trial.incline, trial.axes) == ("forward", 0.0, "level")
    assert (trial.start, trial.end) == (done.trial.start, done.trial.end)
    assert {path.name for path in trial.inputs} == {"walk.osim", "walk_ik.mot", "walk_grf.xml"}
    kept = json.loads((tmp_path / "out" / "import.json").read_text())
    assert kept["complete"]
    assert kept["findings"] == list(done.findings)
    assert {"walk.c3d", "planar.osim", "markers.xml"} <= set(kept["inputs"])
    assert set(kept["files"]) == {path.name for path in done.files}
    assert str(tmp_path) not in (tmp_path / "out" / "import.json").read_text()
    rows = (tmp_path / "out" / "walk_marker_errors.csv").read_text().splitlines()
    assert rows[0].startswith("time [s],RHEE [m],")
    assert len(rows) == 1 + len(done.kinematics.time)


@pytest.mark.parametrize("forces", ["xml", "mot"])
def test_markers_and_forces_as_text_are_the_same_trial(tmp_path, planar, marker_file, recorded, forces):
    whole = import_trial(recorded.c3d, planar, folder=tmp_path / "c3d", marker_file=marker_file)
    parts = import_trial(
        recorded.trc, planar, folder=tmp_path / "trc", marker_file=marker_file,
        forces=getattr(recorded, forces),
    )  # fmt: skip
    one, other = (read_table(done.folder / "walk_grf.mot") for done in (whole, parts))
    np.testing.assert_allclose(other.values, one.values, atol=1e-9)
    np.testing.assert_allclose(parts.kinematics.values, whole.kinematics.values, atol=1e-7)
    assert (parts.trial.start, parts.trial.end) == (whole.trial.start, whole.trial.end)


def test_a_table_of_forces_without_moments_says_so_and_one_without_plates_is_refused(tmp_path, recorded):
    table = read_table(recorded.mot)
    kept = [label for label in table.labels if "torque" not in label]
    path = tmp_path / "bare.mot"
    write_table(path, kept, table.time, table.columns(kept), in_degrees=False, name="bare")
    trial = rg.import_trc(recorded.trc, path)
    assert any("plate 1 and 2 without a free moment" in line for line in trial.findings)
    write_table(path, kept[:3], table.time, table.columns(kept[:3]), in_degrees=False, name="bare")
    with pytest.raises(rg.FileError, match="no columns are those of a plate"):
        rg.import_trc(recorded.trc, path)


def test_a_plate_that_is_left_out_carries_nobody(recorded):
    trial = rg.import_trc(recorded.trc, recorded.mot, ignore_plates=[2])
    assert trial.plates == (1,)
    assert {stance.side for stance in trial.stances} == {"right"}
    with pytest.raises(rg.ConfigError, match="says itself which forces act"):
        rg.import_trc(recorded.trc, recorded.xml, ignore_plates=[2])


def test_nothing_that_was_edited_or_is_of_somebody_else_is_written_over(
    tmp_path, planar, marker_file, recorded
):
    def again(recording=recorded.c3d, **choices):
        return import_trial(recording, planar, folder=tmp_path, marker_file=marker_file, name="w", **choices)

    (tmp_path / "w.trc").write_text("mine")
    with pytest.raises(rg.ConfigError, match=r"holds `w\.trc` already, and no import\.json"):
        again()
    again(overwrite=True)
    done = again()
    done.experiment.write_text(done.experiment.read_text() + "# mine\n")
    with pytest.raises(rg.ConfigError, match=r"w\.toml: has been changed since it was imported"):
        again()
    with pytest.raises(rg.ConfigError, match="holds the import of another recording"):
        again(recorded.trc)


def test_what_somebody_says_counts_and_what_was_found_is_said_beside_it(recorded):
    trial = rg.import_c3d(recorded.c3d)
    values, why, remarks = walk_of(trial, Said("retro", 2.0, 5.0))
    assert (values["direction"], values["speed"], values["incline"]) == ("retro", 2.0, 5.0)
    assert why["direction"] == "as the caller says"
    assert [line.partition(":")[0] for line in remarks] == ["direction", "speed", "incline"]
    assert walk_of(trial, Said("forward", 1.2, 0.0))[2] == []


def weighing(kilograms):
    return SimpleNamespace(body_weight=kilograms * GRAVITY)


def test_a_mass_that_is_typed_wrong_is_remarked_on_and_one_that_is_not_typed_is_measured():
    assert find_mass(None, weighing(70.0), None).value == pytest.approx(70.0)
    assert find_mass(None, weighing(70.0), weighing(71.0)).value == pytest.approx(71.0)
    assert "MORE THAN 3%" in find_mass(154.0, weighing(70.0), None).finding
    assert "MORE THAN" not in find_mass(71.0, weighing(70.0), None).finding
    assert np.isnan(find_mass(None, weighing(np.nan), None).value)
    assert find_mass(80.0, weighing(np.nan), None).value == 80.0


def stepping(stances, start=0.0, end=3.0):
    time = np.arange(start, end, 0.01)
    return SimpleNamespace(time=time, force_time=time, stances=stances)


def test_a_window_leaves_out_the_double_support_beside_the_plates():
    steps = (Stance("right", 1, 0.5, 1.2), Stance("left", 2, 1.05, 1.75), Stance("right", 3, 1.6, 2.3))
    start, end, said = loaded_window(stepping(steps))
    assert (start, end) == (pytest.approx(0.65), pytest.approx(2.15))
    assert "begins and ends 0.15 s inside" in said


def test_a_window_of_a_treadmill_is_all_of_the_record():
    steps = (Stance("right", 1, 0.0, 0.5), Stance("left", 2, 0.4, 1.2), Stance("right", 1, 1.05, 2.99))
    assert loaded_window(stepping(steps))[:2] == (0.0, pytest.approx(2.99))


def test_a_window_is_the_longest_without_a_hole_and_a_single_step_is_no_window():
    steps = (Stance("right", 1, 0.2, 0.6), Stance("left", 2, 1.0, 1.7), Stance("right", 3, 1.6, 2.4))
    assert loaded_window(stepping(steps))[0] == pytest.approx(1.1)
    start, end, said = loaded_window(stepping((Stance("right", 1, 1.0, 1.05),)))
    assert (start, end) == (0.0, pytest.approx(2.99))
    assert "never carry all of the person" in said


def test_names_of_markers_are_found_where_laboratories_are_known_for_them(tmp_path):
    known = tuple(gait2392.MARKERS)
    plug_in = ("RASI", "LASI", "SACR", "RKNE", "LKNE", "RANK", "LANK", "RHEE", "LHEE", "RTOE", "LTOE")
    table, said = choose_names(plug_in, known, tmp_path / "walk.c3d")
    assert table.name == "gait2392"
    assert "11 fit the model, 0 as they are" in said
    assert choose_names(known, known, tmp_path / "walk.c3d")[0] is None


def test_the_ground_pushes_on_the_body_that_carries_the_heel(tmp_path):
    trial = SimpleNamespace(markers=("R.Heel", "L.Heel"), path=tmp_path / "walk.trc")
    links = ("ground", "foot_r", "foot_l")
    carrier = {"R.Heel": "foot_r", "L.Heel": "foot_l"}
    assert ground_bodies(trial, carrier, links) == ("foot_r", "foot_l")
    with pytest.raises(rg.MotionError, match="no marker at the heel tells"):
        ground_bodies(trial, {}, links)


def test_names_stand_for_both_sides_and_files_get_names_an_experiment_takes():
    assert whole_names({"femur": 1.1}, ("femur_r", "femur_l"), "body") == {"femur_r": 1.1, "femur_l": 1.1}
    with pytest.raises(rg.ConfigError, match="no body `femor`; did you mean `femur_r`"):
        whole_names({"femor": 1.1}, ("femur_r", "femur_l"), "body")
    assert plain_name("Müller walk #3") == "M_ller_walk_3"
    assert plain_name("...") == "trial"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["walk_ik.mot"], "expected a recording as .c3d or .trc; a motion needs no import"),
        (["absent.trc"], "no such file"),
        (["{c3d}", "--forces", "{xml}"], "a C3D file brings its own plates"),
        (["{trc}", "--run"], "name one with --model"),
        (["{trc}", "--hold", "mtp_angle"], "name one with --model"),
        (["{trc}", "--model", "{model}", "--factor", "femur=1.1"], "name one with --static"),
        (["{trc}", "--model", "{model}"], "none of its markers .* or name one with --marker-set"),
        (["{trc}", "--axes", "+X up, +Y forward"], "correct axes, or leave --axes out"),
        (["{trc}", "--axes", "up"], "expected two different axes"),
        (["{trc}", "--window", "0:99"], "not within the markers'"),
        (["{trc}", "--window", "soon"], "is not two times such as 0.5:1.8"),
        (["{trc}", "--role", "heal_r=RHEE"], "did you mean `heel_r`"),
        (["{trc}", "--factor", "femur"], "is not NAME=VALUE"),
        (["{trc}", "--mass", "-5"], "mass is -5 kg, expected 2 to 400"),
        (["{trc}", "--mass", "nan"], "mass is nan kg, expected 2 to 400"),
        (["{trc}", "--threshold", "-3"], "threshold is -3 N, expected more than 0 and less than 500"),
        (["{trc}", "--threshold", "nan"], "threshold is nan N"),
        (["{trc}", "--window", "inf:"], "--window: inf s is no time"),
        (["{trc}", "--static-window", "0:1"], "--static-window is for scaling .* name one with --static"),
        (["{trc}", "--weight", "RHEE=2"], "a weight is for .* name one with --model"),
        (["{trc}", "--forces", "{mot}", "--ignore-plate", "9"], "no plate 9 to leave out; plates: 1, 2"),
        (["{c3d}", "--ignore-plate", "99"], "no plate 99 to leave out; plates: 1, 2, 3"),
        (
            ["{trc}", "--model", "{model}", "--static", "{trc}", "--factor", "femur=nan"],
            "factor of `femur` is nan, expected a number above 0",
        ),
        (["{trc}", "--model", "{model}", "--weight", "RHEE=-1"], "weight of `RHEE` is -1, expected a number"),
        (["{trc}", "--speed", "-1.2"], "expected more than 0 and at most 12, in either direction"),
        (["{trc}", "--baseline", "file"], "a baseline is for the channels of a C3D file"),
        (
            ["{trc}", "--model", "{model}", "--marker-set", "{markers}", "--weight", "RHEEL=3"],
            "did you mean `RHEE`",
        ),
        (
            ["{trc}", "--model", "{model}", "--marker-set", "{markers}", "--hold", "mtp"],
            "did you mean `mtp_angle_",
        ),
        (
            ["{trc}", "--model", "{model}", "--marker-set", "{markers}", "--static", "{trc}", "--mass=700"],
            "mass is 700 kg, expected 2 to 400",
        ),
        (
            ["{trc}", "--model", "{model}", "--marker-set", "{markers}", "--static", "{trc}"],
            "needs the mass of the person, .* give --mass KG",
        ),
    ],
)  # fmt: skip
def test_mistakes_are_one_line_that_says_what_to_type(
    tmp_path, planar, marker_file, recorded, capsys, words, says
):
    places = {
        "c3d": recorded.c3d,
        "trc": recorded.trc,
        "xml": recorded.xml,
        "mot": recorded.mot,
        "model": planar,
        "markers": marker_file,
    }
    try:
        status = cli.main(["import", *(word.format(**places) for word in words), "-o", str(tmp_path / "out")])
    except SystemExit as left:  # argparse leaves by itself
        status = left.code
    told = capsys.readouterr().err
    assert status == 2
    complaints = [line for line in told.splitlines() if line.startswith("retrogait: ")]
    assert complaints == told.splitlines()[-1:]  # what came before it is progress
    assert re.search(says, complaints[0]), told


def test_both_feet_on_a_plate_are_refused_in_the_words_of_the_command(tmp_path, recorded, capsys):
    """One belt under both feet: the two plates of a treadmill summed to one."""
    lab = walk("forward_1.2_0", treadmill=True, strides=2)
    (corners, *right), (_, *left) = lab.plates
    force = right[0] + left[0]
    point = np.nan_to_num(right[1]) * right[0][:, 1:2] + np.nan_to_num(left[1]) * left[0][:, 1:2]
    point = np.where(force[:, 1:2] > 0.0, point / np.maximum(force[:, 1:2], 1.0), np.nan)
    corners = corners.copy()
    corners[:, 2] = np.where(corners[:, 2] > 0.0, 0.5, -0.5)
    lab.plates = [(corners, force, point, right[2] + left[2])]
    path = write_c3d(tmp_path / "walk.c3d", lab)
    assert cli.main(["import", str(path), "-o", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert "both feet stand on plate 1" in told
    assert not (tmp_path / "out").exists()


def test_names_of_ones_own_are_put_right_by_a_table(tmp_path, planar, marker_file, recorded):
    names = [f"{side.upper()}{name}" for name in MARKERS for side in SIDES]
    kept = ("RHEE", "LHEE", "RTOE", "LTOE", "RASI", "LASI")
    lines = recorded.trc.read_text().splitlines()
    lines[3] = "\t".join(f"my {x}" if x in names and x not in kept else x for x in lines[3].split("\t"))
    path, table = tmp_path / "own.trc", tmp_path / "names.toml"
    path.write_text("\n".join(lines) + "\n")
    table.write_text("[markers]\nRPSSI = ['my RPSI']\n")
    with pytest.raises(rg.ConfigError, match=r"names\.toml: the model has no marker `RPSSI`; did you mean"):
        import_trial(path, planar, folder=tmp_path / "a", marker_file=marker_file, markers=table)
    assert not (tmp_path / "a").exists()
    table.write_text("[markers]\n" + "".join(f"{x} = ['my {x}']\n" for x in names if x not in kept))
    done = import_trial(path, planar, folder=tmp_path / "b", marker_file=marker_file, markers=table)
    assert sorted(done.kinematics.markers) == sorted(names)


def test_what_was_written_before_an_error_stays_and_says_that_it_is_not_all(
    tmp_path, planar, marker_file, recorded
):
    weights = {"others": 0.0, "RHEE": 1.0, "RTOE": 1.0, "RASI": 1.0}
    with pytest.raises(rg.MotionError, match=r"shares 3 markers with the model"):
        import_trial(recorded.trc, planar, folder=tmp_path, marker_file=marker_file, weights=weights)
    kept = json.loads((tmp_path / "import.json").read_text())
    assert not kept["complete"]
    assert {"walk.trc", "walk.osim"} <= set(kept["files"])
    import_trial(recorded.trc, planar, folder=tmp_path, marker_file=marker_file)
    assert json.loads((tmp_path / "import.json").read_text())["complete"]


def test_a_handful_of_markers_is_no_pose(planar, marker_file, recorded):
    model = rg.load_model(planar)
    marker_set = read_marker_set(planar, model, marker_file)
    subject = Subject(model, marker_set, None)
    require_enough(subject, recorded.trc, Tasks())
    few = Tasks(dict.fromkeys(("RHEE", "RTOE", "RASI"), 1.0), 0.0)
    with pytest.raises(rg.MotionError, match=r"shares 3 markers with the model .* cannot tell \d+ coord"):
        require_enough(subject, recorded.trc, few)


@pytest.mark.shared
@pytest.mark.opensim
@pytest.mark.slow
def test_gait2392_from_its_own_files_to_knee_loads_by_one_command(shared_data, tmp_path, capsys):
    """Static and walking markers and a bare table of forces; the generic model and its marker set."""
    data = shared_data / "gait2392"
    write_marker_set(tmp_path / "markers.xml", gait2392.MARKERS)
    words = [
        "import", data / "subject01_walk1.trc", "--static", data / "subject01_static.trc",
        "--forces", data / "subject01_walk1_grf.mot",
        "--model", shared_data / "models" / "gait2392_thelen2003muscle.osim",
        "--marker-set", tmp_path / "markers.xml", "--mass", gait2392.MASS, "-o", tmp_path / "out", "--run",
        "--weight", "R.Acromium=0.5", "--weight", "L.Acromium=0.5", "--weight", "Top.Head=0.1",
    ]  # fmt: skip
    for coordinate in HELD:
        words += ["--hold", coordinate]
    for body, factor in STUDIED.items():
        words += ["--factor", f"{body}={factor}"]

    assert cli.main([str(word) for word in words]) == 0

    printed = capsys.readouterr().out
    assert "plates by the names of columns: 1 is `ground_force_v`, 2 is `1_ground_force_v`" in printed
    assert "likely mistakes in subject01_walk1: nothing found" in printed
    assert "Knee loads" in printed
    supplied = read_table(data / "subject01_walk1_ik.mot")
    found = read_table(tmp_path / "out" / "subject01_walk1_ik.mot")
    inside = found.time >= supplied.time[0] - 1e-6
    for name in supplied.labels:
        if name in {"pelvis_tx", "pelvis_ty", "pelvis_tz"}:
            continue
        there = np.interp(found.time[inside], supplied.time, supplied.column(name))
        off = np.sqrt(np.mean((found.column(name)[inside] - there) ** 2))
        assert off < SUPPLIED_RMS, (name, off)
    result = rg.read_result(tmp_path / "out" / "results" / "subject01_walk1.h5")
    assert not np.isnan(result["tibiofemoral_force"]).any()


@pytest.mark.shared
@pytest.mark.opensim
@pytest.mark.slow
def test_rajagopal_from_markers_and_forces_is_analyzed_where_plates_carry_the_person(shared_data, tmp_path):
    data = shared_data / "rajagopal_walk"
    done = import_trial(
        data / "markers_walk.trc", data / "subject_walk_scaled.osim", folder=tmp_path / "out",
        forces=data / "grf_walk.mot",
    )  # fmt: skip
    assert 0.42 < done.trial.start < 0.49  # s; the README calls the recording valid from 0.48 s on
    assert done.mass == pytest.approx(85.27, rel=0.02)
    assert done.trial.direction == "forward"
    result = rg.analyze(done.model, done.trial)
    assert (result["status"] == 0).all()
