"""Whether a site and an image meet at all."""

import numpy as np
from shapely import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from yardwatch.errors import GeoreferenceError
from yardwatch.model.frame import Floats, Frame, crs_name, frame_around
from yardwatch.model.grid import Grid
from yardwatch.model.site import Site, frame_of

__all__ = ["check_meets"]


def check_meets(site: Site, grid: Grid, *, subject: str) -> None:
    """Raise if no track of the site meets the image; for a site without tracks, if no zone does.

    Parameters
    ----------
    site : Site
        The site.
    grid : Grid
        Where the image lies.
    subject : str
        The image, as it is to be named in the error.

    Raises
    ------
    GeoreferenceError
        If the two do not meet; it names both extents.
    """
    lines = [track.coordinates for track in site.tracks] or [zone.rings[0] for zone in site.zones]
    what = "track" if site.tracks else "zone"
    shape = LineString if site.tracks else Polygon
    image = box(0, 0, grid.width, grid.height)
    frame = frame_of(site)
    if any(_meets(image, shape(_pixels(points, grid, frame))) for points in lines):
        return
    common = site.crs if site.crs == grid.crs else "EPSG:4326"
    drawn = _extent(np.concatenate([np.array(points, float) for points in lines]), site.crs, common)
    pictured = _extent(np.array(grid.outline()), grid.crs, common)
    problem = (
        f"no {what} of {site.name} lies in the image: extents do not meet "
        f"({what}s {drawn}, image {pictured} in {crs_name(common)})"
    )
    raise GeoreferenceError(subject, problem, f"check the {what}s and the image's position, or give --crs")


def _meets(image: BaseGeometry, drawn: BaseGeometry) -> bool:
    return bool(np.isfinite(drawn.bounds).all() and image.intersects(drawn))


def _pixels(points: tuple[tuple[float, float], ...], grid: Grid, frame: Frame) -> Floats:
    """Pixel coordinates of points in the site's CRS, shape (n, 2); infinite where there are none."""
    x, y = np.array(points, float).T
    east, north = frame.to_local(x, y)
    column, row = grid.to_pixel(*frame.to_crs(east, north, crs=grid.crs))
    return np.column_stack([column, row])


def _extent(points: Floats, crs: str, common: str) -> str:
    """The box around points in `crs`, in words, in the CRS `common`."""
    x, y = points.T
    if common != crs:
        frame = frame_around(crs, x, y)
        x, y = frame.to_crs(*frame.to_local(x, y), crs=common)
    return f"x {x.min():.10g} to {x.max():.10g}, y {y.min():.10g} to {y.max():.10g}"
