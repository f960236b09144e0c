"""A body typed in is unverified; an adviser verifies it or merges it, and no record loses its link."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.activities.models import Activity, Counterpart, RevisionCounterpart
from app.core.audit import AuditEvent
from tests.web.activities.conftest import Browser, plain

Log = Callable[..., str]
Stored = Callable[[str], Activity]
Post = Callable[..., TestResponse]
NAME = "counterparts-0-name"


def bodies(sessions: sessionmaker[Session]) -> dict[str, Counterpart]:
    with sessions() as session:
        return {body.name: body for body in session.scalars(select(Counterpart))}


def names(activity: Activity) -> list[str]:
    return [each.counterpart.name for each in activity.current.counterparts]


def test_merged_no_record_loses_its_link_and_the_name_means_the_other(
    browser: Browser, log: Log, stored: Stored, post: Post, sessions: sessionmaker[Session]
) -> None:
    first, second = log("staff"), log("staff", **{NAME: "Min. of Justice"})
    adviser = browser("adviser")
    page = adviser.get("/counterparts")
    assert "2 are not verified" in page.text
    kept, merged = (bodies(sessions)[name] for name in ("Ministry of Justice", "Min. of Justice"))
    with sessions() as session:
        links = session.execute(select(RevisionCounterpart.__table__)).all()
    answer = post(adviser, f"/counterparts/{merged.id}/merge", {"into": str(kept.id)})
    assert answer.status_code == 302
    with sessions() as session:
        assert session.execute(select(RevisionCounterpart.__table__)).all() == links
    assert (names(stored(first)), names(stored(second))) == (["Ministry of Justice"], ["Min. of Justice"])
    # Offered no more; typed all the same, it means the other one.
    assert 'value="Min. of Justice"' not in browser("staff").get("/activities/new").text
    third = log("staff", **{NAME: "min. of justice"})
    assert names(stored(third)) == ["Ministry of Justice"]
    # Undone, it is one of its own again; the history has both acts.
    assert "Merged into Ministry of Justice" in plain(adviser.get("/counterparts").text)
    assert post(adviser, f"/counterparts/{merged.id}/undo").status_code == 302
    assert names(stored(log("staff", **{NAME: "min. of justice"}))) == ["Min. of Justice"]
    with sessions() as session:
        acts = select(AuditEvent.action).where(AuditEvent.subject_kind == "counterpart").order_by(AuditEvent.id)
        assert list(session.scalars(acts)) == ["counterpart.merged", "counterpart.merge-undone"]


def test_verified_once(browser: Browser, log: Log, post: Post, sessions: sessionmaker[Session]) -> None:
    log("staff")
    body = bodies(sessions)["Ministry of Justice"]
    assert not body.verified
    for _ in range(2):
        assert post(browser("adviser"), f"/counterparts/{body.id}/verify").status_code == 302
    assert bodies(sessions)["Ministry of Justice"].verified
    assert "0 are not verified" in browser("adviser").get("/counterparts").text


def test_what_cannot_be_merged(browser: Browser, log: Log, post: Post, sessions: sessionmaker[Session]) -> None:
    log("staff")
    log("staff", **{NAME: "Bar"})
    log("staff2", **{NAME: "Elsewhere"}, countries=["BRB"])
    adviser, found = browser("adviser"), bodies(sessions)
    mine, bar, other = (found[name].id for name in ("Ministry of Justice", "Bar", "Elsewhere"))
    for into in ("", str(mine), str(other), "99999", "x"):
        assert post(adviser, f"/counterparts/{mine}/merge", {"into": into}).status_code == 422
    assert post(adviser, f"/counterparts/{other}/merge", {"into": str(mine)}).status_code == 403
    assert post(adviser, f"/counterparts/{mine}/undo").status_code == 409
    assert post(adviser, f"/counterparts/{mine}/merge", {"into": str(bar)}).status_code == 302
    # No ring: what was merged is no place to merge into.
    assert post(adviser, f"/counterparts/{bar}/merge", {"into": str(mine)}).status_code == 422
    assert post(adviser, "/counterparts/99999/verify").status_code == 404
