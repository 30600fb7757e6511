"""OpenSim models in, compiled arrays out."""

from retrogait.model import Knee, Model
from retrogait.osim.load import load_model

__all__ = ["Knee", "Model", "load_model"]
