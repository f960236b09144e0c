"""requests: every request with its answer, what it asks, and how many activities answer it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.asked.counting import MEASURES, Asked
from app.asked.filters import MARKS, SHORT, RequestFilters
from app.asked.list_page import NAMES
from app.asked.listing import chosen, load
from app.asked.models import SupportRequest
from app.asked.queries import facts, told_links
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.tables import Column, Kind
from app.reports.asked import PARAMETERS, asked_report
from app.reports.base import Parameter

YES_NO = {"yes": N_("Yes"), "no": N_("No")}


@dataclass(frozen=True)
class Row:
    """A request, what figures know of it, and what it repeats."""

    request: SupportRequest
    known: Asked | None
    supported: bool
    repeats: str
    activities: int


def _plain(name: str, label: str, kind: Kind, hxl: str = "", names: str = "") -> Column[Any]:
    def value(row: Row) -> Any:
        found = getattr(row.request, name)
        return found.isoformat() if kind == Kind.DATE and isinstance(found, date) else found

    return Column(name, label, kind, value, hxl, names)


def _tags(name: str, attribute: str, label: str, names: str, hxl: str = "") -> Column[Any]:
    def value(row: Row) -> str:
        return ";".join(getattr(each, attribute) for each in getattr(row.request, name))

    return Column(name, label, Kind.LIST, value, hxl, names)


COLUMNS: tuple[Column[Any], ...] = (
    _plain("reference", N_("Reference"), Kind.CODE, "#request+code"),
    _plain("kind", N_("What it is"), Kind.CODE, names="request_kind"),
    _plain("source", N_("Where it comes from"), Kind.CODE, names="request_source"),
    _plain("country", N_("State"), Kind.CODE, "#country+code+v_iso3", "country"),
    Column("region", N_("Region"), Kind.CODE, lambda r: (r.known.region if r.known else "") or None, "#region+code",
           "region"),
    _tags("offices", "office", N_("Falls to"), "office", "#org+code+office"),
    _plain("asker", N_("Who asked or recommended"), Kind.TEXT),
    _plain("symbol", N_("Document symbol"), Kind.TEXT),
    _plain("paragraph", N_("Paragraph"), Kind.TEXT),
    _plain("address", N_("Address of the document"), Kind.TEXT),
    _plain("document_on", N_("Date of the document"), Kind.DATE),
    _plain("transmitted_on", N_("Sent on by the Committee"), Kind.DATE),
    _plain("received_on", N_("Received"), Kind.DATE),
    _plain("asked_on", N_("Waits since"), Kind.DATE, "#date"),
    _plain("asked", N_("What is asked"), Kind.TEXT, "#description"),
    _plain("original", N_("In the words of the document"), Kind.TEXT),
    _plain("observations", N_("Observations and suggestions of the Committee"), Kind.TEXT),
    _tags("types", "support_type", N_("Kinds of support asked for"), "support_type"),
    _tags("provisions", "provision", N_("Provisions"), "provision"),
    _plain("juvenile_justice", N_("About children in conflict with the law"), Kind.YES_NO),
    _plain("asks_help", N_("Asks for technical help"), Kind.YES_NO),
    _plain("state_response", N_("What the State said to it"), Kind.CODE, names="state_response"),
    _plain("government_agreement", N_("Agreement with the Government"), Kind.CODE, names="government_agreement"),
    _plain("partners_agreement", N_("Agreement with partners"), Kind.CODE, names="government_agreement"),
    _plain("answer", N_("Answer"), Kind.CODE, "#status", "request_answer"),
    _plain("answered_on", N_("Answered on"), Kind.DATE),
    Column("days_to_answer", N_("Days to the answer"), Kind.INTEGER, lambda r: r.known and r.known.days_to_answer),
    _plain("referred_to", N_("Referred to"), Kind.TEXT),
    _plain("declined_reason", N_("Why it was declined"), Kind.TEXT),
    _plain("target_on", N_("Target date"), Kind.DATE),
    _plain("met", N_("Was it met?"), Kind.CODE, names="request_met"),
    _plain("met_on", N_("Said on"), Kind.DATE),
    _plain("met_words", N_("In words"), Kind.TEXT),
    Column("activities", N_("Activities"), Kind.INTEGER, lambda r: r.activities),
    Column("supported", N_("Has support"), Kind.YES_NO, lambda r: r.supported),
    Column("repeats", N_("Says the same as"), Kind.CODE, lambda r: r.repeats or None),
    _plain("origin", N_("Origin"), Kind.CODE),
    _plain("original_identifier", N_("Original identifier"), Kind.TEXT),
    Column("withdrawn", N_("Withdrawn"), Kind.YES_NO, lambda r: r.request.withdrawn_at is not None),
    _plain("version", N_("Version"), Kind.INTEGER),
    _plain("created_at", N_("Created"), Kind.INSTANT),
    _plain("changed_at", N_("Changed"), Kind.INSTANT),
)  # fmt: skip


def _rows(session: Session, actor: Actor, filters: RequestFilters) -> Iterator[Row]:
    known = {each.reference: each for each in facts(session).asked}
    given = facts(session).given_ids
    repeated = dict(_repeated(session))
    told = told_links(session)
    for request in load(session, chosen(session, filters)[1]):
        links = {each.activity_id for each in request.activities}
        repeats = repeated.get(request.repeats_id or 0, "")
        yield Row(request, known.get(request.reference), bool(links & given), repeats, len(told[request.id]))


def _repeated(session: Session) -> Iterable[tuple[int, str]]:
    repeats = select(SupportRequest.repeats_id).where(SupportRequest.repeats_id.is_not(None))
    rows = select(SupportRequest.id, SupportRequest.reference).where(SupportRequest.id.in_(repeats))
    return ((key, reference) for key, reference in session.execute(rows))


LISTED = (
    Parameter("show", NAMES["show"], N_("a code of the figures"), N_("all requests"),
              words={code: each.label for code, each in MEASURES.items()}, many=False),
    *PARAMETERS,
    Parameter("q", NAMES["q"], N_("words to look for"), N_("any words"), many=False),
    *(Parameter(name, NAMES[name], N_("a code of the list"), N_("all"), words=words, many=False)
      for name, words in SHORT.items()),
    *(Parameter(name, NAMES[name], N_("yes or no"), N_("all"), words=YES_NO, many=False) for name in MARKS),
)  # fmt: skip

REPORT = asked_report(
    "requests",
    N_("Requests"),
    N_(
        "One row for each request, shown need or recommendation that is not withdrawn: the document, what is asked, to"
        " which offices it falls, the answer, whether it was met, and how many activities answer it."
    ),
    _rows,
    COLUMNS,
    parameters=LISTED,
)
