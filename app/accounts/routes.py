"""The room's pages: signing in and out, mailed links, one's own account, second factors, tokens, sign-in elsewhere."""

from __future__ import annotations

from app.accounts import routes_elsewhere, routes_factors, routes_links, routes_me, routes_sign_in, routes_tokens
from app.accounts.blueprint import bp

__all__ = ["bp", "routes_elsewhere", "routes_factors", "routes_links", "routes_me", "routes_sign_in", "routes_tokens"]
