"""The setup file of OpenSim's scale tool: written from choices, or somebody's own with whole paths."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from retrogait.errors import FileError
from retrogait.io.markup import read_markup, text_of
from retrogait.osim.measurements import Measurement
from retrogait.osim.tasks import CoordinateTask

SCALED, FACTORS, STATIC = "scaled.osim", "factors.xml", "static.mot"
"""What the tool writes on its way: the model before its markers moved, the factors, the static pose."""


def write_setup(
    generic: Path,
    static: Path,
    output: Path,
    place: Path,
    mass: float,
    marker_file: Path | str | None,
    measurements: Sequence[Measurement],
    factors: Mapping[str, tuple[float, float, float]],
    weights: Mapping[str, float],
    targets: Mapping[str, CoordinateTask],
    window: tuple[float, float],
) -> Element:
    """Document of `ScaleTool`; what is of no lasting use goes to ``place``."""
    root = Element("OpenSimDocument", Version="40000")
    tool = SubElement(root, "ScaleTool", name=output.stem)
    put(tool, "mass", repr(float(mass)))
    maker = SubElement(tool, "GenericModelMaker")
    put(maker, "model_file", str(generic.resolve()))
    if marker_file is not None:
        put(maker, "marker_set_file", str(Path(marker_file).resolve()))
    scaler = SubElement(tool, "ModelScaler")
    put(scaler, "apply", "true")
    put(scaler, "scaling_order", "measurements manualScale" if factors else "measurements")
    objects = SubElement(SubElement(scaler, "MeasurementSet"), "objects")
    for measurement in measurements:
        item = SubElement(objects, "Measurement", name=measurement.name)
        put(item, "apply", "true")
        pairs = SubElement(SubElement(item, "MarkerPairSet"), "objects")
        for one, other in measurement.pairs:
            put(SubElement(pairs, "MarkerPair"), "markers", f"{one} {other}")
        bodies = SubElement(SubElement(item, "BodyScaleSet"), "objects")
        for body in measurement.bodies:
            put(SubElement(bodies, "BodyScale", name=body), "axes", measurement.axes)
    objects = SubElement(SubElement(scaler, "ScaleSet"), "objects")
    for body, three in factors.items():
        item = SubElement(objects, "Scale")
        put(item, "scales", " ".join(map(repr, three)))
        put(item, "segment", body)
        put(item, "apply", "true")
    put(scaler, "preserve_mass_distribution", "true")
    put(scaler, "output_model_file", str(place / SCALED))
    put(scaler, "output_scale_file", str(place / FACTORS))
    placer = SubElement(tool, "MarkerPlacer")
    put(placer, "apply", "true")
    objects = SubElement(SubElement(placer, "IKTaskSet"), "objects")
    for name, weight in weights.items():
        item = SubElement(objects, "IKMarkerTask", name=name)
        put(item, "apply", "true")
        put(item, "weight", repr(float(weight)))
    for name, target in targets.items():
        item = SubElement(objects, "IKCoordinateTask", name=name)
        put(item, "apply", "true")
        put(item, "weight", repr(float(target.weight)))
        put(item, "value_type", "default_value" if target.value is None else "manual_value")
        put(item, "value", repr(float(target.value or 0.0)))
    put(placer, "output_motion_file", str(place / STATIC))
    put(placer, "output_model_file", str(output.resolve()))
    put(placer, "max_marker_movement", "-1")
    for part in (scaler, placer):
        put(part, "marker_file", str(static.resolve()))
        put(part, "time_range", f"{window[0]!r} {window[1]!r}")
    return root


def read_setup(setup: Path, output: Path, place: Path) -> tuple[Element, Element]:
    """A setup file with whole paths that writes to ``output`` and ``place``; and its marker placer.

    Raises
    ------
    FileError
        It is no such setup, or places no markers.
    """
    element, _ = read_markup(setup, "ScaleTool")
    maker, scaler, placer = (
        element.find(tag) for tag in ("GenericModelMaker", "ModelScaler", "MarkerPlacer")
    )
    if maker is None or scaler is None or placer is None or not text_of(placer, "marker_file"):
        raise FileError(f"{setup}: expected a ModelScaler and a MarkerPlacer with a marker_file")
    here = setup.resolve().parent
    for part, tag in (
        (maker, "model_file"),
        (maker, "marker_set_file"),
        (scaler, "marker_file"),
        (placer, "marker_file"),
        (placer, "coordinate_file"),
    ):
        if text_of(part, tag):
            put(part, tag, str(here / text_of(part, tag)))
    put(scaler, "output_model_file", str(place / SCALED))
    put(scaler, "output_scale_file", str(place / FACTORS))
    put(placer, "output_model_file", str(output.resolve()))
    put(placer, "output_motion_file", str(place / STATIC))
    root = Element("OpenSimDocument", Version=_version(setup))
    root.append(element)
    return root, placer


def put(parent: Element, tag: str, text: str) -> None:
    """Set the text of a property, which is made where it is absent."""
    found = parent.find(tag)
    element = SubElement(parent, tag) if found is None else found
    element.text = text


def _version(setup: Path) -> str:
    """Version of the document, by which OpenSim reads its tags."""
    head = setup.read_text(encoding="utf-8", errors="replace")[:2000]
    after = head.partition('Version="')[2]
    return after.partition('"')[0] or "40000"
