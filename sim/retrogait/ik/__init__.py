"""Inverse kinematics on the compiled model: coordinates from markers, all frames in parallel."""

from retrogait.ik.api import solve_markers
from retrogait.ik.result import Kinematics
from retrogait.osim.tasks import CoordinateTask, Tasks, read_tasks

__all__ = ["CoordinateTask", "Kinematics", "Tasks", "read_tasks", "solve_markers"]
