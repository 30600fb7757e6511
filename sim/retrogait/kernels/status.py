"""How a frame ended and which choices a kernel follows, as numbers a kernel can read and write."""

from enum import IntEnum


class Physics(IntEnum):
    """Whose choices a kernel follows.

    DEFAULT : correct physics.
    OPENSIM : what OpenSim 4.6 computes, known deviations included.
    """

    DEFAULT = 0
    OPENSIM = 1


class Status(IntEnum):
    """Outcome of one frame.

    SOLVED      : every step reached its tolerance.
    SHARING     : load sharing did not reach its tolerance.
    EQUILIBRIUM : a tendon and its fibre found no common force.
    NOT_FINITE  : a number is missing in the input or was lost on the way.
    """

    SOLVED = 0
    SHARING = 1
    EQUILIBRIUM = 2
    NOT_FINITE = 3


ADVICE = {
    Status.SOLVED: "solved",
    Status.SHARING: "load sharing stalled: raise the reserves or check the trial for jumps",
    Status.EQUILIBRIUM: "a compliant tendon found no equilibrium: try tendon = 'rigid'",
    Status.NOT_FINITE: "an input or intermediate value is not a number: check the files",
}
"""What a user can do about each outcome."""
