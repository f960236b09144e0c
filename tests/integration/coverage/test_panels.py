"""The further figures of the panels, against an independent recount from the downloaded files of a random history."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.activities.rules import CounterpartTag, MilestoneTag, PartnerTag
from app.core import clock
from app.coverage.excluded import excluded
from app.coverage.further import AFTER, COURTS, ENTRY, change, entry_points, last_support
from app.coverage.kept import kept_facts
from app.coverage.queries import year_facts
from app.coverage.rules import Basis, Slice, figure
from app.coverage.work import chosen, how_many, people, steps_by_year, theme_activities, theme_counts
from tests.factories.history import ABOUTS, HOWS, History
from tests.integration.coverage.files import files_of
from tests.oracle import confirmed, giving, listed

pytestmark = pytest.mark.both_engines
TODAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
YEARS = (2022, 2023, 2024, 2025, 2026)
REGIONS = (None, "ROSA", "ECARO", "LACRO")


class Rich(History):
    """A history whose records say more: who asked, what stood in the way, partners, ticks, steps of laws."""

    def content(self, office):
        some = self.chance
        return replace(
            super().content(office),
            request_source=some.choice(("government_request", "emergency", "upr")),
            obstacles=tuple(some.sample(("funds", "data", "law"), some.randrange(3))),
            quality=tuple(some.sample(("followed_up", "need_assessed", "standard_cited"), some.randrange(4))),
            partners=tuple(PartnerTag(code, "funds") for code in some.sample(("ohchr", "unodc"), some.randrange(3))),
            counterparts=tuple(
                CounterpartTag(f"Body {kind}", kind)
                for kind in some.sample(("government", "judiciary", "un"), some.randint(1, 2))
            ),
            milestones=tuple(
                MilestoneTag(kind, "Child Act", some.choice((None, "2024-03", "2025")))
                for kind in some.sample(("drafted", "adopted"), some.randrange(3))
            ),
            sensitive=False,
        )


def test_every_number_is_that_of_the_files(session):
    history = Rich(session, 5, others=("297R", "456C"))
    history.live(150)
    assert sum(history.done.values()) > 70, history.refused
    with clock.pretending(TODAY):
        oracle, _coverage = files_of(session)
        for check in CHECKS:
            check(session, oracle)


def cases():
    return product(YEARS, Basis)


def two_types_of_one_activity_and_a_country(session, oracle):
    seen = 0
    for year, basis in cases():
        mine, facts = oracle.of_year(year, basis), kept_facts(session, [year])[year]
        records = year_facts(session, year)
        slices = [Slice(region=r, support_type=h, with_type=a) for r, h, a in product(REGIONS, HOWS, ABOUTS)]
        slices += [Slice(region=r, provision="CRC-4", support_type=h, with_type=a)
                   for r, h, a in product(REGIONS[:2], HOWS, ABOUTS)]  # fmt: skip
        slices += [Slice(region=r, country=c) for r, c in product(REGIONS, ("AFG", "ALB", "BRB"))]
        for part in slices:
            theirs = figure(facts, basis, part)
            row = mine.figure(**{name: getattr(part, name) for name in Slice.__dataclass_fields__})
            assert numbers(theirs) == {name: int(row[name]) for name in numbers(theirs)}, (year, basis, part)
            assert numbers(figure(records, basis, part)) == numbers(theirs), (year, basis, part)
            seen += theirs.k
    assert seen > 50


def numbers(found):
    return {
        "numerator": found.k,
        "denominator": found.n,
        "answered_none": found.answered_none,
        "countries": len(found.countries),
        "activities": found.activities,
        "dates_only": len(found.dates_only),
    }


def entry_points_and_the_whole_system(session, oracle):
    for year, basis in cases():
        mine = oracle.of_year(year, basis)
        found = entry_points(kept_facts(session, [year])[year], basis, Slice())
        groups = [mine.providing(set(types)) for types in (ENTRY, COURTS, AFTER)]
        assert set(found.entry) == groups[0]
        assert set(found.system) == groups[0] & groups[1] & groups[2]
    assert entry_points(kept_facts(session, [2025])[2025], Basis.APPROVED, Slice(None, "a", None, "b")) is None


def change_since_the_year_before(session, oracle):
    for year in YEARS[1:]:
        now, before = (figure(kept_facts(session, [y])[y]) for y in (year, year - 1))
        found = change(now, before)
        if year == TODAY.year:
            assert found is None  # a running year is not measured
            continue
        mine, earlier = (oracle.of_year(y, "approved") for y in (year, year - 1))
        assert set(found.gained) == mine.providing() - earlier.providing()
        assert set(found.lost) == earlier.providing() - mine.providing()
        assert found.points == Decimal(mine.figure()["percent"]) - Decimal(earlier.figure()["percent"])


def the_last_year_with_support(session, oracle):
    years = {year: oracle.of_year(year, "approved") for year in range(2010, 2027)}
    mine = {
        code: year for year, each in years.items() for row in each.read for code in giving(row) if each.expected(code)
    }
    every = kept_facts(session, range(2010, 2027))
    assert last_support(every.values()) == mine
    assert len(mine) > 5


CELLS = {
    "term": "term",
    "request_source": "request_source",
    "obstacle": "obstacles",
    "quality": "quality",
    "partner_agency": "partners",
}


def the_work_behind_a_figure(session, oracle):
    for (year, basis), region in product(cases(), REGIONS):
        rows = oracle.of_year(year, basis).listed_rows(region)
        facts, part = kept_facts(session, [year])[year], Slice(region=region)
        of = chosen(facts, basis, part)
        assert how_many(session, of) == len(rows) == figure(facts, basis, part).activities
        for theme, column in CELLS.items():
            mine = Counter(code for row in rows for code in {c.split(":")[0] for c in listed(row[column])} or {""})
            assert theme_counts(session, of, theme) == dict(mine), (year, basis, region, theme)
        ticks = Counter(str(len(listed(row["quality"]))) for row in rows)
        assert theme_counts(session, of, "ticks") == dict(ticks)
        kinds = Counter(kind for row in rows for kind in {c.rsplit("(", 1)[1].rstrip(")") for c in
                                                          row["counterparts"].split("; ") if c} or {""})  # fmt: skip
        assert theme_counts(session, of, "counterpart_kind") == dict(kinds)
        assert all(
            len(theme_activities(session, of, "term", code)) == n
            for code, n in theme_counts(session, of, "term").items()
        )
        assert steps_by_year(session, of).total() == sum(
            len(row["milestones"].split("; ")) for row in rows if row["milestones"]
        )


def participations_of_a_year(session, oracle):
    """Files have the sums of an activity, not of its year: every year's lines together are the file's."""
    rows = [row for row in oracle.approved if row["delivery_lines"] != "0"]
    years = range(2019, 2027)
    found = [people(session, chosen(kept_facts(session, [y])[y], Basis.APPROVED, Slice()), y) for y in years]
    counting = {row["reference"] for y in years for row in oracle.of_year(y, "approved").read}
    mine = [row for row in rows if row["reference"] in counting]
    # A delivery confirms its own year, so each line of a counting activity is in exactly one of the years.
    assert sum(p.lines for p in found) == sum(int(row["delivery_lines"]) for row in mine)
    assert sum(p.blank for p in found) == sum(int(row["delivery_lines_without_people"]) for row in mine)
    assert sum(p.women or 0 for p in found) == sum(int(row["participations_women"] or 0) for row in mine)
    assert sum(p.men or 0 for p in found) == sum(int(row["participations_men"] or 0) for row in mine)


def counted_and_not_counted_are_all_that_speaks_of_the_year(session, oracle):
    reasons, of_countries = set(), 0
    for year, basis in cases():
        facts = year_facts(session, year)
        left_out = excluded(session, facts, basis)
        ids = {each.activity_id for each in left_out}
        counted = set(figure(facts, basis).activity_ids)
        assert len(ids) == len(left_out)
        assert not ids & counted
        rows = oracle.approved if basis == Basis.APPROVED else oracle.provisional
        confirms = [row["reference"] for row in rows if confirmed(row, year)]
        assert len(confirms) <= len(ids | counted)
        naming = [row["reference"] for row in rows if "AFG" in listed(row["countries"])]
        of_country = session.scalars(select(Activity.id).where(Activity.reference.in_(naming)))
        found = {each.activity_id for each in excluded(session, facts, basis, Slice(country="AFG"))}
        assert found == ids & set(of_country)
        of_countries += len(found)
        reasons |= {each.reason for each in left_out}
    assert len(reasons) >= 6
    assert of_countries


CHECKS = (
    two_types_of_one_activity_and_a_country,
    entry_points_and_the_whole_system,
    change_since_the_year_before,
    the_last_year_with_support,
    the_work_behind_a_figure,
    participations_of_a_year,
    counted_and_not_counted_are_all_that_speaks_of_the_year,
)
