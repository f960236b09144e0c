"""The made-up requests and cards: there, marked, and made once."""

from __future__ import annotations

from sqlalchemy import select

from app.asked.counting import Part, balance, share
from app.asked.models import SupportRequest
from app.asked.queries import facts
from app.core.permissions import SYSTEM
from app.demo.asked import CARDS, WISHES, make_requests
from app.practices.queries import PracticeFilters, library
from app.practices.rules import State


def test_requests_and_cards_are_made_once_and_say_that_they_are_made_up(demo):
    made = demo.scalars(select(SupportRequest)).all()
    assert len(made) == len(WISHES)
    assert all(each.origin == "demo" and each.asked.startswith("Made up") for each in made)
    found = balance(facts(demo), Part(first=2022))
    assert share(found, "supported")[0]
    assert "NPL" in found.states_with_nothing
    cards = library(demo, SYSTEM, PracticeFilters())
    assert [card.title for card in cards] == [card.title for card in CARDS]
    assert {card.state for card in cards} == {State.REVIEWED, State.SUBMITTED, State.DRAFT}
    assert cards[0].reuses
    assert make_requests(demo) == 0
