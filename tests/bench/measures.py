"""What is measured, each against its bar: ratios within one run, medians of several."""

from __future__ import annotations

import html
import random
import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.activities.content import read_content
from app.activities.models import Activity, ActivityRevision
from app.activities.review import approve_activity
from app.activities.services import save_activity, submit_activity
from app.codelists.queries import support_types
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM
from app.coverage.kept import kept_facts
from app.coverage.queries import year_facts
from app.coverage.rules import Basis, Figure, Slice, figure
from app.provisions.queries import provisions
from tests.bench.browser import Browser, weigh
from tests.bench.flat import flat_rows_per_second
from tests.bench.seed import TAGS

NOTHING = "/bench/nothing"
LIST = "/activities"
COVERAGE = "/coverage?year=2024"
DASHBOARD = "/regions/ROSA?year=2024"
PAGES = (
    "/", LIST, "/activities?q=diversion", "/activities/new", "/coverage", COVERAGE, "/coverage/behind?year=2024",
    "/offices", "/offices/0060", "/provisions", "/provisions/CRC-4", "/support-types", "/support-types/training",
    "/reports", "/returns", "/me", "/coverage/trend", "/coverage/matrix/how-region?year=2024",
    "/coverage/matrix/provision-region?year=2024", "/coverage/map/countries?year=2024",
    "/coverage/map/offices?year=2024", "/coverage/gaps?year=2024", "/coverage/work?year=2024", DASHBOARD,
    "/countries/AFG", "/changes", "/reports/trend",
)  # fmt: skip
MATRICES = ("/coverage", COVERAGE, *(page for page in PAGES if "/matrix/" in page or "/map/" in page))
MOST_REQUESTS, MOST_COLD, MOST_WARM, MOST_WARM_MATRIX = 3, 30_000, 12_000, 20_000
SAVES = 15
SELDOM = "/activities?q=quixotic"
SEARCH = "/activities?q=diversion&region=ROSA&year=2024"
NEXT = re.compile(r'href="(/activities\?[^"]*\bafter=[^"]*)"')
DEEP = 40  # pages from the start
# What people do in a hundred requests: mostly lists and records, now and then a figure or a file.
MIX = (
    (LIST, 30), ("/activities?q=diversion", 10), ("/activities?region=ROSA&year=2024", 15), ("/", 15), (COVERAGE, 5),
    (DASHBOARD, 5), ("/coverage/matrix/how-region?year=2024", 3), ("/coverage/trend", 3), ("/offices/0060", 8),
    ("/provisions/CRC-4", 3), ("/reports/trend", 3),
)  # fmt: skip


@dataclass(frozen=True)
class Result:
    """One line of the table. `good` is None where there is no bar."""

    bar: str
    what: str
    value: str
    limit: str = ""
    good: bool | None = None


@dataclass(frozen=True)
class Site:
    """One database with a browser that is signed in as headquarters."""

    size: int
    engine: Engine
    sessions: sessionmaker[Session]
    browser: Browser


def together(runs: int, *acts: Callable[[], float]) -> list[float]:
    """The median seconds of each act. They take turns, so that a busy moment of the machine hits all alike."""
    for act in acts:
        act()  # caches warm, plans made
    taken = [[act() for act in acts] for _ in range(runs)]
    return [statistics.median(times) for times in zip(*taken, strict=True)]


def ratio(bar: str, what: str, times: tuple[float, float], most: float | None, *, of: str) -> Result:
    """A line that compares two times."""
    value = times[0] / times[1]
    limit = "" if most is None else f"at most {most:g} ×"
    words = f"{times[0] * 1000:.1f} ms = {value:.1f} × {of} ({times[1] * 1000:.1f} ms)"
    return Result(bar, what, words, limit, None if most is None else value <= most)


def pages(small: Site, large: Site, runs: int) -> Iterator[Result]:
    """P1 to P5: lists, searches and dashboards, beside the smaller database and a page that does nothing."""
    deep = _deep(large)
    opened = [(large, NOTHING), (large, LIST), (small, LIST), (large, COVERAGE), (small, COVERAGE),
              (large, DASHBOARD), (large, deep), (large, SEARCH), (small, SEARCH)]  # fmt: skip
    acts = [lambda site=site, path=path: site.browser.seconds(path) for site, path in opened]
    nothing, listed, listed_small, covered, covered_small, dashboard, at_depth, *searched = together(runs, *acts)
    smaller = f"at {small.size:,}"
    yield ratio("P3", "list page", (listed, nothing), 10, of="do-nothing")
    yield ratio("P3", f"list page, {large.size:,} activities", (listed, listed_small), 1.3, of=smaller)
    yield ratio("P1", f"coverage page, {large.size:,} activities", (covered, covered_small), 1.2, of=smaller)
    yield ratio("P2", "one dashboard, a region's page", (dashboard, nothing), 8, of="do-nothing")
    yield ratio("P2", "the full coverage page", (covered, nothing), 16, of="do-nothing")
    yield ratio("P4", "search with filters", (searched[0], nothing), 25, of="do-nothing")
    yield ratio("P4", f"search with filters, {large.size:,}", (searched[0], searched[1]), 2, of=smaller)
    seldom = [together(1, lambda site=site: site.browser.seconds(SELDOM))[0] for site in (large, small)]
    yield ratio("P4", f"a word nobody wrote, {large.size:,}", (seldom[0], seldom[1]), 2, of=smaller)
    yield ratio("P5", f"page {DEEP} of the list", (at_depth, listed), 1.3, of="the first page")


def _deep(site: Site) -> str:
    """The address of a page far down, reached as a person does: by its links."""
    path = LIST
    for _ in range(min(DEEP, site.size // 100)):
        found = NEXT.search(site.browser.text(path))
        if found is None:
            break
        path = html.unescape(found[1])
    return path


def cells(large: Site) -> Iterator[Result]:
    """P1: every cell of a year beside the naive count over the records, and beside what the file says."""
    with large.sessions() as session:
        kept, records = kept_facts(session, [2024])[2024], year_facts(session, 2024)
        parts = [Slice(), *(Slice(region=code) for code in sorted({o.region for o in kept.offices.values()}))]
        kinds = [Slice(support_type=t.code) for t in support_types(session)]
        cited = [Slice(provision=p.code) for p in provisions(session)]
        crossed = [replace(kind, region=part.region) for part in parts[1:] for kind in (*kinds, *cited)]
        pairs = [replace(kind, provision=each.provision) for kind in kinds for each in cited]
        wanted = [(basis, part) for basis in Basis for part in (*parts, *kinds, *cited, *crossed, *pairs)]
        differ = sum(_told(figure(kept, *each)) != _told(figure(records, *each)) for each in wanted)
    words = f"{len(wanted):,} cells of 2024 on both bases, {differ} differ"
    yield Result("P1", "cells beside the records", words, "none differs", differ == 0)


def _told(found: Figure) -> tuple[Any, ...]:
    return found.by_state, found.activities, found.countries, found.countries_only_multi, found.dates_only


def mix(large: Site) -> Iterator[Result]:
    """P9: requests a second of the read mix beside those of a route that does nothing. Nothing is a 304 here."""
    paths = [path for path, times in MIX for _ in range(times)]
    random.Random(9).shuffle(paths)
    (nothing, mixed) = together(
        3,
        lambda: sum(large.browser.seconds(NOTHING) for _ in paths),
        lambda: sum(large.browser.seconds(path) for path in paths),
    )
    share = nothing / mixed
    words = f"{len(paths) / mixed:,.0f} requests/s = {share:.2f} × do-nothing ({len(paths) / nothing:,.0f})"
    yield Result("P9", "read mix", words, "at least 0.10 ×", share >= 0.10)


def unchanged(site: Site, runs: int) -> Iterator[Result]:
    """P10: a page that the browser has already."""
    tag = site.browser.open(LIST).headers["etag"]
    nothing, listed = together(runs, lambda: site.browser.seconds(NOTHING), lambda: site.browser.seconds(LIST, tag))
    yield ratio("P10", "304 for an unchanged list page", (listed, nothing), 1.5, of="do-nothing")


def files(large: Site, runs: int) -> Iterator[Result]:
    """P6: activities.csv beside the database's own CSV of the same columns; the first byte beside do-nothing."""
    firsts, wholes, rows = [], [], 0
    nothing, _ = together(runs, lambda: large.browser.seconds(NOTHING), lambda: 0.0)
    large.browser.stream("/activities.csv")
    for _ in range(max(3, runs // 3)):
        first, whole, data = large.browser.stream("/activities.csv")
        rows = data.count(b"\r\n") - 1
        firsts.append(first)
        wholes.append(rows / whole)
    ours = statistics.median(wholes)
    tool, theirs = flat_rows_per_second(large.engine)
    words = f"{ours:,.0f} rows/s = {ours / theirs:.2f} × {tool} ({theirs:,.0f}), {rows:,} rows"
    yield Result("P6", "activities.csv", words, "at least 0.7 ×", ours / theirs >= 0.7)
    yield ratio("P6", "activities.csv, first byte", (statistics.median(firsts), nothing), 20, of="do-nothing")


def saves(small: Site, large: Site) -> Iterator[Result]:
    """P8: a service's save with checks, audit, confirmations, lines and kept facts, beside the same rows alone."""
    for site in (small, large):
        for keys in _approved(site, 2):
            _bare(site, keys)
            _save(site, keys)
    keys = _approved(large, SAVES)
    turns = [(_bare(large, key), *_save(large, key)) for key in keys]
    bare, saved, submitted, approved = (statistics.median(times) for times in zip(*turns, strict=True))
    yield ratio("P8", "save a new revision", (saved, bare), 10, of="its rows alone")
    yield ratio("P8", "submit it", (submitted, bare), 10, of="its rows alone")
    yield ratio("P8", "approve it: figures change", (approved, bare), 10, of="its rows alone")
    before = statistics.median(_save(small, key)[0] for key in _approved(small, SAVES))
    again = statistics.median(_save(large, key)[0] for key in _approved(large, SAVES))
    yield ratio("P8", f"save, {large.size:,} activities", (again, before), 2.5, of=f"at {small.size:,}")


def weights(site: Site) -> Iterator[Result]:
    """P10: requests, bytes of a first visit and of the next, compressed."""
    for path in PAGES:
        found = weigh(site.browser, path)
        most = MOST_WARM_MATRIX if path in MATRICES else MOST_WARM
        good = found.requests <= MOST_REQUESTS and found.cold <= MOST_COLD and found.warm <= most
        words = f"{found.requests} requests, {found.cold / 1000:.1f} kB cold, {found.warm / 1000:.1f} kB warm"
        yield Result("P10", path, words, f"{MOST_REQUESTS}, {MOST_COLD // 1000}, {most // 1000} kB", good)


def _approved(site: Site, count: int) -> list[int]:
    """Ids of approved activities with nothing waiting, other ones each time: the oldest changed first."""
    with site.sessions() as session:
        statement = (
            select(Activity.id)
            .where(Activity.approved_revision_id == Activity.current_revision_id, Activity.withdrawn_at.is_(None))
            .order_by(Activity.version, Activity.id)
            .limit(count)
        )
        return list(session.scalars(statement))


def _timed(site: Site, act: Callable[[Session], object]) -> float:
    begin = time.perf_counter()
    with unit_of_work(site.sessions) as session:
        act(session)
    return time.perf_counter() - begin


def _save(site: Site, key: int) -> tuple[float, float, float]:
    """Seconds to save a changed content over an approved record, to submit it, and to approve it."""

    def save(session: Session) -> None:
        activity = session.get_one(Activity, key)
        content = read_content(activity.current)
        types = content.types[1:] + content.types[:1]
        save_activity(session, SYSTEM, activity, replace(content, types=types, lessons="Synthetic."), activity.version)

    def submit(session: Session) -> None:
        activity = session.get_one(Activity, key)
        submit_activity(session, SYSTEM, activity, activity.version)

    def approve(session: Session) -> None:
        activity = session.get_one(Activity, key)
        approve_activity(session, SYSTEM, activity, activity.version)

    return _timed(site, save), _timed(site, submit), _timed(site, approve)


def _bare(site: Site, key: int) -> float:
    """Seconds to write a revision like the newest one, its tags and the activity's version: rows and nothing else."""
    with site.sessions() as session:
        newest = session.scalar(select(Activity.current_revision_id).where(Activity.id == key))
        revision = _row(session, ActivityRevision, ActivityRevision.id == newest)[0]
        tags = {model: _row(session, model, model.revision_id == newest) for model in TAGS}
    values = {k: v for k, v in revision.items() if k not in ("id", "number")} | {"state": "replaced"}

    def write(session: Session) -> None:
        last = session.scalar(select(func.max(ActivityRevision.number)).where(ActivityRevision.activity_id == key))
        table = ActivityRevision.__table__
        made = session.execute(insert(table).values(**values, number=(last or 0) + 100).returning(table.c.id)).scalar()
        for model, rows in tags.items():
            if rows:
                session.execute(insert(model.__table__), [row | {"revision_id": made} for row in rows])
        session.execute(update(Activity.__table__).values(version=Activity.version).where(Activity.id == key))

    try:
        return _timed(site, write)
    finally:
        _forget(site, key)


def _forget(site: Site, key: int) -> None:
    """Take the bare revision away again: the services must not meet it."""
    with unit_of_work(site.sessions) as session:
        bare = select(ActivityRevision.id).where(ActivityRevision.activity_id == key, ActivityRevision.number > 100)
        ids = list(session.scalars(bare))
        for model in TAGS:
            session.execute(model.__table__.delete().where(model.revision_id.in_(ids)))
        session.execute(ActivityRevision.__table__.delete().where(ActivityRevision.id.in_(ids)))


def _row(session: Session, model: Any, where: Any) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in session.execute(select(model.__table__).where(where))]
