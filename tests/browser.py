"""A real browser for the tests of pages: headless Chromium, watched for everything a page must not do.

A test takes the fixture ``open_page`` (and ``screenshot``), carries ``@pytest.mark.browser`` and imports the
plain helpers::

    from tests.browser import downloaded, serious_faults

    @pytest.mark.browser
    def test_the_table_can_be_downloaded(open_page, screenshot, page_file):
        page = open_page(page_file, width=390)
        assert downloaded(page, page.get_by_text("CSV").click) == expected
        assert serious_faults(page) == []
        screenshot(page, "phone")

Console errors, uncaught exceptions, failed requests and requests that leave the machine fail the test when it
ends. Without Chromium or playwright such tests are skipped, with the reason.
"""

import os
import shutil
from importlib import resources
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Requests that stay on the machine; everything else is a page that needs the network.
LOCAL_SCHEMES = {"file", "data", "blob", "about"}

PATIENCE = 120_000.0
"""Longest wait for a page, an element, a picture or a download [ms].

It only ends a test that hangs: the machines of a build are slow and shared.
"""

LEAST_COLOURS = 9
"""Colours of a picture that shows something: a blank page has one, a frame without content two or three."""


def browser_program():
    """Path of the browser on this machine, or None."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


@pytest.fixture(scope="module")
def chromium():
    """A running headless Chromium.

    One for each module, not for the whole run: playwright keeps an event loop running in the main thread as
    long as it lives, in which ``asyncio.run`` of later tests would be refused.
    """
    program = browser_program()
    if program is None:
        pytest.skip(f"no browser on this machine (looked for {', '.join(BROWSERS)})")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    # Names resolve to nothing: a page that wants the network is caught asking, and does not get it.
    options = ["--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"]
    if os.name == "posix" and os.geteuid() == 0:
        options.append("--no-sandbox")  # Chromium refuses to start as root with one
    with playwright.sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=program, args=options, timeout=PATIENCE)
        except playwright.Error as error:
            pytest.skip(f"{program} does not start here: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


class Tabs:
    """Pages of one test and what went wrong in them."""

    def __init__(self, browser):
        self.browser = browser
        self.faults = []
        self.contexts = []

    def open(self, page, *, width=1280, height=900, dark=False, reduced_motion=False, javascript=True):
        """Open a page in a fresh profile and wait until it is loaded.

        Parameters
        ----------
        page : Path or str
            A file, or an address (``file:`` or of this machine); either may end in ``#fragment`` as a string.
        width, height : int
            Size of the window [px].
        dark, reduced_motion : bool
            What the reader's system asks for.
        javascript : bool
            Whether scripts run.
        """
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if reduced_motion else "no-preference",
            java_script_enabled=javascript,
            accept_downloads=True,
            locale="en-GB",
            timezone_id="UTC",
        )
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        tab = context.new_page()
        tab.on("console", self._console)
        tab.on("pageerror", lambda error: self.faults.append(f"exception: {error}"))
        tab.on("request", lambda request: self._leaving(request.url))
        tab.on("websocket", lambda socket: self._leaving(socket.url))
        tab.on("requestfailed", self._failed)
        tab.on("response", self._answered)
        tab.goto(_address(page), wait_until="load")
        return tab

    def close(self):
        """Close every page."""
        for context in self.contexts:
            context.close()

    def _console(self, message):
        if message.type in ("error", "assert"):
            self.faults.append(f"console: {message.text}")

    def _leaving(self, url):
        if not _local(url):
            self.faults.append(f"request to the network: {url}")

    def _failed(self, request):
        # Aborted: by the page itself, as when a stream is closed or a link turns out to be a download.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"request failed: {request.url} ({request.failure})")

    def _answered(self, response):
        if response.status >= 400:
            self.faults.append(f"request failed: {response.url} (status {response.status})")


@pytest.fixture
def open_page(chromium):
    """Function that opens a page: see `Tabs.open`. What goes wrong in the page fails the test at its end."""
    tabs = Tabs(chromium)
    yield tabs.open
    tabs.close()
    if tabs.faults:
        pytest.fail("the page did what it must not:\n" + "\n".join(tabs.faults), pytrace=False)


@pytest.fixture
def screenshot(tmp_path):
    """Function ``(page, name, whole=False) -> Path`` that takes a picture and fails where it shows nothing.

    Pictures are kept in the test's own folder, or in ``$RETROGAIT_SCREENSHOTS`` to be looked at.
    """
    from matplotlib.image import imread  # noqa: PLC0415

    folder = Path(os.environ.get("RETROGAIT_SCREENSHOTS") or tmp_path)

    def take(page, name, *, whole=False):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        page.screenshot(path=path, full_page=whole)
        pixels = imread(path)
        colours = {tuple(colour) for colour in pixels.reshape(-1, pixels.shape[-1])[::7].tolist()}
        assert len(colours) >= LEAST_COLOURS, f"{path} is blank: {len(colours)} colours"
        return path

    return take


def serious_faults(page):
    """Accessibility faults that axe-core calls serious or critical, one readable line each."""
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    page.evaluate(resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]}: {node.get('failureSummary', rule['help'])}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def downloaded(page, click):
    """Bytes of the file that calling `click` (such as ``page.get_by_text("CSV").click``) downloads."""
    with page.expect_download(timeout=PATIENCE) as waiting:
        click()
    return Path(waiting.value.path()).read_bytes()


def _address(page):
    if isinstance(page, Path):
        return page.resolve().as_uri()
    if urlsplit(page).scheme in {"file", "http", "https", "about"}:
        return page
    path, mark, fragment = page.partition("#")
    return Path(path).resolve().as_uri() + mark + fragment


def _local(url):
    parts = urlsplit(url)
    if parts.scheme in LOCAL_SCHEMES:
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"
