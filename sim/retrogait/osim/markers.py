"""The markers of an OpenSim model, and which of its coordinates it clamps."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ElementTree, SubElement

import numpy as np

from retrogait.arrays import Ints
from retrogait.errors import FileError, ModelError
from retrogait.kernels.markers import Sites
from retrogait.model import Model
from retrogait.osim.quiet import import_opensim, swallow_output
from retrogait.osim.tree import in_base, vector


@dataclass(frozen=True, eq=False)
class MarkerSet:
    """Where a model carries its markers.

    Attributes
    ----------
    labels   : name of every marker
    sites    : link and place in the link frame of every marker
    body     : name of the body that carries it
    fixed    : (marker,) 1 where the marker placer of a scaling leaves it
    clamped  : (coordinate,) 1 where the model keeps a coordinate within its range
    """

    labels: tuple[str, ...]
    sites: Sites
    body: tuple[str, ...]
    fixed: Ints
    clamped: Ints


def open_model(path: Path | str, marker_file: Path | str | None = None) -> Any:
    """An initialised `opensim.Model`, with the markers of a file in place of its own where one is named."""
    osim = import_opensim()
    path = Path(path)
    if not path.is_file():
        raise FileError(f"{path}: no such file, expected an OpenSim model")
    try:
        with swallow_output():
            source = osim.Model(str(path))
            if marker_file is not None:
                if not Path(marker_file).is_file():
                    found = "is a folder" if Path(marker_file).is_dir() else "no such file"
                    raise FileError(f"{marker_file}: {found}, expected a marker set of OpenSim")
                source.set_MarkerSet(osim.MarkerSet(str(marker_file)))
            source.initSystem()
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:300]
        raise FileError(f"{path}: OpenSim cannot load this model with its markers: {reason}") from error
    return source


def read_marker_set(path: Path | str, model: Model, marker_file: Path | str | None = None) -> MarkerSet:
    """Read where a model carries its markers.

    Parameters
    ----------
    path        : the ``.osim`` file that ``model`` was compiled from
    model       : its compiled form
    marker_file : marker set of OpenSim (``.xml``) to use in place of the model's own

    Raises
    ------
    FileError
        The file is missing or changed since it was compiled, or has no markers.
    ModelError
        A marker hangs on what is no body of the compiled model.
    """
    path = Path(path)
    source = open_model(path, marker_file)
    if hashlib.sha256(path.read_bytes()).hexdigest() != model.digest:
        raise FileError(
            f"{path}: is not the file that this model was compiled from; load the model from it again"
        )
    markers = source.getMarkerSet()
    found = [markers.get(row) for row in range(markers.getSize())]
    if not found:
        raise FileError(
            f"{marker_file or path}: has no markers, so nothing ties it to a recording; name a marker set"
        )
    link_of = {name: row for row, name in enumerate(model.links)}
    links, places, bodies = [], [], []
    for marker in found:
        body, rotation, offset = in_base(marker.getParentFrame())
        if body not in link_of:
            raise ModelError(f"{path}: marker {marker.getName()} hangs on {body}, which is no compiled body")
        link = link_of[body]
        inside = offset + rotation @ vector(marker.get_location())
        links.append(link)
        places.append(model.body_offset[link] + model.body_rotation[link].reshape(3, 3) @ inside)
        bodies.append(body)
    return MarkerSet(
        labels=tuple(str(marker.getName()) for marker in found),
        sites=Sites(np.array(links, np.int64), np.array(places)),
        body=tuple(bodies),
        fixed=np.array([int(marker.get_fixed()) for marker in found], np.int64),
        clamped=np.array([int(c.get_clamped()) for c in source.getCoordinateSet()], np.int64),
    )


def write_marker_set(path: Path | str, places: Mapping[str, tuple[str, tuple[float, float, float]]]) -> None:
    """Write a marker set that OpenSim reads, for a generic model that has none.

    Parameters
    ----------
    path   : ``.xml`` to write
    places : marker to the body that carries it and its place in the body's frame [m]
    """
    root = Element("OpenSimDocument", Version="40000")
    objects = SubElement(SubElement(root, "MarkerSet", name="markers"), "objects")
    for name, (body, place) in places.items():
        marker = SubElement(objects, "Marker", name=name)
        SubElement(marker, "socket_parent_frame").text = f"/bodyset/{body}"
        SubElement(marker, "location").text = " ".join(repr(float(x)) for x in place)
        SubElement(marker, "fixed").text = "false"
    ElementTree(root).write(Path(path), encoding="utf-8", xml_declaration=True)
