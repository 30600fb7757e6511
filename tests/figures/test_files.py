"""Figures as files: vector, fonts inside, the same bytes every time, and honest about predictions."""

from functools import cache
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.image import imread
from matplotlib.text import Text
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from retrogait import cli
from retrogait.errors import ConfigError, ResultError
from retrogait.report.figures import make
from retrogait.report.figures.make import KINDS, make_figure
from retrogait.report.figures.style import SIZES
from retrogait.report.gathered.choice import PREDICTED

POINTS_PER_MILLIMETRE = 72.0 / 25.4
ROUNDING = 0.1  # mm: matplotlib rounds a page to a hundredth of an inch and less

TEXT = {
    "overlay": ["Tibiofemoral contact force [BW]", "Gait cycle [%]", "forward", "retro", "toe-off"],
    "surface": ["Peak patellofemoral force [BW]", "Walking speed [m/s]", "Incline [deg]", "straight lines"],
    "contributions": [
        "Tibiofemoral contact force [BW]",
        "gastrocnemius",
        "of the cycle because",
        "their sum",
    ],
}


def fonts_of(page):
    """Every font of a page, descendants of composite ones in their place."""
    for font in page["/Resources"]["/Font"].values():
        whole = font.get_object() if isinstance(font, IndirectObject) else font
        yield from (one.get_object() for one in whole.get("/DescendantFonts", [whole]))


def images_of(page):
    found = page["/Resources"].get("/XObject", {})
    return [name for name, item in found.items() if item.get_object().get("/Subtype") == "/Image"]


def text_of(path):
    return " ".join(PdfReader(path).pages[0].extract_text().split())


@pytest.fixture(scope="module")
def stored(walks, tmp_path_factory):
    """Function that gives a figure and its PDF, each made once."""

    @cache
    def stored(kind, size="double"):
        sheet = make_figure(walks, kind, size=size)
        path = tmp_path_factory.mktemp("figures") / f"{kind}-{size}.pdf"
        sheet.save(path)
        return sheet, path

    return stored


@pytest.mark.parametrize(
    ("kind", "size"),
    [*(("overlay", size) for size in SIZES), ("surface", "double"), ("contributions", "single")],
)
def test_a_pdf_is_vector_with_its_fonts_inside_and_says_what_it_shows(stored, kind, size):
    _, path = stored(kind, size)
    (page,) = PdfReader(path).pages
    assert float(page.mediabox.width) / POINTS_PER_MILLIMETRE == pytest.approx(
        SIZES[size].width, abs=ROUNDING
    )
    assert images_of(page) == []
    fonts = list(fonts_of(page))
    assert fonts
    for font in fonts:
        assert font["/Subtype"] in {"/TrueType", "/CIDFontType2"}
        assert "/FontFile2" in font["/FontDescriptor"]
    text = text_of(path)
    for expected in [*TEXT[kind], PREDICTED]:
        assert expected in text


def test_a_file_carries_its_title_and_the_digest_of_what_it_shows(walks, stored):
    sheet, path = stored("overlay")
    about = PdfReader(path).metadata
    assert about.title == sheet.title
    assert "(predicted)" in sheet.title
    assert about.subject == f"provenance sha256:{sheet.digest}"
    assert "/CreationDate" not in about
    other = make_figure(walks, "overlay", conditions=["*_0.8_0"])
    assert other.digest != sheet.digest


@pytest.mark.parametrize("suffix", [".pdf", ".svg", ".png"])
def test_the_same_results_give_the_same_bytes_whatever_the_settings_of_the_user(walks, tmp_path, suffix):
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    small = {"size": "single", "quantities": ["patellofemoral_peak"]}
    make_figure(walks, "surface", **small).save(first)
    with mpl.rc_context({"font.size": 30.0, "pdf.fonttype": 3, "axes.grid": True}):
        make_figure(walks, "surface", **small).save(second)
        assert mpl.rcParams["font.size"] == 30.0
    assert first.read_bytes() == second.read_bytes()


def test_an_svg_keeps_its_text_and_holds_no_picture(stored, tmp_path):
    path = tmp_path / "figure.svg"
    stored("contributions", "single")[0].save(path)
    text = path.read_text("utf-8")
    assert "contact force [BW]" in text  # in two lines, as it is longer than the axis
    assert "<image" not in text


def test_a_png_has_the_asked_resolution(stored, tmp_path):
    path = tmp_path / "figure.png"
    stored("overlay", "single")[0].save(path, dpi=100)
    assert imread(path).shape[1] == pytest.approx(SIZES["single"].width / 25.4 * 100.0, abs=1.0)


def test_an_unknown_suffix_is_refused(stored, tmp_path):
    with pytest.raises(ConfigError, match=r"'.eps'.*expected a file .pdf, .svg, .png"):
        stored("overlay")[0].save(tmp_path / "a.eps")


def test_many_walks_are_compared_at_their_peaks(walks):
    sheet = make_figure(walks, "contributions", conditions=["*"])
    written = {text.get_text() for text in sheet.figure.findobj(Text)}
    assert {"retro 1.2 m/s, 5 deg uphill", "Peak tibiofemoral force [BW]"} <= written


def test_walks_at_several_places_share_one_upright_axis(walks):
    sheet = make_figure(walks, "overlay", quantities=["knee_flexion"], conditions=["*_1.0_*"])
    level, uphill = sheet.figure.axes
    assert (level.get_title(), uphill.get_title()) == ("1 m/s, level", "1 m/s, 5 deg uphill")
    assert level.get_ylim() == uphill.get_ylim()


def test_a_figure_of_too_many_walks_asks_for_fewer(walks, monkeypatch):
    monkeypatch.setattr(make, "MOST_COLUMNS", 1)
    with pytest.raises(ConfigError, match="2 places side by side, expected at most 1; name fewer"):
        make_figure(walks, "overlay", conditions=["*_1.0_*"])
    monkeypatch.setattr(make, "MOST_LINES", 2)
    with pytest.raises(ConfigError, match="3 walks in one panel, expected at most 2; name fewer"):
        make_figure(walks, "overlay", conditions=["forward_*_0"])
    monkeypatch.setattr(make, "MOST_WALKS", 4)
    with pytest.raises(ConfigError, match=r"12 conditions .* expected at most 4; name fewer"):
        make_figure(walks, "contributions", conditions=["*"])


def test_walks_that_are_no_neighbours_make_no_surface(walks):
    apart = ["*_0.8_0", "*_1.0_+05"]
    with pytest.raises(ConfigError, match="nothing lies between"):
        make_figure(walks, "surface", conditions=apart)


def test_a_hole_of_a_surface_is_hatched_and_named(holed, tmp_path):
    make_figure(holed, "surface", quantities=["patellofemoral_peak"]).save(tmp_path / "a.pdf")
    assert "no condition" in text_of(tmp_path / "a.pdf")


def test_a_validation_shows_scores_and_hatches_what_has_no_answer(validation, tmp_path):
    sheet = make_figure(validation, "validation")
    sheet.save(tmp_path / "a.pdf")
    text = text_of(tmp_path / "a.pdf")
    for expected in (
        "RMSE 0.10 BW, R² 0.90",
        "measured",
        "range of 2 sets of choices",
        "no answer",
        "walk <1>",
    ):
        assert expected in text
    assert sheet.title == "made up: measured and estimated knee force"


def test_a_validation_shows_the_sets_of_choices_that_are_named(validation, tmp_path):
    make_figure(validation, "validation", quantities=["resultant"], conditions=["plain*"]).save(
        tmp_path / "a.pdf"
    )
    text = text_of(tmp_path / "a.pdf")
    assert "estimated, plain sharing" in text
    assert "RMSE 0.81 BW, R² 0.80" in text


@pytest.mark.shared
@pytest.mark.slow
def test_what_validate_stores_can_be_drawn(shared_data, tmp_path):
    assert (shared_data / "gc5_knee").is_dir()
    experiment = Path(__file__).resolve().parents[2] / "experiments" / "gc5_knee.toml"
    assert cli.main(["validate", str(experiment), "--output", str(tmp_path / "gc5")]) == 0
    make_figure(tmp_path / "gc5", "validation").save(tmp_path / "a.pdf")
    assert "range of 10 sets of choices" in text_of(tmp_path / "a.pdf")


WRONG = {
    "unknown quantity": ({"quantities": ["knee_flexon"]}, ConfigError, "did you mean"),
    "unknown condition": ({"conditions": ["retro_1.0_00"]}, ConfigError, "no condition is called"),
    "two peaks at once": (
        {"kind": "contributions", "quantities": ["tibiofemoral_peak", "tibiofemoral_first"]},
        ConfigError,
        "one quantity",
    ),
    "no validation": ({"kind": "validation"}, ResultError, "retrogait validate"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_drawn_is_said_in_one_line(walks, what):
    options, kind, expected = WRONG[what]
    with pytest.raises(kind, match=expected):
        make_figure(walks, **{"kind": "overlay", **options})


def test_a_validation_has_no_other_figure(validation):
    for kind in set(KINDS) - {"validation"}:
        with pytest.raises(ConfigError, match="--kind validation"):
            make_figure(validation, kind)
