"""Requests, shown needs and recommendations, what they ask, to whom they fall, and what answers them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.activities.models import Activity, ImportBatch
from app.asked.rules import asked_on
from app.codelists.models import SupportType
from app.core.db import Base, ClientMade, UtcDateTime
from app.offices.models import Country, Office
from app.provisions.models import Provision

PARTIAL_DATES = ("document_on", "transmitted_on", "received_on")


class SupportRequest(ClientMade, Base):
    """Something a State, or somebody for it, asked for. Its answer is the offices'; who helped is in `activities`."""

    __tablename__ = "support_request"
    __table_args__ = (
        UniqueConstraint("origin", "original_identifier"),
        CheckConstraint("kind IN ('request', 'need', 'recommendation')", name="kind"),
        CheckConstraint("answer IN ('open', 'accepted', 'referred', 'declined')", name="answer"),
        CheckConstraint("answer = 'open' OR answered_on IS NOT NULL", name="answered_on"),
        CheckConstraint("answer <> 'declined' OR length(declined_reason) > 0", name="declined_reason"),
        CheckConstraint("answer <> 'referred' OR length(referred_to) > 0", name="referred_to"),
        CheckConstraint("met IS NULL OR met IN ('met', 'partly_met', 'not_met')", name="met"),
        CheckConstraint("met IS NULL OR met_on IS NOT NULL", name="met_on"),
        CheckConstraint("state_response IS NULL OR state_response IN ('accepted', 'noted')", name="state_response"),
        CheckConstraint("length(asked) > 0", name="asked"),
        CheckConstraint("withdrawn_at IS NULL OR length(withdrawn_reason) > 0", name="withdrawn_reason"),
        *(CheckConstraint(f"{name} IS NULL OR length({name}) IN (4, 7, 10)", name=name) for name in PARTIAL_DATES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(30), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # form | demo | spreadsheet. A row of a file is known again by its identifier, and by the checksum of what it said.
    origin: Mapped[str] = mapped_column(String(20), default="form")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey(ImportBatch.id), index=True)
    original_identifier: Mapped[str | None] = mapped_column(String(300))
    original_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("support_request.id"))

    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(60))
    country: Mapped[str] = mapped_column(ForeignKey(Country.iso3), index=True)
    asker: Mapped[str] = mapped_column(String(200), default="")
    symbol: Mapped[str] = mapped_column(String(200), default="")
    paragraph: Mapped[str] = mapped_column(String(60), default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    document_on: Mapped[str | None] = mapped_column(String(10))
    transmitted_on: Mapped[str | None] = mapped_column(String(10))
    received_on: Mapped[str | None] = mapped_column(String(10))
    asked: Mapped[str] = mapped_column(Text)
    original: Mapped[str] = mapped_column(Text, default="")
    observations: Mapped[str] = mapped_column(Text, default="")
    juvenile_justice: Mapped[bool | None]
    asks_help: Mapped[bool | None]
    state_response: Mapped[str | None] = mapped_column(String(10))
    government_agreement: Mapped[str | None] = mapped_column(String(10))
    partners_agreement: Mapped[str | None] = mapped_column(String(10))

    answer: Mapped[str] = mapped_column(String(10), default="open")
    answered_on: Mapped[date | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    referred_to: Mapped[str] = mapped_column(Text, default="")
    declined_reason: Mapped[str] = mapped_column(Text, default="")
    target_on: Mapped[date | None]
    met: Mapped[str | None] = mapped_column(String(10))
    met_on: Mapped[date | None]
    met_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    met_words: Mapped[str] = mapped_column(Text, default="")

    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")

    types: Mapped[list[RequestType]] = relationship(cascade="all, delete-orphan", order_by="RequestType.support_type")
    provisions: Mapped[list[RequestProvision]] = relationship(
        cascade="all, delete-orphan", order_by="RequestProvision.provision"
    )
    offices: Mapped[list[RequestOffice]] = relationship(cascade="all, delete-orphan", order_by="RequestOffice.office")
    activities: Mapped[list[RequestActivity]] = relationship(
        cascade="all, delete-orphan", order_by="RequestActivity.activity_id"
    )
    steps: Mapped[list[RequestStep]] = relationship(order_by="RequestStep.due_on, RequestStep.id")

    @property
    def office_codes(self) -> frozenset[str]:
        """The offices to which it falls."""
        return frozenset(each.office for each in self.offices)

    @property
    def asked_on(self) -> str | None:
        """The day from which it waits, as far as known."""
        return asked_on(self.document_on, self.transmitted_on, self.received_on)


class RequestType(Base):
    """A kind of support that is asked for."""

    __tablename__ = "request_support_type"

    request_id: Mapped[int] = mapped_column(ForeignKey(SupportRequest.id), primary_key=True)
    support_type: Mapped[str] = mapped_column(ForeignKey(SupportType.code), primary_key=True, index=True)


class RequestProvision(Base):
    """A provision that it invokes or is about."""

    __tablename__ = "request_provision"

    request_id: Mapped[int] = mapped_column(ForeignKey(SupportRequest.id), primary_key=True)
    provision: Mapped[str] = mapped_column(ForeignKey(Provision.code), primary_key=True, index=True)


class RequestOffice(Base):
    """An office to which it falls."""

    __tablename__ = "request_office"

    request_id: Mapped[int] = mapped_column(ForeignKey(SupportRequest.id), primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey(Office.code), primary_key=True, index=True)


class RequestActivity(Base):
    """An activity that answers it. One activity can answer several, and one request may need several."""

    __tablename__ = "request_activity"

    request_id: Mapped[int] = mapped_column(ForeignKey(SupportRequest.id), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id), primary_key=True, index=True)
    linked_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RequestStep(ClientMade, Base):
    """Something to do about a request, by whom and when; as the next steps of activities."""

    __tablename__ = "request_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey(SupportRequest.id), index=True)
    what: Mapped[str] = mapped_column(String(300))
    owner_name: Mapped[str] = mapped_column(String(150), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RequestComment(ClientMade, Base):
    """Something said about a request. An internal one is for those who look after it. Never deleted."""

    __tablename__ = "request_comment"
    __table_args__ = (CheckConstraint("length(text) BETWEEN 1 AND 2000", name="text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey(SupportRequest.id), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)
    internal: Mapped[bool] = mapped_column(default=False)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    mentions: Mapped[list[RequestMention]] = relationship(
        cascade="all, delete-orphan", order_by="RequestMention.user_id"
    )


class RequestMention(Base):
    """Somebody whom a comment on a request asks to look."""

    __tablename__ = "request_mention"

    comment_id: Mapped[int] = mapped_column(ForeignKey(RequestComment.id), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True, index=True)
