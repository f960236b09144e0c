"""Codes of authenticator apps (RFC 6238: SHA-1, six digits, half a minute). Pure."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

PERIOD = 30
DIGITS = 6
# A clock may be half a minute off, either way.
DRIFT = 1


def new_secret() -> str:
    """160 random bits in base32, as apps want them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_at(moment: datetime) -> int:
    """The number of the half minute."""
    return int(moment.timestamp()) // PERIOD


def code_at(secret: str, step: int) -> str:
    """The six digits of one half minute."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: str, code: str, moment: datetime, after: int) -> int | None:
    """The half minute of which `code` is, if it is near and later than `after`; None: wrong, old, or used."""
    given = "".join(code.split())
    if len(given) != DIGITS or not (given.isascii() and given.isdecimal()):
        return None
    now, found = step_at(moment), None
    for step in range(now - DRIFT, now + DRIFT + 1):  # all of them: the time tells nothing
        if hmac.compare_digest(code_at(secret, step), given) and step > after:
            found = step
    return found


def address(secret: str, issuer: str, account: str) -> str:
    """What the picture says to the app."""
    name = quote(f"{issuer}:{account}", safe="")
    return f"otpauth://totp/{name}?secret={secret}&issuer={quote(issuer, safe='')}&digits={DIGITS}&period={PERIOD}"
