"""pytest plugin: the fixture `load_regression`, which compares knee loads with a reviewed baseline.

    def test_my_subject(load_regression):
        load_regression(rg.analyze(model, trial))

The baseline stands beside the test module, in a folder of its name: ``test_walk/test_my_subject.h5``. The
first run fails and names the flag that writes it; later runs fail with one sentence for every load that
moved. Nothing of weight is imported before a test asks for the fixture.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import xarray as xr

    from retrogait.baseline.gather import Gathered

FLAG = "--update-loads"
SENTENCES = 10
"""Loads that a failure tells of, the worst first."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag."""
    parser.getgroup("retrogait").addoption(
        FLAG,
        action="store_true",
        default=False,
        help="write the baselines of `load_regression` anew; every test that wrote one fails, so that "
        "somebody looks at it",
    )


class LoadRegression:
    """Compares results with the baseline of a test; what `load_regression` is.

    Parameters
    ----------
    folder
        For the baselines.
    test
        Name of the test, which names its baseline.
    update
        Whether baselines are written anew.
    """

    def __init__(self, folder: Path, test: str, *, update: bool) -> None:
        self._folder = folder
        self._test = test
        self._update = update

    def __call__(
        self,
        results: "xr.Dataset | Iterable[xr.Dataset] | Path | str",
        name: str | None = None,
        tolerance: Mapping[str, float] | None = None,
    ) -> None:
        """Fail the test where a load moved, or nobody has reviewed it yet.

        Parameters
        ----------
        results
            Of `retrogait.analyze`, one or several; or a folder of `retrogait run`, or one of its files.
        name
            Of the baseline, where a test has several; that of the test when None.
        tolerance
            Quantity or unit to its tolerance, such as ``{"tibiofemoral_force": 0.02, "deg": 0.5}``.

        Raises
        ------
        ConfigError
            A tolerance is none, two results have one name, or an interrupted run should become the baseline.
        ResultError
            Something is no result, or the baseline is no baseline.
        """
        __tracebackhide__ = True
        from retrogait.baseline.compare import compare  # noqa: PLC0415
        from retrogait.baseline.explain import headline, sentence  # noqa: PLC0415
        from retrogait.baseline.gather import gather  # noqa: PLC0415
        from retrogait.baseline.store import read_baseline  # noqa: PLC0415
        from retrogait.baseline.tolerances import Tolerances  # noqa: PLC0415

        tolerances = Tolerances(dict(tolerance or {}))
        gathered = gather(results)
        path = self._folder / f"{_safe(name or self._test)}.h5"
        if self._update:
            self._write(path, gathered)
            return
        if not path.is_file():
            pytest.fail(
                f"no baseline {path} yet: look at the loads, then write it with `pytest {FLAG}`",
                pytrace=False,
            )
        comparison = compare(gathered, read_baseline(path), tolerances)
        if comparison.passed:
            return
        moved = comparison.moved
        lines = [headline(comparison), *(f"  {sentence(check)}" for check in moved[:SENTENCES])]
        if len(moved) > SENTENCES:
            lines.append(f"  and {len(moved) - SENTENCES} more")
        lines.append(
            f"Baseline: {path}; if the loads are right as they are, write it anew with `pytest {FLAG}`."
        )
        pytest.fail("\n".join(lines), pytrace=False)

    def _write(self, path: Path, gathered: "Gathered") -> None:
        """Write the baseline; the test fails unless it was the same already."""
        __tracebackhide__ = True
        from retrogait.baseline.store import Review, write_baseline  # noqa: PLC0415

        gathered.require_whole()
        review = Review(on=datetime.now(UTC).date().isoformat(), note=f"pytest {FLAG}")
        if write_baseline(path, gathered.loads, failed=gathered.failed, review=review):
            pytest.fail(
                f"wrote the baseline {path}: review it, commit it, and run again without {FLAG}",
                pytrace=False,
            )


@pytest.fixture
def load_regression(request: pytest.FixtureRequest) -> LoadRegression:
    """Compare knee loads with the reviewed baseline beside the test module; see `LoadRegression`."""
    module = Path(request.path)
    return LoadRegression(
        module.with_suffix(""), request.node.name, update=bool(request.config.getoption(FLAG))
    )


def _safe(name: str) -> str:
    """Name that every file system takes."""
    return re.sub(r"[^A-Za-z0-9_.+-]+", "_", name).strip("_.") or "loads"
