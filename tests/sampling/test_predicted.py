"""The sensitivity of a bundled predicted walk: a whole stride, its table, its picture."""

import csv
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from numpy.testing import assert_allclose
from rich.console import Console

from retrogait.report.bands import draw_bands
from retrogait.report.causes import spreads, worst_side
from retrogait.report.samples import write_samples
from retrogait.report.spread import render_spread
from retrogait.sampling.api import sensitivity
from tests.trials import bundled


@pytest.fixture(scope="module")
def predicted():
    gait = bundled("retro_1.0_+05")
    return sensitivity(gait.model, gait.trial, samples=64, cutoff=None)


def test_a_predicted_trial_is_not_filtered_and_has_a_cycle(predicted):
    assert "cutoff" not in predicted["factor"].values
    assert "cutoff is not varied: the plain analysis filters nothing" in predicted.attrs["notes"]
    band, plain = predicted["tibiofemoral_cycle_band"], predicted["tibiofemoral_cycle"]
    assert np.isfinite(band).all()
    assert np.isfinite(plain).all()
    # One stride that repeats itself: the cycle is the window, but for where it begins.
    force = np.linalg.norm(predicted["tibiofemoral_force"].values, axis=-1) / predicted.attrs["body_weight"]
    assert_allclose(plain.max("percent"), force.max(axis=0), rtol=0.02)


def test_the_table_of_samples_is_tidy(predicted, tmp_path):
    write_samples(tmp_path / "one.csv", predicted)
    with (tmp_path / "one.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == predicted.sizes["sample"] * predicted.sizes["side"]
    one = predicted.sel(side="left", sample=3)
    [row] = [row for row in rows if (row["sample"], row["side"]) == ("3", "left")]
    assert float(row["knee_x [m]"]) == pytest.approx(
        float(one["factor_value"].sel(factor="knee_x")), abs=1e-9
    )
    peak = float(one["sample_number"].sel(number="tibiofemoral_peak"))
    assert float(row["tibiofemoral_peak [BW]"]) == pytest.approx(peak, rel=1e-8)


def test_the_picture_names_the_trial_its_origin_and_every_cause(predicted):
    picture = draw_bands(predicted)
    assert "retro_1.0_+05 (predicted), " in picture
    for spread in spreads(predicted, worst_side(predicted)):
        assert spread.causes
        for cause in spread.causes:
            assert cause.name in picture
    assert "Not varied: the predicted motion" in " ".join(ET.fromstring(picture).itertext())
    assert "% of the cycle" in picture


def test_causes_are_told_from_the_largest_down(predicted):
    for spread in spreads(predicted, worst_side(predicted)):
        shares = [cause.share for cause in spread.causes]
        assert shares == sorted(shares, reverse=True)
        assert spread.low <= spread.high


def test_the_terminal_shows_bands_and_causes(predicted):
    console = Console(width=120, record=True, file=None, quiet=False)
    with console.capture() as captured:
        render_spread(predicted, console)
    text = captured.get()
    [tibia, _] = spreads(predicted, worst_side(predicted))
    assert f"peak {tibia.plain:.2f} BW, 90 % of samples from {tibia.low:.2f} to {tibia.high:.2f}" in text
    assert all(cause.name in text for cause in tibia.causes)
