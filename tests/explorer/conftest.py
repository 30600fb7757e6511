"""The page of a few walks, and one open tab of it that tests share."""

import pytest

from retrogait.report.explorer import page
from tests.browser import Tabs
from tests.explorer.opened import STILL
from tests.explorer.walks import walks

USUAL = "&g=other&leg=right&x=1&o=0"
"""What an address does not say stays as it is on an open page."""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_text(page(walks()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shared_tab(chromium, file):
    """One open page and its faults, for the tests that need no fresh one."""
    tabs = Tabs(chromium)
    tab = tabs.open(f"{file}{STILL}")
    tab.wait_for_selector("html[data-ready]")
    yield tab, tabs.faults
    tabs.close()


@pytest.fixture
def go(shared_tab):
    """Function that shows a view of the shared page, all else as usual. Its faults fail the test."""
    tab, faults = shared_tab

    def to(view):
        tab.emulate_media(media="screen", color_scheme="light")
        tab.evaluate(
            """async (view) => {
              document.activeElement.blur();
              scrollTo(0, 0);
              for (const id of ["done", "heard"]) $(id).textContent = "";
              history.replaceState(null, "", view);
              follow();
            }""",
            view + USUAL,
        )
        return tab

    yield to
    said, faults[:] = list(faults), []
    assert not said, "the page did what it must not:\n" + "\n".join(said)
