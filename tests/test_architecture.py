"""Arrows point down: what may import what is written in pyproject.toml and checked here."""

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
