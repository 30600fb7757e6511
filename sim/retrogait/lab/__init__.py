"""From a laboratory's own files, C3D and TRC, to a trial whose every assumption is written beside it."""

from retrogait.lab.api import import_c3d, import_trc
from retrogait.lab.markerset import MarkerSet, read_marker_set
from retrogait.lab.trial import FootForce, LabTrial

__all__ = ["FootForce", "LabTrial", "MarkerSet", "import_c3d", "import_trc", "read_marker_set"]
