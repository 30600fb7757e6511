"""Every stored quantity once: unit, axes and one sentence; files, reports and docs read it here."""

from dataclasses import dataclass

FORMAT = "retrogait-result"
FORMAT_VERSION = 1

GRAVITY = 9.80665
"""Standard gravity [m/s²]; body weight is body mass times this [CGPM 1901]."""

RETRO_TRANSITION = 1.63
"""Speed at which people change from walking to running backwards [m/s]; Hreljac A et al. (2005) J Sports Sci
Med 4:446-454, twelve people, standard deviation 0.11."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """What one array means.

    Attributes
    ----------
    unit
        SI unit as written into files, "1" when dimensionless; angles are in rad.
    dims
        Axis names, outermost first.
    about
        One sentence for files, reports and docs, with the sign rule where there is one.
    """

    unit: str
    dims: tuple[str, ...]
    about: str


_BY_COORDINATE = ("time", "coordinate")
_BY_MUSCLE = ("time", "muscle")
_BY_JOINT = ("time", "joint", "axis")
_BY_SIDE = ("time", "side")
_BY_METHOD = ("time", "side", "method")

COORDINATES = {
    "time": Quantity("s", ("time",), "Sample times of the trial's own clock."),
    "coordinate": Quantity("1", ("coordinate",), "Names of the model's generalized coordinates."),
    "coordinate_unit": Quantity(
        "1", ("coordinate",), "Unit of each coordinate: rad for a rotation, m for a translation."
    ),
    "coordinate_shared": Quantity(
        "1", ("coordinate",), "1 where muscles and reserves balance the coordinate, 0 elsewhere."
    ),
    "muscle": Quantity("1", ("muscle",), "Names of the model's muscles."),
    "joint": Quantity("1", ("joint",), "Names of the model's joints."),
    "axis": Quantity("1", ("axis",), "Axes x, y, z of the frame that the quantity names."),
    "side": Quantity("1", ("side",), "Side of the body."),
    "method": Quantity(
        "1",
        ("method",),
        "Patellofemoral engine: the model's own geometry, or the closed form k(flexion).",
    ),
    "head": Quantity("1", ("head",), "Heads of the quadriceps."),
    "compartment": Quantity("1", ("compartment",), "Compartments of the tibiofemoral joint."),
    "area_source": Quantity(
        "1", ("area_source",), "Source of the patellofemoral contact area; the attributes say more."
    ),
    "criterion": Quantity(
        "1", ("criterion",), "Named criteria by which muscles share a load: plain, and weighted."
    ),
}

VARIABLES = {
    "coordinate_value": Quantity(
        "rad or m", _BY_COORDINATE, "Generalized coordinates, in the model's own sign."
    ),
    "coordinate_speed": Quantity(
        "rad/s or m/s", _BY_COORDINATE, "First time derivative of the generalized coordinates."
    ),
    "coordinate_acceleration": Quantity(
        "rad/s^2 or m/s^2", _BY_COORDINATE, "Second time derivative of the coordinates."
    ),
    "generalized_force": Quantity(
        "N m or N",
        _BY_COORDINATE,
        "Net internal generalized force of inverse dynamics, in the model's own sign.",
    ),
    "reserve": Quantity(
        "N m or N",
        _BY_COORDINATE,
        "What muscles leave of the generalized force, coupled coordinates folded into their "
        "driver: the reserve where coordinate_shared is 1, elsewhere what joint, residual or an "
        "actuator that is not modelled carries.",
    ),
    "activation": Quantity("1", _BY_MUSCLE, "Muscle activation, 0 to 1; NaN in a failed frame."),
    "muscle_force": Quantity("N", _BY_MUSCLE, "Force along the tendon, tension positive."),
    "muscle_length": Quantity("m", _BY_MUSCLE, "Length of the muscle-tendon path."),
    "fiber_length": Quantity("m", _BY_MUSCLE, "Length of the muscle fibres."),
    "joint_reaction_force": Quantity(
        "N",
        _BY_JOINT,
        "Force on the distal (child) body, muscles included, in the axes of that body.",
    ),
    "joint_reaction_moment": Quantity(
        "N m",
        _BY_JOINT,
        "Moment on the distal (child) body about the joint centre, in the axes of that body.",
    ),
    "tibiofemoral_force": Quantity(
        "N",
        ("time", "side", "axis"),
        "Contact force of the femur on the tibia, in the axes of the tibia (x forward, y up, "
        "z right); compression is negative y.",
    ),
    "tibiofemoral_net_force": Quantity(
        "N",
        ("time", "side", "axis"),
        "The same force without any muscle; with the contributions it sums to tibiofemoral_force.",
    ),
    "tibiofemoral_contribution": Quantity(
        "N",
        ("time", "side", "muscle", "axis"),
        "Part of the tibiofemoral force that each muscle's pull makes, in the axes of the tibia.",
    ),
    "tibiofemoral_force_sharing": Quantity(
        "N",
        ("time", "side", "criterion"),
        "Magnitude of the tibiofemoral contact force by each named sharing criterion; the gap between them "
        "is the least that is not known of it; NaN where a criterion was not computed.",
    ),
    "compartment_force": Quantity(
        "N",
        ("time", "side", "compartment"),
        "Compression of each compartment by the balance in the frontal plane about two contact points; "
        "negative where the compartment lifts off, NaN for a planar model.",
    ),
    "patellofemoral_force": Quantity(
        "N", _BY_METHOD, "Magnitude of the contact force between patella and femur."
    ),
    "patellofemoral_stress": Quantity(
        "Pa", _BY_METHOD, "Patellofemoral force over the contact area of that flexion angle."
    ),
    "patellofemoral_stress_by_area": Quantity(
        "Pa",
        ("time", "side", "method", "area_source"),
        "The same stress by every source of the contact area: sources differ by a factor of two.",
    ),
    "patellar_ligament_ratio": Quantity(
        "1",
        _BY_METHOD,
        "Patellar ligament force over quadriceps force: by the model's moment arms, or as measured.",
    ),
    "knee_flexion": Quantity("rad", _BY_SIDE, "Knee flexion, positive whatever the model's sign."),
    "knee_extension_moment": Quantity(
        "N m", _BY_SIDE, "Internal knee extension moment, positive when extensors must pull."
    ),
    "knee_adduction_moment": Quantity("N m", _BY_SIDE, "External knee adduction moment, positive = varus."),
    "quadriceps_activation": Quantity(
        "1", ("time", "side", "head"), "Activation of the four heads of the quadriceps, 0 to 1."
    ),
    "ground_reaction_force": Quantity(
        "N",
        ("time", "side", "axis"),
        "Total external force on the foot, in the axes of the ground (x forward, y up, z right).",
    ),
    "status": Quantity("1", ("time",), "Outcome of the frame: 0 solved, anything else failed."),
}

_BY_MEASURE = ("side", "measure")
_BY_CURVE = ("side", "curve", "percent")
_BY_PERCENT = ("muscle", "percent")

CYCLE_COORDINATES = {
    "percent": Quantity("%", ("percent",), "Time from initial contact to the next of the same foot."),
    "curve": Quantity("1", ("curve",), "Names of the curves of a cycle."),
    "curve_unit": Quantity("1", ("curve",), "Unit of each curve; BW is body weight, kg is body mass."),
    "measure": Quantity("1", ("measure",), "Names of the measures of a cycle."),
    "measure_unit": Quantity("1", ("measure",), "Unit of each measure; BW is body weight, kg is body mass."),
}

CYCLE_VARIABLES = {
    "cycles": Quantity("1", ("side",), "Complete cycles, initial contact to initial contact, of each leg."),
    "measure_mean": Quantity(
        "see measure_unit", _BY_MEASURE, "Mean of each measure over the cycles of that leg that have it."
    ),
    "measure_sd": Quantity(
        "see measure_unit", _BY_MEASURE, "Sample standard deviation of each measure; NaN with one cycle."
    ),
    "curve_mean": Quantity("see curve_unit", _BY_CURVE, "Mean curve over the cycles of that leg."),
    "curve_sd": Quantity(
        "see curve_unit", _BY_CURVE, "Sample standard deviation of each curve; NaN with one cycle."
    ),
    "activation_mean": Quantity(
        "1", _BY_PERCENT, "Mean activation over the cycles of the muscle's own leg, 0 to 1."
    ),
    "compression_mean": Quantity(
        "BW",
        _BY_PERCENT,
        "Mean compression (negative y of the tibia) that each muscle's pull adds to the tibiofemoral force "
        "of its own leg, over the cycles of that leg.",
    ),
}

QUANTITIES = COORDINATES | VARIABLES | CYCLE_COORDINATES | CYCLE_VARIABLES
"""Every coordinate and variable that a result may hold, by name."""
