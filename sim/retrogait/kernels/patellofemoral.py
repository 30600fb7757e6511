"""Patellofemoral force by closed form, and the contact area that turns force into stress.

Plain array formulas: they run once per trial and need no compiler.
"""

import numpy as np

from retrogait.arrays import Floats

CLOSED_FORM_SOURCE = (
    "k(flexion) = F_patellofemoral / F_quadriceps: polynomial fit of van Eijden 1986 as used with "
    "Kernozek 2015"
)

CLOSED_FORM_RANGE = (0.0, 90.0)
"""Flexion that the measurements behind k cover; outside, k keeps its value at the end [deg]."""

CONTACT_AREA_SOURCE = (
    "contact area against flexion: mean of men and women of Besier et al. 2005 "
    "(doi 10.1016/j.orthres.2004.08.003), upright MRI at 0.15 body weight, linear between 0, 30 and 60 deg"
)

CONTACT_FLEXION = np.array([0.0, 30.0, 60.0])
"""Flexion of the area measurements; outside, the area keeps its value at the end [deg]."""

CONTACT_AREA = np.array([210.0, 341.5, 458.0]) * 1e-6
"""Mean of men (210, 414, 520) and women (210, 269, 396) [m2]."""


def closed_form_ratio(flexion: Floats) -> Floats:
    """Patellofemoral force over quadriceps force, k, for knee flexion [rad]; any shape.

    The rational fit of van Eijden et al. 1986: about 0.46 in extension, 0.65 at 20 deg, 0.98 at 90 deg.
    """
    t = np.clip(np.degrees(flexion), *CLOSED_FORM_RANGE)
    above = 0.462 + 1.47e-3 * t - 3.84e-5 * t**2
    below = 1.0 - 1.62e-2 * t + 1.55e-4 * t**2 - 6.98e-7 * t**3
    return np.asarray(above / below)


def contact_area(flexion: Floats) -> Floats:
    """Patellofemoral contact area [m2] for knee flexion [rad]; any shape."""
    return np.asarray(np.interp(np.degrees(flexion), CONTACT_FLEXION, CONTACT_AREA))
