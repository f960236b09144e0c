"""Mails about an account: an invitation, a reset, what was changed. The link's token is made here and not kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts import box
from app.accounts.models import User
from app.accounts.models_proof import AccountLink
from app.core import clock
from app.core.i18n import N_
from app.mail.models import OutboxMessage
from app.mail.words import say

INVITED = N_("%(who)s invites you to the technical assistance tracker. Choose your password before %(day)s:")
RESET = N_("Somebody, probably you, asked for a new password. Choose one within the hour:")
NOT_YOU = N_("If it was not you, do nothing: your password stays as it is.")
SOMEBODY = N_("An administrator")
CHANGED = {
    "account.password": N_("The password of your account was changed, and every session was signed out."),
    "account.change": N_("The name or the email address of your account was changed by an administrator."),
    "account.address": N_("The email address of your account was changed: mail goes to another address from now on."),
    "account.authenticator": N_("An authenticator app was added to your account."),
    "account.authenticator-removed": N_("The authenticator app was removed from your account."),
    "account.passkey": N_("A passkey was added to your account."),
    "account.passkey-removed": N_("A passkey was removed from your account."),
    "account.recovery-codes": N_("New recovery codes were made for your account; the old ones are void."),
    "account.recovery-used": N_("A recovery code was used to sign in to your account."),
    "account.factors-reset": N_("An administrator removed the second factor of your account."),
    "account.token": N_("An access token was made for your account."),
    "account.identity": N_("Your account was connected to a sign-in elsewhere."),
    "account.identity-removed": N_("The sign-in elsewhere was disconnected from your account."),
}
WAS_IT_YOU = N_("If it was not you, tell an administrator, change your password and look at your sessions here:")


@dataclass(frozen=True)
class Said:
    """One message in words: a sentence, further text, an address."""

    sentence: str
    text: str
    path: str


def said_of_account(session: Session, language: str, message: OutboxMessage) -> Said | None:
    """The message in words; None if its link has ended meanwhile."""
    link = session.get(AccountLink, message.link_id) if message.link_id else None
    if link is None:
        sentence = CHANGED.get(message.reason.partition(":")[0])
        return Said(say(language, sentence), say(language, WAS_IT_YOU), "/me") if sentence else None
    if link.ended_at is not None or link.expires_at <= clock.now():
        return None
    path = f"/account/link?token={box.link_token(link.client_id)}"
    if link.kind == "reset":
        return Said(say(language, RESET), say(language, NOT_YOU), path)
    by = session.get(User, message.by_id) if message.by_id else None
    who = by.name if by else say(language, SOMEBODY)
    return Said(say(language, INVITED, who=who, day=link.expires_at.date().isoformat()), "", path)


def old_address(message: OutboxMessage) -> str:
    """Where the account's mail went before, for the one message that tells of its end; "" for all others."""
    what, _colon, address = message.reason.partition(":")
    return address if what == "account.address" else ""
