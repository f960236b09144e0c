"""By what people prove who they are besides a password: links in mails, codes, passkeys, other houses, tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import User
from app.core.db import Base, ClientMade, UtcDateTime


class AccountLink(ClientMade, Base):
    """A link that was mailed: an invitation or a reset. Its token is made from our key and `client_id`, never kept."""

    __tablename__ = "account_link"
    __table_args__ = (CheckConstraint("kind IN ('invitation', 'reset')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Used, or replaced by a newer one.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ResetRequest(Base):
    """Somebody asked for a new password. Answered later, so that known and unknown addresses take equally long."""

    __tablename__ = "reset_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    email_key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Authenticator(Base):
    """An app that shows codes. The secret is encrypted with a key that is not in the database."""

    __tablename__ = "authenticator"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    secret: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # None: shown, but no code was typed yet. It counts for nothing.
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The half minute of the last code that was taken: neither it nor an older one is taken again.
    last_step: Mapped[int] = mapped_column(default=0)


class Passkey(ClientMade, Base):
    """A key in a device; here is its public half."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    name: Mapped[str] = mapped_column(String(60))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    uses: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """A code on paper, for whoever lost the device: 120 random bits, of which the hash is kept. Good once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Identity(Base):
    """Who a person is at the provider of OpenID Connect: issuer and subject, never an email address."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiToken(ClientMade, Base):
    """A token with which a program reads what its person may read. Only the hash is kept."""

    __tablename__ = "api_token"
    __table_args__ = (CheckConstraint("scope IN ('read')", name="scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    name: Mapped[str] = mapped_column(String(60))
    scope: Mapped[str] = mapped_column(String(10), default="read")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # The first signs, by which a person knows it again.
    begins: Mapped[str] = mapped_column(String(12))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OneTime(Base):
    """Something that may be answered once and soon: the challenge of a passkey, the state of a sign-in elsewhere."""

    __tablename__ = "one_time"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
