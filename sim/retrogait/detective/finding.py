"""What the detective has to say: a mistake, what speaks for it, and how to mend it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Severity(StrEnum):
    """How sure it is that a load would be wrong.

    MISTAKE : the numbers cannot be what they are said to be.
    DOUBT   : something disagrees by more than it should; look before you trust.
    """

    MISTAKE = "mistake"
    DOUBT = "doubt"


MISTAKES: Mapping[str, str] = MappingProxyType(
    {
        "unreadable": "the trial does not fit the model or its files",
        "radians_as_degrees": "angles in radians under a header that says degrees",
        "degrees_as_radians": "angles in degrees under a header that says radians",
        "column_in_radians": "one angle in radians among degrees",
        "column_in_degrees": "one angle in degrees among radians",
        "motion_in_millimetres": "lengths of the motion in millimetres",
        "markers_in_millimetres": "markers in millimetres under a header that says otherwise",
        "markers_in_metres": "markers in metres under a header that says otherwise",
        "markers_at_zero": "markers at the origin where they were not seen",
        "points_in_millimetres": "centres of pressure in millimetres",
        "moments_in_newton_millimetres": "free moments in newton millimetres",
        "forces_in_kilonewtons": "ground forces in kilonewtons",
        "forces_in_kilograms": "ground forces in kilograms",
        "gravity_axis": "gravity of the model along the wrong axis",
        "motion_axes": "motion in other axes than gravity and ground forces",
        "force_axes": "ground forces in other axes than motion and gravity",
        "mass": "mass of the model against what the plates carry",
        "body_mass": "body mass as given against what the plates carry",
        "legs_swapped": "left and right leg exchanged in the motion",
        "plates_swapped": "left and right foot exchanged in the external loads",
        "sides_swapped": "left and right exchanged, in the motion or in the external loads",
        "out_of_step": "ground forces and motion out of step",
        "centre_off_foot": "centre of pressure beside the foot",
        "no_plate_at_start": "first frames on no plate",
        "no_plate_at_end": "last frames on no plate",
        "step_beside_plate": "a step beside the plates",
        "partly_beside_plate": "a foot partly beside its plate, or a plate that reads low",
        "retro_called_forward": "retro walking labelled forward",
        "forward_called_retro": "forward walking labelled retro",
        "speed_label": "speed label against the motion",
        "incline_label": "incline label against the ground",
    }
)
"""Every mistake that can be named, in words."""


@dataclass(frozen=True)
class Finding:
    """One mistake that the numbers point to.

    Attributes
    ----------
    mistake  : key of `MISTAKES`
    severity : how sure
    where    : file, column, load, time
    evidence : the numbers that speak for it, with units
    repair   : what would mend it; nothing is ever changed
    """

    mistake: str
    severity: Severity
    where: str
    evidence: str
    repair: str

    @property
    def title(self) -> str:
        """The mistake in words."""
        return MISTAKES[self.mistake]


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Mistakes before doubts, otherwise as found."""
    return sorted(findings, key=lambda finding: finding.severity is Severity.DOUBT)
