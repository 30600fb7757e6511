"""Every measure of a cycle once: name, unit, one sentence. What papers print, in the units they print.

Times in a cycle are per cent of it, from initial contact. *Early* and *late* stance are its halves; their
largest value always exists, so a curve without a hump shows by its time, the middle of stance.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """What one number, or one curve, of a cycle means.

    Attributes
    ----------
    unit
        As shown and as published; BW is body weight, per kg is body mass.
    about
        One sentence, with the sign rule where there is one.
    """

    unit: str
    about: str


def _peak(stem: str, unit: str, what: str) -> dict[str, Measure]:
    """A largest or smallest value, and when it is reached."""
    return {
        stem: Measure(unit, f"{what}."),
        f"{stem}_time": Measure("%", f"Time of: {what[0].lower()}{what[1:]}."),
    }


def _words(name: str) -> str:
    return name.replace("_", " ")


_TIME = {
    "stride_time": Measure("s", "Initial contact to the next of the same foot."),
    "stride_frequency": Measure("Hz", "Strides per second."),
    "cadence": Measure("1/min", "Steps per minute, two per stride."),
    "stance_share": Measure("%", "Share of the cycle with the foot on the ground."),
    "swing_share": Measure("%", "Share of the cycle with the foot in the air."),
    "double_support": Measure("%", "Share of the cycle with both feet on the ground, both times together."),
    "speed": Measure("m/s", "Stride length over stride time."),
    "stride_length": Measure(
        "m", "Way of the pelvis over ground in one cycle; on a treadmill, speed times stride time."
    ),
    "step_length": Measure(
        "m", "From the other ankle at its contact to this one at this contact, along the way of travel."
    ),
    "contact_place": Measure(
        "% of foot",
        "Centre of pressure in the first 30 ms with 0.1 BW on the foot: 0 at the heel, 100 at the toe tip.",
    ),
    "contact_place_next": Measure(
        "% of foot",
        "Centre of pressure in the 50 ms that follow `contact_place`: 0 at the heel, 100 at the toe tip.",
    ),
    "foot_strike": Measure(
        "1",
        "What met the ground first, by `contact_place`: 1 the rear third of the foot, -1 the front third, 0 "
        "what lies between.",
    ),
    "foot_angle_contact": Measure(
        "deg",
        "Angle of the foot's X axis above the ground, toes up positive, as the foot begins to carry 0.1 BW.",
    ),
}

_GROUND = {
    **_peak("ground_force_first", "BW", "Largest upward ground force in early stance"),
    **_peak("ground_force_valley", "BW", "Smallest upward ground force between the two peaks"),
    **_peak("ground_force_second", "BW", "Largest upward ground force in late stance"),
    "ground_force_impulse": Measure("BW s", "Integral of the upward ground force over stance."),
    "loading_rate": Measure(
        "BW/s", "Mean slope of the upward ground force from 20 to 80 % of its first peak."
    ),
    **_peak("braking_force", "BW", "Largest ground force against the way of travel, positive"),
    **_peak("propulsive_force", "BW", "Largest ground force along the way of travel"),
}

_ANGLES = {
    "hip_flexion_contact": Measure("deg", "Hip flexion at initial contact."),
    **_peak("hip_flexion_peak", "deg", "Largest hip flexion over the cycle"),
    **_peak("hip_flexion_minimum", "deg", "Smallest hip flexion over the cycle, extension negative"),
    "hip_range": Measure("deg", "Largest less smallest hip flexion over the cycle."),
    "knee_flexion_contact": Measure("deg", "Knee flexion at initial contact."),
    **_peak("knee_flexion_stance_peak", "deg", "Largest knee flexion in early stance"),
    **_peak(
        "knee_flexion_stance_minimum",
        "deg",
        "Smallest knee flexion after the peak of early stance, until toe-off",
    ),
    "knee_flexion_toe_off": Measure("deg", "Knee flexion at toe-off."),
    **_peak("knee_flexion_swing_peak", "deg", "Largest knee flexion in swing"),
    "knee_flexion_peak": Measure("deg", "Largest knee flexion over the cycle."),
    "knee_range": Measure("deg", "Largest less smallest knee flexion over the cycle."),
    "ankle_dorsiflexion_contact": Measure("deg", "Ankle dorsiflexion at initial contact."),
    **_peak("ankle_dorsiflexion_peak", "deg", "Largest ankle dorsiflexion in stance"),
    **_peak(
        "ankle_dorsiflexion_minimum",
        "deg",
        "Smallest ankle dorsiflexion over the cycle, plantarflexion negative",
    ),
    "ankle_range": Measure("deg", "Largest less smallest ankle dorsiflexion over the cycle."),
}

_MOMENTS = {
    **_peak("hip_extension_moment_peak", "N m/kg", "Largest internal hip extension moment in stance"),
    **_peak("hip_flexion_moment_peak", "N m/kg", "Largest internal hip flexion moment in stance"),
    **_peak("knee_extension_moment_peak", "N m/kg", "Largest internal knee extension moment in stance"),
    "knee_flexion_at_moment": Measure("deg", "Knee flexion at the peak of the knee extension moment."),
    "knee_extension_moment_impulse": Measure(
        "N m s/kg", "Integral over stance of the internal knee extension moment where it extends."
    ),
    **_peak("ankle_plantarflexion_moment_peak", "N m/kg", "Largest internal plantarflexion moment in stance"),
    **_peak(
        "knee_adduction_moment_first", "N m/kg", "Largest external knee adduction moment in early stance"
    ),
    **_peak(
        "knee_adduction_moment_second", "N m/kg", "Largest external knee adduction moment in late stance"
    ),
    "knee_adduction_moment_impulse": Measure(
        "N m s/kg", "Integral over stance of the external knee adduction moment where it adducts."
    ),
}

_COMPARTMENTS = {
    **_peak("medial_force_first", "BW", "Largest medial tibiofemoral force in early stance"),
    **_peak("medial_force_second", "BW", "Largest medial tibiofemoral force in late stance"),
    **_peak("lateral_force_first", "BW", "Largest lateral tibiofemoral force in early stance"),
    **_peak("lateral_force_second", "BW", "Largest lateral tibiofemoral force in late stance"),
    "medial_force_impulse": Measure("BW s", "Integral over stance of the medial tibiofemoral force."),
    "medial_share": Measure("%", "Share of the medial compartment in the compression of stance."),
}

_ENGINES = {
    "patellofemoral_gap_mean": Measure(
        "BW", "Mean distance over the cycle between the patellofemoral forces of both engines."
    ),
    "patellofemoral_gap_peak": Measure(
        "BW", "Largest distance over the cycle between the patellofemoral forces of both engines."
    ),
}

_FORCES = {
    **_peak("tibiofemoral_peak", "BW", "Largest tibiofemoral contact force in stance"),
    **_peak("tibiofemoral_first", "BW", "Largest tibiofemoral contact force in early stance"),
    **_peak("tibiofemoral_second", "BW", "Largest tibiofemoral contact force in late stance"),
    "tibiofemoral_mean": Measure("BW", "Mean tibiofemoral contact force over stance."),
    "tibiofemoral_loading_rate": Measure(
        "BW/s",
        "Mean slope of the tibiofemoral force from 20 to 80 % of its rise to the peak of early stance.",
    ),
    **_peak("patellofemoral_peak", "BW", "Largest patellofemoral contact force in stance"),
}

_IMPULSES = {
    f"{joint}_impulse{suffix}": Measure(unit, f"{what} {joint} contact force of one knee{per}.")
    for joint in ("tibiofemoral", "patellofemoral")
    for suffix, unit, what, per in (
        ("", "BW s", "Integral of the", " over a stride"),
        ("_per_step", "BW s", "Integral of the", " per step of either foot, half that of a stride"),
        ("_per_minute", "BW s/min", "Cumulative", " per minute of walking"),
        ("_per_km", "BW s/km", "Cumulative", " per kilometre of walking"),
    )
}

_CONTACTS = {
    name: measure
    for joint, where in (("hip", "the hip"), ("ankle", "the ankle"), ("lumbar", "pelvis and trunk"))
    for name, measure in {
        **_peak(f"{joint}_contact_peak", "BW", f"Largest contact force of {where} in stance, with muscles"),
        f"{joint}_contact_impulse": Measure(
            "BW s", f"Integral of the contact force of {where} over a stride, with muscles."
        ),
    }.items()
}

_TRUNK = {
    "trunk_lean_mean": Measure(
        "deg",
        "Mean over the cycle of the lean of the trunk (of the pelvis where both are one body) from the "
        "vertical, forward positive.",
    ),
    "trunk_lean_surface_mean": Measure(
        "deg", "The same from the normal of the surface that is walked on, forward positive."
    ),
    "trunk_lean_range": Measure("deg", "Largest less smallest lean of the trunk over the cycle."),
    "lumbar_extension_moment_peak": Measure(
        "N m/kg", "Largest internal moment over the cycle that pulls the trunk back on the pelvis."
    ),
    "lumbar_flexion_moment_peak": Measure(
        "N m/kg", "Largest internal moment over the cycle that pulls the trunk forward on the pelvis."
    ),
}

JOINTS = ("hip", "knee", "ankle")

WORK_WINDOWS = {"": "stance", "_early": "the first fifth of stance", "_cycle": "the cycle"}
"""Ending of the name of a joint's work to the time that it is done in."""

_WORK = {
    f"{joint}_{sign}_{what}": (
        Measure("J/kg", f"{sign.capitalize()} work of the {joint} in the sagittal plane over stance.")
        if what == "work"
        else Measure("1", f"Part of the {joint} in the {sign} work of hip, knee and ankle over stance.")
    )
    for what in ("work", "share")
    for joint in JOINTS
    for sign in ("positive", "negative")
} | {
    f"{joint}_{sign}_work{ending}": Measure(
        "J/kg", f"{sign.capitalize()} work of the {joint} in the sagittal plane over {when}."
    )
    for ending, when in WORK_WINDOWS.items()
    if ending
    for joint in JOINTS
    for sign in ("positive", "negative")
}

MUSCLES = {
    "rectus_femoris": ("recfem", "rectfem"),
    "gastrocnemius": ("gas", "medgas", "latgas"),
    "tibialis_anterior": ("tibant",),
    "biceps_femoris": ("bflh", "bifemlh", "hamstrings"),
}
"""Measured muscle to how its parts are called, without underscores; the biceps is its long head, or the
hamstrings where a model lumps them."""

GROUPS = {
    "quadriceps": ("recfem", "rectfem", "vas"),
    "hamstrings": ("hamstrings", "semimem", "semiten", "bflh", "bifemlh"),
    "gastrocnemius": ("gas", "medgas", "latgas"),
    "soleus": ("soleus",),
    "iliopsoas": ("iliopsoas", "iliacus", "psoas"),
    "gluteus_maximus": ("glmax", "glutmax"),
}
"""Muscles whose work is told, to how their parts are called, without underscores."""

STRETCHED = ("hamstrings", "iliopsoas")
"""Those of `GROUPS` whose lengths are told."""

TRUNK_MUSCLES = {"erector_spinae": ("ercspn", "erectorspinae")}
"""Muscles of the trunk, called likewise."""

_MUSCLE_WORK = {
    name: measure
    for group in GROUPS
    for name, measure in {
        f"{group}_concentric_work": Measure(
            "J/kg", f"Work of the {_words(group)} over the cycle while muscle and tendon shorten, positive."
        ),
        f"{group}_eccentric_work": Measure(
            "J/kg", f"Work of the {_words(group)} over the cycle while muscle and tendon lengthen, negative."
        ),
        f"{group}_eccentric_work_early": Measure(
            "J/kg", f"Eccentric work of the {_words(group)} over the first fifth of stance, negative."
        ),
        f"{group}_concentric_work_swing": Measure(
            "J/kg", f"Concentric work of the {_words(group)} in swing, positive."
        ),
        f"{group}_eccentric_work_swing": Measure(
            "J/kg", f"Eccentric work of the {_words(group)} in swing, negative."
        ),
    }.items()
}

_LENGTHS = {
    name: measure
    for group in STRETCHED
    for name, measure in {
        **_peak(
            f"{group}_length_peak",
            "1",
            f"Largest muscle-tendon length of the {group} over the cycle, by that of standing upright",
        ),
        f"{group}_lengthening_peak": Measure(
            "1/s", f"Fastest lengthening of the {group} over the cycle, in upright lengths."
        ),
    }.items()
}

_ENERGY = {
    f"{what}_{method}": Measure(unit, f"{about} after {paper}, all muscles of the model and standing.")
    for what, unit, about in (
        ("metabolic_power", "W/kg", "Mean metabolic power over the cycle"),
        ("cost_of_transport", "J/(kg m)", "Metabolic energy per body mass and way"),
    )
    for method, paper in (("bhargava", "Bhargava 2004"), ("umberger", "Umberger 2010"))
}

_ACTIVITY = {
    "vasti_activation": Measure("1", "Mean activation of the three vasti over the cycle."),
    **{
        f"{muscle}_activation": Measure("1", f"Mean activation of the {_words(muscle)} over stance.")
        for muscle in MUSCLES
    },
    **{
        f"{muscle}_activation": Measure("1", f"Mean activation of the {_words(muscle)} over the cycle.")
        for muscle in ("gluteus_maximus", "soleus", "iliopsoas", *TRUNK_MUSCLES)
    },
    "vasti_ratio": Measure(
        "1", "Mean activation of the vastus medialis over that of the vastus lateralis, both over stance."
    ),
    "muscles_active": Measure(
        "muscles",
        "Mean over the cycle of how many muscles of this leg are above 0.1 of full activation; only to be "
        "compared within one model.",
    ),
    "activation_squared": Measure(
        "1",
        "Mean over the cycle of the sum of squared activations of this leg; only to be compared within one "
        "model.",
    ),
    "cost_of_transport": Measure(
        "J/(kg m)", "Metabolic energy per body mass and way, as given from outside."
    ),
}

MEASURES = (
    _TIME | _GROUND | _ANGLES | _TRUNK | _MOMENTS | _FORCES | _COMPARTMENTS | _ENGINES | _IMPULSES | _CONTACTS
    | _WORK | _MUSCLE_WORK | _LENGTHS | _ACTIVITY | _ENERGY
)  # fmt: skip
"""Every measure of a cycle, by name."""

CURVES = {
    "hip_flexion": Measure("deg", "Hip flexion."),
    "knee_flexion": Measure("deg", "Knee flexion, positive whatever the model's sign."),
    "ankle_dorsiflexion": Measure("deg", "Ankle dorsiflexion."),
    "hip_extension_moment": Measure("N m/kg", "Internal hip extension moment."),
    "knee_extension_moment": Measure("N m/kg", "Internal knee extension moment."),
    "ankle_plantarflexion_moment": Measure("N m/kg", "Internal ankle plantarflexion moment."),
    "knee_adduction_moment": Measure("N m/kg", "External knee adduction moment, positive = varus."),
    "hip_power": Measure("W/kg", "Power of the hip moment in the sagittal plane, positive into the body."),
    "knee_power": Measure("W/kg", "Power of the knee moment in the sagittal plane, positive into the body."),
    "ankle_power": Measure(
        "W/kg", "Power of the ankle moment in the sagittal plane, positive into the body."
    ),
    "ground_force_up": Measure("BW", "Ground force on the foot along Y of the ground."),
    "ground_force_along": Measure("BW", "Ground force on the foot along the way of travel."),
    "tibiofemoral_force": Measure("BW", "Magnitude of the tibiofemoral contact force."),
    "medial_force": Measure("BW", "Compression of the medial compartment, negative where it lifts off."),
    "lateral_force": Measure("BW", "Compression of the lateral compartment, negative where it lifts off."),
    "patellofemoral_force": Measure("BW", "Patellofemoral contact force."),
    "patellofemoral_force_geometry": Measure("BW", "Patellofemoral force by the model's own geometry."),
    "patellofemoral_force_closed_form": Measure("BW", "Patellofemoral force by the closed form."),
    "vasti": Measure("1", "Mean activation of the three vasti."),
    **{muscle: Measure("1", f"Mean activation of the {_words(muscle)}.") for muscle in MUSCLES},
    "hip_contact_force": Measure("BW", "Magnitude of the contact force of the hip."),
    "ankle_contact_force": Measure("BW", "Magnitude of the contact force of the ankle."),
    "trunk_lean": Measure("deg", "Lean of the trunk from the vertical, forward positive."),
    **{
        f"{group}_length": Measure("1", f"Muscle-tendon length of the {group} by that of standing upright.")
        for group in STRETCHED
    },
}
"""Every curve over a cycle, by name."""
