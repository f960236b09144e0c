"""POLICY: who may do what. The whole permission table; anything not in it is refused."""

from __future__ import annotations

from typing import Any

from app.activities import policies as a
from app.asked import policies as r
from app.core.permissions import Actor, Permission, Policy


def anyone(actor: Actor | None, subject: Any) -> bool:
    """Signed in or not."""
    return True


def signed_in(actor: Actor | None, subject: Any) -> bool:
    """Any person with an account, or a command."""
    return actor is not None


def has_account(actor: Actor | None, subject: Any) -> bool:
    """A person, not a command."""
    return actor is not None and actor.user_id is not None


def may_name_unanswered(actor: Actor | None, subject: Any) -> bool:
    """The office itself, the advisers of its region, and headquarters (METHODOLOGY, Who sees what)."""
    if actor is None:
        return False
    own = a.works_in_office(actor, subject) or a.advises_office(actor, subject)
    return own or actor.headquarters or actor.administrator or actor.system


def leads_office(actor: Actor | None, subject: Any) -> bool:
    """Country lead of the office."""
    if actor is None:
        return False
    return bool(actor.lead_of) if subject is None else a.lead_office_of(subject) in actor.lead_of


def is_lead_of_office(actor: Actor | None, subject: Any) -> bool:
    """Country lead of the office in their own right: who stands in for one signs, and names nobody."""
    if actor is None:
        return False
    leads = actor.lead_of - actor.acting_for
    return bool(leads) if subject is None else a.lead_office_of(subject) in leads


def sent_it(actor: Actor | None, subject: Any) -> bool:
    """The person who sent the file of an import; without one, whoever may send any."""
    if actor is None or actor.user_id is None:
        return False
    if subject is None:
        return any(predicate(actor, None) for predicate in OWN_OFFICE)
    return bool(subject.uploaded_by == actor.user_id)


def is_headquarters(actor: Actor | None, subject: Any) -> bool:
    """Headquarters."""
    return actor is not None and actor.headquarters


def was_submitted(actor: Actor | None, subject: Any) -> bool:
    """Signed in, and the card was handed in at least once."""
    return actor is not None and (subject is None or bool(subject.ever_submitted))


LOOKS_AFTER_REQUEST = (
    r.falls_to_own_office,
    r.falls_to_advised_office,
    is_headquarters,
    a.is_administrator,
    a.is_system,
)
OWN_OFFICE = (a.works_in_office, a.speaks_for_other_office, a.is_system)

POLICY: Policy = {
    Permission.PUBLIC: (anyone,),
    Permission.SIGNED_IN: (signed_in,),
    # One's own password, second factor, sessions, tokens.
    Permission.ACCOUNT_OWN: (has_account,),
    Permission.PERSON_ADMINISTER: (a.is_administrator, a.is_system),
    # Subject: an office, whose lead says on a day that the right people see and sign for it.
    Permission.ACCESS_REVIEW: (is_lead_of_office, a.is_administrator),
    Permission.ACTIVITY_LIST: (signed_in,),
    Permission.ACTIVITY_READ: (
        *OWN_OFFICE,
        a.advises_submitted,
        a.sees_the_world,
        a.works_in_co_office,
        a.visibility_admits,
    ),
    # Title, text and counterparts of a sensitive record: the office and its adviser only.
    Permission.ACTIVITY_READ_TEXT: (*OWN_OFFICE, a.advises_submitted),
    Permission.ACTIVITY_CREATE: OWN_OFFICE,
    Permission.ACTIVITY_EDIT: OWN_OFFICE,
    Permission.ACTIVITY_SUBMIT: OWN_OFFICE,
    Permission.ACTIVITY_WITHDRAW: OWN_OFFICE,
    Permission.ACTIVITY_REVIEW: (a.may_decide, a.is_system),
    Permission.ACTIVITY_ANSWER_JOINT: (a.works_in_office, a.is_system),
    # Whoever may open a record may say something about it; among themselves only the office and its adviser.
    Permission.COMMENT_WRITE: (
        *OWN_OFFICE,
        a.advises_submitted,
        a.sees_the_world,
        a.works_in_co_office,
        a.visibility_admits,
    ),
    Permission.COMMENT_INTERNAL: (*OWN_OFFICE, a.advises_submitted),
    # An adviser says who looks at what, but not that they may approve their own work.
    Permission.REVIEWER_SET: (a.advises_office, a.is_administrator, a.is_system),
    # Subject: the office of a membership; "" for those of a region or the world.
    Permission.MEMBERSHIP_END: (is_lead_of_office, a.is_administrator, a.is_system),
    Permission.ACTING_NAME: (is_lead_of_office, a.advises_office, a.is_administrator, a.is_system),
    # Subject: the office where something was left behind, or one of the region's.
    Permission.HANDOVER_ANSWER: (leads_office, a.advises_office, a.is_administrator, a.is_system),
    Permission.SELF_APPROVAL_SET: (a.is_administrator, a.is_system),
    # Whoever may record may import; each row is asked for by itself. An import is its sender's, and administrators'.
    Permission.ACTIVITY_IMPORT: (*OWN_OFFICE, a.is_administrator),
    Permission.IMPORT_READ: (sent_it, a.is_administrator, a.is_system),
    # Rows may be of sensitive records and of drafts: their words are for who sent them.
    Permission.IMPORT_READ_TEXT: (sent_it, a.is_system),
    Permission.COVERAGE_READ: (signed_in,),
    Permission.FIGURE_FREEZE: (is_headquarters,),
    Permission.FIGURE_WITHDRAW: (is_headquarters,),
    Permission.FILTER_SAVE: (has_account,),
    Permission.OFFICE_READ: (signed_in,),
    Permission.OFFICE_UNANSWERED_NAME: (may_name_unanswered,),
    Permission.PROVISION_READ: (signed_in,),
    Permission.PROVISION_CONFIRM: (a.is_administrator, a.is_system),
    Permission.RETURN_READ: (signed_in,),
    # Staff may prepare the return; only the lead's signature answers. An adviser hears an answer, the lead confirms it.
    Permission.RETURN_DRAFT: (a.works_in_office, a.is_system),
    Permission.RETURN_SIGN: (leads_office, a.is_system),
    Permission.RETURN_REOPEN: (leads_office, a.advises_office, a.is_system),
    Permission.RETURN_RECORD: (a.advises_office, a.is_system),
    Permission.RETURN_REMIND: (a.advises_office, is_headquarters, a.is_system),
    Permission.OFFICE_SENTENCE_WRITE: (a.works_in_office,),
    Permission.ROUND_EDIT: (is_headquarters, a.is_administrator, a.is_system),
    Permission.EXEMPTION_EDIT: (is_headquarters, a.is_administrator, a.is_system),
    # What States asked for is in documents of the United Nations: every signed-in person reads it.
    Permission.REQUEST_READ: (signed_in,),
    # Subject: what will be, or is, a request, with the offices to which it falls.
    Permission.REQUEST_RECORD: LOOKS_AFTER_REQUEST,
    Permission.REQUEST_EDIT: LOOKS_AFTER_REQUEST,
    Permission.REQUEST_COMMENT: (r.has_a_role,),
    Permission.REQUEST_IMPORT: (is_headquarters, a.is_administrator, a.is_system),
    Permission.PRACTICE_LIST: (signed_in,),
    # A card that nobody submitted is its office's own affair; afterwards it is there for all to learn from.
    Permission.PRACTICE_READ: (*OWN_OFFICE, was_submitted),
    # Subject: an activity, or a card: both have a lead office.
    Permission.PRACTICE_WRITE: OWN_OFFICE,
    Permission.PRACTICE_REVIEW: (a.may_decide, a.is_system),
    # Subject: the office that used it again.
    Permission.PRACTICE_REUSE: OWN_OFFICE,
    Permission.ADMINISTRATION_OPEN: (a.is_administrator,),
    Permission.OFFICE_EDIT: (a.is_administrator, a.is_system),
    Permission.CODE_EDIT: (a.is_administrator, a.is_system),
    Permission.NAME_EDIT: (a.is_administrator, a.is_system),
    Permission.PROVISION_EDIT: (a.is_administrator, a.is_system),
    # What happened, not what records say: texts of records stay with those who may open them.
    Permission.AUDIT_READ: (a.is_administrator,),
}
