"""A municipality's directory, on this machine: a small OpenID Connect provider that keeps its rules, and can be told to break them."""

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
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "pulso", "between us"
CODE = "code"


@dataclass
class Directory:
    """Who signs in, and what is wrong with the answer."""

    claims: dict[str, Any] = field(default_factory=dict)  # of the person who signs in; "sub" is needed
    token: dict[str, Any] = field(default_factory=dict)  # what the identity token says instead
    told: dict[str, Any] = field(default_factory=dict)  # what the person's page says instead
    down: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)  # for codes
    port: int = 0
    key: Any = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def discovery(self) -> dict[str, Any]:
        at = {name: f"{self.address}/{path}" for name, path in PATHS.items()}
        return {"issuer": self.address, "code_challenge_methods_supported": ["S256"]} | at

    def sign_in(self, address: str) -> str:
        """What a browser does there: where it is sent back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT, CODE, "S256")
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Give tokens for a code: once, to the client that it was made for, who knows what it asked with."""
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        known = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if not asked or not known or challenge != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        self.asked.append(asked)
        now = int(time.time())
        said = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked.get("nonce")} | self.claims | self.token
        signed = jwt.encode({k: v for k, v in said.items() if v is not None}, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": "open sesame", "token_type": "Bearer", "expires_in": 60} | (
            {} if self.token.get("none") else {"id_token": signed}
        )


PATHS = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo", "jwks_uri": "keys"}


@contextmanager
def directory() -> Iterator[Directory]:
    """One that listens."""
    made = Directory()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/userinfo" and self.headers["Authorization"] == "Bearer open sesame":
                self.say(200, made.claims | made.told)
            elif self.path == "/.well-known/openid-configuration":
                self.say(503 if made.down else 200, made.discovery())
            else:
                self.say(404, {})

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            given = made.exchange({k: v[0] for k, v in form.items()})
            self.say(200 if given else 400, given or {"error": "invalid_grant"})

        def say(self, status: int, what: dict[str, Any]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(what).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    made.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
