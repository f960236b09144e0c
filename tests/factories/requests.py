"""Requests for tests, made by the services that people use."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.asked.models import SupportRequest
from app.asked.rules import AnswerGiven, RequestContent
from app.asked.services import answer_request, record_request
from app.core.permissions import SYSTEM, Actor

ASKED = RequestContent(
    source="crc_concluding_observations",
    country="AFG",
    asked="Technical help to raise the minimum age of criminal responsibility.",
    symbol="CRC/C/AFG/CO/1",
    paragraph="73",
    received_on="2024-03-01",
    types=("law_reform", "diversion"),
    provisions=("E1997-30-8",),
)


def asked(session: Session, actor: Actor = SYSTEM, **changes: Any) -> SupportRequest:
    """A request of Afghanistan, which office 0060 serves."""
    return record_request(session, actor, replace(ASKED, **changes))


def answered(session: Session, answer: str, on: date, request: SupportRequest | None = None) -> SupportRequest:
    """Answered on a day, with what the answer needs."""
    made = request or asked(session)
    command = AnswerGiven(answer, on, referred_to="the other agency", reason="No staff.")
    return answer_request(session, SYSTEM, made, command, made.version)
