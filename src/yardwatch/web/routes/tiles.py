"""Tiles of scenes for a map."""

from typing import Annotated, Literal

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from yardwatch.pipeline.tiling import MOST_ZOOM, Square
from yardwatch.web.access import Desk, TheDesk
from yardwatch.web.problems import NotModified
from yardwatch.web.routes.scenes import SceneId
from yardwatch.web.tilework import version_of

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["scenes"])

_LARGEST = 2**MOST_ZOOM - 1
_MOST_AT_ONCE = 12
_FOR_EVER = "private, max-age=31536000, immutable"
_ASK_AGAIN = "private, no-cache"


@router.get("/scenes/{scene_id}/tiles/{z}/{x}/{y}.{form}", summary="A tile of a scene", response_class=Response)
async def tile(  # noqa: PLR0913, PLR0917 -- the address of a tile
    scene_id: SceneId,
    z: Annotated[int, Path(ge=0, le=MOST_ZOOM)],
    x: Annotated[int, Path(ge=0, le=_LARGEST)],
    y: Annotated[int, Path(ge=0, le=_LARGEST)],
    form: Literal["png", "webp"],
    desk: TheDesk,
    request: Request,
    v: Annotated[str | None, Query(max_length=64, description="Version, from the scene's facts.")] = None,
) -> Response:
    """A square of 256 pixels in Web Mercator, transparent where the scene shows nothing."""
    square = Square(z, x, y)
    return await to_thread.run_sync(lambda: _tile(desk, scene_id, square, form, v, request), limiter=_limiter(request))


def _tile(desk: Desk, scene_id: str, square: Square, form: str, asked: str | None, request: Request) -> Response:
    scene = desk.scene_known(scene_id)
    version = version_of(scene)
    etag = f'"{version}-{square.zoom}-{square.column}-{square.row}-{form}"'
    if etag in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
        request.state.etag = etag
        raise NotModified
    headers = {"ETag": etag, "Cache-Control": _FOR_EVER if asked == version else _ASK_AGAIN}
    return Response(desk.tiles.tile(scene, square, form), media_type=f"image/{form}", headers=headers)


def _limiter(request: Request) -> CapacityLimiter:
    """Tiles wait for one another in threads of their own number, so that nothing else waits for them."""
    state = request.app.state
    if not hasattr(state, "tile_limiter"):
        state.tile_limiter = CapacityLimiter(_MOST_AT_ONCE)
    found = state.tile_limiter
    assert isinstance(found, CapacityLimiter)  # noqa: S101 -- put there above
    return found
