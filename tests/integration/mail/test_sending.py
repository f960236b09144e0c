"""Sending: once by one worker, again after a crash with the same Message-ID, later when the server is away."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.activities.models import NextStep
from app.activities.services import withdraw_activity
from app.core import clock
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM
from app.mail.carrier import Away, Folder, Impossible
from app.mail.letters import Post
from app.mail.models import OutboxMessage
from app.mail.reminders import write_reminders
from app.mail.sending import Sent, bundle, claim, send_each
from app.mail.services import choose_rhythm
from app.offices.queries import actor_for
from app.returns.services import open_round, sign_return
from tests.factories import activities as make
from tests.factories.people import Role, make_person
from tests.integration.mail.people import office_and_adviser, person

pytestmark = pytest.mark.both_engines
POST = Post("https://tracker.example", "tracker@tracker.example")
NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)


class Kept:
    """A server that keeps what it is given, or refuses it."""

    def __init__(self, refusal=None):
        self.mails, self.refusal = [], refusal

    def carry(self, mail):
        if self.refusal:
            raise self.refusal
        self.mails.append(mail)


def send(sessions, carrier):
    done = Sent()
    for _each in send_each(sessions, bundle(sessions), carrier, POST, done):
        pass
    return done


@pytest.fixture(autouse=True)
def _noon():
    with clock.pretending(NOON):
        yield


@pytest.fixture
def submitted(sessions):
    """`submitted(title="…")` commits a record that staff submitted; gives the reference."""
    with unit_of_work(sessions) as session:
        staff, _adviser = office_and_adviser(session)

    def run(**content):
        with unit_of_work(sessions) as session:
            return make.submitted(session, actor=staff, **content).reference

    return run


def messages(sessions):
    with sessions() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_one_mail_says_what_where_and_how_to_stop(sessions, submitted):
    reference, carrier = submitted(title="Course for\njudges"), Kept()
    assert send(sessions, carrier).sent == 1
    (mail,) = carrier.mails
    assert mail["To"].addresses[0].addr_spec == "adviser@demo.example"
    assert "\n" not in mail["Subject"]
    assert "It waits for your review" in mail["Subject"]
    body = mail.get_content()
    assert f"https://tracker.example/activities/{reference}" in body
    assert "https://tracker.example/me/mail" in body
    (message,) = messages(sessions)
    assert mail["Message-ID"] == f"<{message.envelope}@tracker.example>"
    assert message.sent_at == NOON
    assert send(sessions, carrier).sent == 0


def test_in_the_language_of_its_reader(sessions, submitted):
    with unit_of_work(sessions) as session:
        session.scalars(select(User).where(User.email == "adviser@demo.example")).one().language = "qps"
    submitted()
    carrier = Kept()
    send(sessions, carrier)
    assert "šûbmîttéd" in carrier.mails[0].get_content()


def test_a_dead_server_delays_and_loses_nothing(sessions, submitted):
    submitted(), submitted()
    dead = Kept(Away("no route to host"))
    for attempts, minutes in ((1, 5), (2, 10)):
        done = send(sessions, dead)
        assert (done.sent, done.away) == (0, "no route to host")
        first, second = messages(sessions)
        assert (first.attempts, first.fault) == (attempts, "no route to host")
        assert first.due_at == clock.now() + timedelta(minutes=minutes)
        assert second.attempts == 0  # whoever is next is not kept waiting by it
        with unit_of_work(sessions) as session:
            session.get(OutboxMessage, first.id).due_at = clock.now()
    living = Kept()
    assert send(sessions, living).sent == 2
    assert len({mail["Message-ID"] for mail in living.mails}) == 2


def test_a_mailbox_that_is_none_is_given_up_and_said(sessions, submitted):
    submitted()
    assert send(sessions, Kept(Impossible("550 no such user"))).dropped == 1
    (message,) = messages(sessions)
    assert message.dropped_at is not None
    assert message.fault == "550 no such user"
    assert send(sessions, Kept()).sent == 0


def test_two_workers_at_once_send_each_mail_once(sessions, submitted):
    for _number in range(6):
        submitted()
    carrier, together = Kept(), Barrier(2)

    def work(_number):
        with clock.pretending(NOON):
            together.wait()
            return send(sessions, carrier).sent

    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(work, range(2))) == 6
    assert len({mail["Message-ID"] for mail in carrier.mails}) == len(carrier.mails) == 6


class Died(BaseException):
    """The process was killed here."""


def test_killed_before_sending_loses_nothing(sessions, submitted):
    submitted()
    with pytest.raises(Died):
        send(sessions, Kept(Died()))
    assert send(sessions, Kept()).sent == 0  # still in the hand of the one that died
    with clock.pretending(NOON + timedelta(minutes=11)):
        assert send(sessions, Kept()).sent == 1


def test_killed_between_sending_and_marking_sends_again_with_the_same_id(sessions, submitted, monkeypatch):
    submitted()
    first = Kept()
    with monkeypatch.context() as patched:
        patched.setattr("app.mail.sending._mark", lambda *_args, **_values: (_ for _ in ()).throw(Died()))
        with pytest.raises(Died):
            send(sessions, first)
    with clock.pretending(NOON + timedelta(minutes=11)):
        again = Kept()
        assert send(sessions, again).sent == 1
    assert [m["Message-ID"] for m in first.mails] == [m["Message-ID"] for m in again.mails]


def test_a_digest_is_one_mail_and_stays_the_same_mail(sessions, submitted):
    with unit_of_work(sessions) as session:
        adviser = session.scalars(select(User).where(User.email == "adviser@demo.example")).one()
        choose_rhythm(session, make_actor(session, adviser), "daily")
    submitted(title="One"), submitted(title="Two")
    assert send(sessions, Kept()).sent == 0
    with clock.pretending(datetime(2026, 5, 14, 6, 1, tzinfo=UTC)):
        (envelope,) = bundle(sessions)
        submitted(title="Three, after the morning")
        assert bundle(sessions) == [envelope]
        assert claim(sessions, envelope)
        assert not claim(sessions, envelope)
    with clock.pretending(datetime(2026, 5, 14, 6, 30, tzinfo=UTC)):
        carrier = Kept()
        assert send(sessions, carrier).sent == 1
    (mail,) = carrier.mails
    assert mail["Subject"] == "2 things wait for you"
    assert ("One" in mail.get_content(), "Three" in mail.get_content()) == (True, False)


def make_actor(session, user):
    return actor_for(session, user.id, clock.today())


def test_a_sensitive_record_says_nothing_to_who_may_not_read_it(sessions, submitted):
    """A reader who lost the right between writing and sending is told nothing at all, or nothing of the text."""
    submitted(title="Secret of the court", sensitive=True, visibility="all_staff")
    with unit_of_work(sessions) as session:
        message = session.scalars(select(OutboxMessage)).one()
        message.user_id, message.reason = make_person(session, "hq@demo.example", role=Role.HEADQUARTERS).id, "Secret"
    carrier = Kept()
    assert send(sessions, carrier).sent == 1
    assert "Secret" not in carrier.mails[0].as_string()
    submitted(title="Of the office alone", visibility="office")
    with unit_of_work(sessions) as session:
        message = session.scalars(select(OutboxMessage).where(OutboxMessage.sent_at.is_(None))).one()
        message.user_id = person(session, "stranger", office="0420").user_id
    assert send(sessions, carrier).dropped == 1


def test_a_folder_holds_each_mail_once(sessions, submitted, tmp_path, monkeypatch):
    submitted()
    for minutes in (0, 11):
        with clock.pretending(NOON + timedelta(minutes=minutes)), monkeypatch.context() as patched:
            patched.setattr("app.mail.sending._mark", lambda *_args, **_values: None)
            send(sessions, Folder(tmp_path / "mail"))
    (file,) = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    assert b"It waits for your review" in file.read_bytes().replace(b"\r\n ", b" ")


def test_a_full_disk_is_a_server_that_is_away(sessions, submitted, tmp_path):
    submitted()
    (tmp_path / "mail").write_text("a file where the folder should be")
    assert send(sessions, Folder(tmp_path / "mail")).away


def test_what_is_due_is_told_once(sessions):
    with unit_of_work(sessions) as session:
        staff, _adviser = office_and_adviser(session)
        lead = person(session, "lead", Role.COUNTRY_LEAD)
        made, gone = make.approved(session, actor=SYSTEM), make.approved(session, actor=SYSTEM)
        for activity, day in ((made, 12), (made, 15), (made, 30), (gone, 15)):
            step = NextStep(what=f"Until {day}", owner_id=staff.user_id, due_on=date(2026, 5, day))
            activity.next_steps.append(step)
        withdraw_activity(session, SYSTEM, gone, "Twice.", gone.version)
        open_round(session, 2025, date(2025, 11, 1), date(2026, 1, 31))
        assert lead.lead_of == {"0060"}
    for _time in range(2):
        with unit_of_work(sessions) as session:
            write_reminders(session)
    assert sorted(m.kind for m in messages(sessions)) == ["return_overdue", "step_due", "step_overdue"]
    with unit_of_work(sessions) as session:
        done = session.scalars(select(NextStep).where(NextStep.what == "Until 15")).first()
        done.done_at = clock.now()
    carrier = Kept()
    assert send(sessions, carrier).sent == 2  # what was done meanwhile is not told
    assert any("2025 return of Afghanistan" in mail["Subject"] for mail in carrier.mails)


@pytest.mark.parametrize("frozen", [None, date(2026, 2, 10)])
def test_a_lead_is_reminded_before_the_due_day_on_it_and_after_it_until_the_freeze(sessions, frozen):
    with unit_of_work(sessions) as session:
        person(session, "lead", Role.COUNTRY_LEAD)
        open_round(session, 2025, date(2025, 11, 1), date(2026, 1, 31)).frozen_on = frozen
    written = {}
    around = (16, 17, 18, 30, 31, 32, 38, 41, 52, 53, 79, 80, 81)  # days since the new year
    for day in (date(2025, 12, 31) + timedelta(days=n) for n in around):
        before = len(messages(sessions))
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        with clock.pretending(noon), unit_of_work(sessions) as session:
            write_reminders(session)
        written |= {day.isoformat(): each.kind for each in messages(sessions)[before:]}
    expected = {
        "2026-01-17": "return_due",
        "2026-01-31": "return_due",
        "2026-02-07": "return_overdue",
        "2026-02-21": "return_overdue",
        "2026-03-21": "return_overdue",
    }
    assert written == {day: kind for day, kind in expected.items() if not frozen or day < frozen.isoformat()}


def test_a_return_signed_in_between_is_not_reminded_of(sessions):
    with unit_of_work(sessions) as session:
        lead = person(session, "lead", Role.COUNTRY_LEAD)
        open_round(session, 2025, date(2025, 11, 1), date(2026, 1, 31))
        write_reminders(session)
        sign_return(session, lead, "0060", 2025, "nil", words="Nothing this year.")
    carrier = Kept()
    assert send(sessions, carrier).dropped == 1
    assert not carrier.mails
