"""The file of those who may sign in: names, roles and argon2 hashes, never a password."""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from yardwatch.errors import InputError, MisuseError
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.web.roles import Role

__all__ = ["User", "add_user", "check_password", "read_users", "remove_user", "user_document"]

_NAME = re.compile(r"[\w.@+ -]{1,64}")
_SHORTEST_PASSWORD = 12
_LONGEST_PASSWORD = 1024
_MOST_BYTES = 2**20
_REMEDY = "make it with: yardwatch user add FILE NAME --role analyst"


@dataclass(frozen=True, slots=True)
class User:
    """One who may sign in."""

    name: str
    """Unique in the file."""
    role: Role
    """What they may do."""
    hash: str | None
    """Argon2 hash of the password; None for one whom only a reverse proxy lets in."""


def user_document(name: str, role: Role | None) -> dict[str, Json]:
    """What a person may do now; None where they may not sign in any more."""
    return document(made_by("user"), (), {"name": name, "role": role.word if role else None})


def read_users(path: Path) -> Mapping[str, User]:
    """Those in a user file, by name.

    Raises
    ------
    InputError
        If there is no such file, others may write it, or it is not one of ours.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(str(path), "is too large to be a user file", _REMEDY)
        held = json.loads(path.read_text("utf-8"))
        return {str(one["name"]): _user(one) for one in held["users"]}
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", _REMEDY) from None
    except (ValueError, TypeError, KeyError, RecursionError):
        raise InputError(str(path), "is not a user file", _REMEDY) from None


def add_user(path: Path, name: str, role: str, password: str | None) -> User:
    """Put a user in a file, in place of one of that name; the file is made where there is none, for its owner only.

    Raises
    ------
    MisuseError
        If the name, the role or the password will not do.
    InputError
        If the file is not a user file.
    """
    if not _NAME.fullmatch(name) or name.strip() != name:
        raise MisuseError(f"{name!r} cannot be a name; use up to 64 letters, digits, spaces and . @ + - _")
    if role.upper() not in Role.__members__:
        raise MisuseError(f"{role!r} is no role; use reader, analyst or editor")
    if password is not None and not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise MisuseError(f"the password is too short; use {_SHORTEST_PASSWORD} characters or more")
    users = dict(read_users(path)) if path.exists() else {}
    users[name] = User(name, Role[role.upper()], None if password is None else _hashed(password))
    _write(path, users)
    return users[name]


def remove_user(path: Path, name: str) -> None:
    """Take a user out of a file.

    Raises
    ------
    MisuseError
        If there is none of that name.
    InputError
        If the file is not a user file.
    """
    users = dict(read_users(path))
    if users.pop(name, None) is None:
        raise MisuseError(f"{path} has no user {name!r}; it has: {', '.join(users) or 'none'}")
    _write(path, users)


def check_password(user: User | None, password: str) -> bool:
    """Whether it is that user's password; takes as long where there is no such user."""
    from argon2 import PasswordHasher  # noqa: PLC0415 -- an extra
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 -- an extra

    try:
        known = user.hash if user is not None and user.hash is not None else _nobodys_hash()
        right = PasswordHasher().verify(known, password[:_LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return right and user is not None and user.hash is not None


def _hashed(password: str) -> str:
    try:
        from argon2 import PasswordHasher  # noqa: PLC0415 -- an extra
    except ImportError:
        raise MisuseError("passwords need argon2-cffi; install it with: pip install yardwatch[web]") from None
    return PasswordHasher().hash(password)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hashed("nobody has this password")


def _user(held: Mapping[str, object]) -> User:
    secret = held.get("hash")
    if not isinstance(held["role"], str) or not isinstance(secret, str | None):
        raise TypeError
    return User(str(held["name"]), Role[held["role"].upper()], secret)


def _write(path: Path, users: Mapping[str, User]) -> None:
    held = [{"name": one.name, "role": one.role.word, "hash": one.hash} for one in users.values()]
    text = json.dumps({"users": held}, ensure_ascii=False, indent=2) + "\n"
    descriptor, part = tempfile.mkstemp(dir=path.absolute().parent, prefix=".users-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
