"""The oracle, filled from the files that headquarters downloads."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.offices.models import Office, OfficeRegion
from tests.downloads import Rows, download
from tests.oracle import Oracle


def files_of(session: Session) -> tuple[Oracle, Rows]:
    """The oracle and coverage.csv, of every year on record."""
    coverage = download(session, "coverage")
    years = sorted({int(row["year"]) for row in coverage})
    others = (
        select(Office.code, OfficeRegion.region)
        .join(OfficeRegion, OfficeRegion.office == Office.code)
        .where(Office.type.in_(("regional", "hq")))
    )
    oracle = Oracle(
        approved=download(session, "activities"),
        provisional=download(session, "activities", basis="provisional"),
        offices=download(session, "offices", year=years),
        returns=download(session, "returns"),
        regions_of_others=dict(session.execute(others).all()),
    )
    return oracle, coverage
