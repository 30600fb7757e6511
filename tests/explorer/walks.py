"""Bundled walks as the explorer shows them, each drawn once, and a slow reader of what the page is given."""

import json
from functools import cache

import numpy as np

from retrogait.explore import walk_of_gait
from tests.trials import bundled

FORWARD, RETRO, UPHILL, DOWNHILL = "forward_1.2_0", "retro_1.2_0", "forward_1.2_+05", "retro_1.0_-10"


@cache
def gait(name):
    return bundled(name)


@cache
def walk(name):
    return walk_of_gait(gait(name))


def walks():
    return [walk(name) for name in (FORWARD, RETRO, UPHILL, DOWNHILL)]


def unpacked(content):
    """Header and a function from a description of an array to its numbers, as pack.js reads them."""
    length = int.from_bytes(content[:4], "little")
    body = content[4 + length :]

    def planes(spec, width):
        raw = np.frombuffer(body, np.uint8, spec["size"], spec["at"])
        return np.ascontiguousarray(raw.reshape(width, -1).T)

    def read(spec):
        if "step" not in spec:
            return planes(spec, 4).view("<f4").reshape(spec["channels"], -1)
        change = planes(spec, 2).view("<u2").reshape(spec["channels"], -1)
        whole = np.cumsum(change, axis=1, dtype=np.uint16)
        return np.where(whole == 65535, np.nan, spec["low"] + spec["step"] * whole)

    return json.loads(content[4 : 4 + length]), read
