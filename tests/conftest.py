"""Fixtures shared by all tests."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.browser import chromium, open_page, screenshot  # noqa: F401  # fixtures

# No deadline, because the first example pays for compilation; the same examples every time, because a
# build that fails must fail again.
settings.register_profile("jit", deadline=None, derandomize=True)
settings.load_profile("jit")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data():
    """Folder of the recorded trials, which are not redistributed with the product."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the recorded trials (../shared/data) are not beside this checkout")
    return folder
