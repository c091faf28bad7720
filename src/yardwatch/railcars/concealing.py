"""Track that cannot be seen because a roof stands over it."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from yardwatch.model.frame import Floats
from yardwatch.model.line import Line
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site, Zone, frame_of

__all__ = ["concealed_ground", "under_roof"]


def concealed_ground(site: Site, scene: Scene, roofs: Sequence[Polygon] = ()) -> BaseGeometry:
    """The ground under roofs when a scene was taken, in metres of the site's frame.

    A zone conceals from the first instant that its date can mean; where a scene has no date, every concealing zone
    does, for nothing is claimed of what may be hidden.

    Parameters
    ----------
    site : Site
        Its zones say from when on they conceal.
    scene : Scene
        Gives the date.
    roofs : sequence of Polygon
        Further roofs that stood then, in the site's CRS.
    """
    zones = [Polygon(zone.rings[0], zone.rings[1:]) for zone in site.zones if _conceals(zone, scene)]
    shapes = [*zones, *roofs]
    if not shapes:
        return Polygon()
    frame = frame_of(site)
    return shapely.transform(shapely.union_all(shapes), lambda xy: np.column_stack(frame.to_local(*xy.T)))


def under_roof(chainages_m: Floats, line: Line, covered: BaseGeometry) -> NDArray[np.bool_]:
    """Whether the track at each chainage lies under a roof, shape (n,)."""
    if covered.is_empty:
        return np.zeros(len(chainages_m), bool)
    return np.asarray(shapely.contains_xy(covered, *line.points(chainages_m)), bool)


def _conceals(zone: Zone, scene: Scene) -> bool:
    if zone.conceals_from is None:
        return False
    start = zone.conceals_from.earliest
    taken = scene.acquired.latest if scene.acquired else None
    return start is None or taken is None or taken >= start
