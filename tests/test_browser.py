"""The watching browser: what a page must not do is seen."""

from time import monotonic

import pytest

from tests.browser import PATIENCE, Tabs, downloaded, serious_faults

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title>
<body><main><h1>Knee</h1><p>{body}</p></main></body></html>"""

pytestmark = pytest.mark.browser


@pytest.fixture
def tabs(chromium):
    opened = Tabs(chromium)
    yield opened
    opened.close()


@pytest.fixture
def write(tmp_path):
    def page(body):
        file = tmp_path / "page.html"
        file.write_text(PAGE.format(body=body), encoding="utf-8")
        return file

    return page


def test_a_sound_page_has_no_fault(open_page, screenshot, write):
    page = open_page(write("<b>100 N</b> <i style='color: #0072b2'>forward</i>"), width=390)

    assert page.title() == "A page"
    assert page.viewport_size["width"] == 390
    assert serious_faults(page) == []
    screenshot(page, "sound")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        pytest.param("<script>console.error('no data')</script>", "console: no data", id="console"),
        pytest.param("<script>undefined.x</script>", "exception: Cannot read", id="exception"),
        pytest.param("<img alt='' src='missing.png'>", "request failed", id="missing"),
        pytest.param(
            "<img alt='' src='http://192.0.2.1/x.png'>", "network: http://192.0.2.1/", id="outgoing"
        ),
        pytest.param("<img alt='' src='https://example.org/x.png'>", "network: https://example", id="name"),
        pytest.param("<script>new WebSocket('wss://example.org')</script>", "network: wss:", id="socket"),
    ],
)
def test_what_a_page_must_not_do_is_seen(tabs, write, body, fault):
    page = tabs.open(write(body))
    until = monotonic() + PATIENCE / 1000.0
    while not any(fault in found for found in tabs.faults) and monotonic() < until:
        page.wait_for_timeout(20)  # the browser tells of it in its own time

    assert any(fault in found for found in tabs.faults), tabs.faults


def test_an_unreadable_picture_is_a_serious_fault(open_page, write):
    page = open_page(write("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>"))

    assert [fault.split()[0] for fault in serious_faults(page)] == ["image-alt"]


def test_a_blank_picture_is_refused(open_page, screenshot):
    page = open_page("about:blank")

    with pytest.raises(AssertionError, match="is blank"):
        screenshot(page, "blank")


def test_a_download_is_read(open_page, write):
    page = open_page(write("<a download='a.csv' href='data:text/csv,time%0A0.5'>CSV</a>"))

    assert downloaded(page, page.get_by_text("CSV").click) == b"time\n0.5"


def test_what_the_reader_asks_for_reaches_the_page(open_page, write):
    page = open_page(write("asked"), dark=True, reduced_motion=True)

    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")


def test_scripts_can_be_off(open_page, write):
    page = open_page(write("<script>document.title = 'changed'</script>"), javascript=False)

    assert page.title() == "A page"
