"""The command: one figure by one line, or one line of complaint."""

import pytest

from retrogait import cli
from retrogait.commands import figure
from retrogait.report.figures import make, style


@pytest.fixture(autouse=True)
def this_command(monkeypatch):
    monkeypatch.setattr(cli, "COMMANDS", (figure,))


def test_a_figure_is_stored_where_it_is_asked_for(walks, tmp_path, capsys):
    path = tmp_path / "new" / "load.svg"
    options = ["--size", "single", "--quantity", "knee_flexion", "--side", "left", "--condition", "*_0.8_0"]
    assert cli.main(["figure", str(walks), "--kind", "overlay", "-o", str(path), *options]) == 0
    assert "Knee flexion [deg]" in path.read_text("utf-8")
    assert f"stored in {path}" in capsys.readouterr().out


def test_without_a_name_it_is_called_by_its_kind(walks, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["figure", str(walks), "--kind", "surface", "--quantity", "patellofemoral_peak"]) == 0
    assert (tmp_path / "surface.pdf").read_bytes().startswith(b"%PDF")


def test_bad_input_is_one_line(walks, tmp_path, capsys):
    for wrong in (["--quantity", "nothing"], ["--condition", "nobody"], ["-o", str(tmp_path / "a.doc")]):
        assert cli.main(["figure", str(walks), "--kind", "overlay", *wrong]) == 2
        complaint = capsys.readouterr().err
        assert complaint.startswith("retrogait: ")
        assert complaint.count("\n") == 1
    assert cli.main(["figure", str(tmp_path / "absent"), "--kind", "surface"]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_the_command_offers_every_kind_and_size():
    assert figure.KINDS == make.KINDS
    assert tuple(style.SIZES) == figure.SIZES
