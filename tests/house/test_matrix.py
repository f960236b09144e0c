"""Who gets what answer at which address: everybody × every endpoint × every kind of record, told in `matrix.txt`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, url_for
from sqlalchemy import delete
from werkzeug.test import TestResponse

from app.accounts.models_proof import Authenticator
from app.core.db import new_client_id, unit_of_work
from app.core.permissions import Permission
from app.core.web.guard import marks
from tests.house.records import CO_OFFICE, OFFICE, Record
from tests.house.world import FROZEN_ROW, WHO, World

TABLE = Path(__file__).with_name("matrix.txt")
NO_RECORD = "-"
EVERY_LINE = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
# What stands in an address where a rule has a variable. A page of one office is asked for office 0060.
VALUES: dict[str, Any] = {"office": CO_OFFICE, "code": OFFICE, "filename": "tracker.css", "key": "trend",
                          "list_key": "modality", "kind": "office",
                          "figure_id": 1, "filter_id": 1, "iso3": "AFG", "theme": "term", "ending": "txt"}  # fmt: skip
CODES = {"dashboards.provision": "CRC-4", "dashboards.confirm_provision": "E1997-30-7",
         "dashboards.support_type": "training", "dashboards.region": "ROSA",
         "dashboards.region_csv": "ROSA", "administration.code": "consultant", "administration.edit_code": "consultant",
         "administration.change_code": "consultant", "administration.provision": "CRC-4",
         "administration.edit_provision": "CRC-4", "administration.change_provision": "CRC-4",
         "administration.instrument": "CRC", "administration.change_instrument": "CRC",
         "administration.edit_instrument": "CRC", "administration.describe": "CRC",
         "administration.add_provision_to": "CRC", "administration.new_provision": "CRC"}  # fmt: skip
ACTS = {"administration.edit_office": "close", "administration.change_office": "close",
        "administration.edit_code": "retire", "administration.change_code": "retire",
        "administration.edit_provision": "retire", "administration.change_provision": "retire"}  # fmt: skip
# What is sent beside the token; the version and a new client id are always sent.
SENT: dict[str, dict[str, str]] = {
    "activities.create": {"office": OFFICE, "title": "Visit to the court", "do": "draft"},
    "activities.keep_new": {"office": OFFICE, "title": "Visit to the court"},
    "activities.keep_edit": {"title": "Visit to the court"},
    "activities.save": {"office": OFFICE, "title": "Visit to the court", "do": "draft"},
    "activities.add_delivery": {"on-day": "12", "on-month": "3", "on-year": "2025", "what": "Third session"},
    "activities.keep_correction": {"on-day": "13", "on-month": "3", "on-year": "2025", "what": "Third session"},
    "activities.add_next_step": {"what": "Write to the court"},
    "activities.add_link": {"address": "https://example.org/more", "title": "More"},
    "activities.submit": {"not_duplicate": "yes"},
    "activities.answer_joint": {"answer": "accept"},
    "activities.comment": {"text": "Which court was it?"},
    "mail.choose": {"rhythm": "daily"},
    "accounts.sign_in_now": {"email": "", "password": ""},
    "dashboards.set_language": {"language": "en", "next": "/me"},
    "returns.sign": {"words": "No request came."},
    "returns.record_answer": {"words": "No request came.", "evidence": "The lead, by mail, 3 March"},
    "returns.write_sentence": {"sentence": "Evacuated since August."},
    "returns.save_round": {
        "opens_on-day": "2", "opens_on-month": "11", "opens_on-year": "2020",
        "due_on-day": "3", "due_on-month": "2", "due_on-year": "2021",
    },
    "returns.add_exemption": {
        "office": OFFICE, "valid_from-day": "1", "valid_from-month": "1", "valid_from-year": "2001",
    },
    "exchange.columns": {"order": "dmy", "decimal": "dot"},
    "exchange.take": {"scope": "good"},
    "administration.change_office": {"day-day": "1", "day-month": "5", "day-year": "2024"},
    "administration.open_office": {
        "code": "9X01", "type": "country", "short_name": "Kabul two", "host": "AFG", "region": "ROSA",
        "time_zone": "Asia/Kabul", "opened_on-day": "1", "opened_on-month": "6", "opened_on-year": "2025",
        "name_en": "Second office",
    },
    "administration.new_region": {"code": "SAPRO", "seat": "Bangkok", "name_en": "South Asia and the Pacific"},
    "administration.change_names": {"name_en": "Kabul"},
    "administration.new_instrument": {
        "code": "NEW-RULES", "name_en": "New rules", "kind": "rules", "source_address": "https://example.org",
        "adopted-day": "3", "adopted-month": "2", "adopted-year": "2024",
    },
    "administration.describe": {
        "kind": "treaty", "source_address": "https://example.org",
        "adopted-day": "3", "adopted-month": "2", "adopted-year": "2024",
    },
    "administration.new_provision": {
        "code": "CRC-99", "name_en": "CRC art. 99", "place": "article 99", "summary": "It says so.",
        "source_address": "https://example.org",
    },
    "administration.new_code": {"code": "remote", "name_en": "Remote"},
    "figures.freeze": {"title": "Coverage in 2025"},
    "dashboards.mended_paragraph": {"text": "It helped.", "do": "docx"},
    "asked.create": {"country": "AFG", "source": "upr", "asked": "A course for judges.", "kind": "request",
                     "offices": OFFICE},
    "asked.save": {"kind": "request", "asked": "A course for judges and prosecutors."},
    "asked.answer": {"answer": "declined", "declined_reason": "No staff."},
    "asked.met": {"met": "not_met", "met_words": "No course was held."},
    "asked.add_next_step": {"what": "Write to the ministry"},
    "asked.comment": {"text": "Which ministry was it?"},
    "practices.create": {"step": "lesson", "title": "Begin with the police"},
    "practices.save": {"step": "lesson", "title": "Begin with the police and the courts"},
    "practices.reuse": {"office": OFFICE, "words": "It worked here, too."},
    "people.invite": {"name": "Somebody new", "email": "new@demo.example", "role": "country_staff", "office": OFFICE},
    "people.add_role": {"role": "headquarters"},
    "people.change_person": {"name": "Another name"},
    "people.confirm": {"seen": ""},
    "accounts.confirm_authenticator": {"code": "123456"},
    "saved_filters.save": {"name": "South Asia", "address": "/coverage?year=2025&region=ROSA"},
}  # fmt: skip
# What stands behind the question mark.
YEAR = {"year": "2025"}
QUERY = {"reports.coverage_xlsx": YEAR, "reports.coverage_zip": YEAR, "reports.coverage_csv": YEAR,
         "figures.new": FROZEN_ROW, "figures.behind": FROZEN_ROW, "figures.freeze": FROZEN_ROW,
         "activities.choices": {"of": "co_offices"},
         "activities.new_choices": {"of": "co_offices"}}  # fmt: skip
REASON = {"reason": "The title says two things."}
# What is added leaves the record as it was for the next person; after any other act a fresh one takes its place.
ADDS = frozenset(f"activities.{name}" for name in ("add_delivery", "add_files", "add_link", "add_next_step", "comment"))
ENDS_SESSION = frozenset({"accounts.sign_out", "accounts.sign_out_everywhere"})


@dataclass(frozen=True)
class Line:
    """One line of the table: who sees which status."""

    method: str
    endpoint: str
    kind: str
    act: str
    expected: dict[str, int]

    def one_of_each_answer(self) -> tuple[str, ...]:
        """The first person of each status."""
        return tuple({self.expected[who]: who for who in reversed(WHO)}.values())

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint} {self.kind} {self.act}"


def read_table() -> Iterator[Line]:
    """Lines of the file; `#` begins a remark, the first line names the columns."""
    rows = [line.split("#")[0].split() for line in TABLE.read_text(encoding="utf-8").splitlines()]
    head, *rows = [row for row in rows if row]
    assert tuple(head[3:]) == WHO
    for row in rows:
        assert len(row) == len(head), row
        kind, _slash, act = row[2].partition("/")
        yield Line(row[0], row[1], kind, act, {who: int(status) for who, status in zip(WHO, row[3:], strict=True)})


LINES = list(read_table())


def ask(world: World, who: str, line: Line, record: Record | None) -> TestResponse:
    """The request of one cell."""
    path = path_of(world.app, line.endpoint, record)
    if line.method == "GET":
        return world.browser(who).get(path)
    data: dict[str, Any] = {**REASON, **SENT.get(line.endpoint, {}), "client_id": new_client_id()}
    data |= {"do": line.act} if line.act else {}
    data |= {"files": (BytesIO(b"More notes\n"), "notes.txt")} if line.endpoint == "activities.add_files" else {}
    data |= {"file": (BytesIO(b"title\nVisit\n"), "a.csv")} if line.endpoint == "exchange.upload" else {}
    data |= record.sent if record else {}
    answer = world.post(who, path, data)
    if line.endpoint in ENDS_SESSION:
        world.forget(who)
    if line.endpoint == "accounts.begin_authenticator":
        with unit_of_work(world.sessions) as session:
            session.execute(delete(Authenticator))
    return answer


def path_of(app: Flask, endpoint: str, record: Record | None) -> str:
    """The address of an endpoint, for this record where it is about one."""
    rule = next(app.url_map.iter_rules(endpoint))
    values = {name: VALUES.get(name) for name in rule.arguments}
    if "code" in values:
        values["code"] = CODES.get(endpoint, OFFICE)
    if "act" in values:
        values["act"] = ACTS[endpoint]
    if "which" in values:
        values["which"] = "how-region" if "matrix" in endpoint else "offices"
    if record is not None:
        values |= {name: record.address[name] for name in rule.arguments & record.address.keys()}
    if endpoint == "activities.restore_evidence" and record is not None:
        values["item"] = record.address["removed"]
    query = QUERY.get(endpoint, {})
    if record is not None and not endpoint.startswith("activities."):
        values, query = of_other_rooms(endpoint, values, query, record.address)
    with app.test_request_context():
        return url_for(endpoint, **values, **query)


def of_other_rooms(
    endpoint: str, values: dict[str, Any], query: dict[str, str], address: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """What `reference` is of, in addresses of requests and cards, and which activity a card is made of."""
    if endpoint == "asked.link_from_activity":
        return {**values, "reference": address["activity"]}, query
    if endpoint in ("practices.new", "practices.create"):
        return values, {"activity": address["reference"]}
    named = address.get("request") or address.get("card")
    return ({**values, "reference": named} if named else values), query


def by_endpoint() -> dict[tuple[str, str], list[Line]]:
    """The lines of each method and endpoint."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in LINES:
        found.setdefault((line.method, line.endpoint), []).append(line)
    return found


@pytest.mark.both_engines
@pytest.mark.parametrize(("method", "endpoint"), by_endpoint(), ids=lambda value: str(value))
def test_everybody_gets_the_answer_of_the_table(world: World, dialect: str, method: str, endpoint: str) -> None:
    """And whoever is refused changed nothing. On PostgreSQL the last line of each address is asked, by one person of
    each answer; in the deep profile every line by everybody. Rights are worked out by the same code, and where SQL
    works them out test_who_sees_what asks both."""
    wrong: list[str] = []
    every, lines = dialect == "sqlite" or EVERY_LINE, by_endpoint()[method, endpoint]
    for line in lines if every else lines[-1:]:
        askers = WHO if every else line.one_of_each_answer()
        world.sign_in(askers)  # before the state is read: that somebody signed in is kept with them
        record = None if line.kind == NO_RECORD else world.unspoilt(line.kind)
        before = world.state(record) if record else ()
        for who in askers:
            with ask(world, who, line, record) as answer:
                status = answer.status_code
            if status != line.expected[who]:
                wrong.append(f"{line}: {who} got {status}, not {line.expected[who]}")
            # Who only looks can change nothing: the last one shows it for all.
            asked = method == "POST" or who == askers[-1]
            if record is not None and asked and world.state(record) != before:
                if status >= 400 or method == "GET":
                    wrong.append(f"{line}: {who} was refused with {status}, and it changed all the same")
                record = record if endpoint in ADDS else world.make(line.kind)
                before = world.state(record)
    assert not wrong, "\n".join(wrong)


def test_the_table_has_every_address(world: World) -> None:
    """A new page needs its lines in matrix.txt, written by somebody who thought about them."""
    wanted = {
        (method, rule.endpoint)
        for rule in world.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert by_endpoint().keys() == wanted


def test_every_address_says_who_may(world: World) -> None:
    """A forgotten mark is a 403 for everybody; it should not come so far. Static files are the one exception."""
    unmarked = {rule.endpoint for rule in world.app.url_map.iter_rules() if not marks(world.app, rule.endpoint)}
    assert unmarked == {"static"}


def test_few_addresses_are_open_to_nobody_in_particular(world: World) -> None:
    public = {e for e in world.app.view_functions if Permission.PUBLIC in marks(world.app, e)}
    assert public == {
        "healthz", "metrics", "readyz", "accounts.sign_in", "accounts.sign_in_now", "accounts.sign_out",
        "resend.sign_in",
        "dashboards.set_language", "accounts.second", "accounts.second_now", "accounts.passkey_sign_in_options",
        "accounts.passkey_sign_in", "accounts.forgotten", "accounts.ask_reset", "accounts.follow_link",
        "accounts.new_password", "accounts.choose_password", "accounts.go_elsewhere", "accounts.back",
    }  # fmt: skip


def test_changing_acts_are_marked_more_than_signed_in(world: World) -> None:
    """A POST that every signed-in person may send changes nothing but the person's own session, language or mail."""
    loose = {
        rule.endpoint
        for rule in world.app.url_map.iter_rules()
        if "POST" in (rule.methods or set())
        and set(marks(world.app, rule.endpoint)) <= {Permission.PUBLIC, Permission.SIGNED_IN}
    }
    assert loose == {
        "accounts.sign_in_now", "accounts.sign_out", "accounts.sign_out_everywhere", "resend.sign_in",
        "dashboards.set_language", "mail.choose", "accounts.second_now", "accounts.passkey_sign_in_options",
        "accounts.passkey_sign_in", "accounts.ask_reset", "accounts.choose_password",
    }  # fmt: skip
