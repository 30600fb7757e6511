"""Arrows point down: what may import what is written in pyproject.toml and checked here."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]

SOLVING = {
    "blocks", "contact", "derivatives", "motion", "muscle", "parameters", "problem", "search", "solve",
    "start", "unfold", "worker",
}  # fmt: skip
"""Modules of `retrogait.predict` that need casadi, themselves or through one another."""

DOORS = {
    "matplotlib": ["report/figures/"],
    "plotly": ["report/page/shell.py"],
    "ezc3d": ["lab/reader.py"],
    "pooch": ["public_data/fetch.py"],
    "spm1d": ["statistics/spm.py"],
    "opensim": ["osim/"],
    "numba": ["_jit.py"],
    "playwright": [],
    "nbclient": [],
}
"""Library to the modules that may import it; none where only tests do."""


def test_the_import_contracts_hold():
    script = "import sys\nfrom importlinter.cli import lint_imports_command\nlint_imports_command()"
    done = in_a_process_of_its_own(script, "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_the_solving_process_knows_casadi():
    graph = grimp.build_graph(
        "retrogait", include_external_packages=True, exclude_type_checking_imports=True, cache_dir=None
    )
    known = graph.find_downstream_modules("casadi")
    assert known == {f"retrogait.predict.{name}" for name in SOLVING}
    assert not graph.find_modules_that_directly_import("retrogait.predict.worker")


def test_the_solving_process_has_no_opensim():
    # Whichever of the two is imported second fails, because each brings a libcasadi of its own.
    names = ", ".join(f"retrogait.predict.{name}" for name in sorted(SOLVING))
    done = in_a_process_of_its_own(f"import sys, {names}; sys.exit('opensim' in sys.modules)")
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_large_library_has_one_door():
    found = {name: set() for name in DOORS}
    for path in sorted((ROOT / "sim" / "retrogait").rglob("*.py")):
        for name in set(libraries_named_in(path)) & set(DOORS):
            found[name].add(path.relative_to(ROOT / "sim" / "retrogait").as_posix())
    for name, doors in DOORS.items():
        strays = {module for module in found[name] if not module.startswith(tuple(doors))}
        assert not strays, f"{name} is imported by {strays}, expected {doors or 'tests alone'}"
        assert bool(found[name]) == bool(doors), f"nobody imports {name} any more: no door is needed"


def libraries_named_in(path):
    """Top-level packages that a module imports, anywhere, or opens by name; looking for one is no import."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name.split(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.split(".")[0]
            case ast.Call(
                func=ast.Name(id="import_module" | "files"), args=[ast.Constant(value=str(name)), *_]
            ):
                yield name.split(".")[0]


def in_a_process_of_its_own(script, *arguments):
    # Importing opensim puts its folder, and so its libcasadi, into this variable.
    kept = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env=kept | {"PYTHONPATH": str(ROOT / "sim")},
        capture_output=True,
        text=True,
        check=False,
    )
