"""What only we can make or read: sealed secrets, and tokens of mailed links. Both hang on the secret key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid

from cryptography.fernet import Fernet, InvalidToken

from app.core.errors import Refused

_keys: dict[str, bytes] = {}
_MAC = 16


def use(secret_key: str) -> None:
    """Derive our keys from the secret key; each purpose has its own. Called by whoever read the settings."""
    for purpose in ("seal", "link"):
        _keys[purpose] = (
            hmac.digest(secret_key.encode(), f"tracker {purpose} 1".encode(), "sha256") if secret_key else b""
        )


def seal(text: str) -> str:
    """`text` encrypted and signed (Fernet: AES-128-CBC, HMAC-SHA256)."""
    return _fernet().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str | None:
    """What was sealed; None where the secret key has changed since."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def link_token(client_id: str) -> str:
    """The token of the mailed link with this id: the id and our mark on it. The database holds no part of the mark."""
    plain = uuid.UUID(client_id).bytes
    return base64.urlsafe_b64encode(plain + _mark(plain)).decode().rstrip("=")


def link_id(token: str) -> str | None:
    """The id in a token that we made; None for any other text."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    plain, mark = raw[:16], raw[16:]
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != token:
        return None  # its last letter has bits to spare: only as we wrote it is it ours
    if len(raw) != 16 + _MAC or not hmac.compare_digest(mark, _mark(plain)):
        return None
    return str(uuid.UUID(bytes=plain))


def hashed(secret: str) -> str:
    """What is kept of a secret of 112 random bits or more."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _mark(plain: bytes) -> bytes:
    return hmac.digest(_key("link"), plain, "sha256")[:_MAC]


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key("seal")))


def _key(purpose: str) -> bytes:
    key = _keys.get(purpose)
    if not key:
        raise Refused("TRACKER_SECRET_KEY is not set; without it no link can be made and no code be checked.")
    return key
