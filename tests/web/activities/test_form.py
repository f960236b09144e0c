"""The form itself: what it offers, how it helps without script, what it makes of what was typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from app.activities.content import read_content
from app.activities.models import Activity
from app.activities.rules import Content, MilestoneTag, PartnerTag, ProvisionTag, TypeTag
from app.activities.services import Source, find_activity, record_activity, save_activity
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM, Role
from tests.factories.people import make_person
from tests.web.activities.conftest import QUICK, Browser, Sent, form_on, plain

Fill = Callable[..., Sent]
Log = Callable[..., str]
Stored = Callable[[str], Activity]

FULL = {
    "language": "fr", "how": ["training", "law_reform", "other"], "other_words": "A board game",
    "main_type": "law_reform",
    "about": ["diversion", "legal_aid"], "mandate": ["E1997-30-3", "CRC-45B"], "role-CRC-45B": "asked_under",
    "standards": ["CRC-40", "BEIJING-11"], "source_symbol": "CRC/C/AFG/CO/1", "source_date-year": "2011",
    "status": "closed", "actual_end-year": "2025", "summary": "Two lines\r\nof it", "modalities": ["training_event"],
    "target_groups": ["judges", "police"], "co_offices-0": "0420", "partners-0-partner": "undp",
    "partners-0-role": "funds", "coordinator_involved": "yes", "government_agreement": "agreed",
    "partners_agreement": "sought", "in_country_plan": "no", "milestones-0-law": "Child Justice Act",
    "milestones-0-kind": "tabled", "milestones-0-on-month": "5", "milestones-0-on-year": "2024",
    "milestones-0-link": "https://example.org/act", "milestones-0-contribution": "led", "obstacles": ["funds"],
    "funding": "mixed", "funding_amount_usd": "12,500.50", "guidance_used": "The toolkit", "results": "Good",
    "lessons": "Begin early", "quality": ["followed_up"], "visibility": "all_staff", "sensitive": "y",
    "term_override": "short", "term_reason": "Five days in all",
}  # fmt: skip


def content_of(sessions: sessionmaker[Session], reference: str) -> Content:
    with sessions() as session:
        return read_content(find_activity(session, reference).current)


def test_everything_typed_is_kept(log: Log, sessions: sessionmaker[Session], browser: Browser, fill: Fill) -> None:
    reference = log("staff", **FULL)
    kept = content_of(sessions, reference)
    codes = {tag.code: tag.role for tag in kept.provisions}
    assert codes == {
        "BEIJING-11": "applied",
        "CRC-40": "applied",
        "CRC-45B": "asked_under",
        "E1997-30-3": "mandated_by",
    }
    assert kept.types == (TypeTag("law_reform"), TypeTag("training"), TypeTag("other", "A board game"),
                          TypeTag("diversion"), TypeTag("legal_aid"))  # fmt: skip
    assert kept.partners == (PartnerTag("undp", "funds"),)
    assert kept.milestones == (
        MilestoneTag("tabled", "Child Justice Act", "2024-05", "https://example.org/act", "led"),
    )
    assert (kept.language, kept.source_date, kept.actual_end) == ("fr", "2011", "2025")
    assert (kept.co_offices, kept.countries, kept.funding_amount_usd) == (("0420",), ("AFG",), "12500.50")
    assert (kept.sensitive, kept.visibility, kept.term_override) == (True, "all_staff", "short")
    assert kept.summary == "Two lines\nof it"
    # Opened and saved again, nothing changes.
    client, path = browser("staff"), f"/activities/{reference}/edit"
    assert client.post(path, data=fill(client, path, do="draft")).status_code == 302
    assert content_of(sessions, reference) == kept


def test_the_first_ticked_in_the_list_is_primary(log: Log, sessions: sessionmaker[Session]) -> None:
    kept = content_of(sessions, log("staff", how=["training", "law_reform"]))
    assert [tag.code for tag in kept.types] == ["law_reform", "training"]


def test_more_rows_without_script(browser: Browser, fill: Fill, how_many: Callable[[], int]) -> None:
    client = browser("staff")
    page = client.post("/activities/new", data=fill(client, **QUICK, do="more-counterparts"))
    assert page.status_code == 200
    form = form_on(page, "/activities/new")
    assert form["counterparts-0-name"] == "Ministry of Justice"
    assert form["counterparts-3-name"] == ""
    assert form["delivered"] == QUICK["delivered"]
    assert how_many() == 0
    # Blank rows between do not shift the errors.
    sent = form | {"counterparts-3-name": "Bar Association", "counterparts-3-kind": "", "do": "draft"}
    refused = client.post("/activities/new", data=sent)
    assert refused.status_code == 422
    assert 'id="counterparts-1-kind-error"' in refused.text
    assert form_on(refused, "/activities/new")["counterparts-1-name"] == "Bar Association"


@pytest.mark.parametrize(
    ("name", "field", "chosen", "other"),
    [
        ("standards", "standards", ["CRC-40"], "BEIJING-11"),
        ("target_groups", "target_groups", ["judges"], "police"),
        ("co_offices", "co_offices-0", "0420", "2040"),
    ],
)
def test_a_long_list_comes_when_it_is_asked_for(
    browser: Browser, fill: Fill, how_many: Callable[[], int], name: str, field: str, chosen: Any, other: str
) -> None:
    """The page brings what is chosen of it. The button brings the rest, with all that was typed, and it stays."""
    client = browser("staff")
    assert f'value="{other}"' not in client.get("/activities/new").text
    page = client.post("/activities/new", data=fill(client, **QUICK, **{field: chosen}, do=f"list-{name}"))
    assert page.status_code == 200
    assert how_many() == 0
    form = form_on(page, "/activities/new")
    assert form[field] in (chosen, *chosen)
    assert form["delivered"] == QUICK["delivered"]
    refused = client.post("/activities/new", data=form | {"title": "", "do": "draft"})
    assert refused.status_code == 422
    assert f'value="{other}"' in refused.text
    saved = client.post("/activities/new", data=form | {"do": "draft"})
    # Opened again, what is chosen is there, and what the script fetches has the rest.
    assert f'value="{other}"' not in client.get(f"{saved.location}/edit").text
    again = fill(client, f"{saved.location}/edit")
    assert again[field] in (chosen, *chosen)
    for address in ("/activities/new", saved.location):
        fetched = client.get(f"{address}/choices.json?of={name}")
        assert f'value="{other}"' in fetched.json["html"]
    assert client.get("/activities/new/choices.json?of=title").status_code == 404


def test_headquarters_finds_every_country(browser: Browser, fill: Fill) -> None:
    client = browser("hq")
    page = client.post("/activities/new", data=fill(client, **QUICK, countries=["NPL"], do="list-countries"))
    assert form_on(page, "/activities/new")["countries"] == "NPL"
    assert page.text.count('name="countries"') > 100


def test_a_body_used_before_needs_no_kind(log: Log, sessions: sessionmaker[Session], browser: Browser) -> None:
    log("staff")
    assert 'option value="Ministry of Justice"' in browser("staff").get("/activities/new").text
    second = log("staff", **{"counterparts-0-name": "ministry of JUSTICE", "counterparts-0-kind": ""})
    assert content_of(sessions, second).counterparts[0].kind == "government"


@pytest.fixture
def pacific(sessions: sessionmaker[Session]) -> str:
    """Somebody of an office that serves many countries; its code."""
    with unit_of_work(sessions) as session:
        from app.activities.reference import reference_data
        from app.core import clock

        today = clock.today()
        offices = reference_data(session).offices.values()
        code = next(o.code for o in offices if len(o.countries_between(today, today)) > 3)
        make_person(session, "many@demo.example", role=Role.COUNTRY_STAFF, office=code)
        return code


def test_an_office_of_many_countries_ticks_them(
    pacific: str, browser: Browser, fill: Fill, sessions: sessionmaker[Session]
) -> None:
    client = browser("many")
    sent = fill(client, **QUICK, do="submit")
    assert "countries" not in sent
    refused = client.post("/activities/new", data=sent)
    assert refused.status_code == 422
    assert 'id="countries-error"' in refused.text
    ticked = client.post("/activities/new", data=sent | {"do": "all-countries"})
    assert ticked.status_code == 200
    form = form_on(ticked, "/activities/new")
    assert len(form["countries"]) > 3
    refused = client.post("/activities/new", data=form | {"do": "submit"})
    assert 'id="countries_reason-error"' in refused.text
    some = form["countries"][:2]
    answer = client.post("/activities/new", data=form | {"do": "submit", "countries": some})
    assert answer.status_code == 302
    assert content_of(sessions, answer.location.rsplit("/", 1)[1]).countries == tuple(sorted(some))
    first = form_on(client.get("/activities/new"), "/activities/new")
    assert "countries" not in first  # offered first, never ticked for the person
    page = client.get("/activities/new").text
    assert page.index(f'value="{some[0]}"') < page.index(f'value="{form["countries"][3]}"')


def test_who_asked_proposes_and_ticks_nothing(browser: Browser, fill: Fill) -> None:
    client = browser("staff")
    sent = fill(client, title="A", request_source="crc_concluding_observations", do="submit")
    page = client.post("/activities/new", data=sent)
    assert page.text.count("proposed because of who asked</span>") == 1
    assert "mandate" not in form_on(page, "/activities/new")


def test_only_checked_provisions_are_offered(browser: Browser, fill: Fill) -> None:
    client = browser("staff")
    assert 'value="VICTIMS-40"' not in client.get("/activities/new").text
    refused = client.post("/activities/new", data=fill(client, **QUICK | {"mandate": "VICTIMS-40"}, do="draft"))
    assert refused.status_code == 422
    assert 'id="mandate-error"' in refused.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"actual_start-day": "31", "actual_start-month": "2"}, "actual_start"),
        ({"actual_start-year": "24"}, "actual_start"),
        ({"actual_start-year": "2094"}, "actual_start"),
        ({"status": "closed"}, "actual_end"),
        ({"status": "closed", "actual_end-year": "2023"}, "actual_end"),
        ({"status": "suspended"}, "status_reason"),
        ({"status": "planned"}, "actual_start"),
        ({"how": ["other"]}, "other_words"),
        ({"term_override": "long"}, "term_reason"),
        ({"milestones-0-link": "javascript:alert(1)", "milestones-0-law": "Act", "milestones-0-kind": "drafted"},
         "milestones-0-link"),
        ({"partners-0-partner": "undp"}, "partners"),
        ({"co_offices-0": "9999"}, "co_offices-0"),
        ({"funding_amount_usd": "1.234,50"}, "funding_amount_usd"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(browser: Browser, fill: Fill, changes: dict[str, Any], field: str) -> None:
    client = browser("staff")
    refused = client.post("/activities/new", data=fill(client, **QUICK | changes, do="submit"))
    assert refused.status_code == 422, plain(refused.text)[:1000]
    assert f'id="{field}-error"' in refused.text
    assert f'href="#{field}' in refused.text
    assert f'id="{field}"' in refused.text


def test_whoever_submits_learns_everything_in_one_round(browser: Browser, fill: Fill) -> None:
    client = browser("staff")
    blank = {"title": "", "request_source": "", "status": "active", "actual_start-day": "31", "actual_start-month": "2",
             "actual_start-year": "2025", "delivered": "", "counterparts-0-name": "",
             "counterparts-0-kind": ""}  # fmt: skip
    refused = client.post(
        "/activities/new", data=fill(client, **QUICK | blank | {"how": [], "mandate": []}, do="submit")
    )
    assert refused.status_code == 422
    for field in ("title", "actual_start", "how", "mandate", "counterparts"):
        assert f'id="{field}-error"' in refused.text, field
    draft = client.post("/activities/new", data=fill(client, **QUICK | blank, do="draft"))
    assert 'id="mandate-error"' not in draft.text  # a draft needs none


def test_an_imported_record_keeps_what_was_not_recorded(
    sessions: sessionmaker[Session], people: object, browser: Browser, fill: Fill
) -> None:
    bare = Content(title="From a file", types=(TypeTag("diversion"), TypeTag("training")), concerns="mainly",
                   provisions=(ProvisionTag("VICTIMS-40", "mandated_by"), ProvisionTag("CRC-40", "applied")),
                   status="active", actual_start="2008", countries=("AFG",), scope="national",
                   partners=(PartnerTag("undp", ""),), funding_amount_usd="10.00")  # fmt: skip
    with unit_of_work(sessions) as session:
        reference = record_activity(session, SYSTEM, "0060", bare, source=Source("demo", "X-1")).reference
    client, path = browser("staff"), f"/activities/{reference}/edit"
    page = client.get(path)
    assert "Not recorded" in page.text
    assert client.post(path, data=fill(client, path, do="submit")).status_code == 302
    kept = content_of(sessions, reference)
    assert kept == replace(bare, provisions=kept.provisions)
    assert set(kept.provisions) == set(bare.provisions)
    record = plain(client.get(f"/activities/{reference}").text)
    assert "Who asked not recorded" in record
    assert "As imported: Demonstration file" in record


def test_several_offices_and_the_office_of_somebody_else(
    sessions: sessionmaker[Session], browser: Browser, fill: Fill, people: dict[str, Any], how_many: Callable[[], int]
) -> None:
    client = browser("staff")
    assert client.get("/activities/new?office=0420").status_code == 403
    assert client.get("/activities/new?office=nonsense").status_code == 200
    stolen = client.post("/activities/new", data=fill(client, **QUICK, do="draft") | {"office": "0420"})
    assert stolen.status_code == 403
    assert how_many() == 0
    assert browser("admin").get("/activities/new").status_code == 403
    assert "Written in" in browser("hq").get("/activities/new").text


def test_a_version_that_nobody_gave_is_stale(log: Log, browser: Browser, fill: Fill) -> None:
    reference = log("staff", do="draft")
    client, path = browser("staff"), f"/activities/{reference}/edit"
    for version in ("", "0", "999", "x", "-1", "9" * 30):
        sent = fill(client, path, title="Other", do="draft") | {"version": version}
        assert client.post(path, data=sent).status_code in (409, 422), version


def test_texts_warn_of_the_data_of_children(browser: Browser) -> None:
    page = browser("staff").get("/activities/new").text
    assert "never about one child" in page
    assert page.count("data-child-data-warning") >= 10


def test_saving_goes_through_the_service(sessions: sessionmaker[Session], log: Log) -> None:
    """A record of the form can be saved by the service with the content that it was read as."""
    reference = log("staff", **FULL, do="draft")
    with unit_of_work(sessions) as session:
        activity = find_activity(session, reference)
        save_activity(session, SYSTEM, activity, read_content(activity.current), activity.version)
