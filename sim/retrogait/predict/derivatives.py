"""First and second derivatives of the blocks, compiled to machine code where a C compiler exists.

The code goes into the cache folder of the package, under a name made of its own digest, so that an edited
model or formula can never meet an old library. Without a compiler casadi evaluates the same functions itself.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import casadi as ca

from retrogait._jit import cache_folder
from retrogait.errors import SolveError
from retrogait.predict.blocks import Blocks

FLAGS = ("-O1", "-ffast-math", "-fPIC", "-shared")


class Derived(NamedTuple):
    """Value and residual of one block, with derivatives.

    Attributes
    ----------
    value    : inputs -> cost, residual
    jacobian : inputs -> gradient of the cost, Jacobian of the residual; over the leading inputs
    hessian  : inputs, cost multiplier, residual multipliers -> upper triangle of the Lagrangian's Hessian
    """

    value: ca.Function
    jacobian: ca.Function
    hessian: ca.Function


class Derivatives(NamedTuple):
    """Of all three blocks; ``compiled`` says how they are evaluated."""

    skeleton: Derived
    leg: Derived
    step: Derived
    compiled: bool


def compiler() -> str | None:
    """C compiler of this machine: what CC names, else the first that is on the path."""
    for name in (os.environ.get("CC"), "cc", "gcc", "clang"):
        if name and shutil.which(name):
            return name
    return None


def derive(blocks: Blocks, *, compiled: bool | None = None) -> Derivatives:
    """Derivatives of the blocks.

    Parameters
    ----------
    compiled : whether to use a C compiler; None uses one where there is one that works

    Raises
    ------
    SolveError
        ``compiled`` is true and there is no compiler, or none that works.
    """
    wanted = compiler() is not None if compiled is None else compiled
    skeleton, leg, step = _derived(blocks.skeleton, 1), _derived(blocks.leg, 1), _derived(blocks.step, 3)
    if wanted:
        try:
            return Derivatives(_compiled(skeleton), _compiled(leg), _compiled(step), compiled=True)
        except SolveError:
            if compiled:
                raise
    return Derivatives(skeleton, leg, step, compiled=False)


def pending(blocks: Blocks) -> int:
    """Number of blocks that a first use still has to compile."""
    parts = (_derived(blocks.skeleton, 1), _derived(blocks.leg, 1), _derived(blocks.step, 3))
    return sum(not _library(_source(part)).exists() for part in parts)


def _derived(function: ca.Function, leading: int) -> Derived:
    inputs = function.sx_in()
    cost, residual = function.call(inputs)
    x = ca.vertcat(*inputs[:leading])
    names = [f"{function.name()}_{what}" for what in ("value", "jacobian", "hessian")]
    lam_f, lam_g = ca.SX.sym("lam_f"), ca.SX.sym("lam_g", residual.numel())
    gradient = ca.gradient(cost, x)
    hessian = ca.triu(ca.hessian(lam_f * cost + ca.dot(lam_g, residual), x)[0])
    return Derived(
        ca.Function(names[0], inputs, ca.cse([cost, residual])),
        ca.Function(names[1], inputs, ca.cse([ca.densify(gradient), ca.jacobian(residual, x)])),
        ca.Function(names[2], [*inputs, lam_f, lam_g], ca.cse([hessian])),
    )


def _source(part: Derived) -> str:
    generator = ca.CodeGenerator("block.c")
    for function in part:
        generator.add(function)
    return str(generator.dump())


def _library(source: str) -> Path:
    digest = hashlib.sha256("\n".join((source, *FLAGS, version("casadi"))).encode()).hexdigest()[:16]
    return cache_folder() / "prediction" / f"{digest}.so"


def _compiled(part: Derived) -> Derived:
    source = _source(part)
    library = _library(source)
    if not library.exists():
        _compile(source, library)
    return Derived(*(ca.external(function.name(), str(library)) for function in part))


def _compile(source: str, library: Path) -> None:
    program = compiler()
    if program is None:
        raise SolveError("no C compiler (CC, cc, gcc, clang) to compile the equations of walking with")
    try:
        library.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=library.parent) as folder:
            text, made = Path(folder) / "block.c", Path(folder) / "block.so"
            text.write_text(source, encoding="utf-8")
            command: Sequence[str] = [program, *FLAGS, str(text), "-o", str(made), "-lm"]
            subprocess.run(command, check=True, capture_output=True)
            made.replace(library)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SolveError(f"{library}: the equations of walking cannot be compiled: {error}") from error
