"""Every report, by its key, in the order of the list. A new one is a file in `definitions` and a line here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.core.errors import Invalid, NotFound, Problem
from app.core.i18n import N_
from app.reports.base import Report
from app.reports.definitions import (
    about_by_region,
    activities,
    activity_counterparts,
    activity_countries,
    activity_deliveries,
    activity_milestones,
    activity_next_steps,
    activity_obstacles,
    activity_partners,
    activity_provisions,
    activity_results,
    activity_types,
    asked_and_given,
    asked_nothing_given,
    changes,
    counterpart_kinds,
    countries,
    coverage,
    ended_support,
    entry_points,
    gaps,
    how_by_about,
    how_by_region,
    milestones,
    nil_returns,
    obstacles,
    offices,
    participations,
    partners,
    practices,
    provision_by_region,
    published_figures,
    quality,
    request_activities,
    request_figures,
    request_times,
    request_topics,
    requests,
    returns,
    terms,
    trend,
    unanswered,
    waiting_offices,
    who_asked,
    who_works_where,
)

LONG: tuple[Report, ...] = (
    activity_provisions.REPORT,
    activity_countries.REPORT,
    activity_types.REPORT,
    activity_counterparts.REPORT,
    activity_partners.REPORT,
    activity_deliveries.REPORT,
    activity_milestones.REPORT,
    activity_obstacles.REPORT,
    activity_next_steps.REPORT,
    activity_results.REPORT,
)
"""The lists beside the activities: a row for each of many things that one has."""

GROUPS: tuple[tuple[str, tuple[Report, ...]], ...] = (
    (N_("Files to recompute every figure"), (coverage.REPORT, offices.REPORT, returns.REPORT, activities.REPORT)),
    (
        N_("Coverage"),
        (
            trend.REPORT,
            entry_points.REPORT,
            countries.REPORT,
            how_by_region.REPORT,
            about_by_region.REPORT,
            provision_by_region.REPORT,
            how_by_about.REPORT,
            published_figures.REPORT,
        ),
    ),
    (
        N_("Gaps and changes"),
        (
            waiting_offices.REPORT,
            unanswered.REPORT,
            nil_returns.REPORT,
            ended_support.REPORT,
            gaps.REPORT,
            changes.REPORT,
        ),
    ),
    (
        N_("What was done, for whom, with whom"),
        (
            milestones.REPORT,
            participations.REPORT,
            terms.REPORT,
            who_asked.REPORT,
            counterpart_kinds.REPORT,
            partners.REPORT,
            obstacles.REPORT,
            quality.REPORT,
        ),
    ),
    (
        N_("Asked and given"),
        (
            requests.REPORT,
            request_figures.REPORT,
            asked_and_given.REPORT,
            asked_nothing_given.REPORT,
            request_times.REPORT,
            request_topics.REPORT,
            request_activities.REPORT,
        ),
    ),
    (N_("Practice, and who else"), (practices.REPORT, who_works_where.REPORT)),
    (N_("Lists beside the activities"), LONG),
)
BESIDE: Mapping[str, tuple[Report, ...]] = {activities.REPORT.key: LONG}
"""What stands beside a report's own table in its archive."""
REPORTS: dict[str, Report] = {report.key: report for _title, reports in GROUPS for report in reports}


def find_report(key: str) -> Report:
    """The report of this key.

    Raises:
        NotFound: there is none.
    """
    if key not in REPORTS:
        raise NotFound(N_("There is no such report. The list of reports names those that there are."))
    return REPORTS[key]


FILTERS = frozenset(p.name for report in REPORTS.values() for p in report.parameters)


def refuse_other(report: Report, names: Iterable[str]) -> None:
    """Refuse filters of other reports: without them this one would answer something else than was asked.

    Raises:
        Invalid: as `refuse_unknown`.
    """
    refuse_unknown(report, FILTERS.intersection(names))


def refuse_unknown(report: Report, names: Iterable[str]) -> None:
    """Refuse filters that the report does not take.

    Raises:
        Invalid: names the unknown ones and those that it knows.
    """
    known = [p.name for p in report.parameters]
    unknown = sorted(set(names) - set(known))
    if unknown:
        told = f"{report.key} has no filter {', '.join(unknown)}. It has: {', '.join(known)}."
        raise Invalid([Problem(name, told) for name in unknown[:1]])
