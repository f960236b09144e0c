"""An old year can be recounted by any version of the definitions, in every report of coverage."""

from __future__ import annotations

import pytest

from app.core.errors import Invalid
from app.coverage.rules import DEFINITION
from app.reports.registry import REPORTS
from tests.downloads import download
from tests.factories.activities import approved
from tests.later import LATER, add_definition

DEFINED = [report.key for report in REPORTS.values() if "definition" in {p.name for p in report.parameters}]


def test_every_report_of_coverage_can_be_recounted(session, monkeypatch):
    approved(session, "0060")
    add_definition(monkeypatch)
    assert len(DEFINED) > 15
    assert "coverage" in DEFINED
    for key in DEFINED:
        today, then = (download(session, key, year=2025, definition=version) for version in (DEFINITION, LATER))
        assert {row["definition"] for row in today} == {DEFINITION}, key
        assert {row["definition"] for row in then} == {LATER}, key
        if key not in ("countries", "gaps"):  # these have a row for each country, and for what is zero
            assert {row["numerator"] for row in then} == {"0"}, key
    (world,) = (row for row in download(session, "coverage", year=2025, basis="approved") if row["code"] == "")
    assert world["numerator"] == "1"


def test_an_unknown_version_is_refused(session):
    with pytest.raises(Invalid):
        download(session, "coverage", definition="1997-1")
