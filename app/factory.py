"""The composition root: the one place that knows every room, and the only reader of the settings."""

from __future__ import annotations

import importlib
import logging
from datetime import timedelta
from functools import cache
from importlib.util import find_spec
from typing import Any

from argon2 import PasswordHasher
from flask import Blueprint, Flask, Response
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.accounts import box, fresh, house, hurdle, loader, passwords, resend, security
from app.accounts import routes as accounts
from app.accounts.rules import ABSOLUTE_LIMIT
from app.activities.evidence import MB, Limits
from app.activities.queries import holds_demonstration
from app.activities.routes_evidence import EXTENSION, Cupboard
from app.codelists.queries import labels
from app.core import migrations
from app.core.db import make_engine, make_sessions
from app.core.files import FileStore
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, Role
from app.core.web import addresses, bodies, db, errors, guard, headers, locale, logs, metrics, pages, unchanged
from app.core.web.guard import requires
from app.core.web.pages import NavItem
from app.exchange.desk import Desk
from app.exchange.routes import EXTENSION as DESK
from app.offices.queries import actor_for, office
from app.people.groups import follow_groups
from app.reports.renderers.csv import write_csv
from app.wiring import wire
from config import ROOT, Settings, SettingsError

# Each room's pages: a module with a Blueprint named `bp`.
ROOMS = (
    "app.dashboards.routes",
    "app.activities.routes",
    "app.returns.routes",
    "app.asked.routes",
    "app.practices.routes",
    "app.people.routes",
    "app.mail.routes",
    "app.reports.routes",
    "app.figures.routes",
    "app.saved_filters.routes",
    "app.exchange.routes_requests",
    "app.administration.routes",
)
NAV = (
    NavItem("dashboards.home", N_("Home")),
    NavItem("activities.index", N_("Activities"), ("/review", "/imports", "/next-steps", "/comments", "/counterparts")),
    NavItem("dashboards.coverage", N_("Coverage"), ("/countries", "/support-types", "/changes")),
    NavItem("dashboards.offices", N_("Offices"), ("/regions",)),
    NavItem("returns.index", N_("Returns"), ("/rounds", "/exemptions")),
    NavItem("dashboards.provisions", N_("Provisions")),
    NavItem("reports.index", N_("Reports"), ("/figures", "/saved-filters")),
    NavItem("asked.index", N_("Requests")),
    NavItem("practices.index", N_("Good practice")),
    NavItem("administration.index", N_("Administration"), ("/people",)),
)
TOKEN_LIFE = timedelta(hours=12)
# Parameters of a failed statement are what people typed: not for the log. Who finds no connection free is told so soon.
ENGINE: dict[str, Any] = {"hide_parameters": True, "pool_size": 10, "max_overflow": 10, "pool_timeout": 8}
MADE_OF = ("app", "migrations", "static", "templates")


def create_app(settings: Settings, *, sessions: sessionmaker[Session] | None = None) -> Flask:
    """The application, ready to serve. `sessions` replaces the database of the settings (tests).

    Raises:
        SettingsError: production with no, a short or a published secret key.
    """
    refusal = settings.refuse_to_serve()
    if refusal:
        raise SettingsError(refusal)
    app = Flask("app", root_path=str(ROOT / "app"), template_folder=str(ROOT / "templates"), static_folder=None)
    app.static_folder = str(ROOT / "static")
    app.static_url_path = "/static"
    _configure(app, settings)
    if sessions is None:
        engine = app.extensions["tracker.engine"] = _engine(settings.database_url)
        sessions = make_sessions(engine)
    wire()
    app.extensions["tracker.idle_days"] = settings.idle_days
    _install_core(app, settings, sessions)
    app.extensions["tracker.base_url"] = settings.base_url
    _install_rooms(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        PROPAGATE_EXCEPTIONS=settings.testing,
        PSEUDO_LOCALE=not settings.production,
        # The prefix ties the cookie to this host and to https; without https browsers would refuse it.
        SESSION_COOKIE_NAME="__Host-session" if settings.production else "session",
        SESSION_COOKIE_SECURE=settings.production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=ABSOLUTE_LIMIT,
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=int(TOKEN_LIFE.total_seconds()),
    )
    addresses.install(app)
    # A redirect that adds or removes a slash would be built from the Host header.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    logs.configure(production=settings.production, level=logging.ERROR if settings.testing else logging.INFO)
    if settings.testing:
        passwords.use(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def _install_core(app: Flask, settings: Settings, sessions: sessionmaker[Session]) -> None:
    """The order is the order of a request: log, odd addresses, guard, CSRF; after it commit first, then the ETag,
    headers last."""
    logs.install(app)
    metrics.install(app, token=settings.metrics_token, believed=settings.proxies)
    headers.install(app, production=settings.production, proxies=settings.proxies)
    errors.install(app)
    app.extensions[house.EXTENSION] = _house(settings)
    box.use(settings.secret_key)
    guard.install(app, loader.make_loader(actor_for))
    hurdle.install(app)
    unchanged.install(app, TOKEN_LIFE, _build(settings))
    cupboard = app.extensions[EXTENSION] = _cupboard(settings)
    # Before the token is looked for, which reads the whole body.
    desk = app.extensions[DESK] = Desk(settings.data_dir / "imports", settings.import_mb, settings.for_workers)
    larger = {"exchange.upload": desk.most * MB, "exchange.read_requests": desk.most * MB}
    bodies.install(app, {"activities.add_files": cupboard.limits.together} | larger)
    CSRFProtect(app)
    fresh.install(app)
    security.install(app)
    locale.install(app)
    pages.install(app, demo=lambda: _shows_demonstration(settings), acting_for=_acting_for, nav=NAV)
    copy = _engine(settings.read_database_url) if settings.read_database_url else None
    db.install(app, sessions, make_sessions(copy) if copy is not None else None)


def _engine(url: str) -> Engine:
    """For requests. Who waits for a lock is told to come again, on PostgreSQL too, before the proxy gives up."""
    waits: dict[str, Any] = {} if url.startswith("sqlite") else {"connect_args": {"options": "-c lock_timeout=10s"}}
    return make_engine(url, **ENGINE, **waits)


def _house(settings: Settings) -> house.House:
    """What the settings say of signing in."""
    here, provider, follow = settings.oidc, None, None
    if here is not None:
        provider = house.Provider(
            here.issuer, here.client_id, here.client_secret, here.name, here.groups_claim, here.strong
        )
        groups = here.groups
        follow = (lambda session, user_id, held: follow_groups(session, user_id, held, groups)) if groups else None
    return house.House(
        base_url=settings.base_url,
        production=settings.production,
        roles_with_second_factor=frozenset(Role(each) for each in settings.second_factor_roles),
        provider=provider,
        groups=here.groups if here else {},
        follow_groups=follow,
    )


def _cupboard(settings: Settings) -> Cupboard:
    limits = Limits(
        file=settings.upload_mb * MB, record=settings.record_files_mb * MB, office=settings.office_files_mb * MB
    )
    return Cupboard(FileStore(settings.data_dir / "evidence"), limits)


def _build(settings: Settings) -> str:
    """Another text for another program: its newest file, and its settings. Two workers of one start say the same."""
    return f"{_newest_file()} {settings!r}"


@cache
def _newest_file() -> int:
    files = (path for folder in MADE_OF for path in (ROOT / folder).rglob("*") if path.suffix != ".pyc")
    return max(path.stat().st_mtime_ns for path in files)


def _shows_demonstration(settings: Settings) -> bool:
    """The banner: made-up records in the database, or a start that said so. No banner where the database is away."""
    if settings.demo:
        return True
    try:
        return holds_demonstration(db.get_session())
    except SQLAlchemyError:
        return False


def _acting_for(actor: Actor) -> str:
    """The name of the office in whose name the person acts, "" for those who act for the world."""
    if actor.home_office is None:
        return ""
    try:
        return labels(db.get_session()).of("office", actor.home_office, locale.current_locale().code)
    except SQLAlchemyError:
        return actor.home_office


def _install_rooms(app: Flask) -> None:
    app.extensions["tracker.office_name"] = _office_name
    app.extensions["tracker.write_csv"] = write_csv
    app.register_blueprint(accounts.bp)
    resend.install(app)
    for name in ROOMS:
        if find_spec(name) is not None:
            blueprint = importlib.import_module(name).bp
            assert isinstance(blueprint, Blueprint)
            app.register_blueprint(blueprint)
    app.add_url_rule("/static/<path:filename>", "static", headers.static_file)
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)
    app.add_url_rule("/metrics", "metrics", requires(Permission.PUBLIC)(metrics.answer))


def _office_name(code: str) -> str:
    """For rooms below the offices, which may not ask them."""
    found = office(db.get_session(), code)
    return found.name if found else code


@requires(Permission.PUBLIC)
def healthz() -> Response:
    """The process answers. Asks no database."""
    return _plain("ok", 200)


@requires(Permission.PUBLIC)
def readyz() -> Response:
    """The database answers and has the newest schema."""
    engine = db.session_factory().kw["bind"]
    assert isinstance(engine, Engine)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        ready = migrations.at_head(engine)
    except SQLAlchemyError:
        return _plain("database unreachable", 503)
    return _plain("ready", 200) if ready else _plain("database not migrated", 503)


def _plain(words: str, status: int) -> Response:
    return Response(words + "\n", status=status, content_type="text/plain; charset=utf-8")
