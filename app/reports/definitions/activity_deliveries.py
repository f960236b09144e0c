"""activity-deliveries: a row for each delivery line and profession, with participations."""

from __future__ import annotations

from sqlalchemy import select

from app.activities.deliveries import plain_hours
from app.activities.models import DeliveryLine, Participation
from app.activities.models_line import ActivityLine
from app.activities.queries_files import text_for_files
from app.core.db import AnySelect
from app.core.i18n import N_
from app.core.tables import Column, Kind
from app.reports.children import HEAD, child_report

D, P = DeliveryLine, Participation


def _statement() -> AnySelect:
    shown = (D.client_id, D.on, D.hours, D.people_basis, P.profession, P.women, P.men, P.not_recorded)
    return (
        select(*HEAD, *shown, P.id.label("entry"), text_for_files(D.what), text_for_files(D.place))
        .join(D, D.activity_id == ActivityLine.activity_id)
        .outerjoin(P, P.delivery_line_id == D.id)
        .where(D.removed_at.is_(None))
        .order_by(ActivityLine.activity_id, ActivityLine.revision_id, D.id, P.id)
    )


REPORT = child_report(
    "activity-deliveries",
    N_("Delivery lines of activities"),
    N_(
        "One row for each profession of each delivery line of an activity you may open (one row without numbers where"
        " no participations were recorded): participations, not persons; a blank is not zero. What was delivered and"
        " where is left out in sensitive records. The file can be changed and sent back as an import."
    ),
    _statement,
    (
        Column("line", N_("Delivery line"), Kind.CODE, lambda r: r.client_id),
        Column("on", N_("Date"), Kind.DATE, lambda r: r.on, "#date+delivery"),
        Column("what", N_("What"), Kind.TEXT, lambda r: r.what),
        Column("place", N_("Place"), Kind.TEXT, lambda r: r.place),
        Column("hours", N_("Hours"), Kind.DECIMAL, lambda r: plain_hours(r.hours)),
        Column("has_people", N_("Participations recorded"), Kind.YES_NO, lambda r: r.entry is not None),
        Column("people_basis", N_("Counted or estimated"), Kind.CODE, lambda r: r.people_basis, names="people_basis"),
        Column("profession", N_("Profession"), Kind.CODE, lambda r: r.profession, names="target_group"),
        Column("women", N_("Women"), Kind.INTEGER, lambda r: r.women, "#reached+f"),
        Column("men", N_("Men"), Kind.INTEGER, lambda r: r.men, "#reached+m"),
        Column("not_recorded", N_("Sex not recorded"), Kind.INTEGER, lambda r: r.not_recorded, "#reached"),
    ),
)
