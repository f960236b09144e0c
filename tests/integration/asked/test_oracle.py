"""Law 6 for requests: plain Python recomputes every figure from the downloaded files, over random histories."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from statistics import median

import pytest

from app.asked.counting import MEASURES, Part, balance, share
from app.asked.queries import facts, facts_of_requests
from app.asked.rules import AnswerGiven
from app.asked.services import answer_request, link_activity, say_whether_met, withdraw_request
from app.core import clock
from app.core.errors import TrackerError
from app.core.permissions import SYSTEM
from app.offices.queries import office
from tests.downloads import download
from tests.factories.history import History
from tests.factories.requests import asked

pytestmark = pytest.mark.both_engines
TODAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = TODAY.date()
AGES = ((183, "age_half_year"), (365, "age_year"), (730, "age_two_years"))


def live(session, history, seed):
    """Requests of the countries of the history's offices, answered, linked and withdrawn in some order."""
    chance = random.Random(seed)
    countries = sorted({c for code in history.offices if (o := office(session, code)) for c in o.countries} | {"CAN"})
    made = []
    for _number in range(40):
        on = DAY - timedelta(days=chance.randrange(1500))
        about: dict[str, object] = {
            "country": chance.choice(countries),
            "source": chance.choice(("upr", "crc_concluding_observations")),
            "received_on": chance.choice((on.isoformat(), on.isoformat()[:7], None)),
            "types": tuple(chance.sample(("training", "law_reform", "diversion"), chance.randrange(3))),
        }
        made.append(asked(session, provisions=(), symbol="", **about))
    for _act in range(120):
        request = chance.choice(made)
        try:
            act(session, chance, request, history)
        except TrackerError:
            continue


def act(session, chance, request, history):
    what = chance.choice(("answer", "answer", "link", "link", "met", "withdraw" if chance.random() < 0.2 else "link"))
    if what == "answer":
        on = DAY - timedelta(days=chance.randrange(900))
        target = on + timedelta(days=chance.randrange(400)) if chance.random() < 0.5 else None
        command = AnswerGiven(chance.choice(("open", "accepted", "referred", "declined")), on, "others", "No.", target)
        answer_request(session, SYSTEM, request, command, request.version)
    elif what == "link":
        link_activity(session, SYSTEM, request, chance.choice(history.activities))
    elif what == "met":
        say_whether_met(session, SYSTEM, request, chance.choice(("met", "partly_met", "not_met")), "Seen.", None,
                        request.version)  # fmt: skip
    else:
        withdraw_request(session, SYSTEM, request, "Twice.", request.version)


class Plain:
    """The files, and the figures that anybody can make of them."""

    def __init__(self, session):
        self.requests = download(session, "requests")
        self.links = defaultdict(set)
        for row in download(session, "request-activities"):
            self.links[row["request"]].add(row["activity"])
        self.given = {}
        for row in download(session, "activities"):
            if self.qualifies(row):
                self.given[row["reference"]] = row
        self.regions = {row["code"]: row["region"] for row in download(session, "offices", year=DAY.year)}

    @staticmethod
    def qualifies(row):
        return (
            row["workflow"] == "approved" and row["withdrawn"] == "no" and row["set_aside"] == "no"
            and row["delivery_status"] in ("active", "finalising", "closed", "suspended")
            and row["concerns"] in ("mainly", "also") and row["provisions"] and years_of(row)
        )  # fmt: skip

    def supported(self, row):
        return any(ref in self.given for ref in self.links[row["reference"]])

    def part(self, keep):
        return [row for row in self.requests if keep(row)]

    def measure(self, rows, measure):
        keep, of = KEEP[measure]
        base = [row for row in rows if of(self, row)]
        return sum(bool(keep(self, row)) for row in base), len(base)


def years_of(row):
    return {part.split(":")[0] for part in row["confirmations"].split(";") if part}


def first_day(row):
    return date.fromisoformat((row["asked_on"] + "-01-01")[:10]) if row["asked_on"] else None


def age(row):
    if row["answer"] != "open":
        return None
    day = first_day(row)
    if day is None:
        return "age_unknown"
    return next((code for most, code in AGES if (DAY - day).days < most), "age_longer")


def promised(row):
    return row["answer"] in ("accepted", "referred")


def due(row):
    if not promised(row):
        return False
    on = date.fromisoformat(row["answered_on"])
    return (on.replace(day=28) if (on.month, on.day) == (2, 29) else on).replace(year=on.year + 1) <= DAY


def every(_plain, _row):
    return True


KEEP = {
    "asked": (every, every),
    "open": (lambda p, r: r["answer"] == "open", every),
    "answered": (lambda p, r: r["answer"] != "open", every),
    **{a: (lambda p, r, a=a: r["answer"] == a, every) for a in ("accepted", "referred", "declined")},
    "supported": (lambda p, r: p.supported(r), every),
    "without_support": (lambda p, r: not p.supported(r), every),
    "asked_not_given": (lambda p, r: r["answer"] == "open" and not p.supported(r), every),
    "late": (lambda p, r: r["target_on"] and date.fromisoformat(r["target_on"]) < DAY and not p.supported(r),
             lambda p, r: promised(r)),
    **{m: (lambda p, r, m=m: r["met"] == m, lambda p, r: promised(r)) for m in ("met", "partly_met", "not_met")},
    "met_overdue": (lambda p, r: not r["met"], lambda p, r: due(r)),
    **{a: (lambda p, r, a=a: age(r) == a, lambda p, r: r["answer"] == "open")
       for a in ("age_half_year", "age_year", "age_two_years", "age_longer", "age_unknown")},
}  # fmt: skip


def selection(dimension, code):
    """Which requests and which activities lie in a part."""

    def ask(row):
        return {
            "world": True,
            "region": (row["region"] or "none") == code,
            "office": code in row["offices"].split(";"),
            "country": row["country"] == code,
            "year": row["asked_on"][:4] == code,
        }[dimension]

    def give(row, plain):
        offices = {
            row["lead_office"],
            *(p.split(":")[0] for p in row["co_offices"].split(";") if p.endswith("accepted")),
        }
        return {
            "world": True,
            "region": any(plain.regions.get(o, "") == code for o in offices),
            "office": code in offices,
            "country": code in row["countries"].split(";"),
            "year": code in years_of(row),
        }[dimension]

    return ask, give


@pytest.mark.histories(5, 6)
def test_every_figure_of_requests_is_what_the_files_say(session, seed):
    history = History(session, seed)
    history.live(100)
    with clock.pretending(TODAY):
        live(session, history, seed)
        plain = Plain(session)
        check_figures(session, plain)
        check_times_and_topics(session, plain)
        check_the_light_facts(session)


def check_the_light_facts(session):
    """Pages that are opened often read only what answers a request: every share of requests is the same by it."""
    whole, light = facts(session), facts_of_requests(session)
    assert len(light.given) < len(whole.given)
    for part in (Part(), Part(region="ROSA"), Part(office="0060"), Part(first=2025)):
        for measure in MEASURES:
            assert share(balance(whole, part), measure) == share(balance(light, part), measure), (part, measure)


def check_figures(session, plain):
    answered_links = {ref for row in plain.requests for ref in plain.links[row["reference"]]}
    counted = 0
    for row in download(session, "request-figures"):
        ask, give = selection(row["dimension"], row["code"])
        mine = plain.part(ask)
        if row["measure"] in KEEP:
            k, n = plain.measure(mine, row["measure"])
        elif row["measure"] == "given_not_asked":
            given = [ref for ref, each in plain.given.items() if give(each, plain)]
            k, n = sum(ref not in answered_links for ref in given), len(given)
        else:
            k, n = states(plain, mine, row["measure"])
        assert (row["numerator"], row["denominator"]) == (str(k), str(n)), row
        counted += k
    assert counted > 100


def states(plain, mine, measure):
    of = defaultdict(list)
    for row in mine:
        of[row["country"]].append(row)
    if measure == "states_with_nothing":
        return sum(not any(map(plain.supported, rows)) for rows in of.values()), len(of)
    first = {}
    for country, rows in of.items():
        years = [int(r["asked_on"][:4] or 0) for r in rows if r["source"] == "crc_concluding_observations"]
        if years:
            first[country] = min(years)
    last = defaultdict(int)
    for each in plain.given.values():
        for country in each["countries"].split(";"):
            last[country] = max(last[country], *map(int, years_of(each)))
    return sum(last[country] >= year for country, year in first.items() if last[country]), len(first)


def check_times_and_topics(session, plain):
    for row in download(session, "request-times"):
        mine = plain.part(selection(row["dimension"], row["code"])[0])
        days = [int(r["days_to_answer"]) for r in mine if r["days_to_answer"]]
        assert int(row["timed"]) == len(days)
        assert row["median_days"] == ("" if not days else str(int(median(days) + 0.5)))
    for row in download(session, "request-topics"):
        code = row["support_type"]
        assert int(row["asked"]) == sum(code in r["types"].split(";") for r in plain.requests)
        assert int(row["given"]) == sum(code in (r["how"] + ";" + r["about"]).split(";") for r in plain.given.values())
    nothing = {row["country"] for row in download(session, "asked-nothing-given")}
    asked_by = {row["country"] for row in plain.requests}
    assert nothing == {c for c in asked_by if not any(plain.supported(r) for r in plain.requests if r["country"] == c)}
