"""Permission names, roles, and the actor. Pure: the table that joins them is `app/policy.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.core.errors import Forbidden
from app.core.i18n import N_


class Role(StrEnum):
    """What a membership makes of a person. A new role is a line here and its lines in the policy."""

    COUNTRY_STAFF = "country_staff"
    COUNTRY_LEAD = "country_lead"
    REGIONAL_ADVISER = "regional_adviser"
    HEADQUARTERS = "headquarters"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """Everything that can be allowed, as subject:act."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"
    ACCOUNT_OWN = "account:own"
    PERSON_ADMINISTER = "person:administer"
    ACCESS_REVIEW = "access:review"
    ACTIVITY_LIST = "activity:list"
    ACTIVITY_READ = "activity:read"
    ACTIVITY_READ_TEXT = "activity:read-text"
    ACTIVITY_CREATE = "activity:create"
    ACTIVITY_EDIT = "activity:edit"
    ACTIVITY_SUBMIT = "activity:submit"
    ACTIVITY_WITHDRAW = "activity:withdraw"
    ACTIVITY_REVIEW = "activity:review"
    ACTIVITY_ANSWER_JOINT = "activity:answer-joint"
    ACTIVITY_IMPORT = "activity:import"
    IMPORT_READ = "import:read"
    IMPORT_READ_TEXT = "import:read-text"
    COMMENT_WRITE = "comment:write"
    COMMENT_INTERNAL = "comment:internal"
    REVIEWER_SET = "reviewer:set"
    SELF_APPROVAL_SET = "self-approval:set"
    MEMBERSHIP_END = "membership:end"
    ACTING_NAME = "acting:name"
    HANDOVER_ANSWER = "handover:answer"
    COVERAGE_READ = "coverage:read"
    FIGURE_FREEZE = "figure:freeze"
    FIGURE_WITHDRAW = "figure:withdraw"
    FILTER_SAVE = "filter:save"
    OFFICE_READ = "office:read"
    OFFICE_UNANSWERED_NAME = "office:unanswered-name"
    PROVISION_READ = "provision:read"
    PROVISION_CONFIRM = "provision:confirm"
    OFFICE_SENTENCE_WRITE = "office:write-sentence"
    RETURN_READ = "return:read"
    RETURN_DRAFT = "return:draft"
    RETURN_SIGN = "return:sign"
    RETURN_REOPEN = "return:reopen"
    RETURN_RECORD = "return:record"
    RETURN_REMIND = "return:remind"
    ROUND_EDIT = "round:edit"
    EXEMPTION_EDIT = "exemption:edit"
    REQUEST_READ = "request:read"
    REQUEST_RECORD = "request:record"
    REQUEST_EDIT = "request:edit"
    REQUEST_COMMENT = "request:comment"
    REQUEST_IMPORT = "request:import"
    PRACTICE_LIST = "practice:list"
    PRACTICE_READ = "practice:read"
    PRACTICE_WRITE = "practice:write"
    PRACTICE_REVIEW = "practice:review"
    PRACTICE_REUSE = "practice:reuse"
    ADMINISTRATION_OPEN = "administration:open"
    OFFICE_EDIT = "office:edit"
    CODE_EDIT = "code:edit"
    NAME_EDIT = "name:edit"
    PROVISION_EDIT = "provision:edit"
    AUDIT_READ = "audit:read"


@dataclass(frozen=True)
class Actor:
    """Who acts, with rights already resolved for today.

    `staff_of`, `lead_of` and `advises` are office codes (an adviser's region is resolved to its offices);
    `regions` are the region codes advised; `region_offices` are the offices of the actor's own region(s);
    `own_other_offices` are the regional or headquarters offices an adviser or headquarters may log for;
    `acting_for` are those of `lead_of` where the actor only stands in for a lead;
    `home_office` sets the defaults of forms and filters.
    """

    user_id: int | None
    name: str
    email: str = ""
    roles: frozenset[Role] = frozenset()
    staff_of: frozenset[str] = frozenset()
    lead_of: frozenset[str] = frozenset()
    acting_for: frozenset[str] = frozenset()
    advises: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    own_other_offices: frozenset[str] = frozenset()
    region_offices: frozenset[str] = frozenset()
    home_office: str | None = None
    home_region: str | None = None
    system: bool = False
    session_id: int | None = field(default=None, compare=False)
    # How they came: proved lately who they are; owe a second factor that their role needs; read with this token.
    fresh: bool = field(default=False, compare=False)
    must_enrol: bool = field(default=False, compare=False)
    token_id: int | None = field(default=None, compare=False)

    @property
    def headquarters(self) -> bool:
        """May see the whole world."""
        return Role.HEADQUARTERS in self.roles

    @property
    def administrator(self) -> bool:
        """Looks after offices, people and lists."""
        return Role.ADMINISTRATOR in self.roles

    @property
    def works_in(self) -> frozenset[str]:
        """Offices where the actor is staff or lead."""
        return self.staff_of | self.lead_of


Predicate = Callable[[Actor | None, Any], bool]
Policy = Mapping[Permission, tuple[Predicate, ...]]


def allowed(policy: Policy, permission: Permission, actor: Actor | None, subject: Any = None) -> bool:
    """True if any predicate of `permission` holds. An unknown permission is refused.

    Without a subject the question is "may this actor do it to anything at all?".
    """
    return any(predicate(actor, subject) for predicate in policy.get(permission, ()))


SYSTEM = Actor(user_id=None, name="System", system=True)
"""Who acts when a command does: imports, demonstration data, scheduled work."""

_policy: Policy = {}


def install(policy: Policy) -> None:
    """Make `policy` the one table that `can` and `demand` read. Called by the composition root."""
    global _policy
    _policy = policy


def can(permission: Permission, actor: Actor | None, subject: Any = None) -> bool:
    """May `actor` do this to `subject` (or, without one, to anything at all)?"""
    return allowed(_policy, permission, actor, subject)


def demand(permission: Permission, actor: Actor | None, subject: Any = None) -> None:
    """Return if allowed.

    Raises:
        Forbidden: the actor has no right to do this.
    """
    if not can(permission, actor, subject):
        raise Forbidden(N_("You have no right to do this. If you think you should, ask your office's lead."))
