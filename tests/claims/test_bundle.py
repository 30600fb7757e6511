"""The command on the bundled walks: every number of its table stands in a stored result."""

import argparse
import ast
import contextlib
import csv
import io
import json
import re

import h5py
import numpy as np
import pytest

from retrogait.commands import claims
from retrogait.commands.common import Parser
from retrogait.predict.library import MANIFEST, library_folder
from retrogait.report.claims_files import DOSES, PAGE, RECORD, ROWS, WEB

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (library_folder() / MANIFEST).is_file(),
        reason="the bundled motions are not there; make them with `python -m retrogait.predict.bundle`",
    ),
]

PRINTED = 1e-8  # relative: the table has nine digits
NAME = re.compile(r"[a-z]\w*")


def command(*arguments):
    parser = Parser(prog="retrogait")
    claims.add(parser.add_subparsers(required=True))
    parsed: argparse.Namespace = parser.parse_args(["claims", *arguments])
    return parsed.command(parsed)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Folder and what was printed."""
    out = tmp_path_factory.mktemp("claims")
    with contextlib.redirect_stdout(io.StringIO()) as screen:
        assert command("K09", "P6", "--output", str(out)) == 0
    return out, screen.getvalue()


@pytest.fixture(scope="module")
def folder(run):
    return run[0]


def spans_of(file):
    """Ends of the sensitivity of a stored result as shares of its plain peaks."""
    cases = json.loads(file.attrs["sensitivity"])
    shares = {
        joint: [case[f"peak_{joint}"] / cases["base"][f"peak_{joint}"] for case in cases.values()]
        for joint in ("tibiofemoral", "patellofemoral")
    }
    own = np.linalg.norm(file["tibiofemoral_force"][...], axis=-1).max()
    peaks = np.nanmax(file["tibiofemoral_force_sharing"][...], axis=(0, 1))
    shares["tibiofemoral"] += list(peaks / own)
    return {f"{joint}_peak": (min(1.0, *some), max(1.0, *some)) for joint, some in shares.items()}


@pytest.fixture(scope="module")
def stored(folder):
    """Measures of every stored result, read with nothing of this package."""
    found = {}
    for path in (folder / "walks").iterdir():
        with h5py.File(path) as file:
            names = file["measure"].asstr()[...]
            values = file["measure_mean"][...]
            spans = spans_of(file)
        has = np.isfinite(values)
        mean = np.where(has, values, 0.0).sum(axis=0) / np.maximum(has.sum(axis=0), 1)
        mean[~has.any(axis=0)] = np.nan
        found[f"walks/{path.name}"] = dict(zip(names, map(float, mean), strict=True))
        found[f"walks/{path.name}"]["spans"] = spans
    return found


def recomputed(quantity, files, stored):
    """The quantity from the files that a row names."""
    parts = []
    for text in files.split(" + "):
        share, _, name = text.rpartition(" x ")
        parts.append((float(share or 1.0), stored[name]))
    names = set(NAME.findall(quantity))
    values = {name: sum(share * found[name] for share, found in parts) for name in names}
    return eval(compile(ast.parse(quantity, mode="eval"), "quantity", "eval"), {}, values)


def test_every_number_of_the_table_can_be_recomputed_from_the_files_that_it_names(folder, stored):
    with (folder / ROWS).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    traced = 0
    for row in rows:
        for which in ("first", "second"):
            if row[f"{which} value"]:
                expected = recomputed(row["quantity"], row[f"{which} files"], stored)
                assert float(row[f"{which} value"]) == pytest.approx(expected, rel=PRINTED), row
                traced += 1
        if row["first value"] and row["second value"]:
            difference = float(row["second value"]) - float(row["first value"])
            scale = max(abs(float(row["first value"])), abs(float(row["second value"])))
            assert float(row["difference"]) == pytest.approx(difference, abs=10.0 * PRINTED * scale)
    assert traced > 500


def test_every_span_can_be_recomputed_from_the_files_that_it_names(folder, stored):
    record = json.loads((folder / RECORD).read_text("utf-8"))
    traced = 0
    for tested in (tested for claim in record["claims"] for tested in claim["tests"]):
        of = tested["test"].get("span") or tested["test"]["quantity"]
        values = [pair[key] for pair in tested["pairs"] for key in ("first", "second") if pair[key]]
        for value in values:
            if value["low"] is None:
                assert not of.endswith(("tibiofemoral_peak", "patellofemoral_peak")) or not value["parts"]
                continue
            for end, name in enumerate(("low", "high")):
                share = sum(part["share"] * stored[part["file"]]["spans"][of][end] for part in value["parts"])
                assert value[name] == pytest.approx(share * value["value"])
            traced += 1
    assert traced > 100


def test_every_dose_can_be_recomputed_from_the_files_that_it_names(folder, stored):
    record = json.loads((folder / RECORD).read_text("utf-8"))
    bouts = [bout for dose in record["protocols"] for bout in dose["bouts"] if not bout["reason"]]
    assert len(bouts) > 10
    for bout in bouts:
        for joint in ("tibiofemoral", "patellofemoral"):
            per_minute = sum(
                part["share"] * stored[part["file"]][f"{joint}_impulse_per_minute"] for part in bout["parts"]
            )
            assert bout["workout"][joint] == pytest.approx(bout["minutes"] * per_minute)
        cadence = sum(part["share"] * stored[part["file"]]["cadence"] for part in bout["parts"])
        assert bout["steps"] == pytest.approx(bout["minutes"] * cadence)


def test_every_claim_and_protocol_has_its_place_on_both_pages(folder):
    assert {path.name for path in folder.iterdir()} == {ROWS, RECORD, DOSES, PAGE, WEB, "walks"}
    for name in (PAGE, WEB):
        text = (folder / name).read_text("utf-8")
        for number in range(1, 44):
            assert f"K{number:02d}" in text
        for number in range(1, 9):
            assert f"P{number}" in text


def test_the_knee_load_claim_is_never_called_supported_with_the_bend_of_retro_contact_untold(folder):
    record = json.loads((folder / RECORD).read_text("utf-8"))
    claim = next(one for one in record["claims"] if one["claim"]["id"] == "K09")
    assert "knee-contact" in claim["claim"]["touches"]
    assert all(pair["second"]["low"] is not None for pair in claim["tests"][0]["pairs"])
    assert any(pair["at"] == "preferred" for pair in claim["tests"][0]["pairs"])


def test_single_claims_are_shown_in_full(run):
    _, text = run
    assert "peak tibiofemoral force lower" in text
    assert "tibiofemoral_peak" in text
    assert "P6" in text
    assert "K10" not in text
