"""The picture of the compartments: medial and lateral force, and beside them what people read instead.

The external knee adduction moment needs no muscle model, and is often taken for the medial force. Over whole
stance it explained 56 % of the medial force of nine instrumented knees (Kutzner et al. 2013, doi
10.1371/journal.pone.0081036): side by side, a reader sees how far the two go together here.
"""

import json

import numpy as np
import xarray as xr

from retrogait.arrays import Floats
from retrogait.report.curves import Curve, Panel, draw
from retrogait.report.knee import caveats, knee_curves

_FEWEST_POINTS = 3


def draw_compartments(dataset: xr.Dataset) -> str | None:
    """SVG with a row per knee: forces on the left, external adduction moment on the right.

    Parameters
    ----------
    dataset
        Of `retrogait.normalise` or `retrogait.analyze`, as made or as read.

    Returns
    -------
    str or None
        A complete SVG document; None where no knee has compartments, as in a planar model.
    """
    if "contact_points" not in dataset.attrs:  # stored before forces were divided
        return None
    panels = []
    remarks = []
    knees = knee_curves(dataset)
    for knee in knees:
        halves = {name: knee.values[f"{name}_force"] for name in ("medial", "lateral")}
        moment = knee.values["knee_adduction_moment"]
        if not np.isfinite(halves["medial"]).any():
            continue
        forces = tuple(Curve(f"{name} force", knee.x, values) for name, values in halves.items())
        panels.append(Panel(f"{knee.side}: compression [body weight]", forces, scale="force", zero=True))
        external = Curve("external adduction moment", knee.x, moment)
        panels.append(
            Panel(f"{knee.side}: adduction moment [N m/kg]", (external,), scale="moment", zero=True)
        )
        shared = explained(halves["medial"], moment)
        remarks.append(f"{knee.side} knee: the moment explains {shared:.0%} of the medial force drawn here.")
    if not panels:
        return None
    return draw(
        panels,
        title=f"{dataset.attrs['trial']}: compartments of the knee, {knees[0].over}",
        x_label=knees[0].label,
        y_label="",
        remarks=[*remarks, *_points(dataset), *caveats(dataset)],
    )


def explained(force: Floats, moment: Floats) -> float:
    """Share of the variance of one curve that another explains by a straight line.

    Parameters
    ----------
    force, moment : (point,)
        Points where either has no answer are left out.

    Returns
    -------
    float
        Squared correlation [1]; NaN with fewer than three points or a curve that does not vary.
    """
    known = np.isfinite(force) & np.isfinite(moment)
    x, y = force[known], moment[known]
    if x.size < _FEWEST_POINTS or np.ptp(x) == 0.0 or np.ptp(y) == 0.0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1] ** 2)


def _points(dataset: xr.Dataset) -> list[str]:
    """Where the contact points are and why, as one remark."""
    places = json.loads(str(dataset.attrs["contact_points"]))
    told = [
        f"{side} {1e3 * medial:g} and {1e3 * lateral:g} mm" for side, (medial, lateral, _) in places.items()
    ]
    where = "; ".join(told)
    return [f"Medial and lateral contact point: {where} ({dataset.attrs['contact_points_source']})."]
