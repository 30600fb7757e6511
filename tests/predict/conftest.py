"""Fixtures of the predictor's tests.

casadi and opensim cannot live in one process, so modules that import casadi are imported inside fixtures and
tests marked `solver`, and what OpenSim or the core have to say to those comes from a process of its own.
"""
# ruff: noqa: PLC0415  # casadi must not be imported with opensim

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from retrogait.predict.api import planar_figure
from tests.predict import paper

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def figure():
    """The planar figure of models/planar.toml."""
    return planar_figure()


@pytest.fixture
def stride(figure):
    """A walk drawn on paper, of the first condition of `paper`."""
    return paper.stride(figure)


@pytest.fixture(scope="session")
def core_side(tmp_path_factory):
    """What the core and OpenSim say, computed where opensim may be imported: arrays by name."""
    path = tmp_path_factory.mktemp("core") / "core.npz"
    paths = os.pathsep.join([str(ROOT / "sim"), str(ROOT), os.environ.get("PYTHONPATH", "")])
    subprocess.run(
        [sys.executable, "-m", "tests.predict.core_side", str(path)],
        check=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    with np.load(path) as arrays:
        return dict(arrays)


@pytest.fixture(scope="session")
def blocks(figure):
    """Symbolic functions with the default tendons."""
    from retrogait.predict.blocks import build
    from retrogait.predict.settings import ACHILLES

    return build(figure, ACHILLES)


@pytest.fixture(scope="session")
def small(blocks):
    """The whole problem on five nodes, evaluated by casadi itself."""
    from retrogait.predict.derivatives import derive
    from retrogait.predict.problem import transcribe

    return transcribe(blocks, derive(blocks, compiled=False), 5)
