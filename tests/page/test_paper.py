"""The page on paper: no word broken, nothing beyond the margin, headings on every sheet."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait.report.folder import open_folder
from retrogait.report.page.build import write_page
from retrogait.report.page.paper import BROAD, SMALLEST, UPRIGHT, fit
from retrogait.report.page.parts import Column, Table
from retrogait.report.page.render import table_html
from tests.page.made import both_ways, make_folder

READY = "html[data-ready]"
PATIENCE = 60_000  # ms, where others work on the same cores
INCH = 96  # px
A4 = (8.27 * INCH, 11.69 * INCH)  # px, width and height
MARGINS = 24 / 25.4 * INCH  # px, of both sides of a sheet
PIXEL = 1  # px, by which a browser may round a width
LEAST_WIDTH = 0.3  # em: no character of a word that a table holds is narrower on average


def table_of(*headers, rows=3, cell="0.123"):
    return Table("t", "t", [Column(name, "", [cell] * rows) for name in headers])


def fitted(table):
    return fit(table, [[str(value) for value in one.values] for one in table.columns])


def test_a_narrow_table_stands_upright_and_a_wide_one_is_turned():
    narrow, wide = (table_of(*(f"quantity {k}" for k in range(count))) for count in (4, 18))
    assert not fitted(narrow).broad
    assert fitted(wide).broad
    assert fitted(wide).columns == 18


def test_what_does_not_fit_is_left_to_the_csv_and_that_is_said():
    table = table_of(*(f"measurement{k}" for k in range(40)))
    paper = fitted(table)
    assert paper.type == SMALLEST
    assert 0 < paper.columns < 40
    html = table_html(table)
    assert html.count('<th scope="col" class="off"') == 40 - paper.columns
    assert f"{40 - paper.columns} more columns on the screen and in the CSV." in html


def test_long_sentences_wrap_and_do_not_turn_the_sheet():
    table = Table("t", "t", [Column("check", "", ["a"]), Column("about", "", ["a word " * 40])])
    assert not fitted(table).broad
    assert '<td class="prose">' in table_html(table)


@given(
    st.lists(
        st.text("abcd ", min_size=1, max_size=60).filter(str.strip), min_size=1, max_size=50, unique=True
    )
)
def test_the_words_of_every_column_that_is_kept_have_room(headers):
    table = table_of(*headers)
    paper = fitted(table)
    words = [max(map(len, [*name.split(), "0.123"])) for name in headers[: paper.columns]]
    room = BROAD if paper.broad else UPRIGHT
    assert paper.type >= SMALLEST
    if paper.columns > 1:
        assert paper.type * LEAST_WIDTH * sum(words) <= room


@pytest.fixture(scope="module")
def printed(chromium, tmp_path_factory):
    """The page of many conditions, ready for paper: laid out as wide as the sheet is between its margins."""
    study = make_folder(tmp_path_factory.mktemp("study"), both_ways(np.linspace(0.6, 1.4, 6)))
    with open_folder(study) as folder:
        write_page(folder, study / "report.html")
    page = chromium.new_page(viewport={"width": round(A4[0] - MARGINS), "height": 1000})
    page.goto((study / "report.html").resolve().as_uri())
    page.wait_for_selector(READY, timeout=PATIENCE)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    yield page
    page.close()


@pytest.mark.browser
def test_no_drawing_is_wider_than_the_sheet_and_two_overlays_share_a_row(printed):
    boxes = printed.eval_on_selector_all(
        "figure.overlay .main-svg:first-child", "all => all.map(one => one.getBoundingClientRect().toJSON())"
    )
    assert boxes[0]["top"] == boxes[1]["top"]
    assert boxes[0]["right"] <= boxes[1]["left"]
    right = printed.eval_on_selector_all(".plot svg", "all => all.map(o => o.getBoundingClientRect().right)")
    assert max(right) <= A4[0] - MARGINS + PIXEL


@pytest.mark.browser
def test_no_word_of_a_table_is_broken_and_none_is_cut(printed):
    """A word is broken where its letters stand in two lines; cut, where a table is wider than the sheet."""
    broken = printed.evaluate(
        r"""() => {
            const found = [];
            const where = 'figure.table :is(th, td):not(.off)';
            for (const cell of document.querySelectorAll(where)) {
                const nodes = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
                for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
                    for (const word of node.data.matchAll(/\S+/g)) {
                        const range = document.createRange();
                        range.setStart(node, word.index);
                        range.setEnd(node, word.index + word[0].length);
                        const lines = new Set([...range.getClientRects()].map((box) => box.top));
                        if (lines.size > 1) found.push(word[0]);
                    }
                }
            }
            return found;
        }"""
    )
    parted = re.compile("[-/]")  # a word may be parted at its own signs
    assert [word for word in broken if not parted.search(word)] == []
    wide = printed.eval_on_selector_all(
        "figure.table", "all => all.map(o => [o.matches('.broad'), o.querySelector('table').offsetWidth])"
    )
    assert any(broad for broad, _ in wide)
    for broad, width in wide:
        assert width <= (A4[1] if broad else A4[0]) - MARGINS + PIXEL


@pytest.mark.browser
def test_a_heading_that_is_repeated_holds_no_button_that_would_not_be_painted(printed):
    head = printed.locator("figure.table thead button").first
    assert head.evaluate("one => getComputedStyle(one).display") == "contents"


@pytest.mark.browser
def test_what_is_folded_is_open_on_paper_and_folded_again_after_it(printed):
    state = "all => all.map(one => one.open)"
    assert all(printed.eval_on_selector_all("section details:not(:has(.digests))", state))
    printed.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not any(printed.eval_on_selector_all("section details", state))
    printed.evaluate("dispatchEvent(new Event('beforeprint'))")


@pytest.mark.browser
def test_the_sheets_of_a_pdf_stand_and_lie(printed, tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    printed.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True, format="A4")
    sheets = pypdf.PdfReader(tmp_path / "report.pdf").pages
    turned = [sheet.mediabox.width > sheet.mediabox.height for sheet in sheets]
    assert not turned[0]
    assert any(turned)
