"""Model and result to what a picture of them holds: segments, muscle paths and forces, frame by frame."""

from retrogait.scene.arrows import FORCES, METHOD, Arrows
from retrogait.scene.skeleton import Capsule, side_of
from retrogait.scene.view import Line, Scene, scene_of

__all__ = ["FORCES", "METHOD", "Arrows", "Capsule", "Line", "Scene", "scene_of", "side_of"]
