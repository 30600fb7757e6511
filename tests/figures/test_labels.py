"""What an axis says is what the file holds, or nothing is drawn."""

import re

import pytest

from retrogait.errors import ConfigError, ResultError
from retrogait.gait.measures import CURVES, MEASURES
from retrogait.quantities import QUANTITIES
from retrogait.report.figures.make import make_figure
from retrogait.report.gathered import labels
from retrogait.report.gathered.labels import label, require_unit, unit


def renamed(axis, old, new):
    """Change of a file that gives a curve or measure, or its unit, another name."""

    def change(file):
        row = [name.decode() for name in file[axis][...]].index(old)
        file[axis][row] = new

    return change


def unit_of(axis, name, new):
    def change(file):
        row = [one.decode() for one in file[axis][...]].index(name)
        file[f"{axis}_unit"][row] = new

    return change


def attribute(name, new):
    def change(file):
        file[name].attrs["units"] = new

    return change


def test_every_curve_and_measure_is_labelled_with_the_unit_of_its_registry():
    for name, known in (CURVES | MEASURES).items():
        assert label(name).endswith(f" [{known.unit}]")
        assert "_" not in label(name)


def test_what_is_no_curve_is_labelled_as_it_is_stored():
    assert label("muscle_force") == f"Muscle force [{QUANTITIES['muscle_force'].unit}]"
    assert label("percent") == "Gait cycle [%]"


def test_an_unknown_name_is_refused_with_the_one_that_was_meant():
    with pytest.raises(ConfigError, match=r"did you mean.*tibiofemoral_force"):
        unit("tibiofemoral_forse")


def test_a_stored_force_in_newtons_never_gets_the_label_of_body_weights():
    with pytest.raises(ResultError, match=r"`tibiofemoral_force` is stored in 'N', expected 'BW'"):
        require_unit("tibiofemoral_force", QUANTITIES["tibiofemoral_force"].unit, "a.h5")


SPOILT = {
    "unit of a curve": (
        "overlay", "results.h5", unit_of("curve", "knee_flexion", "rad"), r"knee_flexion.*'rad'.*'deg'",
    ),
    "name of a curve": (
        "overlay", "results.h5", renamed("curve", "knee_flexion", "knee_bend"), r"no curve `knee_flexion`",
    ),
    "unit of the cycle": ("overlay", "results.h5", attribute("percent", "s"), r"percent.*'s'.*'%'"),
    "unit of a measure": (
        "surface", "results.h5", unit_of("measure", "tibiofemoral_peak", "N"), r"_peak.*'N'.*'BW'",
    ),
    "unit of the speed": ("surface", "results.h5", attribute("speed", "km/h"), r"speed.*'km/h'.*'m/s'"),
    "unit of the incline": ("surface", "results.h5", attribute("incline", "rad"), r"incline.*'rad'.*'deg'"),
    "unit of a contribution": (
        "contributions", "forward_1.0_0.h5", attribute("tibiofemoral_contribution", "kN"),
        r"forward_1\.0_0\.h5.*tibiofemoral_contribution.*'kN'.*'N'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", SPOILT)
def test_a_changed_name_or_unit_is_one_line_and_no_figure(spoilt, how):
    kind, file, change, expected = SPOILT[how]
    with pytest.raises(ResultError) as error:
        make_figure(spoilt(file, change), kind)
    assert re.search(expected, str(error.value))
    assert "\n" not in str(error.value)


def test_a_quantity_that_the_registry_calls_otherwise_by_now_is_refused(walks, monkeypatch):
    changed = {name: curve for name, curve in CURVES.items() if name != "knee_flexion"}
    monkeypatch.setattr(labels, "CURVES", changed | {"knee_bend": CURVES["knee_flexion"]})
    with pytest.raises(ConfigError, match="'knee_flexion' is no curve"):
        make_figure(walks, "overlay", quantities=["knee_flexion"])
    with pytest.raises(ResultError, match="has no curve `knee_bend`"):
        make_figure(walks, "overlay", quantities=["knee_bend"])


def test_a_column_of_a_validation_in_another_unit_is_refused(validation):
    curves = validation / "curves.csv"
    curves.write_text(curves.read_text().replace("measured [BW]", "measured [N]"))
    with pytest.raises(ResultError, match=r"no column `measured \[BW\]`"):
        make_figure(validation, "validation")
