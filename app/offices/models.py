"""Offices, countries, regions, the dated links between them, and who works where."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import User
from app.core.db import Base, ClientMade, UtcDateTime

OPEN_ENDED = "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from"


class Region(Base):
    """One of the seven regions, or headquarters (HQ, in no figure)."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    name_in_2008: Mapped[str] = mapped_column(Text)
    seat: Mapped[str] = mapped_column(Text)
    position: Mapped[int]


class Country(Base):
    """A country or territory by its ISO 3166-1 alpha-3 code (XKX for Kosovo, UNSCR 1244). Names are labels."""

    __tablename__ = "country"

    iso3: Mapped[str] = mapped_column(String(3), primary_key=True)
    iso2: Mapped[str] = mapped_column(String(2), unique=True)
    m49: Mapped[str] = mapped_column(String(3))
    unicef_status: Mapped[str] = mapped_column(String(20))
    retired_on: Mapped[date | None]


class Office(Base):
    """An organisational unit that reports, by its four-character code kept as text ("0060")."""

    __tablename__ = "office"
    __table_args__ = (
        CheckConstraint("type IN ('country', 'multi_country', 'regional', 'hq')", name="type"),
        CheckConstraint("length(code) = 4", name="code_length"),
    )

    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    type: Mapped[str] = mapped_column(String(15))
    host: Mapped[str] = mapped_column(ForeignKey(Country.iso3))
    time_zone: Mapped[str] = mapped_column(String(40))
    short_name: Mapped[str] = mapped_column(Text)
    dates_confidence: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    retired_on: Mapped[date | None]


class OfficeRegion(Base):
    """The region of an office over an interval, both ends inclusive; a blank end is open."""

    __tablename__ = "office_region"
    __table_args__ = (
        CheckConstraint(OPEN_ENDED, name="interval"),
        UniqueConstraint("office", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey(Office.code), index=True)
    region: Mapped[str] = mapped_column(ForeignKey(Region.code), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)


class RegionProposal(Base):
    """An announced change of region. Never read by a figure: announced changes are not facts (METHODOLOGY, State)."""

    __tablename__ = "region_proposal"
    __table_args__ = (UniqueConstraint("office", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey(Office.code))
    region: Mapped[str] = mapped_column(String(30))
    valid_from: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)


class OfficeCountry(Base):
    """A country served by an office over an interval."""

    __tablename__ = "office_country"
    __table_args__ = (
        CheckConstraint(OPEN_ENDED, name="interval"),
        CheckConstraint("role IN ('host', 'covered')", name="role"),
        UniqueConstraint("office", "country", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey(Office.code), index=True)
    country: Mapped[str] = mapped_column(ForeignKey(Country.iso3), index=True)
    role: Mapped[str] = mapped_column(String(10))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class RosterInterval(Base):
    """When an office is on the roster. A blank `valid_from` is an unknown opening: open from the first year."""

    __tablename__ = "roster_interval"
    __table_args__ = (
        CheckConstraint(OPEN_ENDED, name="interval"),
        UniqueConstraint("office", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey(Office.code), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text, default="")


class Exemption(ClientMade, Base):
    """An office on the roster that is not expected to report for an interval, with the reason."""

    __tablename__ = "exemption"
    __table_args__ = (
        CheckConstraint(OPEN_ENDED, name="interval"),
        CheckConstraint("length(reason) > 0", name="reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey(Office.code), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)


class PublishedFigure(Base):
    """A figure somebody else published: a benchmark with its source, never mixed into ours."""

    __tablename__ = "published_figure"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int]
    as_of: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text)
    indicator: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    qualifier: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    unit_counted: Mapped[str] = mapped_column(Text)
    comparable: Mapped[str] = mapped_column(Text)
    source_title: Mapped[str] = mapped_column(Text)
    source_address: Mapped[str] = mapped_column(Text)
    checked: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    retired_on: Mapped[date | None]


class Membership(ClientMade, Base):
    """What a person may do where and when: person × role × office, region or the world × dates.

    A staff or lead membership names an office, an adviser's a region, headquarters' and administrators' neither.
    """

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(
            "role IN ('country_staff', 'country_lead', 'regional_adviser', 'headquarters', 'administrator')",
            name="role",
        ),
        CheckConstraint(
            "(role IN ('country_staff', 'country_lead') AND office IS NOT NULL AND region IS NULL)"
            " OR (role = 'regional_adviser' AND region IS NOT NULL AND office IS NULL)"
            " OR (role IN ('headquarters', 'administrator') AND office IS NULL AND region IS NULL)",
            name="scope",
        ),
        CheckConstraint("origin IN ('here', 'group')", name="origin"),
        CheckConstraint(OPEN_ENDED, name="interval"),
        Index(
            "uq_membership_home",
            "user_id",
            unique=True,
            sqlite_where=text("home = 1"),
            postgresql_where=text("home"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    role: Mapped[str] = mapped_column(String(20))
    office: Mapped[str | None] = mapped_column(ForeignKey(Office.code), index=True)
    region: Mapped[str | None] = mapped_column(ForeignKey(Region.code))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    home: Mapped[bool] = mapped_column(default=False)
    acting: Mapped[bool] = mapped_column(default=False)
    # "group": it follows the person's groups at the provider of sign-in, and ends with them.
    origin: Mapped[str] = mapped_column(String(10), default="here", server_default="here")


class OfficeReviewer(Base):
    """Who looks at what an office submits: one named person, and a deputy. No row: whoever advises the region."""

    __tablename__ = "office_reviewer"
    __table_args__ = (CheckConstraint("deputy_id IS NULL OR deputy_id <> reviewer_id", name="deputy"),)

    office: Mapped[str] = mapped_column(ForeignKey(Office.code), primary_key=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    set_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RegionReview(Base):
    """How a region reviews. No row: nobody there approves their own work."""

    __tablename__ = "region_review"

    region: Mapped[str] = mapped_column(ForeignKey(Region.code), primary_key=True)
    self_approval: Mapped[bool] = mapped_column(default=False)
    set_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
