"""One mail in words: what happened, the reason, where to look. Nothing its reader could not read on the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.activities.models import Activity, NextStep
from app.activities.models_review import Comment
from app.activities.policies import may_read_text
from app.asked.models import RequestComment, RequestStep, SupportRequest
from app.asked.talk import may_hear
from app.codelists.queries import labels
from app.core import clock
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.mail.letters_account import Said, old_address, said_of_account
from app.mail.models import OutboxMessage
from app.mail.rules import OF_ACCOUNT, Kind
from app.mail.words import say
from app.offices.queries import actor_for
from app.returns.queries import office_years

SENTENCES = {
    Kind.SUBMITTED: N_("%(who)s submitted %(what)s of %(office)s. It waits for your review."),
    Kind.RETURNED: N_("%(who)s returned %(what)s to %(office)s. Correct it and submit it again."),
    Kind.QUESTIONED: N_("%(who)s questioned %(what)s of %(office)s. It still counts until your office has answered."),
    Kind.APPROVED: N_("%(who)s approved %(what)s of %(office)s. The headline figures count it now."),
    Kind.MENTIONED: N_("%(who)s mentioned you in a comment on %(what)s of %(office)s."),
    Kind.STEP_DUE: N_("A next step of %(what)s of %(office)s is due on %(day)s."),
    Kind.STEP_OVERDUE: N_("A next step of %(what)s of %(office)s was due on %(day)s."),
    Kind.RETURN_DUE: N_("The %(year)s return of %(office)s is not signed yet. It is due on %(day)s."),
    Kind.RETURN_OVERDUE: N_("The %(year)s return of %(office)s is not signed yet. It was due on %(day)s."),
}
OF_REQUESTS = {
    Kind.REQUEST_RECEIVED: N_("%(who)s entered %(what)s. It falls to your office."),
    Kind.REQUEST_ANSWERED: N_("%(who)s answered %(what)s."),
    Kind.REQUEST_DUE: N_("%(what)s was accepted or referred for %(day)s, and no activity is linked yet."),
    Kind.REQUEST_OVERDUE: N_("%(what)s was accepted or referred for %(day)s. The day has passed; nothing is linked."),
    Kind.MET_DUE: N_("A year has gone since %(what)s was answered. Was it met?"),
    Kind.MENTIONED: N_("%(who)s mentioned you in a comment on %(what)s."),
    Kind.STEP_DUE: N_("A next step of %(what)s is due on %(day)s."),
    Kind.STEP_OVERDUE: N_("A next step of %(what)s was due on %(day)s."),
}
A_REQUEST = N_("the request of %(state)s (%(reference)s)")
SEVERAL = N_("%(count)s things wait for you")
HELLO = N_("Dear %(name)s,")
CHOOSE = N_("How often you get mail, you choose here:")
SOMEBODY, A_RECORD = N_("Somebody"), N_("a record")


@dataclass(frozen=True)
class Post:
    """Where pages are, and in whose name mail goes out."""

    base_url: str
    sender: str


def letter(session: Session, user: User, messages: Sequence[OutboxMessage], post: Post) -> EmailMessage | None:
    """The mail that tells these messages; None where its reader may read none of them any more."""
    actor = actor_for(session, user.id)
    told = [said for each in messages if actor and (said := _said(session, actor, user.language, each))]
    if not told:
        return None
    language, mail = user.language, EmailMessage()
    subject = told[0].sentence if len(told) == 1 else say(language, SEVERAL, count=len(told))
    mail["Subject"] = " ".join(subject.split())[:200].rstrip(" :")
    mail["From"] = post.sender
    address = old_address(messages[0]) or user.email
    mail["To"] = formataddr((" ".join(user.name.split()), address))
    mail["Date"] = formatdate(clock.now().timestamp())
    mail["Message-ID"] = f"<{messages[0].envelope}@{post.sender.rpartition('@')[2].strip('> ')}>"
    mail["Auto-Submitted"] = "auto-generated"
    chosen = any(Kind(each.kind) not in OF_ACCOUNT for each in messages)
    mail.set_content("\n".join(_body(language, user.name, told, post.base_url, chosen)))
    return mail


def _body(language: str, name: str, told: Sequence[Said], base: str, chosen: bool) -> Iterator[str]:
    yield say(language, HELLO, name=name)
    for said in told:
        yield ""
        yield said.sentence
        yield from (f"> {line}" for line in said.text.splitlines())
        yield base + said.path
    if chosen:
        yield ""
        yield say(language, CHOOSE)
        yield f"{base}/me/mail"


def _said(session: Session, actor: Actor, language: str, message: OutboxMessage) -> Said | None:
    """The message in words; None if its reader may not read it, or it is past: done, signed, taken away."""
    kind = Kind(message.kind)
    if kind in OF_ACCOUNT:
        return said_of_account(session, language, message)
    if kind in (Kind.RETURN_DUE, Kind.RETURN_OVERDUE):
        office, year = message.office or "", message.year
        if not can(Permission.RETURN_SIGN, actor, office):
            return None
        return _of_return(session, language, kind, office, year or 0)
    if message.request_id is not None:
        return _of_request(session, actor, language, message)
    activity = session.get(Activity, message.activity_id)
    if activity is None or not can(Permission.ACTIVITY_READ, actor, activity):
        return None
    step = session.get(NextStep, message.step_id) if message.step_id else None
    if step is not None and (step.done_at is not None or step.removed_at is not None):
        return None
    return _of_activity(session, actor, language, message, activity, step)


def _of_return(session: Session, language: str, kind: Kind, office: str, year: int) -> Said | None:
    line = next(iter(office_years(session, [year], [office])), None)
    if line is None or not line.unsigned:  # signed or exempt since the mail was written
        return None
    named = labels(session).of("office", office, language)
    told = say(language, SENTENCES[kind], year=year, office=named, day=line.due_on.isoformat())
    return Said(told, "", f"/offices/{office}/returns/{year}")


def _of_activity(
    session: Session, actor: Actor, language: str, message: OutboxMessage, activity: Activity, step: NextStep | None
) -> Said:
    with_text = may_read_text(actor, activity)
    by = session.get(User, message.by_id) if message.by_id else None
    comment = session.get(Comment, message.comment_id) if message.comment_id else None
    title = f"“{activity.current.title}” ({activity.reference})" if _shows_title(actor, activity) else ""
    sentence = say(
        language,
        SENTENCES[Kind(message.kind)],
        who=by.name if by else say(language, SOMEBODY),
        what=title or f"{say(language, A_RECORD)} ({activity.reference})",
        office=labels(session).of("office", activity.lead_office, language),
        day=step.due_on.isoformat() if step and step.due_on else "",
    )
    text = (
        comment.text if comment and _hears(actor, activity, comment) else message.reason or (step.what if step else "")
    )
    anchor = "#comments" if comment else "#next-steps" if step else ""
    return Said(sentence, text if with_text else "", f"/activities/{activity.reference}{anchor}")


def _of_request(session: Session, actor: Actor, language: str, message: OutboxMessage) -> Said | None:
    """What happened to a request; None where it is past: withdrawn, done, linked or said."""
    request = session.get_one(SupportRequest, message.request_id)
    step = session.get(RequestStep, message.request_step_id) if message.request_step_id else None
    comment = session.get(RequestComment, message.request_comment_id) if message.request_comment_id else None
    kind = Kind(message.kind)
    if not can(Permission.REQUEST_READ, actor, request) or _is_past(request, step, kind):
        return None
    if comment is not None and not may_hear(actor, request, comment):
        return None
    by = session.get(User, message.by_id) if message.by_id else None
    state = labels(session).of("country", request.country, language)
    day = step.due_on if step else request.target_on
    sentence = say(
        language,
        OF_REQUESTS[kind],
        who=by.name if by else say(language, SOMEBODY),
        what=say(language, A_REQUEST, state=state, reference=request.reference),
        day=day.isoformat() if day else "",
    )
    text = comment.text if comment else step.what if step else request.asked[:500]
    anchor = "#comments" if comment else "#next-steps" if step else ""
    return Said(sentence[:1].upper() + sentence[1:], text, f"/requests/{request.reference}{anchor}")


def _is_past(request: SupportRequest, step: RequestStep | None, kind: Kind) -> bool:
    if request.withdrawn_at is not None or (step is not None and step.done_at is not None):
        return True
    if kind in (Kind.REQUEST_DUE, Kind.REQUEST_OVERDUE):
        return bool(request.activities) or request.met is not None
    return kind is Kind.MET_DUE and request.met is not None


def _shows_title(actor: Actor, activity: Activity) -> bool:
    """The newest title, unless it is of a draft that is its office's own affair, or sensitive."""
    own = activity.current.state != "draft" or can(Permission.ACTIVITY_EDIT, actor, activity)
    return own and may_read_text(actor, activity)


def _hears(actor: Actor, activity: Activity, comment: Comment) -> bool:
    return not comment.internal or can(Permission.COMMENT_INTERNAL, actor, activity)
