"""Writes to the reference data's version. The lists themselves are loaded by the reference room."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.codelists.models import ReferenceVersion


def bump_version(session: Session, domain: str = "reference") -> None:
    """Tell every worker that the reference data of `domain` changed. In the transaction of the change."""
    raised = session.execute(
        update(ReferenceVersion)
        .where(ReferenceVersion.domain == domain)
        .values(version=ReferenceVersion.version + 1)
        .returning(ReferenceVersion.version)
    )
    if raised.first() is None:
        session.add(ReferenceVersion(domain=domain, version=1))
        session.flush()
