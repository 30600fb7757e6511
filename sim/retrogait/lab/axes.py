"""From the laboratory's axes to those of OpenSim: X forward, Y up, Z right; always by a rotation."""

import re

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import ConfigError

_WORDS = re.compile(r"\s*([+-]?)([xyz])\s+(up|forward)\s*", re.IGNORECASE)
_LETTERS = "XYZ"


def read_axes(text: str) -> Floats:
    """Rotation that a text such as ``+Z up, +X forward`` stands for.

    Parameters
    ----------
    text
        Which axis of the laboratory points up and which one forward, in either order.

    Returns
    -------
    ndarray
        (3, 3) matrix that turns vectors of the laboratory into those of OpenSim.

    Raises
    ------
    ConfigError
        The text does not name two different axes.
    """
    found: dict[str, Floats] = {}
    for part in text.split(","):
        match = _WORDS.fullmatch(part)
        if match is not None:
            sign, letter, word = match.groups()
            axis = np.zeros(3)
            axis["xyz".index(letter.lower())] = -1.0 if sign == "-" else 1.0
            found[word.lower()] = axis
    if len(found) != 2 or len(text.split(",")) != 2 or abs(found["up"] @ found["forward"]) > 0.5:
        raise ConfigError(
            f"axes is {text!r}, expected two different axes of the laboratory, such as "
            "'+Z up, +X forward', or 'found'"
        )
    return rotation(found["up"], found["forward"])


def rotation(up: Floats, forward: Floats) -> Floats:
    """(3, 3) matrix of two axes at right angles; the third one is to the right, so that it is no mirror."""
    return np.stack([forward, up, np.cross(forward, up)]) + 0.0


def nearest_axis(vector: Floats, without: Floats | None = None) -> tuple[Floats, float]:
    """Axis of the laboratory that a vector is nearest to.

    Parameters
    ----------
    vector
        (3,) of any length but zero.
    without
        (3,) axis to leave out, with its opposite; the vector's part along it does not count.

    Returns
    -------
    axis : ndarray
        (3,) one of six.
    angle : float
        Between both [deg].
    """
    flat = vector if without is None else vector - (vector @ without) * without
    unit = flat / np.linalg.norm(flat)
    largest = int(np.abs(unit).argmax())
    axis = np.zeros(3)
    axis[largest] = np.sign(unit[largest])
    return axis, float(np.degrees(np.arccos(np.clip(unit @ axis, -1.0, 1.0))))


def axes_text(turn: Floats) -> str:
    """Text that `read_axes` turns into this rotation."""
    return f"{_name(turn[1])} up, {_name(turn[0])} forward"


def _name(axis: Floats) -> str:
    largest = int(np.abs(axis).argmax())
    return f"{'-' if axis[largest] < 0.0 else '+'}{_LETTERS[largest]}"
