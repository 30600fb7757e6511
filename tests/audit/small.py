"""A small clean leg, and ways to spoil it: each fault that the audit knows, planted on purpose."""

import numpy as np
import opensim
from opensim import Vec3

from tests.builders import (
    CLASSES,
    O,
    X,
    Y,
    Z,
    add_point,
    block,
    couple,
    custom_joint,
    cylinder,
    line,
    muscle,
    spline,
    wrap,
    write,
)
from tests.trials import trial_of

RIGID, MILLARD = CLASSES[3], CLASSES[1]
FREQUENCY = 2.0 * np.pi  # rad/s: one stride a second
FUNCTION_BASED = """<FunctionBasedPath name="path">
<coordinate_paths>/jointset/knee_r/knee_angle_r</coordinate_paths><length_function>
<LinearFunction><coefficients> -0.05 0.3</coefficients></LinearFunction>
</length_function></FunctionBasedPath>"""


def leg(
    *, patella="coupled", quadriceps="tibia", sign=-1.0, suffix="_r", several_turns=False, kind=RIGID,
    pennation=0.0, control=0.0, slack=0.0, mass=1.0, rename=None,
):  # fmt: skip
    """A pelvis that moves in the plane and one leg of it.

    patella       : "coupled" to the knee, "free" or "welded" to the femur
    quadriceps    : what it ends on, "tibia" or "patella"
    sign          : -1 where the knee's coordinate grows with flexion
    suffix        : of every name
    several_turns : whether the knee's coordinate drives two rotations
    kind, pennation, control : class, angle [rad] and least activation of every muscle
    slack         : added to the hamstrings' tendon slack length [m]
    mass          : factor of every mass
    rename        : muscle to name
    """
    model = opensim.Model()
    model.setName("small")
    s = suffix
    sizes = {"pelvis": 40.0, "femur": 8.0, "tibia": 3.5, "patella": 0.1, "foot": 1.0}
    centres = {"femur": -0.17, "tibia": -0.19}
    body = {
        name: block(
            name if name == "pelvis" else name + s, mass * kg, Vec3(0.0, centres.get(name, 0.0), 0.0),
            (0.1, 0.3, 0.1),
        )
        for name, kg in sizes.items()
    }  # fmt: skip
    for one in body.values():
        model.addBody(one)
    model.addJoint(custom_joint("ground_pelvis", model.getGround(), body["pelvis"], {
        "rotation1": (Z, "pelvis_tilt", line()),
        "translation1": (X, "pelvis_tx", line()), "translation2": (Y, "pelvis_ty", line()),
    }))  # fmt: skip
    model.addJoint(custom_joint(f"hip{s}", body["pelvis"], body["femur"], {
        "rotation1": (Z, f"hip_flexion{s}", line()),
    }, place=Vec3(-0.05, -0.06, 0.08)))  # fmt: skip
    knee = f"knee_angle{s}"
    bend = {"rotation1": (Z, knee, line(sign)), "translation2": (Y, None, opensim.Constant(-0.4))}
    if several_turns:
        bend["rotation2"] = (X, knee, spline([0.0, 0.5, 1.0, 1.5], [0.0, 0.05, 0.12, 0.14]))
        bend["rotation3"] = (Y, knee, spline([0.0, 0.5, 1.0, 1.5], [0.0, 0.1, 0.2, 0.22]))
    model.addJoint(custom_joint(f"knee{s}", body["femur"], body["tibia"], bend))
    if patella == "welded":
        joint = opensim.WeldJoint(
            f"patellofemoral{s}", body["femur"], Vec3(0.05, -0.4, 0.0), O, body["patella"], O, O
        )
    else:
        joint = custom_joint(f"patellofemoral{s}", body["femur"], body["patella"], {
            "rotation1": (Z, f"{knee}_beta", line(sign)),
            "translation1": (X, f"{knee}_beta", line(-0.01, 0.05)),
            "translation2": (Y, f"{knee}_beta", line(-0.03, -0.40)),
        })  # fmt: skip
    model.addJoint(joint)
    ankle = opensim.PinJoint(f"ankle{s}", body["tibia"], Vec3(0.0, -0.42, 0.0), O, body["foot"], O, O)
    ankle.updCoordinate().setName(f"ankle_angle{s}")
    model.addJoint(ankle)
    model.finalizeConnections()
    if patella == "coupled":
        couple(model, f"{knee}_beta", knee, line())
    end = [(body["tibia"], Vec3(0.04, -0.06, 0.0))] if quadriceps == "tibia" else []
    over = [(body["patella"], Vec3(0.005, 0.02, 0.0)), *end]
    drawn = {
        "recfem": ([(body["pelvis"], Vec3(0.02, -0.03, 0.08)), *over], 0.14, 0.38),
        "vasint": ([(body["femur"], Vec3(0.03, -0.2, 0.0)), *over], 0.14, 0.16),
        "bflh": ([(body["pelvis"], Vec3(-0.08, -0.1, 0.08)), (body["tibia"], Vec3(-0.035, -0.05, 0.0))],
                 0.13, 0.27 + slack),
        "gasmed": ([(body["femur"], Vec3(-0.025, -0.37, 0.0)), (body["foot"], Vec3(-0.05, 0.0, 0.0))],
                   0.08, 0.37),
        "soleus": ([(body["tibia"], Vec3(-0.02, -0.12, 0.0)), (body["foot"], Vec3(-0.05, 0.0, 0.0))],
                   0.08, 0.23),
        "tibant": ([(body["tibia"], Vec3(0.02, -0.14, 0.0)), (body["foot"], Vec3(0.08, 0.0, 0.0))],
                   0.1, 0.2),
        "glmax": ([(body["pelvis"], Vec3(-0.12, 0.02, 0.08)), (body["femur"], Vec3(-0.03, -0.12, 0.0))],
                  0.15, 0.06),
        "psoas": ([(body["pelvis"], Vec3(0.02, 0.05, 0.08)), (body["femur"], Vec3(0.01, -0.06, 0.0))],
                  0.12, 0.06),
    }  # fmt: skip
    for name, (points, optimal, tendon) in drawn.items():
        called = (rename or {}).get(name, name + s)
        one = muscle(
            kind, called, points, strength=2000.0, optimal=optimal, slack=tendon, pennation=pennation
        )
        one.setMinControl(control)
        if len(points) == 1:  # OpenSim wants two
            one.addNewPathPoint(f"{called}-P2", *points[0])
        model.addForce(one)
    model.finalizeConnections()
    return model


def part(model, name):
    """A body or a muscle by name."""
    if model.getBodySet().contains(name):
        return model.getBodySet().get(name)
    return model.getMuscles().get(name)


def with_two_wraps(model, below=0.15):
    """Two cylinders under the gastrocnemius, the second ``below`` the knee [m].

    OpenSim measures such a path with stale positions. Two that overlap push the path to and fro, and it comes
    to lie where no tendon would.
    """
    gasmed = part(model, "gasmed_r")
    wrap(model, gasmed, part(model, "femur_r"), cylinder(0.035), "condyle", place=Vec3(0.0, -0.4, 0.0),
         quadrant="-x")  # fmt: skip
    wrap(model, gasmed, part(model, "tibia_r"), cylinder(0.04), "calf", place=Vec3(-0.01, -below, 0.0),
         quadrant="-x")  # fmt: skip
    return model


def with_conditional_point(model, at):
    """A point 20 mm off the vastus, which comes onto its path where the knee flexes beyond ``at`` [rad]."""
    point = opensim.ConditionalPathPoint()
    point.setLocation(Vec3(0.06, -0.35, 0.0))
    point.set_range(0, at)
    point.set_range(1, 3.0)
    add_point(model, part(model, "vasint_r"), point, "vasint_r-P1b", part(model, "femur_r"), knee_of(model))
    model.finalizeConnections()
    return model


def with_flipping_wrap(model):
    """A free cylinder on the line of the hamstrings, which lie on its back or on its front."""
    wrap(model, part(model, "bflh_r"), part(model, "femur_r"), cylinder(0.02), "block",
         place=Vec3(-0.045, -0.33, 0.0))  # fmt: skip
    return model


def with_gliding_point(model):
    """A point that glides along the tibia before the hamstrings end there: OpenSim forgets its work."""
    point = opensim.MovingPathPoint()
    point.set_x_location(spline([0.0, 0.7, 1.5], [-0.045, -0.04, -0.035]))
    point.set_y_location(spline([0.0, 0.7, 1.5], [-0.02, -0.03, -0.05]))
    point.set_z_location(opensim.Constant(0.0))
    add_point(model, part(model, "bflh_r"), point, "bflh_r-P1b", part(model, "tibia_r"), knee_of(model))
    model.finalizeConnections()
    return model


def knee_of(model):
    """Coordinate of the knee."""
    return next(c for c in model.getCoordinateSet() if c.getName() == "knee_angle_r")


def with_function_path(model, folder):
    """The file of a model in which the vastus has a function-based path."""
    path = write(model, folder / "small.osim")
    text = path.read_text()
    start = text.index("<GeometryPath", text.index('name="vasint_r"'))
    end = text.index("</GeometryPath>", start) + len("</GeometryPath>")
    path.write_text(text[:start] + FUNCTION_BASED + text[end:])
    return path


def walk(*, weight=None, drop=(), degrees_of_beta=False, sign=1.0, shrink=1.0, labels=None, more=()):
    """A stride of that leg as a trial in memory.

    weight          : that the ground carries [N]; None for no loads
    drop, more      : columns to leave out, and to add
    degrees_of_beta : whether the file has the patella's coordinate, in degrees
    sign            : of the knee's column
    shrink          : factor of the angles, which are then said to be degrees
    labels          : pattern of the labels
    """
    time = np.arange(0.0, 1.2, 0.01)
    turn = FREQUENCY * time
    knee = 0.5 - 0.4 * np.cos(turn)
    columns = {
        "pelvis_tilt": 0.02 * np.sin(turn), "pelvis_tx": 1.2 * time,
        "pelvis_ty": 0.95 + 0.0 * time, "hip_flexion_r": 0.1 + 0.3 * np.cos(turn),
        "knee_angle_r": sign * knee, "ankle_angle_r": 0.1 * np.sin(turn),
    }  # fmt: skip
    if shrink != 1.0:
        columns = {name: values * shrink for name, values in columns.items()}
    if degrees_of_beta:
        columns["knee_angle_r_beta"] = np.degrees(knee)
    columns |= dict.fromkeys(more, 0.0 * time)
    names = [name for name in columns if name not in drop]
    values = np.column_stack([columns[name] for name in names])
    wrenches = None
    if weight is not None:
        wrenches = np.zeros((time.size, 1, 9))
        wrenches[:, 0, 1] = weight
        wrenches[:, 0, 3] = 1.2 * time
    shown = [labels.format(name) for name in names] if labels else names
    bodies = ("foot_r",) if weight is not None else ()
    return trial_of(time, shown, values, wrenches, bodies, in_degrees=shrink != 1.0)
