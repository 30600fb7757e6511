"""Made-up numbers: smooth noise, and studies of people who do not exist. No test of theirs is about gait."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from retrogait.collection import Collection, Entry
from retrogait.gait.cycle import PERCENT
from retrogait.gait.measures import CURVES, MEASURES
from retrogait.gait.names import SIDES
from retrogait.gait.window import WINDOW_LOADS
from retrogait.normalise import Extract
from retrogait.statistics.source import Strides

SMOOTH = 8.0  # points: standard deviation of the smoothing, about that of a joint's curve over a cycle
_MARGIN = 40  # points beyond either end, so that the ends are as smooth as the rest


def smooth_noise(generator, units, points=PERCENT.size):
    """(unit, point) Gaussian curves of unit variance."""
    raw = generator.normal(size=(units, points + 2 * _MARGIN))
    curves = gaussian_filter1d(raw, SMOOTH, axis=1)[:, _MARGIN:-_MARGIN]
    impulse = np.zeros(2 * _MARGIN + 1)
    impulse[_MARGIN] = 1.0
    return curves / np.sqrt((gaussian_filter1d(impulse, SMOOTH) ** 2).sum())


def extract_of(
    generator, direction, *, shift, sides=SIDES, cycles=4, speed=1.0, origin="recorded", person=0.0
):
    """Numbers of one walk: a person's own level, noise, and ``shift`` where the walk is retro."""
    legs = len(sides)
    moved = shift if direction == "retro" else 0.0
    measures = 2.0 + person + moved + 0.1 * generator.normal(size=(legs, len(MEASURES)))
    curves = (
        2.0
        + person
        + moved * np.sin(np.pi * PERCENT / 100.0)
        + 0.1 * smooth_noise(generator, legs * len(CURVES)).reshape(legs, len(CURVES), -1)
    )
    return Extract(
        trial="made up",
        direction=direction,
        speed=speed,
        incline=0.0,
        origin=origin,
        sides=tuple(sides),
        frames=100,
        frames_failed=0,
        cycles=np.full(legs, cycles),
        measure_mean=measures,
        measure_sd=np.full_like(measures, 0.1),
        curve_mean=curves,
        curve_sd=np.full_like(curves, 0.1),
        window=np.full((legs, len(WINDOW_LOADS)), np.nan),
    )


def made_up_study(folder, people=8, shift=0.5, *, without=(), failed=(), seed=3, speeds=(1.0,), **options):
    """Results folder of people who walk once in each direction at each speed.

    ``without`` are names of walks nobody recorded, ``failed`` those without a result; a name is like
    ``P1_retro_1``.
    """
    generator = np.random.default_rng(seed)
    walks = []
    for number in range(people):
        level = generator.normal()
        for speed in speeds:
            for direction in ("forward", "retro"):
                name = f"P{number}_{direction}_{speed:g}"
                extract = extract_of(generator, direction, shift=shift, speed=speed, person=level, **options)
                if name not in without:
                    walks.append((name, f"P{number}", direction, speed, extract))
    with Collection(folder / "results.h5", [walk[0] for walk in walks]) as whole:
        for name, person, direction, speed, extract in walks:
            broken = name in failed
            whole.add(
                Entry(
                    name=name,
                    status="failed" if broken else "stored",
                    direction=direction,
                    speed=speed,
                    incline=0.0,
                    labels={"subject": person, "age [a]": 30.0 + len(name)},
                ),
                None if broken else extract,
            )
    return folder


def made_up_strides(generator, count, shift, measures, curves):
    """Strides of one leg, independent of one another as those of nobody are."""
    return Strides(
        1.0 + shift + 0.1 * generator.normal(size=(count, measures)),
        shift + smooth_noise(generator, count * curves).reshape(count, curves, PERCENT.size),
        ["made up"],
        [],
    )
