"""An OpenSim model file to a compiled `Model`: the part that needs `opensim`."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from retrogait.arrays import Ints
from retrogait.errors import FileError, ModelError
from retrogait.kernels.model import Primitive, Tree
from retrogait.model import Angle, Model
from retrogait.osim.functions import FunctionTable
from retrogait.osim.knees import find_knees
from retrogait.osim.loops import close_loops, with_compartments
from retrogait.osim.muscles import read_muscles
from retrogait.osim.paths import read_paths
from retrogait.osim.quiet import import_opensim, swallow_output
from retrogait.osim.tree import in_base, read_tree

_PLUMBING = re.compile(r"std::exception in '.*?': |SimTK Exception thrown at \S+|Thrown at \S+ in \S+")
"""Where in its own sources OpenSim raised an error: nothing that a user can act on."""

MOST_REASON = 300
"""Characters of OpenSim's own message that are worth quoting."""

ROTATIONAL = 1
"""OpenSim's motion type of coordinates that its files give in degrees."""


def _turning(tree: Tree, coordinates: list[Any]) -> Ints:
    """`Angle` of every coordinate."""
    turned = {int(c) for c in tree.coordinate[tree.kind == Primitive.ROTATION]}
    return np.array(
        [
            Angle.PLAIN if c.getMotionType() == ROTATIONAL else Angle.SCALED if row in turned else Angle.NONE
            for row, c in enumerate(coordinates)
        ],
        np.int64,
    )


def _open(path: Path) -> Any:
    osim = import_opensim()
    try:
        with swallow_output():
            model = osim.Model(str(path))
            model.initSystem()
    except RuntimeError as error:
        reason = " ".join(_PLUMBING.sub(" ", str(error)).split())[:MOST_REASON] or "no reason given"
        raise FileError(
            f"{path}: OpenSim cannot load this model (cut off, or of another version?): {reason}"
        ) from error
    if model.getBodySet().getSize() == 0:
        raise FileError(f"{path}: holds no body; is it an OpenSim file of another kind than a model?")
    return model


def compile_model(path: Path, digest: str, knees: Mapping[str, str] | None) -> Model:
    """Compile a readable model file.

    Parameters
    ----------
    path   : the ``.osim`` file
    digest : SHA-256 of its bytes, kept with the model
    knees  : side to name of its flexion coordinate, where names do not tell

    Raises
    ------
    FileError
        OpenSim cannot load the file.
    ModelError
        With every reason in one line.
    """
    source = _open(path)
    problems: list[str] = []
    table = FunctionTable()
    coordinates = list(source.getCoordinateSet())
    names = tuple(str(coordinate.getName()) for coordinate in coordinates)
    rows = {name: row for row, name in enumerate(names)}
    problems += [
        f"coordinate {name} exists {count} times: files could not tell them apart"
        for name, count in Counter(names).items()
        if count > 1
    ]
    skeleton = read_tree(source, rows, table, problems)
    welds = list(skeleton.loops)
    tree = _with_couplers(source, rows, table, skeleton.tree, welds, problems)
    muscles, muscle_names, muscle_problems, notes = read_muscles(source)
    problems += muscle_problems
    objects = _muscles_called(source, muscle_names, problems)
    paths = read_paths(source, objects, skeleton, tree, rows, table, problems)
    default = np.array([c.getDefaultValue() for c in coordinates])
    closed = close_loops(welds, skeleton, tree, table, default, problems)
    prescribed = [_prescribed(c, table, problems) for c in coordinates]
    if problems:
        raise ModelError(
            f"{path}: {len(problems)} component{'s' * (len(problems) > 1)} cannot be compiled: "
            + "; ".join(problems)
        )
    functions = table.build()
    found, remarks = find_knees(tree, functions, paths, names, tuple(muscle_names), knees)
    placed = [skeleton.place[name] for name in skeleton.links]
    axes = [rotation for _, rotation, _ in placed]
    found = with_compartments(found, closed, tree, functions, default, axes)
    left_out = _left_out(source)
    locked = np.array([int(c.get_locked()) for c in coordinates], np.int64)
    locked[[row for loop in closed for row in loop.coordinates]] = 1
    return Model(
        name=str(source.getName()),
        file=path.name,
        digest=digest,
        tree=tree,
        functions=functions,
        paths=paths,
        muscles=muscles,
        rates_opensim=np.array(skeleton.rates_opensim, np.int64),
        links=tuple(skeleton.links),
        joints=tuple(skeleton.joints),
        body_rotation=np.array([rotation.ravel() for _, rotation, _ in placed]),
        body_offset=np.array([offset for _, _, offset in placed]),
        coordinates=names,
        rotational=_turning(skeleton.tree, coordinates),
        default=default,
        lower=np.array([c.getRangeMin() for c in coordinates]),
        upper=np.array([c.getRangeMax() for c in coordinates]),
        locked=locked,
        prescribed=np.array(prescribed, np.int64),
        muscle_names=tuple(muscle_names),
        muscle_classes=tuple(str(muscle.getConcreteClassName()) for muscle in objects),
        knees=found,
        left_out=tuple(left_out),
        notes=(*notes, *remarks),
    )


def _with_couplers(
    source: Any,
    rows: dict[str, int],
    table: FunctionTable,
    tree: Tree,
    welds: list[tuple[str, str, str]],
    problems: list[str],
) -> Tree:
    """Fold coordinate couplers into the tree, add welds to ``welds``; any other constraint is a problem."""
    osim = import_opensim()
    driver, function = tree.driver.copy(), tree.driver_function.copy()
    for constraint in _components(source, osim.Constraint):
        if not constraint.get_isEnforced():
            continue
        coupler = osim.CoordinateCouplerConstraint.safeDownCast(constraint)
        weld = osim.WeldConstraint.safeDownCast(constraint)
        if weld is not None:
            ends = (in_base(weld.getFrame1())[0], in_base(weld.getFrame2())[0])
            welds.append((f"constraint {constraint.getName()} (WeldConstraint)", *ends))
            continue
        if coupler is None:
            problems.append(f"constraint {constraint.getName()} ({constraint.getConcreteClassName()})")
            continue
        independent = coupler.getIndependentCoordinateNames()
        if independent.getSize() != 1:
            problems.append(
                f"coupler {coupler.getName()} follows {independent.getSize()} coordinates; one is supported"
            )
            continue
        row = rows[coupler.getDependentCoordinateName()]
        try:
            scale = osim.PropertyHelper.getValueDouble(coupler.getPropertyByName("scale_factor"))
            function[row] = table.add(coupler.getFunction(), scale)
            driver[row] = rows[independent.get(0)]
        except ValueError as error:
            problems.append(f"coupler {coupler.getName()}: function {error}")
    for dependent in np.flatnonzero(driver >= 0):
        if driver[driver[dependent]] >= 0:
            name = source.getCoordinateSet().get(int(dependent)).getName()
            problems.append(f"coordinate {name} is coupled to one that is coupled itself")
    coupled = np.flatnonzero(driver >= 0)
    return tree._replace(driver=driver, driver_function=function, coupled=coupled)


def _prescribed(coordinate: Any, table: FunctionTable, problems: list[str]) -> int:
    """Row of a prescribed coordinate's function of time, -1 where there is none."""
    if not coordinate.get_prescribed():
        return -1
    try:
        return table.add(coordinate.getPrescribedFunction())
    except ValueError as error:
        problems.append(f"coordinate {coordinate.getName()}: prescribed function {error}")
        return -1


def _left_out(source: Any) -> list[str]:
    """Every force that is not a muscle: inverse dynamics sums what they and the muscles do together."""
    osim = import_opensim()
    return [
        f"{force.getName()} ({force.getConcreteClassName()})"
        for force in _components(source, osim.Force)
        if osim.Muscle.safeDownCast(force) is None
    ]


def _components(source: Any, kind: Any) -> list[Any]:
    """Components of one class wherever they hang: Moco's models keep forces outside the force set."""
    found = [kind.safeDownCast(component) for component in source.getComponentsList()]
    return [component for component in found if component is not None]


def _muscles_called(source: Any, names: list[str], problems: list[str]) -> list[Any]:
    """Muscles by name, which must tell them apart."""
    muscles = {str(muscle.getName()): muscle for muscle in _components(source, import_opensim().Muscle)}
    problems.extend(f"{names.count(name)} muscles called {name}" for name in muscles if names.count(name) > 1)
    return [muscles[name] for name in names]
