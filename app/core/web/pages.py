"""What every page knows: who reads it, in which language, where they can go, what they may do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, request, url_for

from app.core import permissions
from app.core.permissions import Actor
from app.core.web import guard, locale
from app.core.web.locale import _


@dataclass(frozen=True)
class NavItem:
    """One entry of the main menu: an endpoint, its marked label, and what else belongs to it (beginnings of paths)."""

    endpoint: str
    label: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class NavLink:
    """A menu entry as the template shows it."""

    label: str
    url: str
    current: bool


def install(
    app: Flask, *, demo: Callable[[], bool], acting_for: Callable[[Actor], str], nav: Sequence[NavItem]
) -> None:
    """Give every template its globals.

    `demo` tells whether the database holds made-up records, `acting_for` names the office in whose name a person acts.
    """
    app.jinja_env.globals.update(can=guard.may, this_page=this_page)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def _everywhere() -> dict[str, Any]:
        actor = guard.current_actor()
        return {
            "actor": actor,
            "demo": demo(),
            "acting_for": acting_for(actor) if actor else "",
            "locale": locale.current_locale(),
            "locales": locale.offered(),
            "nav": _links(nav, actor) if actor else [],
        }


def this_page() -> str:
    """Where a person is, as an address that can be opened: a page that answers a form may have none of its own, and
    then it is the one of the form.
    """
    adapter = current_app.create_url_adapter(request)
    if request.method in ("GET", "HEAD") or (adapter is not None and adapter.test(request.path, "GET")):
        return request.full_path if request.query_string else request.path
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host or (adapter is not None and not adapter.test(came_from.path, "GET")):
        return "/"
    return came_from.path


def _links(nav: Sequence[NavItem], actor: Actor) -> list[NavLink]:
    """The entries that exist in this application and that the actor may open."""
    links = []
    for item in nav:
        needed = guard.marks(current_app, item.endpoint)
        if needed and all(permissions.can(each, actor) for each in needed):
            url = url_for(item.endpoint)
            links.append(NavLink(_(item.label), url, any(_is_within(each) for each in (url, *item.also))))
    return links


def _is_within(url: str) -> bool:
    return request.path == url or (url != "/" and request.path.startswith(url + "/"))
