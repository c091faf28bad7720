"""The desk in the browser: thin, parse a request, call one use case, answer."""

from typing import TYPE_CHECKING

from yardwatch.web.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fastapi import FastAPI

    from yardwatch.web.basemap import Basemap
    from yardwatch.web.signing_in import SignIn

__all__ = ["Limits", "create_app"]


def create_app(
    workspace_dir: "Path",
    *,
    token: str | None,
    port: int = 8417,
    hosts: "Sequence[str]" = (),
    sign_in: "SignIn | None" = None,
    limits: Limits | None = None,
    basemap: "Basemap | None" = None,
) -> "FastAPI":
    """The application that serves one workspace.

    Parameters
    ----------
    workspace_dir : Path
        The folder of the workspace; it must be there.
    token : str, optional
        The secret of the link that is printed; None where persons sign in in another way.
    port : int
        Where it will listen; part of the names by which it lets itself be called.
    hosts : sequence of str
        Further names by which it may be called, as in the ``Host`` header without port.
    sign_in : SignIn, optional
        How persons sign in when it is shared: a user file, or the header of a reverse proxy.
    limits : Limits, optional
        What one request may use.
    basemap : Basemap, optional
        A map from outside under the scenes; without one no request leaves the machine.

    Raises
    ------
    MisuseError
        If what it needs is not installed.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    from yardwatch.web.app import make_app  # noqa: PLC0415 -- an extra, loaded only when it is asked for

    return make_app(
        workspace_dir,
        token=token,
        port=port,
        hosts=hosts,
        sign_in=sign_in,
        limits=limits or Limits(),
        basemap=basemap,
    )
