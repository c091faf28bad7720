"""The application: the gate, the routes, and the pages of the front end."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware

from yardwatch._version import __version__
from yardwatch.pipeline.deskwork import open_desk
from yardwatch.pipeline.site_history import SiteHistory
from yardwatch.web.access import Desk
from yardwatch.web.basemap import Basemap
from yardwatch.web.gate import Gate
from yardwatch.web.jobs import Jobs
from yardwatch.web.ledger import Ledger
from yardwatch.web.limits import Limits
from yardwatch.web.pages import Pages
from yardwatch.web.problems import answer_problems
from yardwatch.web.signing_in import Doors, SignIn
from yardwatch.web.tilework import Tiles

__all__ = ["make_app"]

_ROUTERS = (
    "yardwatch.web.routes.session",
    "yardwatch.web.routes.facts",
    "yardwatch.web.routes.site",
    "yardwatch.web.routes.scenes",
    "yardwatch.web.routes.tiles",
    "yardwatch.web.routes.comparing",
    "yardwatch.web.routes.records",
    "yardwatch.web.routes.uploads",
    "yardwatch.web.routes.reports",
    "yardwatch.web.routes.tracing",
    "yardwatch.web.routes.jobs",
    "yardwatch.web.ribbons",
)
_ABOUT = """What the command line does, for the desk in the browser and for programs.

A program sends the token of the printed link as `Authorization: Bearer TOKEN`. A page signs in with `POST /api/session`
and then sends `X-Yardwatch-CSRF` with each request that changes something. Problems are `application/problem+json` with
a remedy. Lists come in pages: `limit`, `offset`, and in the answer `items`, `total` and `next_offset`.
"""

_SILENT: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}


def make_app(
    workspace_dir: Path,
    *,
    token: str | None,
    port: int,
    hosts: Sequence[str],
    sign_in: SignIn | None,
    limits: Limits,
    basemap: Basemap | None = None,
) -> FastAPI:
    """The application; see `yardwatch.web.create_app`."""
    folder = Path(workspace_dir).absolute()
    with open_desk(folder):
        pass
    ledger = Ledger(folder)
    doors = Doors(ledger, token, sign_in, limits.session_s)
    desk = Desk(
        folder=folder,
        doors=doors,
        jobs=Jobs(folder, ledger),
        tiles=Tiles(folder, most_open=limits.tile_processes),
        sites=SiteHistory(folder),
        limits=limits,
        basemap=basemap,
    )

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        desk.jobs.start()
        yield
        desk.jobs.stop()
        desk.tiles.close()
        ledger.close()

    app = FastAPI(
        title="Yardwatch",
        version=__version__,
        description=_ABOUT,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=living,
        telemetry=_SILENT,
        middleware=[
            Middleware(
                Gate,
                doors=doors,
                limits=limits,
                port=port,
                hosts=tuple(hosts),
                outside=basemap.origin if basemap else None,
            )
        ],
    )
    app.state.desk, app.state.port = desk, port
    answer_problems(app)
    for name in _ROUTERS:
        if find_spec(name) is not None:
            app.include_router(import_module(name).router)
    app.mount("/", Pages())
    return app
