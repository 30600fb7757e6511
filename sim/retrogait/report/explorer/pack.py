"""Walks as bytes: a header of JSON, then arrays as steps from frame to frame, which gzip well."""

import json
import math
import struct
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from retrogait.arrays import Floats
from retrogait.report.explorer.walk import LEAST_AXIS, SHOWN, SIDES, Walk, about, unit_of
from retrogait.scene import FORCES

MISSING = 65535
"""Stands for what is not known, in 16 bits."""

PLACE = 1e-4
"""Steps in which points are stored [m]: a tenth of a millimetre is less than a pixel."""

FORCE = 5e-4
"""Steps in which arrows are stored [BW]: the curves beside them keep all digits of float32."""

SHARE = 1.0 / 250.0
"""Steps in which activations that colour a muscle are stored [1]: the scale has as many colours."""


class Packer:
    """Collects arrays; each is described in the header by where it begins."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def steps(self, values: Floats, step: float) -> dict[str, Any]:
        """(frame, ...) as whole steps of 16 bits, channel after channel."""
        channels = values.reshape(values.shape[0], -1).T
        known = np.isfinite(channels)
        low = float(channels[known].min()) if known.any() else 0.0
        counts = np.round((np.where(known, channels, low) - low) / step)
        if counts.max(initial=0.0) >= MISSING:  # a trial that leaves the picture is drawn more coarsely
            step *= float(counts.max()) / (MISSING - 1)
            counts = np.round((np.where(known, channels, low) - low) / step)
        whole = np.where(known, counts, MISSING).astype(np.uint16)
        change = np.diff(whole, axis=1, prepend=np.zeros((whole.shape[0], 1), np.uint16))
        return self._add(_planes(change.astype("<u2"))) | {
            "channels": channels.shape[0], "low": low, "step": step,
        }  # fmt: skip

    def floats(self, values: Floats) -> dict[str, Any]:
        """(channel, frame) with all digits of float32."""
        return self._add(_planes(np.ascontiguousarray(values, "<f4"))) | {"channels": values.shape[0]}

    def _add(self, data: bytes) -> dict[str, Any]:
        at, self._size = self._size, self._size + len(data)
        self._parts.append(data)
        return {"at": at, "size": len(data)}

    def finish(self, header: Any) -> bytes:  # noqa: ANN401 - whatever JSON holds
        """Length of the header, header, arrays."""
        text = json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        return struct.pack("<I", len(text)) + text + b"".join(self._parts)


def _planes(values: Any) -> bytes:  # noqa: ANN401 - an array of any type
    """First bytes of all numbers, then the second ones, and so on: like beside like packs well."""
    return bytes(values.reshape(-1).view(np.uint8).reshape(-1, values.dtype.itemsize).T.tobytes())


def pack(walks: Sequence[Walk]) -> bytes:
    """Everything that the page draws.

    Parameters
    ----------
    walks
        In any order; names must differ.

    Returns
    -------
    bytes
        As `decode` of ``pack.js`` reads them.
    """
    packer = Packer()
    header = {"curves": _curves(), "sides": SIDES, "walks": [_walk(packer, walk) for walk in walks]}
    return packer.finish(header)


def _curves() -> list[dict[str, Any]]:
    return [
        {"name": name, "title": title, "unit": unit_of(name), "about": about(name),
         "reach": LEAST_AXIS.get(name, 0.0)}
        for name, title in SHOWN.items()
    ]  # fmt: skip


def _walk(packer: Packer, walk: Walk) -> dict[str, Any]:
    curves = np.concatenate([walk.curves[name] for name in SHOWN])
    return {
        "name": walk.name,
        "direction": walk.direction,
        "speed": _number(walk.speed),
        "incline": walk.incline,
        "origin": walk.origin,
        "basis": walk.basis,
        "leg": walk.leg,
        "mass": walk.mass,
        "duration": walk.duration,
        "repeats": walk.repeats,
        "frames": int(walk.percent.size),
        "toeOff": _number(walk.toe_off),
        "failed": np.flatnonzero(walk.failed).tolist(),
        "clock": packer.floats(np.stack([walk.percent, walk.time])),
        "curves": packer.floats(curves),
        "spans": {
            name: {side: [one.low, one.high, one.over] for side, one in sides.items()}
            for name, sides in walk.spans.items()
        },
        "remarks": list(walk.remarks),
        "scene": _scene(packer, walk),
    }


def _scene(packer: Packer, walk: Walk) -> dict[str, Any] | None:
    scene = walk.scene
    if scene is None:
        return None
    strongest = max((line.strength for line in scene.muscles), default=1.0)
    lines = np.concatenate(
        [line.points.reshape(line.points.shape[0], -1) for line in scene.muscles] or [_nothing(walk)], axis=1
    )
    active = (
        np.stack([line.activation for line in scene.muscles], axis=1) if scene.muscles else _nothing(walk)
    )
    return {
        "capsules": [
            [one.kind, one.side, one.start, one.end, *(round(radius, 4) for radius in one.radii)]
            for one in scene.capsules
        ],
        "patellae": scene.patellae,
        "sides": scene.sides,
        "slope": scene.slope,
        "ground": scene.ground,
        "pace": scene.pace,
        "height": float(np.nanmax(scene.points[..., 1], initial=scene.ground)) - scene.ground,
        "points": packer.steps(scene.points, PLACE),
        "muscles": [
            [line.name, line.side, line.points.shape[1], round(math.sqrt(line.strength / strongest), 3)]
            for line in scene.muscles
        ],
        "lines": packer.steps(lines, PLACE),
        "active": packer.steps(active, SHARE),
        "at": packer.steps(_stacked(scene.arrows[name].at for name in FORCES), PLACE),
        "force": packer.steps(_stacked(scene.arrows[name].force for name in FORCES), FORCE),
    }


def _stacked(arrays: Iterable[Floats]) -> Floats:
    """(frame, force, side, 2)."""
    return np.stack(list(arrays), axis=1)


def _nothing(walk: Walk) -> Floats:
    return np.zeros((walk.percent.size, 0))


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
