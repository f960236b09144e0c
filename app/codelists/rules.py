"""Which lists may be added to, retired from and merged, and what a code may look like. Pure."""

from __future__ import annotations

import re

from app.core.i18n import N_

SUPPORT_TYPE = "support_type"
OPEN_LISTS = {
    SUPPORT_TYPE: N_("Support types"),
    "modality": N_("Modalities"),
    "target_group": N_("Target groups and professions"),
    "partner_agency": N_("Partner agencies"),
    "request_source": N_("Sources of requests"),
    "obstacle": N_("Obstacles"),
    "quality": N_("Marks of quality"),
    "justice_stage": N_("Stages of justice"),
    "evidence_type": N_("Types of evidence"),
    "counterpart_kind": N_("Kinds of counterparts"),
    "milestone": N_("Milestones of a law"),
}
"""Lists that people may add to and retire from. No rule of the program asks for one of their codes by name."""
FIXED_LISTS = {
    "term": N_("Terms"),
    "activity_status": N_("Statuses of activities"),
    "scope": N_("Scopes"),
    "concerns_children_in_conflict": N_("Concerns children in conflict with the law"),
    "visibility": N_("Visibilities"),
    "provision_role": N_("Roles of provisions"),
    "partner_role": N_("Roles of partners"),
    "co_office_answer": N_("Answers of offices that take part"),
    "confirmation": N_("Confirmations"),
    "contribution": N_("Contributions"),
    "date_precision": N_("Precisions of dates"),
    "funding": N_("Funding"),
    "government_agreement": N_("Agreement of the government"),
    "people_basis": N_("Counted or estimated"),
    "request_answer": N_("Answers to requests"),
    "request_kind": N_("Kinds of requests"),
    "unicef_intervention": N_("Intervention codes"),
    "yes_no_unknown": N_("Yes, no, unknown"),
}
"""Lists whose codes the program's rules ask for by name: their entries can be called something else, no more."""
EVERY_LIST = OPEN_LISTS | FIXED_LISTS
MERGEABLE = frozenset(OPEN_LISTS) - {"counterpart_kind", "justice_stage"}
ASKED_FOR = {SUPPORT_TYPE: frozenset({"other"}), "evidence_type": frozenset({"other"})}
"""Codes of open lists that a form asks for by name: they stay."""
CODE = re.compile(r"[a-z][a-z0-9_]{1,49}\Z")
NAME_LIMIT = 300
LONG_KINDS = frozenset({"provision_summary"})
LONG_LIMIT = 2000
PLACES = frozenset({"region", "office", "country"})
TEXTS = frozenset({"instrument", "provision", "provision_summary"})
NAMED = PLACES | TEXTS | frozenset(EVERY_LIST)
"""All kinds of things that have names."""


def limit(kind: str) -> int:
    """The longest name of a thing of this kind."""
    return LONG_LIMIT if kind in LONG_KINDS else NAME_LIMIT
