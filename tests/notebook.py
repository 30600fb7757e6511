"""Run the students' notebook from the first cell to the last, and keep of it what is the same every time.

    python -m tests.notebook            # run experiments/forward_against_retro.ipynb and store its outputs
    python -m tests.notebook OUT.ipynb  # the same, written elsewhere
    python -m tests.notebook OUT.ipynb ANY.ipynb  # another notebook, likewise

Edit the cells in Jupyter or any editor, then run the first line. A cell whose numbers matter carries the tag
``numbers``: tests/test_notebook.py compares what it prints with what is stored.
"""

import os
import sys
import tempfile
from pathlib import Path

import matplotlib.font_manager  # noqa: F401  # lists the fonts: a kernel that must would say so in its output
import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "experiments" / "forward_against_retro.ipynb"

LONGEST_CELL = 900
"""Time for one cell, on a machine that compiles the kernels first [s]."""

PATIENCE = 300
"""Longest wait for a kernel to come up, and for outputs that come after their cell has ended [s]."""

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""Of the notebook: nothing of the version or machine that ran it."""


def executed(notebook):
    """The notebook with the outputs of a fresh kernel, bare of whatever differs from run to run.

    The kernel runs this checkout, and reads and leaves nothing in the user's Jupyter folders.
    """
    with tempfile.TemporaryDirectory(prefix="retrogait-") as scratch:
        paths = (str(ROOT / "sim"), os.environ.get("PYTHONPATH"))
        os.environ.update(
            IPYTHONDIR=scratch,
            JUPYTER_RUNTIME_DIR=scratch,
            PYTHONPATH=os.pathsep.join(filter(None, paths)),
        )
        client = NotebookClient(
            notebook,
            kernel_manager_class=ThisInterpreter,
            kernel_name="python3",
            extra_arguments=["--log-level=ERROR"],  # or it warns of its sockets, which are on loopback
            coalesce_streams=True,  # a busy machine delivers what one cell prints in several pieces
            timeout=LONGEST_CELL,
            startup_timeout=PATIENCE,
            iopub_timeout=PATIENCE,
            raise_on_iopub_timeout=True,  # or what comes late is left out without a word
            resources={"metadata": {"path": str(NOTEBOOK.parent)}},
        )
        client.execute()
    return bare(notebook)


class ThisInterpreter(AsyncKernelManager):
    """Kernels of the interpreter that runs this, whatever others the user has installed."""

    def __init__(self, **settings):
        super().__init__(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]), **settings)


def bare(notebook):
    """Strip what differs from run to run: versions, times, counters that are not the order of cells."""
    notebook.metadata = nbformat.from_dict(METADATA)
    count = 0
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k == "tags"})
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        for output in cell.outputs:
            output.pop("transient", None)
            if output.output_type == "execute_result":
                output.execution_count = count
            if "metadata" in output:
                output.metadata = nbformat.from_dict({})
            if "text/html" in output.get("data", {}):
                output.data.pop("text/plain", None)  # the same again, for a terminal
    return notebook


def main(out=NOTEBOOK, source=NOTEBOOK):
    """Run the notebook and write it."""
    notebook = executed(nbformat.read(source, as_version=4))
    nbformat.validate(notebook)
    nbformat.write(notebook, out)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
