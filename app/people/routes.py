"""The room's pages: people and handovers, reviewers, self-approval, administering people, reviews of access."""

from __future__ import annotations

from app.people import routes_access, routes_admin, routes_people, routes_reviewers
from app.people.blueprint import bp

__all__ = ["bp", "routes_access", "routes_admin", "routes_people", "routes_reviewers"]
