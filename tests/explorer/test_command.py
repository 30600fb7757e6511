"""``retrogait explore`` from the command line."""

import argparse
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from retrogait.commands import explore
from retrogait.commands.common import Parser
from retrogait.errors import ConfigError, ResultError
from tests.explorer.test_gather import changed_model

PATIENCE = 120.0
"""Longest wait for a process to come up and to end [s]."""


def run(*words):
    parser = Parser(prog="retrogait")
    explore.add(parser.add_subparsers())
    arguments = parser.parse_args(["explore", *map(str, words)])
    return arguments.command(arguments)


def test_it_writes_one_page_of_results(tmp_path, capsys):
    changed_model(tmp_path / "walk.h5", "gone.osim")
    page = tmp_path / "new" / "page.html"

    assert run(tmp_path, "-o", page) == 0

    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert capsys.readouterr().out == f"1 walk in {page}: one page, no network needed\n"


def test_the_page_is_shown_when_asked_for(tmp_path, monkeypatch):
    changed_model(tmp_path / "walk.h5", "gone.osim")
    shown = []
    monkeypatch.setattr("webbrowser.open", lambda address: shown.append(address) or True)

    run(tmp_path, "-o", tmp_path / "page.html", "--open")

    assert shown == [(tmp_path / "page.html").resolve().as_uri()]


def test_the_same_walks_make_the_same_page(tmp_path):
    changed_model(tmp_path / "walk.h5", "gone.osim")
    for name in ("a", "b"):
        run(tmp_path / "walk.h5", "-o", tmp_path / f"{name}.html")

    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--live", "-o", "x.html"), "-o has no meaning with it"),
        (("--port", "8000"), "--port is that of --live"),
    ],
)
def test_options_that_contradict_are_refused(words, reason):
    with pytest.raises(ConfigError, match=reason):
        run(*words)


@pytest.mark.parametrize("port", ["-1", "70000", "http"])
def test_what_is_no_port_is_refused(port):
    with pytest.raises(argparse.ArgumentTypeError, match="is not a port"):
        explore._port(port)


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(ResultError, match="holds no result"):
        run(tmp_path)


@pytest.mark.slow
def test_the_server_ends_cleanly_when_interrupted(tmp_path):
    changed_model(tmp_path / "walk.h5", "gone.osim")
    script = "import sys; from tests.explorer.test_command import run; sys.exit(run(sys.argv[1], '--live'))"
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(root / "sim")])}
    with subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], cwd=root, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        first = server.stdout.readline()
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=PATIENCE)

    assert re.match(r"http://127\.0\.0\.1:\d+/ shows 1 walk and predicts others", first)
    assert out == "stopped\n"
    assert "Traceback" not in err
    assert server.returncode == 0
