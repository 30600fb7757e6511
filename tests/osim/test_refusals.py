"""What the compiler cannot express is refused once, with every reason; what is no model, in one line."""

import numpy as np
import opensim
import pytest
from opensim import Vec3

import retrogait as rg
from retrogait.errors import FileError, ModelError
from tests.builders import O, block, couple, custom_joint, legs, line, muscle, write


def refusal(model, tmp_path, *, kind=ModelError):
    with pytest.raises(kind) as caught:
        rg.load_model(write(model, tmp_path / "subject.osim"), cache=False)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(tmp_path / "subject.osim"))
    return message


def with_joint(joint_of):
    """A model whose second body hangs on the joint in question."""
    model = opensim.Model()
    bodies = [block(name, 1.0, O, (0.1, 0.1, 0.1)) for name in ("one", "two")]
    for body in bodies:
        model.addBody(body)
    model.addJoint(opensim.PinJoint("first", model.getGround(), bodies[0]))
    model.addJoint(joint_of(*bodies))
    return model


def test_every_component_that_cannot_be_compiled_stands_in_one_message(tmp_path):
    model = with_joint(lambda a, b: opensim.EllipsoidJoint("odd_joint", a, O, O, b, O, O, Vec3(0.1)))
    weld = opensim.WeldConstraint("odd_weld", model.getGround(), O, O, model.getBodySet().get("two"), O, O)
    model.addConstraint(weld)
    point = opensim.PointConstraint(model.getGround(), O, model.getBodySet().get("two"), O)
    point.setName("odd_point")
    model.addConstraint(point)
    body = model.getBodySet().get("one")
    model.addForce(muscle("Millard2012AccelerationMuscle", "odd_muscle", [(model.getGround(), O), (body, O)]))
    message = refusal(model, tmp_path)
    for words in (
        "4 components cannot be compiled", "odd_joint (EllipsoidJoint)", "odd_weld (WeldConstraint)",
        "odd_point (PointConstraint)", "odd_muscle (Millard2012AccelerationMuscle)",
    ):  # fmt: skip
        assert words in message


def test_two_coordinates_of_one_name_are_refused_because_files_could_not_tell_them_apart(tmp_path):
    model = with_joint(lambda a, b: opensim.PinJoint("second", a, b))
    for name in ("first", "second"):
        joint = model.updJointSet().get(name)
        joint.upd_coordinates(0).setName("angle")
    with pytest.raises(ModelError, match="angle"):
        rg.load_model(write(model, tmp_path / "subject.osim"), cache=False)


def test_a_scapulothoracic_joint_is_refused_by_name(tmp_path):
    def joint(a, b):
        return opensim.ScapulothoracicJoint("scapula", a, O, O, b, O, O, Vec3(0.1), opensim.Vec2(0.0), 0.0)

    message = refusal(with_joint(joint), tmp_path)
    assert "1 component cannot be compiled: joint scapula (ScapulothoracicJoint)" in message


FUNCTION_BASED = """<FunctionBasedPath name="path">
<coordinate_paths>/jointset/ankle_r/ankle_angle_r</coordinate_paths><length_function>
<LinearFunction><coefficients> -0.05 0.3</coefficients></LinearFunction>
</length_function></FunctionBasedPath>"""


def test_a_path_without_lines_of_action_is_refused_and_says_why(tmp_path):
    path = write(legs(), tmp_path / "subject.osim")
    text = path.read_text()
    start = text.index("<GeometryPath", text.index('name="soleus_r"'))
    end = text.index("</GeometryPath>", start) + len("</GeometryPath>")
    path.write_text(text[:start] + FUNCTION_BASED + text[end:])
    with pytest.raises(ModelError, match=r"muscle soleus_r \(FunctionBasedPath.*lines of action"):
        rg.load_model(path, cache=False)


def test_a_coupler_of_two_coordinates_is_refused(tmp_path):
    model = legs()
    model.getConstraintSet().clearAndDestroy()
    function = opensim.LinearFunction()
    function.setCoefficients(opensim.ArrayDouble(1.0, 3))
    couple(model, "knee_angle_r_beta", ("knee_angle_r", "hip_flexion_r"), function, name="two_masters")
    assert "coupler two_masters follows 2 coordinates" in refusal(model, tmp_path)


def test_a_coupler_behind_a_coupler_is_refused(tmp_path):
    model = legs()
    couple(model, "knee_angle_r", "hip_flexion_r", line(), name="behind")
    assert "coordinate knee_angle_r_beta is coupled to one that is coupled itself" in refusal(model, tmp_path)


def test_a_constraint_that_is_switched_off_does_not_matter(tmp_path):
    model = legs()
    weld = opensim.WeldConstraint("idle", model.getGround(), O, O, model.getBodySet().get("calcn_r"), O, O)
    weld.set_isEnforced(False)
    model.addConstraint(weld)
    idle = rg.load_model(write(model, tmp_path / "subject.osim"), cache=False)
    free = rg.load_model(write(legs(), tmp_path / "free.osim"), cache=False)
    for name, array in idle.tree._asdict().items():
        np.testing.assert_array_equal(array, getattr(free.tree, name), err_msg=name)


def test_a_function_that_cannot_be_tabulated_is_refused_by_its_joint_and_axis(tmp_path):
    def joint(a, b):
        return custom_joint(
            "waver", a, b, {"rotation1": (Vec3(0, 0, 1), "turn", opensim.Sine(1.0, 2.0, 0.3))}
        )

    message = refusal(with_joint(joint), tmp_path)
    assert "joint waver, rotation1: function Sine" in message


def test_a_moving_point_that_follows_two_coordinates_is_refused(tmp_path):
    path = write(legs(), tmp_path / "subject.osim")
    text = path.read_text()
    start = text.index("<socket_y_coordinate>", text.index('name="bflh_r-P1b"'))
    rest = text[start:].replace("walker_knee_r/knee_angle_r", "hip_r/hip_flexion_r", 1)
    path.write_text(text[:start] + rest)
    with pytest.raises(FileError, match="must depend on the same Coordinate"):
        rg.load_model(path, cache=False)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m.set_optimal_fiber_length(0.0), "optimal_fiber_length is 0"),
        (lambda m: m.set_max_isometric_force(-5.0), "max_isometric_force is -5"),
        (lambda m: m.set_min_control(2.0), "min_control"),
    ],
    ids=["fibre", "force", "control"],
)
def test_numbers_that_no_muscle_can_have_are_refused(tmp_path, change, words):
    model = legs()
    change(opensim.DeGrooteFregly2016Muscle.safeDownCast(model.getMuscles().get("addmag_r")))
    path = tmp_path / "subject.osim"
    model.printToXML(str(path))
    with pytest.raises((ModelError, FileError), match=r"addmag_r|cannot load") as caught:
        rg.load_model(path, cache=False)
    if isinstance(caught.value, ModelError):
        assert words in str(caught.value)


# ---- files that are no models --------------------------------------------------------------------


def one_line(path, **choices):
    with pytest.raises(FileError) as caught:
        rg.load_model(path, **choices)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(path))
    return message


def test_a_missing_file_and_a_folder_say_so(tmp_path):
    assert "No such file" in one_line(tmp_path / "nowhere.osim")
    assert "directory" in one_line(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "time\tknee\n0\t1\n",
        "<html><body>Not found</body></html>",
        "\x00\x01\x02",
        "<?xml version='1.0'?>",
    ],
    ids=["empty", "table", "web page", "binary", "bare"],
)
def test_a_file_that_is_no_model_says_what_was_looked_for(tmp_path, text):
    path = tmp_path / "subject.osim"
    path.write_text(text)
    assert "<OpenSimDocument>" in one_line(path)


def test_entity_declarations_are_refused_before_anything_reads_them(tmp_path):
    path = tmp_path / "subject.osim"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>'
        '<OpenSimDocument Version="40000"><Model name="&d;"/></OpenSimDocument>'
    )
    assert "entities" in one_line(path)


@pytest.mark.parametrize("share", [0.2, 0.6, 0.98])
def test_a_truncated_model_is_one_line_and_no_crash(tmp_path, share):
    whole = write(legs(), tmp_path / "whole.osim").read_bytes()
    path = tmp_path / "subject.osim"
    path.write_bytes(whole[: int(share * len(whole))])
    assert "cannot load" in one_line(path, cache=False)


def test_an_opensim_document_of_another_kind_is_one_line(tmp_path):
    path = tmp_path / "subject.osim"
    path.write_text('<OpenSimDocument Version="40000"><ExternalLoads name="x"/></OpenSimDocument>')
    one_line(path, cache=False)


def test_a_broken_socket_is_one_line(tmp_path):
    path = tmp_path / "subject.osim"
    whole = write(legs(), tmp_path / "whole.osim").read_text()
    path.write_text(whole.replace("/bodyset/tibia_r</socket_parent", "/bodyset/shank_r</socket_parent"))
    assert "cannot load" in one_line(path, cache=False)
