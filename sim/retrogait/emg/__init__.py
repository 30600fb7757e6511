"""Electromyograms beside computed activations: shape and timing, never size."""

from retrogait.emg.compare import compare_emg
from retrogait.emg.record import Electromyogram, read_emg

__all__ = ["Electromyogram", "compare_emg", "read_emg"]
