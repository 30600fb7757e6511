"""OpenSim's own chain: inverse dynamics, static optimization, joint reaction, each timed whole."""

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from retrogait.io.storage import read_table
from retrogait.osim.quiet import import_opensim, swallow_output
from tests.benchmarks.cases import CUTOFF


@dataclass(frozen=True)
class ToolRun:
    """Seconds of each tool from its setup file to its written answer, and the answers."""

    load: float
    moments: float
    sharing: float
    reaction: float
    moment_table: object
    activation_table: object
    force_table: object
    reaction_table: object

    @property
    def total(self):
        return self.moments + self.sharing + self.reaction


CUSTOMARY_TOLERANCE = 1e-4
"""Convergence of static optimization in OpenSim's own examples; 1e-8 costs little more and moves muscle
forces by newtons."""


def run_tools(case, folder, tolerance=CUSTOMARY_TOLERANCE):
    """Run all three on one case, writing into ``folder``.

    Same choices as parity mode: squared activations, muscle force-length and force-velocity, no
    equilibrium of the tendon, motion at 6 Hz, ground forces as recorded.
    """
    opensim = import_opensim()
    with swallow_output():
        load = _timed(lambda: opensim.Model(str(case.model)).initSystem())
        moments = _timed(_inverse_dynamics(opensim, case, folder))
        sharing = _timed(_analysis(opensim, case, folder, _static_optimization(opensim, case, tolerance)))
        forces = folder / "so_so_force.sto"
        reaction = _timed(_analysis(opensim, case, folder, _joint_reaction(opensim, case, forces)))
    return ToolRun(
        load,
        moments,
        sharing,
        reaction,
        moment_table=read_table(folder / "id.sto"),
        activation_table=read_table(folder / "so_so_activation.sto"),
        force_table=read_table(forces),
        reaction_table=read_table(folder / "jr_jr_ReactionLoads.sto"),
    )


def _timed(work):
    started = perf_counter()
    work()
    return perf_counter() - started


def _words(opensim, *words):
    array = opensim.ArrayStr()
    for word in words:
        array.append(str(word))
    return array


def _inverse_dynamics(opensim, case, folder):
    def work():
        tool = opensim.InverseDynamicsTool()
        tool.setModelFileName(str(case.model))
        tool.setCoordinatesFileName(str(case.coordinates))
        tool.setExternalLoadsFileName(str(case.loads))
        tool.setLowpassCutoffFrequency(CUTOFF)
        tool.setStartTime(case.start)
        tool.setEndTime(case.end)
        tool.setExcludedForces(_words(opensim, "Muscles"))
        tool.setResultsDir(str(folder))
        tool.setOutputGenForceFileName("id.sto")
        _require(tool.run(), "InverseDynamicsTool")

    return work


def _analysis(opensim, case, folder, analysis):
    """Work of an AnalyzeTool; its setup goes through a file, because only so does it load a model."""
    name = analysis.getName()
    tool = opensim.AnalyzeTool()
    tool.setName(name)
    tool.setModelFilename(str(case.model))
    tool.setCoordinatesFileName(str(case.coordinates))
    tool.setExternalLoadsFileName(str(case.loads))
    tool.setLowpassCutoffFrequency(CUTOFF)
    tool.setInitialTime(case.start)
    tool.setFinalTime(case.end)
    tool.setSolveForEquilibrium(False)
    tool.setReplaceForceSet(False)
    tool.setForceSetFiles(_words(opensim, case.reserves))
    tool.setOutputPrecision(12)
    tool.setResultsDir(str(folder))
    tool.getAnalysisSet().cloneAndAppend(analysis)
    setup = str(Path(folder) / f"{name}.xml")
    tool.printToXML(setup)
    return lambda: _require(opensim.AnalyzeTool(setup).run(), name)


def _prepare(analysis, case, name):
    analysis.setName(name)
    analysis.setOn(True)
    analysis.setStartTime(case.start)
    analysis.setEndTime(case.end)
    analysis.setStepInterval(1)
    return analysis


def _static_optimization(opensim, case, tolerance):
    analysis = _prepare(opensim.StaticOptimization(), case, "so")
    analysis.setUseModelForceSet(True)
    analysis.setUseMusclePhysiology(True)
    analysis.setActivationExponent(2)
    analysis.setConvergenceCriterion(tolerance)
    analysis.setMaxIterations(100)
    return analysis


def _joint_reaction(opensim, case, forces):
    analysis = _prepare(opensim.JointReaction(), case, "jr")
    analysis.setForcesFileName(str(forces))
    analysis.setJointNames(_words(opensim, "ALL"))
    analysis.setOnBody(_words(opensim, "child"))
    analysis.setInFrame(_words(opensim, "child"))
    return analysis


def _require(succeeded, name):
    if not succeeded:
        raise RuntimeError(f"OpenSim's {name} reported failure")
