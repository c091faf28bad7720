"""New sleepers of a site's tracks as changes, read from its scenes."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from yardwatch.change.relaid import Renewal, seen_renewals
from yardwatch.change.sleeper_layers import TrackLooks
from yardwatch.model.change import Change
from yardwatch.model.frame import Floats
from yardwatch.model.ports import SceneReader
from yardwatch.model.railcar import Railcar
from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.model.scene import Scene
from yardwatch.model.site import Coordinates, Site, Track, ZoneFinder, frame_of

__all__ = ["read_ribbon", "renewal_change", "renewed_track", "track_looks"]

_ROOF_ROOM_M, _CAR_ROOM_M = 8.0, 2.0
_BESIDE_M = 4.5
_OPEN_M, _CLEAR_M = 50.0, 20.0
_HALF_WIDTH_M = 1.4
_END_SE_M, _WIDTH_SE_M = 5.0, 0.2


def renewed_track(
    readers: Sequence[SceneReader],
    site: Site,
    cars: Sequence[Sequence[Railcar]],
    roofs: Sequence[Polygon] = (),
) -> list[Change]:
    """Stretches of a site's tracks with new sleepers, as changes, as a network sees them.

    Parameters
    ----------
    readers : sequence of SceneReader
        Two or more, by date, on aligned grids, of 0.6 m or finer.
    site : Site
        Gives the tracks.
    cars : sequence
        The railcars counted in each scene.
    roofs : sequence of Polygon, optional
        What came or went over tracks, local metres; under and beside it nothing is said, nor of a stretch of which less
        than 50 m lies 20 m clear of it: what is left of a roof that was seen in part looks like new sleepers.
    """
    scenes, looks = [reader.scene for reader in readers], track_looks(readers, site, cars, roofs)
    away = _around(roofs, _CLEAR_M)
    found = [one for one in seen_renewals(looks) if _open_m(one, site, away) >= _OPEN_M]
    return [renewal_change(one, scenes, site) for one in found]


def track_looks(
    readers: Sequence[SceneReader],
    site: Site,
    cars: Sequence[Sequence[Railcar]],
    roofs: Sequence[Polygon] = (),
) -> list[TrackLooks]:
    """Each track of a site at all dates, with what hides it; see `renewed_track` for the parameters."""
    frame, away = frame_of(site), _around(roofs, _ROOF_ROOM_M)
    standing = [
        shapely.union_all([Polygon(np.column_stack(frame.to_local(*np.array(car.footprint).T))) for car in some])
        for some in cars
    ]
    shapely.prepare([away, *standing])
    looks = []
    for track in site.tracks:
        ribbons = tuple(read_ribbon(reader, site, track) for reader in readers)
        line, chainages = site.line(track), ribbons[0].chainages_m
        roofed = shapely.contains_xy(away, *line.points(chainages))
        covered = [_within(chainages, [car for car in some if car.track == track.name]) | roofed for some in cars]
        sides = [[shapely.contains_xy(one, *line.points(chainages, side * _BESIDE_M)) for side in (1, -1)]
                 for one in standing]  # fmt: skip
        looks.append(TrackLooks(ribbons, np.array(covered), np.array(sides)))
    return looks


def _around(roofs: Sequence[Polygon], room_m: float) -> BaseGeometry:
    return shapely.union_all([roof.buffer(room_m) for roof in roofs])


def _open_m(renewal: Renewal, site: Site, away: BaseGeometry) -> float:
    """How much of a stretch lies clear of roofs, metres."""
    half_metres = np.arange(renewal.start_m, renewal.end_m, 0.5)
    x, y = site.line(site.track(renewal.track)).points(half_metres)
    return float(0.5 * (~shapely.contains_xy(away, x, y)).sum())


def _within(chainages: Floats, cars: Sequence[Railcar]) -> NDArray[np.bool_]:
    """Which columns cars hide, or the shadow of their ends."""
    hidden = np.zeros(len(chainages), bool)
    for car in cars:
        hidden |= (chainages > car.start_m - _CAR_ROOM_M) & (chainages < car.end_m + _CAR_ROOM_M)
    return hidden


def read_ribbon(reader: SceneReader, site: Site, track: Track, *, step_m: float = 0.5) -> Ribbon:
    """A track straightened over its whole length; NaN where the scene does not reach."""
    frame, line, grid = frame_of(site), site.line(track), reader.scene.grid
    spec = RibbonSpec(step_m=0.25, half_width_m=3.0)
    chainages = step_m * (np.arange(max(2, int(line.length_m // step_m)), dtype=float) + 0.5)
    x, y = line.points(chainages[None, :], spec.offsets_m[:, None])
    column, row = grid.to_pixel(*frame.to_crs(x, y, crs=grid.crs))
    pixels = reader.sample(column, row, footprint_px=spec.step_m / grid.pixel_m(frame))
    return Ribbon(track.name, chainages, spec.offsets_m, pixels)


def renewal_change(renewal: Renewal, scenes: Sequence[Scene], site: Site) -> Change:
    """The stretch as a change as wide as the sleepers, in the site's CRS.

    Parameters
    ----------
    renewal : Renewal
        The stretch.
    scenes : sequence of Scene
        Those of its ribbons, in their order.
    site : Site
        Gives the track.
    """
    line, frame = site.line(site.track(renewal.track)), frame_of(site)
    length_m, width_m = renewal.end_m - renewal.start_m, 2 * _HALF_WIDTH_M
    along = np.linspace(renewal.start_m, renewal.end_m, max(2, int(length_m / 5)))
    left, right = (line.points(along, side * _HALF_WIDTH_M) for side in (1, -1))
    x, y = (np.concatenate([one, other[::-1], one[:1]]) for one, other in zip(left, right, strict=True))
    moved = frame.to_crs(x, y)
    middle = [float(np.mean(axis)) for axis in moved]
    ring: Coordinates = tuple(zip(moved[0].tolist(), moved[1].tolist(), strict=True))
    return Change(
        id=f"renewed {renewal.track}",
        kind="track_renewal",
        polygon=(ring,),
        zone=ZoneFinder(site.zones).at(middle[0], middle[1]),
        area_m2=length_m * width_m,
        area_m2_se=_END_SE_M * width_m,
        length_m=length_m,
        length_m_se=_END_SE_M,
        width_m=width_m,
        width_m_se=_WIDTH_SE_M,
        confidence=renewal.confidence,
        phase=None,
        earliest=scenes[renewal.before].acquired,
        latest=scenes[renewal.after].acquired,
    )
