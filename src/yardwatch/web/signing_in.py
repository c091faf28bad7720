"""How persons come in: by the link that was printed, by name and password, or by the word of a reverse proxy."""

import hashlib
import hmac
import secrets
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yardwatch.web.ledger import Ledger
from yardwatch.web.problems import Problem
from yardwatch.web.roles import PersonAtDesk, Role
from yardwatch.web.users import check_password, read_users

__all__ = ["Doors", "Session", "SignIn"]

_TRIES, _WITHIN_S = 10, 60.0
_MOST_SESSIONS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How persons sign in at a desk that is shared."""

    users: Path
    """The user file."""
    header: str | None = None
    """The request header in which a reverse proxy names the person; None for name and password."""
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Addresses from which that header is believed."""

    @property
    def how(self) -> str:
        """The way in, in a word."""
        return "password" if self.header is None else "proxy"


@dataclass(frozen=True, slots=True)
class Session:
    """A person who is signed in."""

    person: PersonAtDesk
    """Who."""
    csrf: str
    """What a page of ours sends with each request that changes something."""


@dataclass(slots=True)
class Doors:
    """Lets persons in and remembers them, also after a restart; of a session only a hash is kept."""

    ledger: Ledger
    token: str | None
    sign_in: SignIn | None
    session_s: float
    _failures: deque[float] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def how(self) -> str:
        """How one signs in here."""
        return "token" if self.sign_in is None else self.sign_in.how

    def by_token(self, token: str) -> tuple[str, Session]:
        """Let the holder of the link in; gives the secret for the cookie.

        Raises
        ------
        Problem
            If it is another link's.
        """
        if not self.is_token(token):
            raise Problem(
                401, "wrong_words", "the link is an old one", "use the link that yardwatch serve printed last"
            )
        return self._remember(_HOLDER)

    def by_password(self, name: str, password: str) -> tuple[str, Session]:
        """Let a user in; gives the secret for the cookie.

        Raises
        ------
        Problem
            If there is no such user, the password is another, or there were too many tries.
        """
        if self.sign_in is None or self.sign_in.header is not None:
            raise Problem(401, "wrong_words", "one does not sign in by password here", "use the link or the proxy")
        self._slow_down()
        user = read_users(self.sign_in.users).get(name)
        if not check_password(user, password) or user is None:
            with self._lock:
                self._failures.append(time.monotonic())
            raise Problem(401, "wrong_words", "name or password is wrong", "try again, or ask who keeps the user file")
        return self._remember(PersonAtDesk(user.name, user.role, "password"))

    def is_token(self, token: str) -> bool:
        """Whether it is the token of the link."""
        return self.token is not None and hmac.compare_digest(token.encode(), self.token.encode())

    def of_bearer(self, token: str) -> Session | None:
        """Whoever sends the token itself with each request: a program."""
        return Session(_HOLDER, "") if self.is_token(token) else None

    def of_proxy(self, headers: Mapping[str, str], peer: str) -> Session | None:
        """Whom a reverse proxy names.

        What a page sends along follows from the name and a secret of this run.
        """
        if self.sign_in is None or self.sign_in.header is None or peer not in self.sign_in.proxies:
            return None
        name = headers.get(self.sign_in.header.lower(), "")
        user = read_users(self.sign_in.users).get(name) if name else None
        if user is None:
            return None
        csrf = hmac.new(_RUN_SECRET, name.encode(), "sha256").hexdigest()
        return Session(PersonAtDesk(user.name, user.role, "proxy"), csrf)

    def of_cookie(self, secret: str) -> Session | None:
        """Whoever holds the cookie; a user who was taken out of the file is out at once."""
        found = self.ledger.rows(
            "SELECT name, how, csrf FROM sessions WHERE digest = ? AND ends_at > ?", _digest(secret), time.time()
        )
        if not found:
            return None
        name, how, csrf = (str(cell) for cell in found[0])
        if how != self.how:
            return None
        if how == "token":
            return Session(_HOLDER, csrf)
        assert self.sign_in is not None  # noqa: S101 -- how says so
        user = read_users(self.sign_in.users).get(name)
        return Session(PersonAtDesk(user.name, user.role, how), csrf) if user else None

    def forget(self, secret: str) -> None:
        """Sign out."""
        self.ledger.rows("DELETE FROM sessions WHERE digest = ?", _digest(secret))

    def _remember(self, person: PersonAtDesk) -> tuple[str, Session]:
        secret, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        now = time.time()
        self.ledger.rows("DELETE FROM sessions WHERE ends_at <= ?", now)
        self.ledger.rows(
            "DELETE FROM sessions WHERE digest NOT IN (SELECT digest FROM sessions ORDER BY ends_at DESC LIMIT ?)",
            _MOST_SESSIONS,
        )
        self.ledger.rows(
            "INSERT INTO sessions VALUES (?, ?, ?, ?, ?)",
            _digest(secret), person.name, person.how, csrf, now + self.session_s,
        )  # fmt: skip
        return secret, Session(person, csrf)

    def _slow_down(self) -> None:
        with self._lock:
            while self._failures and self._failures[0] < time.monotonic() - _WITHIN_S:
                self._failures.popleft()
            if len(self._failures) >= _TRIES:
                raise Problem(429, "too_many", "too many wrong passwords", "wait a minute and try again")


_HOLDER = PersonAtDesk("", Role.EDITOR, "token")
_RUN_SECRET = secrets.token_bytes(32)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
