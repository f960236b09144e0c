"""A chart is taken away as SVG, which needs no script, and as PNG, which the browser draws from it."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
CHARTS = ("/coverage", "/coverage/trend", "/coverage/matrix/how-region", "/coverage/map/offices", "/coverage/work")


def drawn(page: Page) -> tuple[str, Image.Image]:
    """What the button beside the link gives: the name of the file, and the picture."""
    with page.expect_download() as taken:
        page.locator("a[data-picture] + button").click()
    return taken.value.suggested_filename, Image.open(io.BytesIO(Path(taken.value.path()).read_bytes()))


@pytest.mark.parametrize("language", ["en", "qps"])
def test_png_is_the_svg_twice_as_large(open_as, language):
    page = open_as("adviser", language=language)
    for path in CHARTS:
        page.goto(f"{path}?year=2025")
        link = page.locator("a[data-picture]").get_attribute("href")
        assert link.split("?")[0].endswith(".svg")
        svg = ElementTree.fromstring(page.request.get(link).body())
        name, picture = drawn(page)
        assert name.startswith("DEMO_")
        assert name.endswith(".png")
        assert picture.format == "PNG"
        assert picture.size == (2 * round(float(svg.get("width", 0))), 2 * round(float(svg.get("height", 0))))
        colours = picture.convert("RGB").getcolors(1 << 24) or []
        assert len(colours) > 20, "words and shapes, not a blank sheet"


def test_without_script_there_is_the_svg_and_it_says_so(open_as):
    page = open_as("adviser", script=False)
    for path in CHARTS:
        page.goto(f"{path}?year=2025")
        assert page.locator("a", has_text="Download the chart (SVG)").count() == 1
        assert "(PNG)" not in page.inner_text("main"), "PNG alone is a country"
