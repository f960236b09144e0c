"""What the surroundings decide about signing in: told once by the composition root, asked for by this room's pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from sqlalchemy.orm import Session

from app.accounts import factors
from app.accounts.passkeys import Site
from app.core.permissions import Actor, Role

EXTENSION = "tracker.house"


@dataclass(frozen=True)
class Provider:
    """Where people may sign in elsewhere (OpenID Connect)."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    groups_claim: str = "groups"
    # Words of `acr` or `amr` that tell of a second factor.
    strong: frozenset[str] = frozenset({"mfa"})


@dataclass(frozen=True)
class House:
    """Rules of one installation. `follow_groups` gives a person the memberships of their groups."""

    base_url: str
    production: bool
    roles_with_second_factor: frozenset[Role] = frozenset()
    provider: Provider | None = None
    groups: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    follow_groups: Callable[[Session, int, Sequence[str]], bool] | None = None

    def needs_second_factor(self, roles: frozenset[Role], *, demonstration: bool) -> bool:
        """Must whoever has these roles have a second factor?"""
        exempt = demonstration and not self.production
        return factors.is_required(roles, self.roles_with_second_factor, exempt=exempt)


def house() -> House:
    """The rules of this installation."""
    found: House = current_app.extensions[EXTENSION]
    return found


def owes_second_factor(actor: Actor, *, enrolled: bool, demonstration: bool) -> bool:
    """Their role needs one, and there is none yet."""
    return not enrolled and house().needs_second_factor(actor.roles, demonstration=demonstration)


def own_address() -> str:
    """Where we are: in production what was set, never what a request says."""
    here = house()
    return here.base_url if here.production and here.base_url else request.host_url.rstrip("/")


def site() -> Site:
    """For which host passkeys are good."""
    parts = urlsplit(own_address())
    return Site(parts.hostname or "localhost", f"{parts.scheme}://{parts.netloc}")
