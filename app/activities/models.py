"""Activities, their revisions and tags, and what stands beside the revisions (deliveries, answers, confirmations).

An `Activity` is the identity; an `ActivityRevision` is what was said about it, immutable once submitted. Facts that
need no review (delivery lines, co-office answers, confirmations, next steps, evidence) hang on the activity itself.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.codelists.models import SupportType
from app.core.db import Base, ClientMade, UtcDateTime
from app.offices.models import Country, Office
from app.provisions.models import Provision

STATES = "('draft', 'submitted', 'returned', 'approved', 'replaced')"
STATUSES = "('requested', 'planned', 'active', 'finalising', 'closed', 'suspended', 'cancelled')"
# A date known to the day, the month or the year, as ISO 8601 text: 2008-03-21, 2008-03, 2008. Sorts as it should.
PARTIAL_DATES = ("planned_start", "planned_end", "actual_start", "actual_end")


class ImportBatch(ClientMade, Base):
    """One file that was read in: who, when, what, and its checksum."""

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    imported_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReferenceCounter(Base):
    """The last number given out for a region and year. References are never reused."""

    __tablename__ = "reference_counter"

    region: Mapped[str] = mapped_column(String(10), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Activity(ClientMade, Base):
    """One purpose with one lead counterpart, however many sessions (METHODOLOGY, Words). `client_id` is its uuid."""

    __tablename__ = "activity"
    __table_args__ = (
        UniqueConstraint("origin", "original_identifier"),
        CheckConstraint("withdrawn_at IS NULL OR length(withdrawn_reason) > 0", name="withdrawn_reason"),
        CheckConstraint("questioned_at IS NULL OR length(questioned_reason) > 0", name="questioned_reason"),
        CheckConstraint("set_aside_at IS NULL OR length(set_aside_reason) > 0", name="set_aside_reason"),
        CheckConstraint("source_first_year IS NULL OR source_last_year >= source_first_year", name="source_years"),
        CheckConstraint("origin = 'form' OR original_identifier IS NOT NULL", name="original_identifier"),
        Index("ix_activity_submitted", "submitted_revision_id", "lead_office", "withdrawn_at",
              sqlite_where=text("submitted_revision_id IS NOT NULL"),
              postgresql_where=text("submitted_revision_id IS NOT NULL")),
        Index("ix_activity_demonstration", "id", sqlite_where=text("origin = 'demo'"),
              postgresql_where=text("origin = 'demo'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(30), unique=True)
    lead_office: Mapped[str] = mapped_column(ForeignKey(Office.code), index=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    # form | demo | iati | spreadsheet …; blank values are "not recorded" only where the origin is not the form.
    origin: Mapped[str] = mapped_column(String(20), default="form")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey(ImportBatch.id), index=True)
    original_identifier: Mapped[str | None] = mapped_column(String(300))
    # The years in which the imported source says that it ran; they confirm by `dates` only.
    source_first_year: Mapped[int | None]
    source_last_year: Mapped[int | None]

    current_revision_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity_revision.id", use_alter=True, name="fk_activity_current_revision_id"), index=True
    )
    submitted_revision_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity_revision.id", use_alter=True, name="fk_activity_submitted_revision_id")
    )
    approved_revision_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity_revision.id", use_alter=True, name="fk_activity_approved_revision_id"), index=True
    )

    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    questioned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    questioned_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    questioned_reason: Mapped[str] = mapped_column(Text, default="")
    set_aside_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    set_aside_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    set_aside_reason: Mapped[str] = mapped_column(Text, default="")

    revisions: Mapped[list[ActivityRevision]] = relationship(
        foreign_keys="ActivityRevision.activity_id", order_by="ActivityRevision.number", back_populates="activity"
    )
    current: Mapped[ActivityRevision] = relationship(foreign_keys=[current_revision_id], post_update=True)
    submitted: Mapped[ActivityRevision | None] = relationship(foreign_keys=[submitted_revision_id], post_update=True)
    approved: Mapped[ActivityRevision | None] = relationship(foreign_keys=[approved_revision_id], post_update=True)
    co_offices: Mapped[list[CoOfficeAnswer]] = relationship(order_by="CoOfficeAnswer.office")
    deliveries: Mapped[list[DeliveryLine]] = relationship(order_by="DeliveryLine.on, DeliveryLine.id")
    confirmations: Mapped[list[Confirmation]] = relationship(
        order_by="Confirmation.year, Confirmation.how", cascade="all, delete-orphan"
    )
    next_steps: Mapped[list[NextStep]] = relationship(order_by="NextStep.due_on, NextStep.id")
    evidence: Mapped[list[Evidence]] = relationship(order_by="Evidence.id")

    @property
    def reason_returned(self) -> str:
        """Why the adviser returned what the office works on, until it hands that in again; "" where nobody did."""
        if self.current.state == "returned":
            return self.current.decision_reason
        before = [each for each in self.revisions if each.number < self.current.number]
        answers = self.current.state == "draft" and before and before[-1].state == "returned"
        return before[-1].decision_reason if answers else ""

    @property
    def imported(self) -> bool:
        """Came from a file: required fields may be "not recorded"."""
        return self.origin != "form"

    @property
    def ever_submitted(self) -> bool:
        """A draft that nobody submitted is the office's own affair."""
        return any(r.state != "draft" for r in self.revisions)


class ActivityRevision(Base):
    """What was said of an activity at one time. Only the draft may still change."""

    __tablename__ = "activity_revision"
    __table_args__ = (
        UniqueConstraint("activity_id", "number"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"status IS NULL OR status IN {STATUSES}", name="status"),
        CheckConstraint("concerns IS NULL OR concerns IN ('mainly', 'also', 'no')", name="concerns"),
        CheckConstraint("visibility IN ('office_region', 'all_staff', 'office')", name="visibility"),
        CheckConstraint(
            "scope IS NULL OR scope IN ('national', 'subnational', 'multi_country', 'regional', 'global')", name="scope"
        ),
        CheckConstraint("term IS NULL OR term IN ('short', 'medium', 'long')", name="term"),
        CheckConstraint("term_override IS NULL OR length(term_reason) > 0", name="term_reason"),
        CheckConstraint("length(title) BETWEEN 1 AND 150", name="title"),
        CheckConstraint("state <> 'returned' OR length(decision_reason) > 0", name="returned_with_reason"),
        *(CheckConstraint(f"{name} IS NULL OR length({name}) IN (4, 7, 10)", name=name) for name in PARTIAL_DATES),
        Index("uq_activity_revision_draft", "activity_id", unique=True, sqlite_where=text("state = 'draft'"),
              postgresql_where=text("state = 'draft'")),
        Index("uq_activity_revision_submitted", "activity_id", unique=True, sqlite_where=text("state = 'submitted'"),
              postgresql_where=text("state = 'submitted'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    self_approved: Mapped[bool] = mapped_column(default=False)

    title: Mapped[str] = mapped_column(String(150))
    language: Mapped[str] = mapped_column(String(8), default="en")
    summary: Mapped[str] = mapped_column(Text, default="")
    delivered: Mapped[str] = mapped_column(Text, default="")
    request_source: Mapped[str | None] = mapped_column(String(60))
    source_symbol: Mapped[str] = mapped_column(String(200), default="")
    source_date: Mapped[str | None] = mapped_column(String(10))
    status: Mapped[str | None] = mapped_column(String(20))
    status_reason: Mapped[str] = mapped_column(Text, default="")
    planned_start: Mapped[str | None] = mapped_column(String(10))
    planned_end: Mapped[str | None] = mapped_column(String(10))
    actual_start: Mapped[str | None] = mapped_column(String(10))
    actual_end: Mapped[str | None] = mapped_column(String(10))
    concerns: Mapped[str | None] = mapped_column(String(10))
    scope: Mapped[str | None] = mapped_column(String(20))
    countries_reason: Mapped[str] = mapped_column(Text, default="")
    term: Mapped[str | None] = mapped_column(String(10))
    term_override: Mapped[str | None] = mapped_column(String(10))
    term_reason: Mapped[str] = mapped_column(Text, default="")
    coordinator_involved: Mapped[str | None] = mapped_column(String(10))
    government_agreement: Mapped[str | None] = mapped_column(String(10))
    partners_agreement: Mapped[str | None] = mapped_column(String(10))
    in_country_plan: Mapped[str | None] = mapped_column(String(10))
    funding: Mapped[str | None] = mapped_column(String(20))
    funding_amount_usd: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    guidance_used: Mapped[str] = mapped_column(Text, default="")
    results: Mapped[str] = mapped_column(Text, default="")
    lessons: Mapped[str] = mapped_column(Text, default="")
    visibility: Mapped[str] = mapped_column(String(20), default="office_region")
    sensitive: Mapped[bool] = mapped_column(default=False)

    activity: Mapped[Activity] = relationship(foreign_keys=[activity_id], back_populates="revisions")
    authors: Mapped[list[RevisionAuthor]] = relationship(cascade="all, delete-orphan")
    types: Mapped[list[RevisionType]] = relationship(cascade="all, delete-orphan", order_by="RevisionType.position")
    provisions: Mapped[list[RevisionProvision]] = relationship(
        cascade="all, delete-orphan", order_by="RevisionProvision.provision, RevisionProvision.role"
    )
    countries: Mapped[list[RevisionCountry]] = relationship(
        cascade="all, delete-orphan", order_by="RevisionCountry.country"
    )
    codes: Mapped[list[RevisionCode]] = relationship(
        cascade="all, delete-orphan", order_by="RevisionCode.list_key, RevisionCode.position"
    )
    counterparts: Mapped[list[RevisionCounterpart]] = relationship(
        cascade="all, delete-orphan", order_by="RevisionCounterpart.position"
    )
    partners: Mapped[list[RevisionPartner]] = relationship(
        cascade="all, delete-orphan", order_by="RevisionPartner.partner, RevisionPartner.role"
    )
    co_offices: Mapped[list[RevisionCoOffice]] = relationship(
        cascade="all, delete-orphan", order_by="RevisionCoOffice.office"
    )
    milestones: Mapped[list[RevisionMilestone]] = relationship(
        cascade="all, delete-orphan", order_by="RevisionMilestone.position"
    )


class RevisionAuthor(Base):
    """Somebody who saved this revision. Nobody approves their own."""

    __tablename__ = "revision_author"

    revision_id: Mapped[int] = mapped_column(ForeignKey(ActivityRevision.id), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)


class RevisionType(Base):
    """A support type tagged to a revision. Position 0 is the primary one; `words` say what "other" is."""

    __tablename__ = "revision_support_type"
    __table_args__ = (UniqueConstraint("revision_id", "position"),)

    revision_id: Mapped[int] = mapped_column(ForeignKey(ActivityRevision.id), primary_key=True)
    support_type: Mapped[str] = mapped_column(ForeignKey(SupportType.code), primary_key=True, index=True)
    position: Mapped[int]
    words: Mapped[str] = mapped_column(String(300), default="")


class RevisionProvision(Base):
    """A provision cited by a revision, in a role. A mandating provision mandates; a standard is applied."""

    __tablename__ = "revision_provision"
    __table_args__ = (
        CheckConstraint(
            "role IN ('mandated_by', 'asked_under', 'coordinated_under', 'funded_under', 'applied')", name="role"
        ),
    )

    revision_id: Mapped[int] = mapped_column(ForeignKey(ActivityRevision.id), primary_key=True)
    provision: Mapped[str] = mapped_column(ForeignKey(Provision.code), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class RevisionCountry(Base):
    """A country in which the support was given."""

    __tablename__ = "revision_country"

    revision_id: Mapped[int] = mapped_column(ForeignKey(ActivityRevision.id), primary_key=True)
    country: Mapped[str] = mapped_column(ForeignKey(Country.iso3), primary_key=True, index=True)


class RevisionCode(Base):
    """An entry of a small list tagged to a revision: modality, target_group, obstacle, quality."""

    __tablename__ = "revision_code"
    __table_args__ = (ForeignKeyConstraint(["list_key", "code"], ["code.list_key", "code.code"]),)

    revision_id: Mapped[int] = mapped_column(ForeignKey(ActivityRevision.id), primary_key=True)
    list_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    position: Mapped[int]


class Counterpart(ClientMade, Base):
    """A body the offices work with. One typed in by an office is unverified until an adviser merges or verifies it."""

    __tablename__ = "counterpart"
    __table_args__ = (UniqueConstraint("office", "name_key", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey(Office.code), index=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    verified: Mapped[bool] = mapped_column(default=False)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("counterpart.id"))


class RevisionCounterpart(Base):
    """With whom. The first is the lead counterpart."""

    __tablename__ = "revision_counterpart"

    revision_id: Mapped[int] = mapped_column(ForeignKey(ActivityRevision.id), primary_key=True)
    counterpart_id: Mapped[int] = mapped_column(ForeignKey(Counterpart.id), primary_key=True, index=True)
    position: Mapped[int]
    counterpart: Mapped[Counterpart] = relationship(lazy="joined")


class RevisionPartner(Base):
    """A partner agency and what it does in the activity. `partner` is a code of the partner_agency list."""

    __tablename__ = "revision_partner"
    __table_args__ = (
        CheckConstraint("list_key = 'partner_agency'", name="list_key"),
        ForeignKeyConstraint(["list_key", "partner"], ["code.list_key", "code.code"]),
    )

    revision_id: Mapped[int] = mapped_column(ForeignKey(ActivityRevision.id), primary_key=True)
    list_key: Mapped[str] = mapped_column(String(40), default="partner_agency")
    partner: Mapped[str] = mapped_column(String(60), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class RevisionCoOffice(Base):
    """An office that this revision names as joining in. Its answer is in `CoOfficeAnswer`."""

    __tablename__ = "revision_co_office"

    revision_id: Mapped[int] = mapped_column(ForeignKey(ActivityRevision.id), primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey(Office.code), primary_key=True, index=True)


class RevisionMilestone(ClientMade, Base):
    """A step in the life of a law, dated, with the office's contribution."""

    __tablename__ = "revision_milestone"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey(ActivityRevision.id), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    on: Mapped[str | None] = mapped_column("on_date", String(10))
    law: Mapped[str] = mapped_column(String(300))
    link: Mapped[str] = mapped_column(String(500), default="")
    contribution: Mapped[str | None] = mapped_column(String(20))


class CoOfficeAnswer(Base):
    """A co-office's answer to being named. Only *accepted* gives it coverage (METHODOLOGY, Qualifying)."""

    __tablename__ = "co_office_answer"
    __table_args__ = (CheckConstraint("answer IN ('named', 'accepted', 'declined')", name="answer"),)

    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id), primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey(Office.code), primary_key=True, index=True)
    answer: Mapped[str] = mapped_column(String(10), default="named")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeliveryLine(ClientMade, Base):
    """One thing delivered: a session, a text, a visit. Its date is that of the event, not of typing."""

    __tablename__ = "delivery_line"
    __table_args__ = (
        CheckConstraint("people_basis IS NULL OR people_basis IN ('counted', 'estimated')", name="people_basis"),
        CheckConstraint("hours IS NULL OR hours >= 0", name="hours"),
        CheckConstraint("length(on_date) IN (4, 7, 10)", name="on_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id), index=True)
    on: Mapped[str] = mapped_column("on_date", String(10))
    what: Mapped[str] = mapped_column(String(300), default="")
    place: Mapped[str] = mapped_column(String(150), default="")
    hours: Mapped[Decimal | None] = mapped_column(Numeric(7, 1))
    people_basis: Mapped[str | None] = mapped_column(String(10))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    participations: Mapped[list[Participation]] = relationship(
        cascade="all, delete-orphan", order_by="Participation.id"
    )


class Participation(Base):
    """Participations (not persons) in one delivery line by profession. Blank is not zero."""

    __tablename__ = "participation"
    __table_args__ = (
        CheckConstraint("women IS NULL OR women >= 0", name="women"),
        CheckConstraint("men IS NULL OR men >= 0", name="men"),
        CheckConstraint("not_recorded IS NULL OR not_recorded >= 0", name="not_recorded"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_line_id: Mapped[int] = mapped_column(ForeignKey(DeliveryLine.id), index=True)
    profession: Mapped[str | None] = mapped_column(String(60))
    women: Mapped[int | None]
    men: Mapped[int | None]
    not_recorded: Mapped[int | None]


class Confirmation(Base):
    """One row (activity, year, how): why an activity counts in a year (METHODOLOGY, The years of an activity).

    `start` and `dates` follow from the dates of one revision and belong to it; `delivery` and `return` belong to the
    activity, and `revision_id` is blank.
    """

    __tablename__ = "confirmation"
    __table_args__ = (
        CheckConstraint("how IN ('start', 'delivery', 'return', 'dates')", name="how"),
        CheckConstraint("(revision_id IS NULL) = (how IN ('delivery', 'return'))", name="belongs"),
        CheckConstraint("year BETWEEN 1900 AND 2200", name="year"),
        Index("uq_confirmation_of_activity", "activity_id", "year", "how", unique=True,
              sqlite_where=text("revision_id IS NULL"), postgresql_where=text("revision_id IS NULL")),
        Index("uq_confirmation_of_revision", "revision_id", "year", "how", unique=True,
              sqlite_where=text("revision_id IS NOT NULL"), postgresql_where=text("revision_id IS NOT NULL")),
        Index(None, "year", "activity_id"),
        Index(None, "activity_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey(ActivityRevision.id))
    year: Mapped[int]
    how: Mapped[str] = mapped_column(String(10))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NextStep(ClientMade, Base):
    """Something to do, by whom and when."""

    __tablename__ = "next_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id), index=True)
    what: Mapped[str] = mapped_column(String(300))
    owner_name: Mapped[str] = mapped_column(String(150), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Evidence(ClientMade, Base):
    """A link or a file that shows what was done. The bytes of a file lie in `core.files`, under their SHA-256.

    `sent_sha256` is the checksum of what was sent, before a photograph lost its metadata: it tells the same file again.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("(address IS NULL) <> (sha256 IS NULL)", name="link_or_file"),
        CheckConstraint(
            "sha256 IS NULL OR (sent_sha256 IS NOT NULL AND size IS NOT NULL AND size > 0"
            " AND media_type IS NOT NULL AND file_name IS NOT NULL)",
            name="whole_file",
        ),
        CheckConstraint("visibility IN ('record', 'office')", name="visibility"),
        CheckConstraint("on_date IS NULL OR length(on_date) IN (4, 7, 10)", name="on_date"),
        CheckConstraint("withdrawn_at IS NULL OR length(withdrawn_reason) > 0", name="withdrawn_reason"),
        Index("uq_evidence_of_activity", "activity_id", "sent_sha256", unique=True,
              sqlite_where=text("withdrawn_at IS NULL"), postgresql_where=text("withdrawn_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id), index=True)
    type: Mapped[str] = mapped_column(String(60), default="other")
    title: Mapped[str] = mapped_column(String(200))
    on: Mapped[str | None] = mapped_column("on_date", String(10))
    language: Mapped[str | None] = mapped_column(String(8))
    visibility: Mapped[str] = mapped_column(String(10), default="record")
    address: Mapped[str | None] = mapped_column(String(500))
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    sent_sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    media_type: Mapped[str | None] = mapped_column(String(100))
    file_name: Mapped[str | None] = mapped_column(String(200))
    added_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    added_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")


class ImportedOriginal(Base):
    """The record as the source wrote it, whole, with contact data stripped; and what was wrong with it."""

    __tablename__ = "imported_original"

    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    faults: Mapped[str] = mapped_column(Text, default="[]")
