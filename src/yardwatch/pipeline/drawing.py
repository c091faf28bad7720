"""The site as it is drawn: as GeoJSON, in its own coordinates or in longitude and latitude."""

from collections.abc import Sequence

from yardwatch.model.site import ROLES, Place, Site, Track, Zone, label_point
from yardwatch.pipeline.documents import Json, crs_code
from yardwatch.pipeline.lonlat import Shown

__all__ = ["site_facts"]


def site_facts(site: Site, shown: Shown) -> dict[str, Json]:
    """Zones, tracks and places as GeoJSON; the id of a feature is its name."""
    return {
        "name": site.name,
        "crs": crs_code(site.crs),
        "written_in": "lonlat" if shown.lonlat else "site",
        "aliases": list(site.aliases),
        "roles": sorted(ROLES),
        "zones": _collection([_zone(zone, shown) for zone in site.zones]),
        "tracks": _collection([_track(site, track, shown) for track in site.tracks]),
        "places": _collection([_place(place, shown) for place in site.places]),
    }


def _collection(features: Sequence[Json]) -> dict[str, Json]:
    return {"type": "FeatureCollection", "features": features}


def _zone(zone: Zone, shown: Shown) -> dict[str, Json]:
    label = shown.points((label_point(zone),))
    return _feature(
        zone.name,
        shown.geometry("Polygon", zone.rings),
        {
            "kind": "zone",
            "name": zone.name,
            "role": zone.role,
            "aliases": list(zone.aliases),
            "conceals_from": zone.conceals_from.text if zone.conceals_from else None,
            "status": [{"state": one.state, "date": one.when.text if one.when else None} for one in zone.status],
            "label": label[0] if label else None,
        },
    )


def _track(site: Site, track: Track, shown: Shown) -> dict[str, Json]:
    return _feature(
        track.name,
        shown.geometry("LineString", (track.coordinates,)),
        {
            "kind": "track",
            "name": track.name,
            "gauge_mm": track.gauge_mm,
            "zone": track.zone,
            "length_m": round(site.line(track).length_m, 3),
        },
    )


def _place(place: Place, shown: Shown) -> dict[str, Json]:
    return _feature(
        place.name,
        None if place.point is None else shown.geometry("Point", ((place.point,),)),
        {
            "kind": "place",
            "name": place.name,
            "precision_m": place.precision_m,
            "source": place.source,
            "aliases": list(place.aliases),
        },
    )


def _feature(name: str, geometry: Json, properties: dict[str, Json]) -> dict[str, Json]:
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}
