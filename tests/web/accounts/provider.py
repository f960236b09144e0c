"""A small provider of OpenID Connect for tests: real HTTP on the loopback, and tokens bent in any way."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, PASSWORD = "tracker", "a-secret-of-the-client"


@dataclass
class Provider:
    """What it knows, what it was asked, and how it lies."""

    port: int = 0
    subject: str = "0f8e-amina"
    claims: dict[str, Any] = field(default_factory=lambda: {"email": "amina@demo.example", "email_verified": True})
    # Changed by tests: claims put over the good ones (None takes one away), the key, the algorithm, the header.
    bend: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    forget_pkce: bool = False
    no_id_token: bool = False
    issuer_told: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    exchanges: list[dict[str, str]] = field(default_factory=list)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: RSAKey | None = None

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def authorize(self, address: str) -> str:
        """The person signs in there: back with a code. Returns the path at the tracker."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked.append(asked)
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state']})}"

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer_told or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def exchange(self, sent: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Code and verifier for an ID token; a code once."""
        self.exchanges.append(sent)
        asked = self.codes.pop(sent.get("code", ""), None)
        if asked is None or not self._fits(asked, sent):
            return 400, {"error": "invalid_grant"}
        told: dict[str, Any] = {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer", "expires_in": 60}
        return 200, told if self.no_id_token else {**told, "id_token": self._id_token(asked)}

    def _fits(self, asked: dict[str, str], sent: dict[str, str]) -> bool:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        return self.forget_pkce or asked.get("code_challenge") == challenge.decode().rstrip("=")

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": self.subject, "exp": now + 60, "iat": now,
                  "auth_time": now, "nonce": asked.get("nonce"), "name": "Amina Karimi", **self.claims}  # fmt: skip
        claims |= self.bend
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.algorithm == "none":
            parts = ({"alg": "none", "typ": "JWT"}, claims)
            return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + "."
        if self.algorithm == "HS256":  # signed with what everybody knows: the public key
            from joserfc.jwk import OctKey

            public = OctKey.import_key(self.key.as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": "one"}, claims, public)
        return jwt.encode({"alg": self.algorithm, "kid": "one"}, claims, self.signs_with or self.key)


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, on a port of its own."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, status: int, told: object) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            if self.path == "/keys":
                self._answer(200, {"keys": [provider.key.as_dict(private=False)]})
            else:
                self._answer(200, provider.metadata())

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            sent = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            self._answer(*provider.exchange(sent))

        def log_message(self, *_given: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    server.server_close()
    thread.join()
