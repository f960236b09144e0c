"""The room's pages: people and handovers, reviewers of offices, and where people may approve their own work."""

from __future__ import annotations

from app.people import routes_people, routes_reviewers
from app.people.blueprint import bp

__all__ = ["bp", "routes_people", "routes_reviewers"]
