"""Every panel's filter can be saved, and no address of another page."""

import pytest

from app.saved_filters.rules import filter_address

PANELS = ("/coverage", "/coverage/trend", "/coverage/matrix/how-region", "/coverage/map/countries", "/coverage/gaps",
          "/coverage/work", "/coverage/behind", "/regions/ROSA", "/activities", "/reports/waiting-offices")  # fmt: skip


@pytest.mark.parametrize("path", PANELS)
def test_a_panel_can_be_saved(path):
    assert filter_address(f"{path}?year=2025&region=ROSA&after=x") == (path, "year=2025&region=ROSA")


@pytest.mark.parametrize(
    "address", ["/me", "/coverage.csv", "//coverage", "https://example.org/coverage", "/coverage/../me"]
)
def test_another_address_cannot(address):
    assert filter_address(address) is None
