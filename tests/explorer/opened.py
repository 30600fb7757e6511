"""Hold of an open explorer page: what it shows, and how to open a fresh one."""

from tests.explorer.walks import FORWARD

STILL = f"#w={FORWARD}&t=25&p=1"

PICTURE = "document.getElementById('figure').toDataURL()"
"""What the figure shows, as text that differs where the picture does."""


def opened(open_page, file, view="", **choices):
    tab = open_page(f"{file}{view}", **choices)
    tab.wait_for_selector("html[data-ready]")
    return tab


def picture(tab):
    return tab.evaluate(PICTURE)


def curve(tab, number=0):
    return tab.locator("#charts svg path.curve:not(.ghost)").nth(number).get_attribute("d")


def shown(tab):
    return tab.locator("#explorer").get_attribute("data-shown")


def frame(tab):
    return int(tab.locator("#explorer").get_attribute("data-frame"))
