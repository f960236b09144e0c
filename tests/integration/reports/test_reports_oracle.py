"""Law 6 for every report beside coverage: plain Python recomputes each number from the downloaded files."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.core import clock
from tests import oracle_reports as plain
from tests.downloads import Rows, download
from tests.factories.history import History
from tests.integration.coverage.files import files_of
from tests.oracle import COMPARED, Oracle
from tests.oracle_reports import Cells, Children, Selection

pytestmark = pytest.mark.both_engines
TODAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
NOT_COLLECTED = 2024
ASKED = [
    Selection(2023),
    Selection(2022, "provisional"),
    Selection(2024, "provisional", region="ROSA"),
    Selection(2023, "provisional", support_type="training"),
]
COUNTRY = Selection(2023, "provisional", country="AFG")
NARROWED = [*ASKED[:3], COUNTRY]


@pytest.mark.histories(3, 4)
def test_every_report_is_what_the_files_say(session, seed):
    history = History(session, seed, others=("297R", "456C"))
    history.live(160)
    assert sum(history.done.values()) > 75, history.refused
    with clock.pretending(TODAY):
        oracle, _coverage = files_of(session)
        children = children_of(session)
        check_tags(session, oracle, children)
        check_crosses_and_entry_points(session, oracle)
        check_trend(session, oracle)
        check_milestones_and_participations(session, oracle, children)
        check_countries(session, oracle)
        check_gaps_and_offices(session, oracle)
        check_nil_returns_and_changes(session, oracle)


def children_of(session) -> Children:
    """The long files of both bases."""
    found = Children(defaultdict(list), defaultdict(list), defaultdict(list))
    for name, into in (("counterparts", found.counterparts), ("milestones", found.milestones)):
        for basis in ("approved", "provisional"):
            of_basis = defaultdict(list)
            for row in download(session, f"activity-{name}", basis=basis):
                of_basis[row["reference"], row["revision"]].append(row)
            into.update(of_basis)
    for row in download(session, "activity-deliveries", basis="provisional"):
        found.deliveries[row["reference"]].append(row)
    return found


def ask(session, report: str, asked: Selection, *taken: str) -> Rows:
    """The report as headquarters downloads it."""
    wanted = {"year": asked.year, "basis": asked.basis, "region": asked.region, "country": asked.country,
              "support_type": asked.support_type}  # fmt: skip
    return download(session, report, **{name: wanted[name] for name in ("year", "basis", *taken) if wanted[name]})


def compare(rows: Rows, keys: tuple[str, ...], mine: Cells, where: object) -> list[str]:
    """Every cell that is not what the files say."""
    theirs = {tuple(row[key] for key in keys): row for row in rows}
    assert len(theirs) == len(rows)
    found = [f"{where}: rows {sorted(theirs.keys() ^ mine.keys())}"] if theirs.keys() != mine.keys() else []
    for key in theirs.keys() & mine.keys():
        for column, value in mine[key].items():
            if theirs[key][column] != value:
                found.append(f"{where} {key} {column}: {theirs[key][column]!r}, not {value!r}")
    return found


def check_tags(session, oracle: Oracle, children: Children) -> None:
    tags = {
        "terms": plain.single("term"),
        "who-asked": plain.single("request_source"),
        "partners": plain.several("partners"),
        "obstacles": plain.several("obstacles"),
        "counterpart-kinds": plain.counterpart_kinds(children),
    }
    counted = 0
    for asked in (*ASKED, COUNTRY):
        for report, read in tags.items():
            rows = ask(session, report, asked, "region", "country", "support_type")
            codes = [row["code"] for row in rows]
            assert {tag for row in asked.rows(oracle)[1] for tag in read(row)} <= set(codes)
            assert compare(rows, ("code",), plain.tagged(oracle, asked, read, codes), (report, asked)) == []
            counted += sum(int(row["numerator"]) for row in rows)
        rows = ask(session, "quality", asked, "region", "country", "support_type")
        for dimension, read in (("quality_ticks", plain.ticks), ("quality", plain.quality)):
            of = [row for row in rows if row["dimension"] == dimension]
            mine = plain.tagged(oracle, asked, read, [row["code"] for row in of])
            assert compare(of, ("code",), mine, (dimension, asked)) == []
    assert counted > 50


def check_crosses_and_entry_points(session, oracle: Oracle) -> None:
    for asked in NARROWED:
        for report in ("how-by-region", "about-by-region", "provision-by-region", "how-by-about"):
            rows = ask(session, report, asked, "region", "country")
            keys = [(row["code"], row["code2"]) for row in rows]
            both, cited = report == "how-by-about", report == "provision-by-region"
            assert len(keys) > 70 / (7 if asked.region and not both else 1)
            assert compare(rows, ("code", "code2"), plain.crossed(oracle, asked, keys, both, cited), asked) == []
        rows = ask(session, "entry-points", asked, "region", "country")
        keys = [(row["code"], row["code2"]) for row in rows]
        assert compare(rows, ("code", "code2"), plain.entry_points(oracle, asked, keys), asked) == []


def check_trend(session, oracle: Oracle) -> None:
    for basis in ("approved", "provisional"):
        for row in download(session, "trend", basis=basis, support_type="training"):
            mine = oracle.of_year(int(row["year"]), basis).figure(row["code"] or None, "training", None)
            assert {name: row[name] for name in COMPARED} == {name: mine[name] for name in COMPARED}, row
    of_country = download(session, "trend", basis=COUNTRY.basis, country=COUNTRY.country)
    assert any(int(row["numerator"]) for row in of_country)
    for row in of_country:
        year, rows = replace(COUNTRY, year=int(row["year"])).rows(oracle)
        mine = plain.numbers(year, rows, row["code"] or None)
        assert {name: row[name] for name in mine} == mine, row


def check_milestones_and_participations(session, oracle: Oracle, children: Children) -> None:
    sums = 0
    for asked in NARROWED:
        rows = ask(session, "milestones", asked, "region", "country")
        kinds = [row["code"] for row in rows]
        assert compare(rows, ("code",), plain.milestones(oracle, children, asked, kinds), asked) == []
        sums += sum(int(row["milestones"]) for row in rows)
        rows = ask(session, "participations", asked, "region", "country")
        codes = [row["code"] for row in rows]
        assert compare(rows, ("code",), plain.participations(oracle, children, asked, codes), asked) == []
        sums += sum(int(row["entries"]) for row in rows)
    assert sums > 5


def check_countries(session, oracle: Oracle) -> None:
    years = sorted({int(row["year"]) for row in oracle.offices})
    for asked in (*ASKED, COUNTRY):
        rows = ask(session, "countries", asked, "region", "country", "support_type")
        assert compare(rows, ("country",), plain.countries(oracle, asked, years), asked) == []


def check_gaps_and_offices(session, oracle: Oracle) -> None:
    years = sorted({int(row["year"]) for row in oracle.offices})
    for asked in NARROWED:
        rows, types, cited = (
            [row for report in reports for row in ask(session, report, asked, "region", "country")]
            for reports in (["gaps"], ["how-by-region", "about-by-region"], ["provision-by-region"])
        )
        cells = [("gap_support_type", row["code"], row["code2"]) for row in types]
        cells += [("gap_provision", row["code"], row["code2"]) for row in cited]
        mine = plain.gaps(oracle, asked, years, cells)
        assert compare(rows, ("dimension", "code", "code2"), mine, asked) == []
    for asked in ASKED[:3]:
        silent = ask(session, "unanswered", asked, "region")
        mine = plain.offices_in(oracle, asked, years, {"unanswered"})
        assert (
            compare(silent, ("office",), {k: {"last_support": v["last_support"]} for k, v in mine.items()}, asked) == []
        )
        check_waiting(session, oracle, asked)
        ended = ask(session, "ended-support", asked, "region")
        rest = plain.offices_in(oracle, asked, years, {"declared", "nil", "unanswered"})
        assert compare(ended, ("office",), {k: v for k, v in rest.items() if v["last_support"]}, asked) == []


def check_waiting(session, oracle: Oracle, asked: Selection) -> None:
    """Headquarters sees every office; what waits for review are the records that are submitted and not withdrawn."""
    year = oracle.of_year(asked.year, asked.basis)
    rows = {row["office"]: row for row in ask(session, "waiting-offices", asked, "region")}
    assert {code for code in year.offices if asked.region in (None, year.region(code))} == set(rows)
    waiting = [r["lead_office"] for r in oracle.provisional if (r["workflow"], r["withdrawn"]) == ("submitted", "no")]
    for code, row in rows.items():
        assert row["state"] == year.states[code]
        assert row["awaiting"] == str(waiting.count(code))
        torn = code in year.signed and year.signed[code]["answer"] == "nil" and year.active(code)
        assert row["contradiction"] == ("yes" if torn else "no")
        collected = asked.year != NOT_COLLECTED
        unsigned = year.expected(code) and code not in year.signed
        assert row["unsigned"] == (("yes" if unsigned else "no") if collected else "")


def check_nil_returns_and_changes(session, oracle: Oracle) -> None:
    for asked in ASKED[:3]:
        signed = oracle.of_year(asked.year, asked.basis).signed
        nil = {office for office, row in signed.items() if row["answer"] == "nil"}
        here = {o for o in nil if asked.region in (None, oracle.of_year(asked.year, asked.basis).region(o))}
        assert {row["office"] for row in ask(session, "nil-returns", asked, "region")} == here
    for basis in ("approved", "provisional"):
        before, after = oracle.of_year(2023, basis), oracle.of_year(2025, basis)
        rows = download(session, "changes", year=2025, basis=basis, **{"from": 2023})
        moved = {code for code in after.offices if before.region(code) != after.region(code)}
        differ = {code for code, state in after.states.items() if before.states[code] != state}
        assert {row["office"] for row in rows} == moved | differ
        for row in rows:
            assert (row["state_from"], row["state"]) == (before.states[row["office"]], after.states[row["office"]])
