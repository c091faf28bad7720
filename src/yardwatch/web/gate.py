"""The gate before every request: by which name we are called, who asks, whether a page of ours asks, and how much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from yardwatch.web.limits import Limits
from yardwatch.web.problems import Problem, problem_answer
from yardwatch.web.roles import Role
from yardwatch.web.signing_in import Doors, Session

__all__ = ["CSRF_HEADER", "Gate", "cookie_name"]

CSRF_HEADER = "x-yardwatch-csrf"
"""Header that a page of ours sends with each request that changes something."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN = frozenset({"/api/session"})
_UPLOADS = frozenset({"/api/scenes", "/api/uploads"})
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:{also}; connect-src 'self'{also}; worker-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; frame-src 'self'"
)
_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


def cookie_name(port: int) -> str:
    """Name of the cookie: cookies do not tell ports apart, so the name does."""
    return f"yardwatch-{port}"


@dataclass(frozen=True, slots=True)
class Gate:
    """Refuses what must not come in, and puts what keeps browsers safe on what goes out."""

    app: ASGIApp
    doors: Doors
    limits: Limits
    port: int
    hosts: Sequence[str]
    outside: str | None = None
    """Origin of the only outside pictures a page may ask for; None for none."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer it with a problem."""
        if scope["type"] != "http":
            await (self.app(scope, receive, send) if scope["type"] == "lifespan" else _hang_up(scope, receive, send))
            return
        state: dict[str, Any] = scope.setdefault("state", {})
        sender = _Sender(send, state, _headers(self.outside), api=str(scope["path"]).startswith("/api/"))
        try:
            self._check_names(scope)
            most = self._admit(scope, state)
        except Problem as problem:
            await problem_answer(problem)(scope, receive, sender)
            return
        await self.app(scope, _Metered(receive, most), sender)

    def _check_names(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        names = {
            name if ":" in name.rpartition("]")[2] else f"{name}:{self.port}" for name in (*_LOOPBACK, *self.hosts)
        }
        names |= set(self.hosts)
        if headers.get("host", "").lower() not in names:
            raise Problem(403, "host", "we are called by a name that is not ours", "use the address that was printed")
        if scope["method"] in _SAFE:
            return
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
        foreign = origin is not None and urlsplit(origin).netloc.lower() not in names
        if foreign or site not in {"same-origin", "none"}:
            raise Problem(403, "origin", "another site asks for this", "use the page that yardwatch serve printed")

    def _admit(self, scope: Scope, state: dict[str, Any]) -> int:
        """Make sure of who asks, and tell how large the request may be."""
        path, method = str(scope["path"]), str(scope["method"])
        headers = Headers(scope=scope)
        session, bearer = self._session(scope, headers)
        state["session"] = session
        if path.startswith("/api/") and path not in _OPEN:
            if session is None:
                raise Problem(401, "not_signed_in", "nobody is signed in", "use the link that was printed, or sign in")
            if method not in _SAFE:
                _check_page(session, headers, bearer=bearer)
        most = self.limits.upload_bytes if path in _UPLOADS and method == "POST" else self.limits.body_bytes
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > most:
            raise Problem(413, "too_large", f"the request is larger than {most / 2**20:g} MiB", "send less at a time")
        return most

    def _session(self, scope: Scope, headers: Headers) -> tuple[Session | None, bool]:
        """Who asks, and whether by the token itself."""
        words = headers.get("authorization", "").split()
        if len(words) == 2 and words[0].lower() == "bearer":
            return self.doors.of_bearer(words[1]), True
        if self.doors.how == "proxy":
            peer = scope.get("client")
            return self.doors.of_proxy(headers, peer[0] if peer else ""), False
        secret = _cookie(headers, cookie_name(self.port))
        return (self.doors.of_cookie(secret) if secret else None), False


def _check_page(session: Session, headers: Headers, *, bearer: bool) -> None:
    if not bearer and headers.get(CSRF_HEADER, "") != session.csrf:
        raise Problem(403, "csrf", "the request does not come from a page of ours", "load the page anew")
    if session.person.role < Role.ANALYST:
        raise Problem(403, "role", "a reader cannot change anything", "ask for the role of an analyst")


class _Metered:
    """Receives a request, as long as it is not larger than it may be."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise Problem(413, "too_large", "the request is larger than is allowed", "send less at a time")
        return message


class _Sender:
    """Sends an answer with the headers that keep browsers safe."""

    def __init__(self, send: Send, state: dict[str, Any], always: Mapping[str, str], *, api: bool) -> None:
        self._send = send
        self._always = always
        self._state = state
        self._api = api

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in self._always.items():
                headers.setdefault(name, value)
            if self._api:
                self._say_how_fresh(headers, message["status"])
        await self._send(message)

    def _say_how_fresh(self, headers: MutableHeaders, status: int) -> None:
        etag = self._state.get("etag")
        if etag is not None and status in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}:
            headers.setdefault("ETag", etag)
            headers.setdefault("Cache-Control", "private, no-cache")
            headers.setdefault("Vary", "Cookie, Authorization")
        headers.setdefault("Cache-Control", "no-store")


def _headers(outside: str | None) -> Mapping[str, str]:
    also = f" {outside}" if outside else ""
    return {"Content-Security-Policy": _POLICY.format(also=also), **_HEADERS}


def _cookie(headers: Headers, name: str) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return found.value if found else None


async def _hang_up(_: Scope, receive: Receive, send: Send) -> None:
    """There are no web sockets here."""
    await receive()
    await send({"type": "websocket.close", "code": 1008})
