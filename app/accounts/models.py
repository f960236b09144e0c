"""People, their server-side sessions, and their attempts to sign in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, ClientMade, UtcDateTime


class User(ClientMade, Base):
    """A person who may sign in. Never deleted: deactivated. Rights come from memberships, not from here."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(150))
    password: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(8), default="en")
    demonstration: Mapped[bool] = mapped_column(default=False)
    # Flask-Security's own mark of a person: changed, it ends every session at once.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When mail to this address was answered by its reader: an invitation or a reset.
    email_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Let in again by an administrator: from then on the account is idle anew.
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UserSession(Base):
    """One signed-in browser. A cookie whose row is ended opens nothing."""

    __tablename__ = "user_session"
    __table_args__ = (CheckConstraint("stage IN ('open', 'second')", name="stage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")
    # "second": the password was right, the second factor is still to come. Opens no page.
    stage: Mapped[str] = mapped_column(String(10), default="open", server_default="open")
    # When a second factor was shown in this session, and when the person last proved who they are.
    strong_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fresh_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInAttempt(Base):
    """One try to sign in, kept for throttling by account and by address. `email_key` is a hash, not the address."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (CheckConstraint("kind IN ('password', 'code', 'reset')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    email_key: Mapped[str] = mapped_column(String(64), index=True)
    address: Mapped[str] = mapped_column(String(64), index=True)
    succeeded: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(10), default="password", server_default="password")
