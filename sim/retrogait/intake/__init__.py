"""From a laboratory's own files to knee loads: markers, scaled model, coordinates, forces, experiment."""

from retrogait.intake.api import Imported, import_trial

__all__ = ["Imported", "import_trial"]
