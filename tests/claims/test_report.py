"""Pages, tables and bars of claims say the same, and the page needs nothing but itself."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from rich.console import Console

from retrogait.claims import dose, judge, read_claims, weaknesses
from retrogait.claims.walks import Walks
from retrogait.report.claims_bars import draw_bars
from retrogait.report.claims_files import COLUMNS, DOSES, PAGE, RECORD, ROWS, WEB, write_claims
from retrogait.report.claims_terminal import render_doses, render_full, render_short
from retrogait.report.claims_words import FOREWORD, NO_SPAN
from tests.claims.made_up import CLAIM, HEAD, PROTOCOL, TEST, walk, written

OUT = (
    CLAIM.replace("K01", "K02").replace("easier", "<b>easier</b> | *cheaper*")
    + 'out_of_reach = "no <bones>"\n'
)
FREE = CLAIM.replace("K01", "K03") + TEST.replace("tibiofemoral_peak", "knee_range")
VOID = {"meta", "br"}


@pytest.fixture
def book(tmp_path):
    return read_claims(written(tmp_path, HEAD, CLAIM, TEST, OUT, FREE, PROTOCOL))


@pytest.fixture
def walks():
    return Walks(
        walk(
            way, speed, tibiofemoral_peak=2.0 * factor, knee_range=40.0 * factor, cadence=100.0,
            tibiofemoral_impulse_per_minute=50.0, patellofemoral_impulse_per_minute=10.0,
        )
        for way, factor in (("forward", 1.0), ("retro", 2.0))
        for speed in (0.8, 1.2)
    )  # fmt: skip


@pytest.fixture
def everything(book, walks):
    judged = [judge(claim, book.speeds, walks) for claim in book.claim]
    return judged, [dose(one, walks) for one in book.protocol], weaknesses(book, walks)


@pytest.fixture
def folder(book, everything, tmp_path):
    written_to = write_claims(tmp_path, book, *everything)
    assert [path.name for path in written_to] == [ROWS, RECORD, DOSES, PAGE, WEB]
    return tmp_path


def printed(render, *what):
    console = Console(file=io.StringIO(), width=200)
    render(*what, console)
    return console.file.getvalue()


class Balanced(HTMLParser):
    """Tags must close in order, and nothing may be fetched."""

    def __init__(self):
        super().__init__()
        self.open = []
        self.fetched = []
        self.ids = []
        self.targets = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.fetched += [found[key] for key in ("src", "srcset", "action", "xlink:href") if key in found]
        if tag in {"script", "link", "iframe"}:
            self.fetched.append(tag)
        if "href" in found:
            self.targets.append(found["href"])
        if "id" in found:
            self.ids.append(found["id"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_web_page_is_whole_and_fetches_nothing(folder):
    text = (folder / WEB).read_text("utf-8")
    page = Balanced()
    page.feed(text)
    assert page.open == []
    assert page.fetched == []
    assert page.targets == ["#K01", "#K02", "#K03"]
    assert set(page.ids) == {"K01", "K02", "K03"}
    assert not re.search(r"https?://|url\(|@import", text)
    for needed in ('name="viewport"', "prefers-color-scheme:dark", "@media print"):
        assert needed in text
    assert "no &lt;bones&gt;" in text
    assert "<b>" not in text


def test_both_pages_begin_with_what_the_numbers_are(folder):
    for name in (PAGE, WEB):
        text = (folder / name).read_text("utf-8")
        places = [text.index(part[:60]) for part in FOREWORD]
        assert places == sorted(places)
        assert places[-1] < text.index("Backwards is easier.")


def test_every_row_of_the_markdown_has_as_many_cells_as_its_head(folder):
    widths: list[int] = []
    for line in (folder / PAGE).read_text("utf-8").splitlines():
        if line.startswith("| "):
            widths.append(len(re.findall(r"(?<!\\)\|", line)))
        elif line.startswith("|---"):
            assert line.count("|") == widths[-1]
        else:
            assert len(set(widths)) <= 1
            widths = []


def test_known_weaknesses_and_missing_spans_stand_with_the_claims(folder, everything, book):
    page = (folder / PAGE).read_text("utf-8")
    first, rest = page.split("## K02")
    assert (
        "Known weakness: the knee is too stiff: 80 deg here (retro 0.8 m/s level), 60 deg in people." in first
    )
    assert NO_SPAN not in first.split("## K01")[1]
    assert NO_SPAN in rest.split("## K03")[1]
    screen = printed(render_full, everything[0][2:], book, everything[2])
    assert "Known weakness: the knee is too stiff" in screen
    assert NO_SPAN in screen


def test_the_short_screen_shows_every_claim_with_both_verdicts(everything):
    text = printed(render_short, *everything[:2])
    for part in (
        "K01",
        "contradicted",
        "agree",
        "out of reach",
        "no <bones>",
        "P1",
        "3 claims by simulation",
    ):
        assert part in text


def test_the_full_screen_names_walk_and_measure_of_every_number(everything, book):
    text = printed(render_full, everything[0][:1], book, everything[2])
    assert "retro_0.8_0" in text
    assert "tibiofemoral_peak" in text
    assert "4 (3.6 to 4.4)" in text
    assert "not as claimed" in text
    assert "K02" not in text


def test_doses_are_printed_alone_and_nothing_without_any(everything):
    assert "500" in printed(render_doses, everything[1])
    assert printed(render_doses, []) == ""


def test_the_table_has_a_row_for_every_comparison(folder, everything):
    with (folder / ROWS).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 3 + 1 + 3
    first = rows[0]
    assert (first["first value"], first["second value"], first["difference"]) == ("2", "4", "2")
    assert first["second files"] == "walks/retro_0.8_0.h5"
    assert rows[3]["reason"] == "no <bones>"
    assert {row["claim"] for row in rows} == {"K01", "K02", "K03"}


def test_the_record_holds_all_of_it(folder):
    record = json.loads((folder / RECORD).read_text("utf-8"))
    assert [one["claim"]["id"] for one in record["claims"]] == ["K01", "K02", "K03"]
    pair = record["claims"][0]["tests"][0]["pairs"][0]
    assert pair["second"]["parts"] == [{"file": "walks/retro_0.8_0.h5", "share": 1.0}]
    assert pair["second"]["value"] == 4.0


def test_bars_are_drawn_for_numbers_only(everything, book):
    picture = draw_bars(everything[0][0].tests[0])
    root = ET.fromstring(picture)
    assert len(root.findall("rect")) == 6
    assert len([path for path in root.findall("path") if path.get("class") == "span"]) == 6
    longest = max(float(bar.get("width")) for bar in root.findall("rect"))
    kinds = {bar.get("class") for bar in root.findall("rect") if float(bar.get("width")) == longest}
    assert kinds == {"retro"}  # twice the forward value
    assert [label.text for label in root.findall("text") if label.get("x") == "90"] == [
        "0.8 m/s",
        "1.2 m/s",
        "preferred",
    ]
    nothing = judge(book.claim[0], book.speeds, Walks([]))
    assert draw_bars(nothing.tests[0]) == ""
