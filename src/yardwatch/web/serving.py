"""Serving a workspace: where the server listens, and what it refuses to do."""

import ipaddress
import logging
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from yardwatch.errors import MisuseError
from yardwatch.pipeline.deskwork import open_desk
from yardwatch.web.basemap import Basemap
from yardwatch.web.limits import Limits

if TYPE_CHECKING:
    from yardwatch.web.signing_in import SignIn

__all__ = ["DEFAULT_PORT", "Serving", "serve"]

DEFAULT_PORT = 8417
"""Where it listens unless another port is named."""

_NEXT_PORTS = 20
_NEEDED = ("fastapi", "multipart", "uvicorn", "argon2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How a workspace is to be served."""

    port: int | None = None
    """Port; None for the usual one or the next that is free."""
    host: str = "127.0.0.1"
    """Address to listen at."""
    names: tuple[str, ...] = ()
    """Further names by which browsers call it."""
    users: Path | None = None
    """User file: persons sign in with name and password, or come from a proxy."""
    proxy_header: str | None = None
    """Request header in which a reverse proxy names the person."""
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Addresses from which that header is believed."""
    basemap: str | None = None
    """Address of tiles of an outside basemap, with ``{z}``, ``{x}`` and ``{y}``; None for none."""
    basemap_credit: str | None = None
    """Whom to name on it."""
    tls_cert: Path | None = None
    """Certificate for HTTPS."""
    tls_key: Path | None = None
    """Its key."""

    @property
    def outside(self) -> Basemap | None:
        """The basemap, if one was asked for."""
        return Basemap(self.basemap, self.basemap_credit) if self.basemap else None

    @property
    def is_shared(self) -> bool:
        """Whether others can reach it, directly or by a proxy."""
        return not _is_loopback(self.host) or self.users is not None

    def check(self) -> None:
        """Make sure that nothing is shared without real sign-in, and no password is sent in the clear.

        Raises
        ------
        MisuseError
            If it would be.
        """
        _ = self.outside
        if self.users is None and not _is_loopback(self.host):
            raise MisuseError(
                f"--host {self.host} would let others in without sign-in; give --users FILE (yardwatch user add), or "
                "stay at 127.0.0.1 and reach it by: ssh -L"
            )
        if self.users is None and self.proxy_header is not None:
            raise MisuseError("--proxy-header needs --users FILE, which says who has which role")
        if (self.tls_cert is None) != (self.tls_key is None):
            raise MisuseError("--tls-cert and --tls-key go together; give both")
        if not _is_loopback(self.host) and self.tls_cert is None and self.proxy_header is None:
            raise MisuseError(
                f"--host {self.host} would send passwords in the clear; give --tls-cert and --tls-key, or stay at "
                "127.0.0.1 behind a reverse proxy that does TLS"
            )


def serve(folder: Path, serving: Serving, *, tell: Callable[[str], None]) -> None:
    """Serve the workspace in `folder` until the process is interrupted.

    Parameters
    ----------
    folder : Path
        The workspace.
    serving : Serving
        Where to listen and who may come in.
    tell : callable
        Told the address once the server listens there.

    Raises
    ------
    MisuseError
        If the port is taken, something is missing, or it would be shared without sign-in.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    serving.check()
    with open_desk(folder):
        pass
    uvicorn = _uvicorn()
    token = None if serving.users else secrets.token_urlsafe(24)
    with _listening(serving) as listener:
        port = int(listener.getsockname()[1])
        app = _app(folder, serving, token, port)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, proxy_headers=False, timeout_keep_alive=30,
            timeout_graceful_shutdown=3, ssl_certfile=serving.tls_cert, ssl_keyfile=serving.tls_key, lifespan="on",
            limit_concurrency=256, h11_max_incomplete_event_size=64 * 1024,
        )  # fmt: skip
        logging.getLogger("yardwatch.web").addHandler(logging.StreamHandler())
        tell(_address(serving, port, token))
        uvicorn.Server(config).run(sockets=[listener])


def _app(folder: Path, serving: Serving, token: str | None, port: int) -> object:
    from yardwatch.web.app import make_app  # noqa: PLC0415 -- an extra

    names = (*serving.names, *(() if _is_anywhere(serving.host) else (serving.host,)))
    return make_app(
        folder, token=token, port=port, hosts=names, sign_in=_sign_in(serving), limits=Limits(), basemap=serving.outside
    )


def _sign_in(serving: Serving) -> "SignIn | None":
    from yardwatch.web.signing_in import SignIn  # noqa: PLC0415 -- an extra
    from yardwatch.web.users import read_users  # noqa: PLC0415 -- an extra

    if serving.users is None:
        return None
    read_users(serving.users)
    return SignIn(users=serving.users.absolute(), header=serving.proxy_header, proxies=serving.proxies)


def _uvicorn() -> ModuleType:
    if any(find_spec(name) is None for name in _NEEDED):
        raise MisuseError("the desk needs FastAPI and Uvicorn; install them with: pip install yardwatch[web]")
    return import_module("uvicorn")


def _listening(serving: Serving) -> socket.socket:
    """A socket that listens: at the port that was named, or at the usual one or the next that is free."""
    wanted = [serving.port] if serving.port is not None else range(DEFAULT_PORT, DEFAULT_PORT + _NEXT_PORTS)
    family = socket.AF_INET6 if ":" in serving.host else socket.AF_INET
    for port in wanted:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((serving.host, port))
            listener.listen()
        except OSError as error:
            listener.close()
            problem = error.strerror or str(error)
            continue
        return listener
    raise MisuseError(f"port {wanted[0]} of {serving.host} cannot be used ({problem}); name another with --port")


def _address(serving: Serving, port: int, token: str | None) -> str:
    scheme = "https" if serving.tls_cert else "http"
    name = serving.names[0] if serving.names else "127.0.0.1" if _is_anywhere(serving.host) else serving.host
    host = f"[{name}]" if ":" in name and not name.startswith("[") else name
    at = f"{scheme}://{host}" if ":" in name and serving.names else f"{scheme}://{host}:{port}"
    return f"{at}/#token={token}" if token else f"{at}/"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_anywhere(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False
