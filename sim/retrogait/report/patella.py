"""The picture of the patella: two engines of its contact force, and what the contact area makes of it."""

import json

import numpy as np
import xarray as xr

from retrogait.extensor import contact_areas
from retrogait.report.curves import Curve, Panel, draw
from retrogait.report.knee import caveats, knee_curves

_SHOWN = ("besier", "besier_loaded", "connolly")
"""Areas that are drawn: that of the stored stress, and the ends of the range at the flexion of walking."""

_MEGA = 1e-6


def draw_patella(dataset: xr.Dataset) -> str | None:
    """SVG with a row per knee: force by both engines on the left, stress by contact area on the right.

    Parameters
    ----------
    dataset
        Of `retrogait.normalise` or `retrogait.analyze`, as made or as read.

    Returns
    -------
    str or None
        A complete SVG document; None where no knee has a patellofemoral force.

    Notes
    -----
    The stress is the drawn force of the closed form over the area at the drawn flexion.
    """
    if "area_sources" not in dataset.attrs:  # stored before stress had a choice of areas
        return None
    sources = list(json.loads(str(dataset.attrs["area_sources"])))
    panels = []
    remarks = []
    knees = knee_curves(dataset)
    for knee in knees:
        geometry, closed = (
            knee.values[f"patellofemoral_force_{name}"] for name in ("geometry", "closed_form")
        )
        if not np.isfinite(closed).any():
            continue
        curves = [Curve("closed form", knee.x, closed)]
        gap = np.abs(geometry - closed)
        if np.isfinite(gap).any():
            curves += [Curve("model geometry", knee.x, geometry), Curve("their distance", knee.x, gap)]
            remarks.append(
                f"{knee.side} knee: the engines lie {np.nanmean(gap):.2f} BW apart on average and up to "
                f"{np.nanmax(gap):.2f} BW."
            )
        panels.append(
            Panel(f"{knee.side}: contact force [body weight]", tuple(curves), scale="force", zero=True)
        )
        area = contact_areas(np.radians(knee.values["knee_flexion"]))
        pressed = closed * float(dataset.attrs["body_weight"])
        stress = tuple(
            Curve(f"area: {name.replace('_', ' ')}", knee.x, _MEGA * pressed / area[:, k])
            for k, name in enumerate(sources)
            if name in _SHOWN
        )
        panels.append(Panel(f"{knee.side}: stress, closed form [MPa]", stress, scale="stress", zero=True))
    if not panels:
        return None
    return draw(
        panels,
        title=f"{dataset.attrs['trial']}: patella, {knees[0].over}",
        x_label=knees[0].label,
        y_label="",
        remarks=[
            *remarks,
            "The sources of the contact areas stand in area_sources of the result.",
            *caveats(dataset),
        ],
    )
