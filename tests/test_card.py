"""The report card: a sound trial gets an A, a planted fault the grade of its size, the unknown none."""

import csv
import io
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import retrogait as rg
from retrogait.card import GRADES, NOT_GRADED, card_rows, grade, load_limits
from retrogait.card.limits import FILE, read_limits
from retrogait.card.markers import marker_errors
from retrogait.commands import card as card_command
from retrogait.commands.common import Parser
from retrogait.errors import FileError, ResultError
from retrogait.report.card import render_card, render_cards
from tests.trials import bundled

CHECKS = {check.id: check for check in load_limits()[0]}
ERROR_RTOL = 1e-9  # relative: a planted value comes back through one multiplication

# A value well within each letter of a check, from its limits.
LETTERS = [pytest.param(letter, id=letter) for letter in "ABCDF"]


@pytest.fixture(scope="module")
def sound():
    """A predicted stride, told to be recorded: nothing is wrong with it."""
    return bundled("forward_1.0_0").result.assign_attrs(origin="recorded")


def within(check, letter):
    """A value that earns a letter."""
    limits = CHECKS[check].limits
    place = GRADES.index(letter)
    if place == len(limits):
        return 1.3 * limits[-1]
    return 0.5 * (limits[place] + (limits[place - 1] if place else 0.0))


def changed(result, **arrays):
    copy = result.copy(deep=True)
    for name, change in arrays.items():
        change(copy[name].to_numpy())
    return copy


def column(result, name):
    return result["coordinate"].to_numpy().tolist().index(name)


def with_residual(result, frame, **sizes):
    """A result in which the pelvis needs some force or moment from nowhere in one frame."""

    def push(values):
        for name, size in sizes.items():
            values[frame, column(result, name)] = size

    return changed(result, generalized_force=push, reserve=push)


def ground_peak(result):
    return np.linalg.norm(result["ground_reaction_force"].to_numpy().sum(axis=1), axis=1).max()


def test_a_sound_trial_gets_an_a_in_everything_that_is_known(sound):
    card = grade(sound)

    assert card.grade == "A"
    assert card.decided_by == ()
    assert {mark.check.id for mark in card.not_graded} == {
        "marker_error",
        "marker_error_largest",
        "marker_error_any",
    }
    assert card.words == "A; not graded, no markers: marker error, largest marker error"
    assert card.notes == ()


def test_the_checks_are_those_of_the_file(sound):
    assert [mark.check.id for mark in grade(sound).marks] == list(CHECKS)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_residual_force_is_graded_by_its_share_of_the_ground_force(sound, letter):
    share = within("residual_force", letter)
    size = share / 100.0 * ground_peak(sound)

    mark = grade(with_residual(sound, 7, pelvis_tx=0.6 * size, pelvis_ty=-0.8 * size))["residual_force"]

    assert mark.grade == letter
    assert mark.value == pytest.approx(share, rel=ERROR_RTOL)
    assert f"{size:.0f} N at {float(sound['time'][7]):.3g} s" in mark.where
    assert mark.published[0] == 5.0
    assert "Hicks" in mark.published_limit


@pytest.mark.parametrize("letter", LETTERS)
def test_a_residual_moment_is_graded_by_the_height_of_the_body(sound, letter):
    share = within("residual_moment", letter)

    mark = grade(with_residual(sound, 3, pelvis_tilt=-share / 100.0 * ground_peak(sound)))["residual_moment"]

    assert mark.grade == letter
    assert "about pelvis_tilt" in mark.where


@pytest.mark.parametrize("letter", LETTERS)
def test_a_reserve_is_graded_by_its_share_of_the_peak_moment(sound, letter):
    knee = column(sound, "knee_angle_r")
    needed = np.abs(sound["generalized_force"].to_numpy()[:, knee]).max()
    assert needed > 20.0

    def lean(reserve):
        reserve[11, knee] = -within("reserve", letter) / 100.0 * needed

    card = grade(changed(sound, reserve=lean))

    assert card["reserve"].grade == letter
    assert letter == "A" or "knee_angle_r" in card["reserve"].where


def test_a_small_reserve_at_the_toes_is_no_fault(sound):
    toes = column(sound, "hip_flexion_r")

    def weaken(force):
        force[:, toes] *= 0.1 / np.abs(force[:, toes]).max()

    def lean(reserve):
        reserve[:, toes] = 0.9  # N m: nine times what is needed, and moves no load

    line = grade(changed(sound, generalized_force=weaken, reserve=lean))["reserve"]
    assert line.grade == "A"
    assert "0.9 of 0.1 N m, counted as 20" in line.where


def test_a_reserve_in_a_failed_frame_does_not_count(sound):
    def lean(reserve):
        reserve[11] = 1e6

    def fail(status):
        status[11] = 1

    card = grade(changed(sound, reserve=lean, status=fail))

    assert card["reserve"].grade == "A"
    assert card["failed_frames"].grade == "B"
    assert "1 of 129" in card["failed_frames"].where


@pytest.mark.parametrize("letter", LETTERS)
def test_failed_frames_are_graded_by_their_share(sound, letter):
    count = math.ceil(within("failed_frames", letter) / 100.0 * sound.sizes["time"])

    def fail(status):
        status[:count] = 2

    assert grade(changed(sound, status=fail))["failed_frames"].grade == letter


def test_work_from_nothing_opens_the_closure(sound):
    gastrocnemius = sound["muscle"].to_numpy().tolist().index("gastroc_r")
    grades = []
    for stretch in (1.0, 1.2, 1.6, 3.0, 6.0):

        def move(length, stretch=stretch):
            path = length[:, gastrocnemius]
            path[:] = path.mean() + stretch * (path - path.mean())

        grades.append(grade(changed(sound, muscle_length=move))["closure"])

    letters = [mark.grade for mark in grades]
    assert letters[0] == "A"
    assert letters == sorted(letters)
    assert letters[-1] == "F"
    assert "retrogait audit" in grades[-1].advice


def test_a_body_that_stands_still_has_no_closure(sound):
    def stop(values):
        values[:] = values[0]

    def rest(values):
        values[:] = 0.0

    still = changed(sound, muscle_length=stop, coordinate_speed=rest)

    assert grade(still)["closure"].words == "not graded: muscles do no work"


def test_both_feet_in_the_air_are_no_walking(sound):
    up = sound["ground_reaction_force"].to_numpy()[:, :, 1]
    both = np.flatnonzero((up > 30.0).all(axis=1))
    first = both[both < both[0] + 25]  # the frames of one double support

    def lift(force):
        force[first[0] - 2 : first[-1] + 3] = 0.0

    mark = grade(changed(sound, ground_reaction_force=lift))["event_order"]

    assert mark.grade in "DF"
    assert "both feet in the air" in mark.where


def test_a_foot_that_steps_twice_is_seen(sound):
    up = sound["ground_reaction_force"].to_numpy()[:, :, 1]
    alone = np.flatnonzero((up[:, 0] > 300.0) & (up[:, 1] < 10.0))
    middle = slice(alone[0] + 5, alone[-1] - 5)

    def hop(force):
        force[middle, 0] = 0.0

    mark = grade(changed(sound, ground_reaction_force=hop))["event_order"]

    assert "steps twice" in mark.where or "in the air" in mark.where
    assert mark.grade == "F"


def test_a_trial_without_plates_keeps_its_other_grades(sound):
    def nothing(force):
        force[:] = 0.0

    card = grade(changed(sound, ground_reaction_force=nothing))

    for check in ("residual_force", "residual_moment", "event_order"):
        assert card[check].grade == NOT_GRADED
        assert card[check].words == "not graded: no ground forces"
    assert card["reserve"].grade == "A"
    assert card.grade == "A"


def test_one_foot_alone_has_no_order(sound):
    def nothing(force):
        force[:, 1] = 0.0

    card = grade(changed(sound, ground_reaction_force=nothing))

    assert card["event_order"].words == "not graded: one foot was not measured"


@pytest.mark.parametrize("letter", LETTERS)
def test_marker_errors_are_graded_and_the_worst_marker_named(sound, letter):
    errors = np.full((50, 3), within("marker_error", letter) / 100.0)
    errors[4, 1] = np.nan

    card = grade(sound, errors, markers=["R.ASIS", "L.ASIS", "R.Heel"])
    assert card["marker_error"].grade == letter

    errors[20, 2] = within("marker_error_largest", "F") / 100.0
    card = grade(sound, errors, markers=["R.ASIS", "L.ASIS", "R.Heel"])
    assert card["marker_error_largest"].grade == "F"
    assert card["marker_error_largest"].where == "R.Heel, frame 21"
    assert card.grade == "F"


NAMES = ["R.ASIS", "L.ASIS", "R.Heel", "R.Acromium", "L.Heel"]


@pytest.fixture
def loose():
    """Errors of 5 mm, and one of 9 cm at a marker that is none of interest, while R.Heel has one of 3 cm."""
    errors = np.full((50, 5), 0.005)
    errors[20, 3], errors[30, 2] = 0.09, 0.03
    return errors


def test_a_marker_that_the_fit_hardly_follows_is_set_apart_and_its_error_still_shown(sound, loose):
    card = grade(sound, loose, markers=NAMES, weights=[10.0, 1.0, 1.0, 0.5, 10.0])

    assert card["marker_error_largest"].words == "3 cm (R.Heel, frame 31)"
    assert (card["marker_error_largest"].grade, card.grade) == ("B", "B")
    anyone = card["marker_error_any"]
    assert (anyone.grade, anyone.words) == ("F", "9 cm (R.Acromium, frame 21)")
    assert anyone.limit == "more than 8 cm; shown, does not count"
    assert anyone not in card.decided_by
    assert card["marker_error"].where.startswith("4 markers; ")
    assert card["marker_error"].where.endswith(" cm of all 5")
    assert "4 of 5 markers" in card.notes[0]
    assert "R.Acromium (weight 0.5, up to 9 cm)" in card.notes[0]
    assert "up to 9 cm" in printed(render_card, card)
    assert card_rows([card])[0]["largest error of any marker [cm]"] == pytest.approx(9.0)


@pytest.mark.parametrize(
    "weights",
    [
        pytest.param(None, id="no-weights"),
        pytest.param([10.0, 1.0, 1.0, 0.51, 1.0], id="just-heavy-enough"),
        pytest.param([0.1, 0.1, 0.1, 0.1, 0.1], id="all-light"),
        pytest.param([0.0, 0.0, 0.0, 0.1, 0.1], id="others-do-not-count-at-all"),
        pytest.param([10.0, 10.0, 10.0, 1.0, 1.0], id="most-are-over-bone"),
    ],
)
def test_a_marker_of_usual_weight_is_never_set_apart(sound, loose, weights):
    card = grade(sound, loose, markers=NAMES, weights=weights)

    assert card["marker_error_largest"].where == "R.Acromium, frame 21"
    assert card.grade == "F"


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=20))
def test_lesser_weights_set_fewer_than_a_quarter_of_the_markers_apart(weights):
    errors = marker_errors(np.zeros((2, len(weights))), (), weights)

    assert errors.apart.sum() < 0.25 * len(weights)


def test_weights_that_are_not_those_of_the_markers_are_refused(sound, loose):
    for weights in ([1.0, 1.0], [1.0, 1.0, 1.0, 1.0, -1.0], [1.0, 1.0, 1.0, 1.0, np.nan]):
        with pytest.raises(ResultError, match="expected 5 numbers from 0 on"):
            grade(sound, loose, markers=NAMES, weights=weights)


def test_marker_errors_of_another_shape_are_refused(sound):
    with pytest.raises(ResultError, match=r"shape \(7,\), expected \(frame, marker\)"):
        grade(sound, np.zeros(7))
    with pytest.raises(ResultError, match="2 columns, expected 1"):
        grade(sound, np.zeros((7, 2)), markers=["R.ASIS"])
    assert grade(sound, np.full((7, 2), np.nan))["marker_error"].words == "not graded: no markers"


def test_a_result_without_numbers_is_not_graded(sound):
    def lose(values):
        values[:] = np.nan

    def fail(status):
        status[:] = 3

    card = grade(changed(sound, generalized_force=lose, reserve=lose, muscle_force=lose, status=fail))

    assert card["reserve"].grade == card["closure"].grade == NOT_GRADED
    assert card.grade == "F"


def test_the_worst_of_what_decides_is_the_grade_and_says_what_to_do(sound):
    card = grade(with_residual(sound, 7, pelvis_ty=0.2 * ground_peak(sound)))

    assert card.grade == "D"
    assert [mark.check.id for mark in card.decided_by] == ["residual_force"]
    assert "mass" in card.decided_by[0].advice
    assert card.decided_by[0].limit == "more than 15, at most 25 %"


def test_a_prediction_is_told_to_be_one():
    card = grade(bundled("retro_1.0_0").result)

    assert card.grade == "A"
    assert "not that anybody walks so" in card.notes[0]


@given(st.sampled_from(sorted(CHECKS)), st.floats(0, 1e3), st.floats(0, 1e3))
def test_a_larger_value_never_gets_a_better_grade(check, one, other):
    low, high = sorted((one, other))

    assert CHECKS[check].grade_of(low) <= CHECKS[check].grade_of(high)


def test_a_limit_itself_still_keeps_the_grade():
    for check in CHECKS.values():
        for letter, limit in zip("ABCD", check.limits, strict=True):
            assert check.grade_of(limit) <= letter
        assert check.grade_of(np.nextafter(check.limits[-1], np.inf)) == "F"


def test_the_published_limit_is_the_one_that_was_broken():
    reserve = CHECKS["reserve"]

    assert reserve.published_for("A") == (5.0, "hicks2015")
    assert reserve.published_for("B") == (5.0, "hicks2015")
    assert reserve.published_for("F") == (10.0, "opensim-checklist")
    assert CHECKS["failed_frames"].published_for("F") is None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param(
            "[5.0, 10.0, 15.0, 25.0]", "[5.0, 10.0, 8.0, 25.0]", "residual_force: expected", id="falls"
        ),
        pytest.param(
            '["hicks2015", "project"', '["hicks", "project"', "no source 'hicks'; known", id="source"
        ),
        pytest.param("decides = true", "decide = true", "unknown field `decide`", id="field"),
        pytest.param("[[check]]", "[[check", "not a table of limits", id="syntax"),
    ],
)
def test_a_wrong_file_of_limits_is_refused(tmp_path, old, new, says):
    text = FILE.read_text("utf-8")
    assert old in text
    path = tmp_path / "limits.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(FileError, match=says):
        read_limits(path)


def test_rows_have_every_check_and_one_order(sound):
    cards = [grade(sound), grade(sound, np.full((5, 2), 0.03))]

    rows = card_rows(cards)

    assert list(rows[0]) == list(rows[1])
    assert rows[0]["grade"] == "A"
    assert rows[1]["grade"] == "C"
    assert rows[1]["decided by"] == "marker error"
    assert rows[1]["marker error [cm]"] == pytest.approx(3.0)
    assert rows[0]["marker error, grade"] == NOT_GRADED
    assert math.isnan(rows[0]["marker error [cm]"])


def printed(show, what):
    console = Console(file=io.StringIO(), width=200)
    show(what, console)
    return " ".join(console.file.getvalue().split())


def test_the_terminal_shows_what_was_found_and_what_to_do(sound):
    card = grade(with_residual(sound, 7, pelvis_ty=0.12 * ground_peak(sound)))

    text = printed(render_card, card)
    assert "forward_1.0_0 (recorded): C; not graded, no markers: marker error" in text
    assert "more than 10, at most 15 % 5 %: Hicks et al. 2015" in text
    assert "residual force: compare the model's mass" in text

    table = printed(render_cards, [card, grade(sound)])
    assert "forward_1.0_0 C – – – C A A A A A forward_1.0_0 A – – – A A A A A A" in table
    assert printed(render_cards, []) == ""


def test_a_notebook_shows_it_escaped(sound):
    html = grade(sound.assign_attrs(trial="<b>walk</b>"))._repr_html_()

    assert "&lt;b&gt;walk&lt;/b&gt;" in html
    assert "<b>" not in html
    assert "not graded: no markers" in html


@pytest.fixture(scope="module")
def stored(sound, tmp_path_factory):
    """Result files of a sound trial and of one that leans on its pelvis."""
    folder = tmp_path_factory.mktemp("results")
    for name, lean in (("sound", 0.0), ("poor", 0.2)):
        result = with_residual(sound, 7, pelvis_ty=lean * ground_peak(sound))
        rg.write_result(folder / f"{name}.h5", result.assign_attrs(trial=name))
    return folder


def run(*arguments):
    parser = Parser(prog="retrogait")
    card_command.add(parser.add_subparsers(parser_class=Parser))
    parsed = parser.parse_args(["card", *map(str, arguments)])
    return parsed.command(parsed)


def test_the_command_shows_one_result_in_full(stored, capsys):
    assert run(stored / "poor.h5") == 0

    text = " ".join(capsys.readouterr().out.split())
    assert "poor (recorded): D" in text
    assert "compare the model's mass" in text


def test_the_command_stores_many_and_fails_below_a_grade(stored, capsys, tmp_path):
    files = [stored / "sound.h5", stored / "poor.h5"]
    table = tmp_path / "cards.csv"

    assert run(*files, "--at-least", "D", "--csv", table) == 0
    assert run(*files, "--at-least", "C") == 1
    assert run(files[0], "--at-least", "A") == 0

    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["trial"], row["grade"], row["decided by"]) for row in rows] == [
        ("sound", "A", ""),
        ("poor", "D", "residual force"),
    ]
    assert float(rows[1]["residual force [%]"]) == pytest.approx(20.0)
    assert rows[0]["marker error [cm]"] == ""
    assert f"stored in {table}" in capsys.readouterr().out


def test_a_file_that_is_no_result_is_refused(tmp_path):
    (tmp_path / "x.h5").write_bytes(b"no")

    with pytest.raises(ResultError, match=r"x\.h5"):
        run(tmp_path / "x.h5")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("model", "motion", "loads", "window", "letters"),
    [
        # A clean pair; residuals within 5 %, moments at 1.8 % of height times force.
        pytest.param(
            "rajagopal_walk/subject_walk_weldmtp.osim", "rajagopal_walk/coords_100Hz.mot",
            "rajagopal_walk/grf_walk.xml", (0.48, 1.61), {"": "B", "residual_force": "A", "reserve": "A"},
            id="rajagopal",
        ),
        # Its README: pelvis residuals up to 98 N.
        pytest.param(
            "gait2392/subject01_simbody.osim", "gait2392/subject01_walk1_ik.mot",
            "gait2392/subject01_walk1_grf.xml", (0.5, 2.0), {"": "C", "residual_force": "C", "closure": "A"},
            id="gait2392",
        ),
        # Its README: a model 7 % light, residuals of 130 to 190 N.
        pytest.param(
            "gc5_knee/Rajagopal2015-scaled.osim", "gc5_knee/ss1_ik.mot", "gc5_knee/ss1_grf.xml",
            (None, None), {"": "D", "residual_force": "D", "event_order": "A"}, id="gc5",
        ),
        # Its README: the right knee is held by ligaments, which inverse dynamics leaves out.
        pytest.param(
            "gc6_treadmill/DM_nocontact.osim", "gc6_treadmill/tm_0.5_ik.mot", "gc6_treadmill/tm_0.5_grf.xml",
            (None, None), {"": "F", "reserve": "F", "event_order": "A", "closure": "A"}, id="gc6",
        ),
    ],
)  # fmt: skip
def test_recorded_trials_get_what_their_traps_deserve(shared_data, model, motion, loads, window, letters):
    start, end = window
    trial = rg.load_trial(shared_data / motion, shared_data / loads, start=start, end=end, speed=1.0)

    card = grade(rg.analyze(rg.load_model(shared_data / model), trial))

    found = {"": card.grade} | {mark.check.id: mark.grade for mark in card.marks}
    assert {check: found[check] for check in letters} == letters, card.words


@pytest.mark.shared
def test_opensims_own_gastrocnemius_opens_the_closure(shared_data):
    folder = Path(shared_data) / "rajagopal_walk"
    model = rg.load_model(folder / "subject_walk_weldmtp.osim")
    trial = rg.load_trial(
        folder / "coords_100Hz.mot", folder / "grf_walk.xml", start=0.48, end=1.61, speed=1.2
    )

    correct = grade(rg.analyze(model, trial))["closure"]
    followed = grade(rg.analyze(model, trial, physics="opensim"))["closure"]

    assert correct.grade == "A"
    assert followed.grade == "C"
