"""Tiles of scenes for a map."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from yardwatch.pipeline.tiling import MOST_ZOOM, Square
from yardwatch.web.access import TheDesk
from yardwatch.web.problems import NotModified
from yardwatch.web.routes.scenes import SceneId
from yardwatch.web.tilework import version_of

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["scenes"])

_LARGEST = 2**MOST_ZOOM - 1
_FOR_EVER = "private, max-age=31536000, immutable"
_ASK_AGAIN = "private, no-cache"


@router.get("/scenes/{scene_id}/tiles/{z}/{x}/{y}.{form}", summary="A tile of a scene", response_class=Response)
def tile(  # noqa: PLR0913, PLR0917 -- the address of a tile
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
    scene = desk.scene_known(scene_id)
    version = version_of(scene)
    etag = f'"{version}-{z}-{x}-{y}-{form}"'
    if etag in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
        request.state.etag = etag
        raise NotModified
    headers = {"ETag": etag, "Cache-Control": _FOR_EVER if v == version else _ASK_AGAIN}
    return Response(desk.tiles.tile(scene, square, form), media_type=f"image/{form}", headers=headers)
