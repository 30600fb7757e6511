"""Fixtures shared by all tests."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.browser import chromium, open_page, screenshot  # noqa: F401  # fixtures

# No deadline, and no complaint that examples are slow to make, because the first one pays for imports and
# compilation and a build shares its machine; the same examples every time, because a build that fails must
# fail again.
settings.register_profile(
    "jit", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("jit")

# Tables and progress are drawn as on a plain terminal of 80 columns, whatever is asked for where tests run.
TERMINAL = (
    "COLUMNS",
    "LINES",
    "FORCE_COLOR",
    "NO_COLOR",
    "PYTHON_COLORS",
    "TTY_COMPATIBLE",
    "TTY_INTERACTIVE",
)
for name in TERMINAL:
    os.environ.pop(name, None)
os.environ["TERM"] = "xterm"

# A shell that starts this in the background makes it, and all that it starts, deaf to the ^C that tests send.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data():
    """Folder of the recorded trials, which are not redistributed with the product."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the recorded trials (../shared/data) are not beside this checkout")
    return folder
