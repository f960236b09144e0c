"""Every report, by its key. A new one is a file in `definitions` and a line here."""

from __future__ import annotations

from app.reports.base import Report
from app.reports.definitions import activities, coverage, offices, returns

REPORTS: dict[str, Report] = {
    report.key: report for report in (activities.REPORT, coverage.REPORT, offices.REPORT, returns.REPORT)
}
