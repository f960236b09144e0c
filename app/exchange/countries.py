"""Every State by its codes, its names in our lists, and what people call it every day."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.asked.states import States
from app.codelists.models import Label
from app.core.versions import shared
from app.exchange.sheet_columns import LANGUAGES
from app.offices.models import Country


def states_of(session: Session) -> States:
    """The States as the lists have them now; kept by the process while the lists stay the same."""
    return shared(session, "states of imports", lambda: _load(session))


def _load(session: Session) -> States:
    countries = list(session.scalars(select(Country).order_by(Country.iso3)))
    names = session.execute(select(Label.code, Label.text).where(Label.kind == "country").order_by(Label.id))
    listed = [(code, text) for code, text in names]
    return States.of(
        ((c.iso3, c.iso2, c.m49) for c in countries),
        [*listed, *_everyday({c.iso2: c.iso3 for c in countries if c.iso2})],
    )


def _everyday(iso3_of: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(ISO 3, name) as the common locale data of Unicode have it: Laos and Syria, Birmanie and Turquie."""
    from babel import Locale

    for language in LANGUAGES:
        for iso2, name in Locale(language).territories.items():
            if iso2 in iso3_of:
                yield iso3_of[iso2], name
                outside, _mark, inside = name.partition(" (")
                if inside and outside:
                    yield iso3_of[iso2], inside.rstrip(")")
