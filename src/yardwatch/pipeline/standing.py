"""What stands in one scene after all decisions, as programs and maps want it."""

from collections.abc import Mapping, Sequence

from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.railcar import Count, Railcar
from yardwatch.pipeline.checked import count_in
from yardwatch.pipeline.documents import Json, count_document, railcar_facts
from yardwatch.pipeline.lonlat import Shown

__all__ = ["cars_collection", "cars_of", "count_facts_of"]


def count_facts_of(store: WorkspaceStore, scene_id: str) -> Mapping[str, Json] | None:
    """The document of the count of a scene; None if it was never counted."""
    count = count_in(store, scene_id)
    return None if count is None else count_document(count, store.site())


def cars_of(
    store: WorkspaceStore,
    scene_id: str,
    *,
    lonlat: bool,
    track: str | None = None,
    zone: str | None = None,
    rows: tuple[int, int] = (0, 1000),
) -> tuple[Sequence[Mapping[str, Json]], int] | None:
    """Some of the cars of a scene, by track and chainage, and how many there are; None if it was never counted.

    Parameters
    ----------
    store : WorkspaceStore
        Where the count is.
    scene_id : str
        The scene.
    lonlat : bool
        Whether outlines are in longitude and latitude instead of the site's CRS.
    track, zone : str, optional
        Only of that track, only in that zone.
    rows : tuple of int
        How many to leave out first, and how many to give.
    """
    count = count_in(store, scene_id)
    if count is None:
        return None
    cars = [car for car in count.railcars if track in {None, car.track} and zone in {None, car.zone}]
    cars.sort(key=lambda car: (car.track, car.start_m))
    shown, crs = Shown(store.site().crs, lonlat), store.site().crs
    chosen = cars[rows[0] : rows[0] + rows[1]]
    return [railcar_facts(car, crs) | {"footprint": _outline(car, shown)} for car in chosen], len(cars)


def cars_collection(store: WorkspaceStore, scene_id: str, *, lonlat: bool) -> Mapping[str, Json] | None:
    """The cars of a scene as a GeoJSON feature collection; None if it was never counted."""
    count = count_in(store, scene_id)
    if count is None:
        return None
    shown = Shown(store.site().crs, lonlat)
    return {"type": "FeatureCollection", "features": [_feature(car, count, shown) for car in count.railcars]}


def _feature(car: Railcar, count: Count, shown: Shown) -> dict[str, Json]:
    return {
        "type": "Feature",
        "id": car.id,
        "geometry": _outline(car, shown),
        "properties": {
            "id": car.id,
            "scene": count.scene.id,
            "zone": car.zone,
            "track": car.track,
            "type": car.type,
            "subtype": car.subtype,
            "confidence": round(car.confidence, 4),
            "by": car.by,
            "start_m": round(car.start_m, 3),
            "end_m": round(car.end_m, 3),
        },
    }


def _outline(car: Railcar, shown: Shown) -> dict[str, Json]:
    return shown.geometry("Polygon", (car.footprint,))
