"""Returns in words: where one stands, how late it is, why an activity counts, and the text of a reminder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import get_locale

from app.activities.rules import How
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.web.locale import _, ngettext
from app.returns import rules
from app.returns.models import AnnualReturn, Round
from app.returns.queries import OfficeYear
from app.returns.rules import Answer, State

WHY = {
    How.START: N_("it began in this year"),
    How.DELIVERY: N_("a delivery is recorded in this year"),
    How.RETURN: N_("a signed return says that it was still delivered"),
    How.DATES: N_("by its dates only: nothing else confirms this year"),
}
ACTIONS = {
    "return.saved": N_("Return saved for later"),
    "return.signed": N_("Return signed"),
    "return.recorded": N_("Return recorded by an adviser"),
    "return.confirmed": N_("Recorded return confirmed"),
    "return.reopened": N_("Return reopened"),
}
"""What can happen to an annual return, in words."""
NOT_SIGNED = {
    "lead": N_("You have not signed the %(year)s return."),
    "staff": N_("Your office has not signed the %(year)s return."),
    "other": N_("%(office)s has not signed the %(year)s return."),
}
SHOW = {
    "all": N_("All"),
    "signed": N_("Signed"),
    "unsigned": N_("Not signed"),
    "late": N_("Late"),
    "draft": N_("Begun, not signed"),
    "adviser": N_("Recorded by an adviser, not yet confirmed"),
    "outside": N_("Not expected"),
}


def day(value: date | None) -> str:
    """A day in the way of the language; "" of none."""
    return format_date(value, "d MMMM y", locale=get_locale() or "en") if value else ""


def moment(value: datetime, time_zone: str) -> str:
    """The day of an instant where the office is."""
    return day(value.astimezone(ZoneInfo(time_zone)).date())


def whose(actor: Actor, office: str) -> str:
    """Whose return it is to the reader: lead, staff or other."""
    if office in actor.lead_of:
        return "lead"
    return "staff" if office in actor.works_in else "other"


def due(line: OfficeYear) -> str:
    """ "Due 31 January 2026", "Due 31 January 2026, 12 days late"; of one that is signed, how late it came."""
    when = day(line.due_on)
    if not line.expected or not line.days_late:
        return _("Due %(day)s", day=when)
    if line.signed:
        return ngettext(
            "Due %(day)s, signed %(num)s day after it", "Due %(day)s, signed %(num)s days after it",
            line.days_late, day=when,
        )  # fmt: skip
    return ngettext(
        "Due %(day)s, %(num)s day late", "Due %(day)s, %(num)s days late", line.days_late, day=when
    )  # fmt: skip


def badge(line: OfficeYear) -> tuple[str, str, str]:
    """The mark of a line: kind (state or workflow), its name, and its words."""
    if line.signed:
        nil = line.answer == Answer.NIL
        return ("state", "nil", _("Nil return")) if nil else ("workflow", "approved", _("Signed: support was given"))
    if not line.expected:
        return "state", "not_expected", _("Not expected")
    if line.state == State.REOPENED:
        return "workflow", "returned", _("Reopened, not signed")
    if line.state == State.DRAFT:
        return "workflow", "draft", _("Begun, not signed")
    return "state", "unanswered", _("Not signed")


def answer(annual: AnnualReturn | None) -> str:
    """What a return of another year said, as a sentence."""
    if annual is None or annual.state != State.SIGNED:
        return _("No signed return.")
    return _("Nil return.") if annual.answer == Answer.NIL else _("Support was given.")


def standing(annual: AnnualReturn | None, actor: Actor, office: str, name: str, year: int) -> str:
    """The one sentence at the top of the page."""
    if annual is None or annual.state != State.SIGNED:
        return _(NOT_SIGNED[whose(actor, office)], office=name, year=str(year))
    if annual.answer == Answer.NIL:
        return _("The %(year)s return is signed: a nil return.", year=str(year))
    return _("The %(year)s return is signed: support was given.", year=str(year))


@dataclass(frozen=True)
class ReminderText:
    """A reminder as it would be sent: nothing is sent, the reader copies it or opens it in a mail program."""

    to: tuple[str, ...]
    subject: str
    body: str

    @property
    def mail_link(self) -> str:
        """Opens the reader's own mail program with all of it filled in."""
        body = self.body.replace("\n", "\r\n")
        return f"mailto:{quote(','.join(self.to), safe='@,')}?subject={quote(self.subject)}&body={quote(body)}"


def reminder(
    collection: Round, name: str, today: date, path: str, sender: str, to: tuple[str, ...] = ()
) -> ReminderText:
    """The reminder for an office that has not signed, in the words of the day."""
    kind = rules.tone(collection.due_on, today)
    values = {"office": name, "year": str(collection.year), "due": day(collection.due_on), "path": path}
    paragraphs = [
        _(rules.REMINDER_GREETING),
        _(rules.REMINDER_FIRST[kind], **values),
        _(rules.REMINDER_HOW, **values),
        _(rules.REMINDER_ELSE),
    ]
    if collection.frozen_on and collection.frozen_on > today:
        paragraphs.append(_(rules.REMINDER_FREEZE, year=str(collection.year), frozen=day(collection.frozen_on)))
    paragraphs += [_(rules.REMINDER_WHERE, **values), sender]
    return ReminderText(to, _(rules.REMINDER_SUBJECTS[kind], **values), "\n\n".join(paragraphs))
