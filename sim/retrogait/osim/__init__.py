"""OpenSim models in, compiled arrays out."""

from retrogait.osim.load import load_model
from retrogait.model import Knee, Model

__all__ = ["Knee", "Model", "load_model"]
