"""What is benchmarked: recorded trials beside the checkout, or the bundled demo where they are not."""

from dataclasses import dataclass, replace
from pathlib import Path

import retrogait as rg
from retrogait.config import read_experiment
from retrogait.errors import ConfigError
from retrogait.share import find_experiment

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
CUTOFF = 6.0  # Hz, for the motion, in OpenSim's tools and in ours


@dataclass(frozen=True)
class Case:
    """One trial; ``reserves`` is the actuator file that OpenSim's static optimization needs."""

    name: str
    model: Path
    coordinates: Path
    loads: Path | None
    reserves: Path | None
    start: float | None
    end: float | None

    def load_trial(self):
        return rg.load_trial(self.coordinates, self.loads, start=self.start, end=self.end, name=self.name)

    def shortened(self, frames):
        """The same trial with a window of so many frames, or fewer where it has no more."""
        trial = self.load_trial()
        time = trial.motion.time
        inside = time[(time >= trial.start - 1e-6) & (time <= trial.end + 1e-6)]
        return replace(self, start=float(inside[0]), end=float(inside[: max(frames, 2)][-1]))


def _recorded(folder, name, model, coordinates, loads, start, end):
    at = SHARED / folder
    return Case(name, at / model, at / coordinates, at / loads, at / "so_reserves.xml", start, end)


def recorded_cases():
    """The trials that OpenSim is compared on; empty where they are not beside the checkout."""
    if not SHARED.is_dir():
        return []
    return [
        _recorded(
            "gait2392", "gait2392", "subject01_simbody_adjusted.osim", "subject01_walk1_ik.mot",
            "subject01_walk1_grf.xml", 0.5, 2.0,
        ),
        _recorded(
            "rajagopal_walk", "rajagopal_walk", "subject_walk_weldmtp.osim", "coords_100Hz.mot",
            "grf_walk.xml", 0.48, 1.61,
        ),
    ]  # fmt: skip


def demo_case(name="demo"):
    """First trial of a bundled experiment, or None where the checkout bundles none."""
    try:
        experiment = read_experiment(find_experiment(name))
    except ConfigError:
        return None
    trial = experiment.trials[0]
    return Case(
        f"{name}: {trial.name}", trial.model, trial.coordinates, trial.external_loads, None,
        trial.start, trial.end,
    )  # fmt: skip
