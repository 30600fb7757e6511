"""Curves over the gait cycle as charts: one per quantity, every line of the study in its table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from retrogait.arrays import Floats
from retrogait.gait.measures import CURVES
from retrogait.gait.names import SIDES
from retrogait.report.folder import COLLECTION, Folder
from retrogait.report.gathered.labels import column as row_of
from retrogait.report.page.bands import Known
from retrogait.report.page.inside import HEADS
from retrogait.report.page.lines import Line, across
from retrogait.report.page.parts import Chart, Column, Section, Table

OVERLAY = "overlay"
"""Kind of chart that the page draws by itself: of the lines that its reader has picked."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Curves under one heading."""

    id: str
    title: str
    curves: Mapping[str, str]  # name of a curve to its title
    about: str = ""


TOPICS = (
    Topic(
        "forces",
        "Knee contact forces",
        {
            "tibiofemoral_force": "Tibiofemoral force",
            "patellofemoral_force_closed_form": "Patellofemoral force, closed form",
            "patellofemoral_force_geometry": "Patellofemoral force, model geometry",
            "medial_force": "Medial compartment",
            "lateral_force": "Lateral compartment",
        },
        "The patellofemoral force is computed twice: by a closed form, which takes a published ratio of "
        "force to quadriceps force at each flexion, and by the geometry of the model. The gap between the "
        "two is the least that is not known of it.",
    ),
    Topic(
        "moments",
        "Knee moments",
        {
            "knee_extension_moment": "Knee extension moment, internal",
            "knee_adduction_moment": "Knee adduction moment, external",
        },
    ),
    Topic("quadriceps", "Quadriceps activation by head", HEADS),
    Topic(
        "ground",
        "Ground forces",
        {
            "ground_force_up": "Ground force, up",
            "ground_force_along": "Ground force, along the way of travel",
        },
    ),
    Topic(
        "powers",
        "Joint powers",
        {"hip_power": "Hip power", "knee_power": "Knee power", "ankle_power": "Ankle power"},
        "Positive power goes into the body. Played in reversed time a power would change its sign; the "
        "curves keep theirs.",
    ),
    Topic(
        "angles",
        "Joint angles",
        {
            "hip_flexion": "Hip flexion",
            "knee_flexion": "Knee flexion",
            "ankle_dorsiflexion": "Ankle dorsiflexion",
            "trunk_lean": "Trunk lean",
        },
    ),
    Topic(
        "muscles",
        "Other muscles and joints",
        {
            "gastrocnemius": "Gastrocnemius activation",
            "biceps_femoris": "Biceps femoris activation",
            "tibialis_anterior": "Tibialis anterior activation",
            "hip_contact_force": "Hip contact force",
            "ankle_contact_force": "Ankle contact force",
        },
    ),
)
"""What is drawn over the gait cycle, in the order of the page."""

Stack = Mapping[str, Mapping[tuple[int, str], Mapping[str, Floats]]]
"""Curve to (line, side) to kind ("mean", "sd", "5 %"...) to (percent,)."""


def gather(folder: Folder, lines: Sequence[Line], *, grouped: bool) -> Stack:
    """Read every curve of `TOPICS` that results.h5 holds, line by line, so that memory stays small."""
    where = folder.path / COLLECTION
    names = [name for topic in TOPICS for name in topic.curves if name in CURVES]
    rows = {name: row_of(folder.collection, "curve", name, where) for name in names}
    stack: dict[str, dict[tuple[int, str], Mapping[str, Floats]]] = {name: {} for name in names}
    for number, kinds in enumerate(_of_groups(folder, lines) if grouped else _of_conditions(folder, lines)):
        for name, row in rows.items():
            for leg, side in enumerate(SIDES):
                stack[name][number, side] = _with_numbers(
                    {kind: values[leg, row] for kind, values in kinds.items()}
                )
    return stack


def _of_conditions(folder: Folder, lines: Sequence[Line]) -> Iterator[dict[str, Floats]]:
    """Kind to (side, curve, percent), line by line; read at once, as there are few."""
    rows = [line.rows[0] for line in lines]
    stored = folder.collection[["curve_mean", "curve_sd"]].isel(condition=rows).load()
    mean, deviation = stored["curve_mean"].to_numpy(), stored["curve_sd"].to_numpy()
    for number in range(len(lines)):
        yield {"mean": mean[number], "sd": deviation[number]}


def _of_groups(folder: Folder, lines: Sequence[Line]) -> Iterator[dict[str, Floats]]:
    """Likewise of groups, of which one is in memory at a time."""
    for line in lines:
        yield compact(across(folder.collection["curve_mean"].isel(condition=line.rows).to_numpy()))


def compact(kinds: Mapping[str, Floats]) -> dict[str, Floats]:
    """Single precision, as the curves of results.h5 that a group is made of have."""
    return {kind: values.astype(np.float32) for kind, values in kinds.items()}


def _with_numbers(kinds: Mapping[str, Floats]) -> dict[str, Floats]:
    """Kinds that hold a number; none without a mean."""
    if not np.isfinite(kinds["mean"]).any():
        return {}
    return {kind: values for kind, values in kinds.items() if np.isfinite(values).any()}


def topics(
    stack: Stack, units: Mapping[str, str], percent: Floats, lines: Sequence[Line], known: Known
) -> Iterator[Section]:
    """Make a section of each topic that has a curve.

    Parameters
    ----------
    stack
        Of `gather`, with the heads of the quadriceps.
    units
        By curve.
    percent
        (percent,) of the gait cycle.
    lines
        Of the study.
    known
        Published values for each curve and line.
    """
    for topic in TOPICS:
        charts, lacking = [], []
        for name, title in topic.curves.items():
            chart = _chart(name, title, stack.get(name, {}), units[name], percent, lines, known)
            if chart is None:
                lacking.append(title)
            else:
                charts.append(chart)
        html = f"<p>{escape(topic.about)}</p>" if topic.about and charts else ""
        if lacking:
            html += f'<p class="soft">Not in these results: {escape("; ".join(lacking))}.</p>'
        if charts:
            yield Section(topic.id, topic.title, html, charts)


def _chart(
    name: str,
    title: str,
    curves: Mapping[tuple[int, str], Mapping[str, Floats]],
    unit: str,
    percent: Floats,
    lines: Sequence[Line],
    known: Known,
) -> Chart | None:
    columns = [Column("gait cycle", "%", percent)]
    columns += [
        Column(f"{lines[number].name} {side} {kind}", unit, values)
        for (number, side), kinds in curves.items()
        for kind, values in kinds.items()
    ]
    if len(columns) == 1:
        return None
    shown = name.replace("_", "-")
    shown_unit = "" if unit == "1" else f" [{unit}]"
    published = [point.as_json() for point in known.get(name, ())]
    return Chart(
        id=f"curve-{shown}",
        title=title,
        caption="",
        traces=(),
        layout={"yaxis": {"title": {"text": f"{_axis(name, title)}{shown_unit}"}}},
        table=Table(f"curve-{shown}", title, columns),
        height=300,
        extra={"kind": OVERLAY, "unit": unit, "published": published, "name": name},
    )


def _axis(name: str, title: str) -> str:
    """What the upright axis says: the heading without what follows its comma, as there is little room."""
    return "activation, 0 to 1" if name in HEADS else title.partition(",")[0]
