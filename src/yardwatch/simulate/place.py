"""An invented place in the open Atlantic for a plan, as a site file would describe it."""

import numpy as np
import shapely

from yardwatch.model.frame import Floats
from yardwatch.model.site import Coordinates, Site, Track, Zone
from yardwatch.simulate.plan import YardPlan
from yardwatch.simulate.scene import SITE_CRS, SITE_ORIGIN_M

__all__ = ["invented_site"]


def invented_site(plan: YardPlan) -> Site:
    """The plan's tracks and zones as a site that lies, by its coordinates, in the open Atlantic on the equator.

    One zone holds the yard; each roof over a track is a zone of its own. Chainages on its tracks are those of the plan,
    to about a centimetre in a kilometre.
    """
    tracks = tuple(
        Track(name, _moved(line.vertices_m), plan.gauge_mm, "yard")
        for name, line in zip(plan.track_names, plan.tracks, strict=True)
    )
    around = shapely.union_all([shapely.LineString(line.vertices_m).buffer(12) for line in plan.tracks])
    outline = shapely.simplify(around.convex_hull, 0.5)
    zones = [Zone("yard", "rail_yard", (_moved(shapely.get_coordinates(outline)),))]
    roofs = [thing for thing in plan.things if thing.kind == "canopy"]
    for number, roof in enumerate(roofs, 1):
        corners = np.array([*roof.corners(), roof.corners()[0]])
        zones.append(Zone(f"roof {number}", "freight_handling", (_moved(corners),)))
    return Site(plan.name, SITE_CRS, tuple(zones), tracks)


def _moved(points_m: Floats) -> Coordinates:
    east, north = SITE_ORIGIN_M
    return tuple((float(x + east), float(y + north)) for x, y in points_m)
