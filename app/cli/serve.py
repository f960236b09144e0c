"""tracker serve: the web server, with the checks that a start must pass."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.cli.surroundings import Surroundings, surroundings
from app.core.errors import Refused
from app.core.web import metrics
from app.offices.models import Membership
from config import Settings

WORKERS_IN_PRODUCTION = 2
THREADS = 8
REQUESTS_BEFORE_RENEWAL = 20_000
DEMO_IN_PRODUCTION = (
    "This database has demonstration accounts, whose password is no secret. Production will not serve it: "
    "use another TRACKER_DATA_DIR or TRACKER_DATABASE_URL."
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--workers", type=click.IntRange(1, 64), default=None, help="Processes. One in development.")
def serve(host: str, workers: int | None) -> None:
    """Serve the tracker at PORT (default 8000)."""
    with surroundings() as here:
        settings = here.settings
        _check(here)
        greeting = _greeting(here, host)
    _port_is_free(host, settings.port)
    _run(settings, host, workers or (WORKERS_IN_PRODUCTION if settings.production else 1), greeting)


def _check(here: Surroundings) -> None:
    refusal = here.settings.refuse_to_serve()
    if refusal:
        raise Refused(refusal)
    with here.sessions() as session:
        if here.settings.production and _demonstration_accounts(session):
            raise Refused(DEMO_IN_PRODUCTION)


def _demonstration_accounts(session: Session) -> list[tuple[str, str]]:
    """(address, role) of every demonstration account that is active."""
    statement = (
        select(User.email, Membership.role)
        .outerjoin(Membership, Membership.user_id == User.id)
        .where(User.demonstration, User.active)
        .order_by(User.id)
    )
    return [(email, role or "no role") for email, role in session.execute(statement)]


def _greeting(here: Surroundings, host: str) -> str:
    lines = [f"The tracker is at http://{host}:{here.settings.port}"]
    if here.settings.demo and not here.settings.production:
        lines.append("This is a demonstration with made-up records. Sign in as:")
        with here.sessions() as session:
            lines += [f"  {email:<24} {role.replace('_', ' ')}" for email, role in _demonstration_accounts(session)]
        lines.append(f"Password of all of them: {_demo_password(here.settings)}")
    lines.append("Stop with Ctrl+C.")
    return "\n".join(lines)


def _demo_password(settings: Settings) -> str:
    """The one asked for, else the one that was made when the accounts were, kept beside the database."""
    kept = settings.data_dir / "demo_password"
    if settings.demo_password:
        return settings.demo_password
    return kept.read_text(encoding="utf-8").strip() if kept.exists() else "(unknown)"


def _port_is_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(
                f"Cannot listen at {host}:{port} ({error.strerror}). Set PORT to a number that is free."
            ) from error


def _run(settings: Settings, host: str, workers: int, greeting: str) -> None:
    # Each worker makes its own application: the chart renderer hangs after a fork, so nothing is loaded before.
    from gunicorn.app.base import BaseApplication

    def load() -> Any:
        from app.factory import create_app

        return create_app(settings)

    class Server(BaseApplication):  # type: ignore[misc]
        """gunicorn, told its options here and by no file or environment."""

        def load_config(self) -> None:
            for name, value in _options(settings, host, workers, lambda _server: click.echo(greeting)).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return load()

    os.environ.pop("GUNICORN_CMD_ARGS", None)
    metrics.prepare(settings.data_dir / "metrics" / str(settings.port))
    Server().run()


def _options(settings: Settings, host: str, workers: int, when_ready: Callable[[Any], None]) -> dict[str, Any]:
    return {
        "bind": f"{host}:{settings.port}",
        "worker_class": "gthread",
        "workers": workers,
        "threads": THREADS,
        "preload_app": False,
        "max_requests": REQUESTS_BEFORE_RENEWAL,
        "max_requests_jitter": REQUESTS_BEFORE_RENEWAL // 10,
        "graceful_timeout": 30 if settings.production else 3,
        "timeout": 120,
        "loglevel": "info" if settings.production else "warning",
        "when_ready": when_ready,
        "post_fork": lambda _server, worker: metrics.make_room(worker.pid),
        "child_exit": lambda _server, worker: metrics.forget(worker.pid),
    }
