"""OpenSim 4.6 as the oracle: its tools in temporary folders, and its solvers on models of our choosing."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import opensim as osim

from retrogait.io.storage import read_table
from retrogait.osim.quiet import swallow_output

osim.Logger.setLevelString("Off")
osim.Logger.removeFileSink()  # some tools print past the level, into a file in the working folder

DIGITS = 16
"""OpenSim prints eight decimals by default: 5e-9 s of a time at which a force rises by 1e5 N/s."""


class Output(NamedTuple):
    """A table that a tool wrote: times [s], labels, (row, column) values."""

    time: np.ndarray
    labels: tuple[str, ...]
    values: np.ndarray

    def __getitem__(self, label):
        return self.values[:, self.labels.index(label)]


def read_output(path):
    """A table as written, in the tool's own units."""
    table = read_table(Path(path))
    return Output(table.time, table.labels, table.values)


def write_motion(path, time, names, values):
    """A motion in radians; returns the path."""
    lines = ["Coordinates", "version=1", f"nRows={len(time)}", f"nColumns={len(names) + 1}"]
    lines += ["inDegrees=no", "endheader", "\t".join(["time", *names])]
    rows = np.column_stack([time, values])
    lines += ["\t".join(f"{x:.17g}" for x in row) for row in rows]
    path.write_text("\n".join(lines) + "\n")
    return path


def open_model(path):
    """An OpenSim model whose coordinates are all free to be set."""
    with swallow_output():
        model = osim.Model(str(path))
        for coordinate in model.updCoordinateSet():
            coordinate.set_locked(False)
            coordinate.set_clamped(False)
    return model


def inverse_dynamics_tool(folder, model, motion, loads, window, cutoff):
    """Run InverseDynamicsTool without any force of the model.

    Parameters
    ----------
    window : (start, end) [s]
    cutoff : low-pass cut-off [Hz], or None

    Returns
    -------
    Output
        Labels are coordinate names with ``_moment`` or ``_force``.
    """
    tool = osim.InverseDynamicsTool()
    tool.setModelFileName(str(model))
    tool.setCoordinatesFileName(str(motion))
    if loads is not None:
        tool.setExternalLoadsFileName(str(loads))
    tool.setStartTime(window[0])
    tool.setEndTime(window[1])
    tool.setLowpassCutoffFrequency(-1.0 if cutoff is None else cutoff)
    excluded = osim.ArrayStr()
    excluded.append("ALL")
    tool.setExcludedForces(excluded)
    tool.setResultsDir(str(folder))
    tool.setOutputGenForceFileName("forces.sto")
    osim.IO.SetPrecision(DIGITS)
    with swallow_output():
        assert tool.run()
    return read_output(Path(folder) / "forces.sto")


class Engine:
    """An OpenSim model driven by arrays in the order of a compiled model.

    Parameters
    ----------
    source : path of an ``.osim`` file
    model  : its compiled form
    loads  : external-loads file, for `reactions`
    """

    def __init__(self, source, model, loads=None):
        self.model = open_model(source)
        self.names = model.coordinates
        self.model.finalizeConnections()
        muscles = {}
        for component in self.model.getComponentsList():
            muscle = osim.Muscle.safeDownCast(component)
            if muscle is not None:
                muscles[muscle.getName()] = muscle
            elif (force := osim.Force.safeDownCast(component)) is not None:
                force.set_appliesForce(False)
        self.muscles = [muscles[name] for name in model.muscle_names]
        self.motors = []
        for name in self.names:
            motor = osim.CoordinateActuator(name)
            motor.setName(f"motor_of_{name}")
            motor.setOptimalForce(1.0)
            self.model.addForce(motor)
            self.motors.append(motor)
        if loads is not None:
            self.model.addModelComponent(_external_loads(loads))
        with swallow_output():
            self.state = self.model.initSystem()
        coordinates = self.model.getCoordinateSet()
        self.coordinates = [coordinates.get(name) for name in self.names]
        self.q_rows, self.u_rows = self._rows()
        for actuator in [*self.muscles, *self.motors]:
            actuator.overrideActuation(self.state, True)
        self.solver = osim.InverseDynamicsSolver(self.model)

    def _rows(self):
        """Where each coordinate stands in OpenSim's q and in its u."""
        state = self.state
        q_rows, u_rows = [], []
        for coordinate in self.coordinates:
            state.setQ(osim.Vector(state.getNQ(), 0.0))
            state.setU(osim.Vector(state.getNU(), 0.0))
            coordinate.setValue(state, 1.0, False)
            q_rows.append(int(np.argmax(np.abs(state.getQ().to_numpy()))))
            coordinate.setSpeedValue(state, 1.0)
            u_rows.append(int(np.argmax(np.abs(state.getU().to_numpy()))))
        assert len(set(q_rows)) == len(set(u_rows)) == len(self.coordinates)
        return q_rows, u_rows

    def put(self, q, u=None, time=0.0):
        """Set coordinates and speeds exactly, past every lock, clamp and constraint."""
        state = self.state
        state.setTime(float(time))
        state.setQ(_scattered(q, self.q_rows, state.getNQ()))
        state.setU(_scattered(np.zeros(len(q)) if u is None else u, self.u_rows, state.getNU()))

    def inverse_dynamics(self, q, u, udot):
        """Generalised forces (coordinate,) without muscles or other forces."""
        self.put(q, u)
        for actuator in [*self.muscles, *self.motors]:
            actuator.setOverrideActuation(self.state, 0.0)
        udot = _scattered(udot, self.u_rows, self.state.getNU())
        return self.solver.solve(self.state, udot).to_numpy()[self.u_rows]

    def lengths(self, q):
        """(muscle,) path lengths [m]."""
        self.put(q)
        self.model.realizePosition(self.state)
        return np.array([muscle.getLength(self.state) for muscle in self.muscles])

    def arms(self, q, wanted):
        """Moment arms of the wanted (muscle, coordinate) rows [m]."""
        self.put(q)
        self.model.realizePosition(self.state)
        return np.array(
            [
                self.muscles[muscle].computeMomentArm(self.state, self.coordinates[coordinate])
                for muscle, coordinate in wanted
            ]
        )

    def accelerations(self, q, u, time, tension, rest):
        """(coordinate,) that muscle tensions, coordinate forces and external loads cause."""
        self.put(q, u, time)
        for muscle, force in zip(self.muscles, tension, strict=True):
            muscle.setOverrideActuation(self.state, float(force))
        for motor, force in zip(self.motors, rest, strict=True):
            motor.setOverrideActuation(self.state, float(force))
        self.model.realizeAcceleration(self.state)
        return self.state.getUDot().to_numpy()[self.u_rows]

    def reactions(self, q, u, udot, time, tension, rest):
        """Joint reactions under given muscle tensions, while the model moves as prescribed.

        Parameters
        ----------
        rest : (coordinate,) forces that should hold the motion; what OpenSim lacks is added to them

        Returns
        -------
        reaction : (joint, 6) force and moment on the child about the origin of the joint's child frame,
                   in the child body's axes, joints in the order of `joint_names`
        lacking  : (coordinate,) that had to be added
        """
        caused = self.accelerations(q, u, time, tension, rest)
        lacking = self.inverse_dynamics(q, u, udot) - self.inverse_dynamics(q, u, caused)
        held = self.accelerations(q, u, time, tension, rest + lacking)
        np.testing.assert_allclose(held, udot, rtol=0.0, atol=1e-6 * (1.0 + np.abs(udot).max()))
        ground = self.model.getGround()
        rows = []
        for name in self.joint_names:
            joint = self.model.getJointSet().get(name)
            both = joint.calcReactionOnChildExpressedInGround(self.state)
            body = joint.getChildFrame().findBaseFrame()
            moment, force = (
                ground.expressVectorInAnotherFrame(self.state, both.get(i), body).to_numpy() for i in range(2)
            )
            rows.append([*force, *moment])
        return np.array(rows), lacking

    @property
    def joint_names(self):
        """Joints in OpenSim's order."""
        joints = self.model.getJointSet()
        return [joints.get(i).getName() for i in range(joints.getSize())]


def _scattered(values, rows, size):
    vector = osim.Vector(size, 0.0)
    for row, value in zip(rows, values, strict=True):
        vector.set(row, float(value))
    return vector


def _external_loads(path):
    """External loads whose data file is named in full, as it stands beside the file itself."""
    loads = osim.ExternalLoads(str(path), True)
    loads.setDataFileName(str(Path(path).parent / loads.getDataFileName()))
    return loads


class Analysis(NamedTuple):
    """What an AnalyzeTool needs to know of a trial."""

    model: Path
    motion: Path
    loads: Path
    actuators: Path
    window: tuple[float, float]
    cutoff: float | None
    interval: int


def analyze(folder, analysis, setting):
    """Run one analysis in an AnalyzeTool of its own, with the named actuators appended."""
    tool = osim.AnalyzeTool()
    tool.setName("parity")
    tool.setModelFilename(str(setting.model))
    tool.setCoordinatesFileName(str(setting.motion))
    tool.setExternalLoadsFileName(str(setting.loads))
    tool.setLowpassCutoffFrequency(-1.0 if setting.cutoff is None else setting.cutoff)
    tool.setInitialTime(setting.window[0])
    tool.setFinalTime(setting.window[1])
    tool.setSolveForEquilibrium(False)
    tool.setReplaceForceSet(False)
    tool.setForceSetFiles(_words(setting.actuators))
    tool.setOutputPrecision(DIGITS)
    tool.setResultsDir(str(folder))
    analysis.setStartTime(setting.window[0])
    analysis.setEndTime(setting.window[1])
    analysis.setStepInterval(setting.interval)
    analysis.setOn(True)
    tool.getAnalysisSet().cloneAndAppend(analysis)
    setup = Path(folder) / "analyze.xml"
    tool.printToXML(str(setup))
    osim.IO.SetPrecision(DIGITS)
    with swallow_output():
        assert osim.AnalyzeTool(str(setup)).run()


def static_optimization(folder, setting, exponent=2, tolerance=1e-4, iterations=100):
    """Activations and forces of OpenSim's StaticOptimization."""
    analysis = osim.StaticOptimization()
    analysis.setName("so")
    analysis.setUseModelForceSet(True)
    analysis.setUseMusclePhysiology(True)
    analysis.setActivationExponent(exponent)
    analysis.setConvergenceCriterion(tolerance)
    analysis.setMaxIterations(iterations)
    analyze(folder, analysis, setting)
    return (
        read_output(Path(folder) / "parity_so_activation.sto"),
        read_output(Path(folder) / "parity_so_force.sto"),
    )


def joint_reaction(folder, setting, forces):
    """Loads of OpenSim's JointReaction: on the child, in the child's axes.

    Parameters
    ----------
    forces : path of a table of every actuator's force
    """
    analysis = osim.JointReaction()
    analysis.setName("jr")
    analysis.setForcesFileName(str(forces))
    analysis.setJointNames(_words("ALL"))
    analysis.setOnBody(_words("child"))
    analysis.setInFrame(_words("child"))
    analyze(folder, analysis, setting)
    return read_output(Path(folder) / "parity_jr_ReactionLoads.sto")


def _words(*words):
    array = osim.ArrayStr()
    for word in words:
        array.append(str(word))
    return array
