"""Settings, read once from the environment. Every default is fit for production and safe to publish."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent

PUBLISHED_KEYS = frozenset({"dev", "secret", "changeme", "change-me", "secret-key", "test", "development"})
MINIMUM_KEY_LENGTH = 32


class SettingsError(Exception):
    """The environment asks for something the program will not do; the text says what to change."""


ROLES = ("country_staff", "country_lead", "regional_adviser", "headquarters", "administrator")
FAR_REACHING = "regional_adviser,headquarters,administrator"


@dataclass(frozen=True)
class Oidc:
    """Where people may sign in elsewhere; `groups` says which roles a group there gives here."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = ""
    groups_claim: str = "groups"
    groups: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    strong: frozenset[str] = frozenset({"mfa"})


@dataclass(frozen=True)
class Settings:
    """What the surroundings decide. `factory.create_app` is the only reader inside the application."""

    environment: str
    port: int
    data_dir: Path
    database_url: str
    secret_key: str
    demo: bool
    demo_password: str
    testing: bool = False
    proxies: int = 0
    mail_url: str = ""
    mail_from: str = "tracker@localhost"
    base_url: str = ""
    upload_mb: int = 10
    record_files_mb: int = 100
    office_files_mb: int = 2000
    import_mb: int = 100
    second_factor_roles: frozenset[str] = frozenset()
    idle_days: int = 180
    oidc: Oidc | None = None
    read_database_url: str = ""
    metrics_token: str = ""

    @property
    def production(self) -> bool:
        """True unless TRACKER_ENV says development: cookies then need https."""
        return self.environment == "production"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read TRACKER_* and PORT.

        Raises:
            SettingsError: a value is not one the program knows.
        """
        env = os.environ if env is None else env
        environment = env.get("TRACKER_ENV", "production").strip() or "production"
        if environment not in ("production", "development"):
            raise SettingsError(f"TRACKER_ENV is “{environment}”; it must be production or development.")
        data_dir = Path(env.get("TRACKER_DATA_DIR") or "instance").resolve()
        url = env.get("TRACKER_DATABASE_URL") or f"sqlite:///{data_dir / 'tracker.sqlite3'}"
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise SettingsError("TRACKER_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
        copy = env.get("TRACKER_READ_DATABASE_URL", "")
        if copy and not (copy.startswith("postgresql+psycopg://") and url.startswith("postgresql+psycopg://")):
            raise SettingsError("TRACKER_READ_DATABASE_URL is for a replica of PostgreSQL: postgresql+psycopg://…")
        return cls(
            environment=environment,
            port=_port(env.get("PORT") or "8000"),
            data_dir=data_dir,
            database_url=url,
            secret_key=_secret_key(env, environment, data_dir),
            demo=env.get("TRACKER_DEMO", "") == "1",
            demo_password=env.get("TRACKER_DEMO_PASSWORD", ""),
            proxies=_proxies(env.get("TRACKER_PROXIES") or "0"),
            mail_url=_mail_url(env.get("TRACKER_MAIL_URL", ""), environment, data_dir),
            mail_from=_mail_from(env.get("TRACKER_MAIL_FROM") or "tracker@localhost"),
            base_url=_base_url(env, environment),
            upload_mb=_megabytes(env, "TRACKER_UPLOAD_MB", cls.upload_mb),
            record_files_mb=_megabytes(env, "TRACKER_RECORD_FILES_MB", cls.record_files_mb),
            office_files_mb=_megabytes(env, "TRACKER_OFFICE_FILES_MB", cls.office_files_mb),
            import_mb=_megabytes(env, "TRACKER_IMPORT_MB", cls.import_mb),
            second_factor_roles=_roles(env, environment),
            idle_days=_days(env.get("TRACKER_IDLE_DAYS") or str(cls.idle_days)),
            oidc=_oidc(env, environment),
            read_database_url=copy,
            metrics_token=_metrics_token(env.get("TRACKER_METRICS_TOKEN", "")),
        )

    @property
    def for_workers(self) -> dict[str, str]:
        """The part of the environment that a process of our own needs to work on the same data."""
        return {
            "TRACKER_ENV": self.environment,
            "TRACKER_DATA_DIR": str(self.data_dir),
            "TRACKER_DATABASE_URL": self.database_url,
        }

    def refuse_to_serve(self) -> str | None:
        """Why a production server must not start with this secret key, in words; None if it may."""
        if not self.production:
            return None
        key = self.secret_key
        if not key:
            make = "python3 -c 'import secrets; print(secrets.token_hex(32))'"
            return f"TRACKER_SECRET_KEY is not set. Make one with: {make}"
        if len(key) < MINIMUM_KEY_LENGTH or len(set(key)) < 8:
            return f"TRACKER_SECRET_KEY is too short or too simple; it needs {MINIMUM_KEY_LENGTH} characters or more."
        if key.lower().strip("!. ") in PUBLISHED_KEYS or key.lower().startswith(("changeme", "change-me", "example")):
            return "TRACKER_SECRET_KEY is a published example; make one of your own."
        return None


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingsError(f"PORT is “{text}”; it must be a number from 1 to 65535.")
    return int(text)


def _proxies(text: str) -> int:
    if text not in tuple("012345"):
        raise SettingsError(f"TRACKER_PROXIES is “{text}”; it must be how many proxies stand in front, from 0 to 5.")
    return int(text)


def _mail_url(text: str, environment: str, data_dir: Path) -> str:
    """Development puts mail into a folder beside the database unless told otherwise."""
    if text and not text.startswith(("smtp://", "smtps://", "file:///")):
        raise SettingsError("TRACKER_MAIL_URL must begin with smtp://, smtps:// or file:///.")
    try:
        _ = urlsplit(text).port
    except ValueError:
        raise SettingsError("TRACKER_MAIL_URL has a port that is none.") from None
    return text or ("" if environment == "production" else (data_dir / "mail").as_uri())


def _mail_from(text: str) -> str:
    if "@" not in text or any(ord(c) < 32 for c in text):
        raise SettingsError(f"TRACKER_MAIL_FROM is “{text}”; it must be an address such as tracker@example.org.")
    return text


def _base_url(env: Mapping[str, str], environment: str) -> str:
    """Where the pages are, for links in mails: a command cannot see it in a request."""
    text = env.get("TRACKER_BASE_URL", "").rstrip("/")
    if text and not text.startswith(("https://", "http://")):
        raise SettingsError("TRACKER_BASE_URL must begin with https:// or http://.")
    return text or ("" if environment == "production" else f"http://127.0.0.1:{_port(env.get('PORT') or '8000')}")


def _roles(env: Mapping[str, str], environment: str) -> frozenset[str]:
    """Who needs a second factor: in production those whose rights reach beyond one office, unless told otherwise."""
    text = env.get("TRACKER_SECOND_FACTOR_ROLES", "").strip()
    text = text or (FAR_REACHING if environment == "production" else "none")
    named = frozenset(part.strip() for part in text.split(",")) - {"none", ""}
    if not named <= set(ROLES):
        raise SettingsError(
            f"TRACKER_SECOND_FACTOR_ROLES is “{text}”; it must be none, or some of: {', '.join(ROLES)}."
        )
    return named


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 3650):
        raise SettingsError(f"TRACKER_IDLE_DAYS is “{text}”; it must be a whole number of days, 1 or more.")
    return int(text)


def _oidc(env: Mapping[str, str], environment: str) -> Oidc | None:
    """The provider of OpenID Connect, if there is one."""
    issuer = env.get("TRACKER_OIDC_ISSUER", "").strip()
    if not issuer:
        return None
    if not issuer.startswith("https://") and (environment == "production" or not issuer.startswith("http://127.0.0.1")):
        raise SettingsError("TRACKER_OIDC_ISSUER must begin with https://.")
    client_id, secret = env.get("TRACKER_OIDC_CLIENT_ID", ""), env.get("TRACKER_OIDC_CLIENT_SECRET", "")
    if not client_id or not secret:
        raise SettingsError(
            "TRACKER_OIDC_ISSUER needs TRACKER_OIDC_CLIENT_ID and TRACKER_OIDC_CLIENT_SECRET beside it."
        )
    if environment == "production" and not env.get("TRACKER_BASE_URL"):
        raise SettingsError("TRACKER_OIDC_ISSUER needs TRACKER_BASE_URL: where does the provider send people back to?")
    strong = frozenset((env.get("TRACKER_OIDC_STRONG") or "mfa").split())
    return Oidc(
        issuer=issuer,
        client_id=client_id,
        client_secret=secret,
        name=env.get("TRACKER_OIDC_NAME") or urlsplit(issuer).netloc,
        groups_claim=env.get("TRACKER_OIDC_GROUPS_CLAIM") or "groups",
        groups=_groups(env.get("TRACKER_OIDC_GROUPS", "")),
        strong=strong,
    )


def _groups(path: str) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
    """A JSON file: {"group": [{"role": "country_lead", "office": "0060"}, …], …}."""
    if not path:
        return {}
    try:
        told = json.loads(Path(path).read_text(encoding="utf-8"))
        groups = {str(name): tuple(dict(each) for each in given) for name, given in told.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SettingsError(f"TRACKER_OIDC_GROUPS: {path} cannot be read as JSON of groups ({error}).") from None
    for name, given in groups.items():
        for each in given:
            if each.get("role") not in ROLES or not set(each) <= {"role", "office", "region"}:
                raise SettingsError(f"TRACKER_OIDC_GROUPS: “{name}” names no role, or more than role, office, region.")
    return groups


def _metrics_token(text: str) -> str:
    if text and len(text) < MINIMUM_KEY_LENGTH // 2:
        raise SettingsError("TRACKER_METRICS_TOKEN is too short; it needs 16 characters or more.")
    return text


def _megabytes(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 1_000_000):
        raise SettingsError(f"{name} is “{text}”; it must be a whole number of megabytes, 1 or more.")
    return int(text)


def _secret_key(env: Mapping[str, str], environment: str, data_dir: Path) -> str:
    """Production must be told its key; development makes one and keeps it beside the database."""
    key = env.get("TRACKER_SECRET_KEY", "")
    if key or environment == "production":
        return key
    return kept_secret(data_dir / "secret_key", lambda: secrets.token_hex(32))


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """The text kept in `path` (mode 600), made by calling `make` the first time."""
    if path.exists():
        return path.read_text(encoding="utf-8").strip()
    value = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(value + "\n")
    return value
