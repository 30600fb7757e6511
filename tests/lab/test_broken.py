"""Files that are no trial: one line each that says what is wrong and where."""

import numpy as np
import pytest

import retrogait as rg
from retrogait.lab.c3d import read_c3d
from tests.lab.synthetic import write_c3d
from tests.lab.test_c3d import recorded


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return write_c3d(tmp_path_factory.mktemp("c3d") / "walk.c3d", recorded()).read_bytes()


def refusal(path, error=rg.FileError, **how):
    with pytest.raises(error) as caught:
        rg.import_c3d(path, **how)
    text = str(caught.value)
    assert "\n" not in text
    assert str(path) in text
    return text


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.9, 0.999])
def test_a_file_that_is_cut_off_is_told_by_its_length(tmp_path, whole, kept):
    path = tmp_path / "cut.c3d"
    path.write_bytes(whole[: int(kept * len(whole))])
    assert "is the file cut off?" in refusal(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "is empty"), (b"not a c3d file at all", "does not begin as a C3D file does"),
     (b"\x02P" + bytes(300), "within its header"), (b"\x02P" + bytes(2000), "processor type 0")],
)  # fmt: skip
def test_other_files_are_no_c3d_files(tmp_path, content, message):
    path = tmp_path / "other.c3d"
    path.write_bytes(content)
    assert message in refusal(path)


@pytest.mark.parametrize(
    ("place", "number", "message"), [(2, 0, "holds no markers"), (8, 0, r"holds no frames (1 to 0)")]
)
def test_a_file_without_markers_or_frames_is_refused(tmp_path, whole, place, number, message):
    data = bytearray(whole)
    data[place : place + 2] = number.to_bytes(2, "little")
    path = tmp_path / "empty.c3d"
    path.write_bytes(bytes(data))
    assert message in refusal(path)


def test_a_damaged_file_never_does_more_than_be_refused(tmp_path, whole):
    rng = np.random.default_rng(5)
    path = tmp_path / "damaged.c3d"
    refusals = []
    for _ in range(12):
        data = bytearray(whole)
        for place in rng.integers(0, 4096, 6):
            data[place] = int(rng.integers(0, 256))
        path.write_bytes(bytes(data))
        try:
            read_c3d(path)
        except rg.GaitError as error:
            refusals.append(str(error))
    assert len(refusals) > 3
    assert not any("\n" in text for text in refusals)


def changed(group, name, value):
    def edit(c3d):
        c3d["parameters"][group][name]["value"] = value

    return edit


@pytest.mark.parametrize(
    ("group", "name", "value", "message"),
    [
        ("FORCE_PLATFORM", "TYPE", [2, 5, 2, 2, 2, 2, 2], "plate 2 is of type 5, expected 1, 2, 3 or 4"),
        ("FORCE_PLATFORM", "USED", [9], "does not describe all 9 plates"),
        ("FORCE_PLATFORM", "CORNERS", np.zeros((3, 4, 7)), "plate 1 has no corners"),
        ("FORCE_PLATFORM", "CHANNEL", np.full((6, 7), 99.0), "plate 1 of type 2 needs 6 channels"),
        ("POINT", "UNITS", ("furlong",), "POINT:UNITS is `furlong`, expected mm, cm or m; pass unit='mm'"),
        ("ANALOG", "UNITS", ("V",) * 42, "channel 1 is in `V`, expected N"),
        ("POINT", "LABELS", ("LHEE",) * 14, "marker `LHEE` stands more than once"),
        ("POINT", "LABELS", tuple(f"*{i}" for i in range(14)), "none of its 14 points is a labelled marker"),
    ],
)
def test_what_the_parameters_get_wrong_is_named(tmp_path, group, name, value, message):
    assert message in refusal(write_c3d(tmp_path / "walk.c3d", recorded(), edit=changed(group, name, value)))


def test_a_plate_of_type_4_needs_its_matrix(tmp_path):
    edit = changed("FORCE_PLATFORM", "TYPE", [4] * 7)
    assert "is of type 4 but has no CAL_MATRIX" in refusal(
        write_c3d(tmp_path / "walk.c3d", recorded(), edit=edit)
    )


def test_rates_that_do_not_fit_each_other_are_refused(tmp_path, whole):
    # ezc3d writes no such file: ANALOG:RATE, which follows GEN_SCALE, is changed in the bytes of a good one.
    place = whole.index(b"RATE", whole.index(b"GEN_SCALE"))
    there = whole[place : place + 24]
    path = tmp_path / "rates.c3d"
    wrong = there.replace(np.float32(1000.0).tobytes(), np.float32(960.0).tobytes())
    assert wrong != there
    path.write_bytes(whole.replace(there, wrong))
    assert "is 9.6 times POINT:RATE" in refusal(path)


def test_markers_that_are_never_seen_are_refused_or_left_out(tmp_path):
    lab = recorded()

    def unseen(which):
        def edit(c3d):
            c3d["data"]["points"][:3, which] = np.nan

        return edit

    trial = rg.import_c3d(write_c3d(tmp_path / "one.c3d", lab, edit=unseen(lab.markers.index("LSHO"))))
    assert "LSHO" not in trial.markers
    assert "markers never seen are left out: LSHO" in trial.findings
    text = refusal(write_c3d(tmp_path / "none.c3d", lab, edit=unseen(slice(None))))
    assert "none of 14 markers is seen" in text


def test_names_that_nobody_knows_are_asked_for(tmp_path):
    lab = recorded()
    names = tuple({"RHEE": "Rhe", "LHEE": "Lhe"}.get(name, name) for name in lab.markers)
    path = write_c3d(tmp_path / "walk.c3d", lab, edit=changed("POINT", "LABELS", names))
    text = refusal(path, rg.MotionError)
    assert "no marker is known to be heel_r, heel_l" in text
    assert "roles={'heel_r': 'NAME'}" in text
    trial = rg.import_c3d(path, roles={"heel_r": "Rhe", "heel_l": "Lhe"})
    assert trial.direction == "forward"
    with pytest.raises(rg.ConfigError, match=r"roles: `hel_r` is none, .* did you mean `heel_r`"):
        rg.import_c3d(path, roles={"hel_r": "Rhe"})


def test_wrong_axes_are_refused(tmp_path):
    path = write_c3d(tmp_path / "walk.c3d", recorded())
    assert "with -Z up, +X forward the feet are" in refusal(path, rg.MotionError, axes="-Z up, +X forward")
    for axes in ("Z up", "+Z up, -Z forward", "+Q up, +X forward", "up"):
        with pytest.raises(rg.ConfigError, match=r"expected two different axes of the laboratory"):
            rg.import_c3d(path, axes=axes)


@pytest.mark.parametrize(
    ("how", "message"),
    [({"baseline": "all"}, "baseline is 'all'"), ({"force_rate": "fast"}, "force_rate is 'fast'"),
     ({"threshold": -1.0}, "threshold is -1 N"), ({"unit": "ell"}, "unit is 'ell'"),
     ({"moment_unit": "ell"}, "moment_unit is 'ell'")],
)  # fmt: skip
def test_arguments_outside_their_bounds_are_named(tmp_path, how, message):
    path = write_c3d(tmp_path / "walk.c3d", recorded())
    with pytest.raises(rg.ConfigError, match=message):
        rg.import_c3d(path, **how)


def test_without_ezc3d_the_extra_is_named(tmp_path, monkeypatch, whole):
    path = tmp_path / "walk.c3d"
    path.write_bytes(whole)
    monkeypatch.setattr("retrogait.lab.c3d.find_spec", lambda _: None)
    assert "pip install 'retrogait[c3d]'" in refusal(path, rg.ConfigError)
