"""The room's pages: the list, the form, the record, and what can be done to a record."""

from __future__ import annotations

from app.activities import (
    routes_acts,
    routes_again,
    routes_choices,
    routes_comments,
    routes_counterparts,
    routes_evidence,
    routes_facts,
    routes_form,
    routes_list,
    routes_record,
    routes_review,
    routes_typed,
)
from app.activities.blueprint import bp

__all__ = [
    "bp",
    "routes_acts",
    "routes_again",
    "routes_choices",
    "routes_comments",
    "routes_counterparts",
    "routes_evidence",
    "routes_facts",
    "routes_form",
    "routes_list",
    "routes_record",
    "routes_review",
    "routes_typed",
]
