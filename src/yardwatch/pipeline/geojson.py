"""Railcars as GeoJSON that QGIS opens as it is."""

from pyproj import CRS, Transformer

from yardwatch.model.railcar import Count, Railcar
from yardwatch.model.site import Coordinates, Site
from yardwatch.pipeline.documents import Json, crs_code, rounded_ring, to_json

__all__ = ["railcars_geojson"]

_LONGITUDE_LATITUDE = "OGC:CRS84"


def railcars_geojson(count: Count, site: Site) -> str:
    """One feature for each car, with all that is known of it, in the site's CRS.

    A CRS without a code cannot be named in GeoJSON; then the coordinates are longitude and latitude.
    """
    crs = crs_code(site.crs)
    coded = CRS.from_user_input(site.crs).to_authority() is not None
    target = crs if coded and crs != "EPSG:4326" else _LONGITUDE_LATITUDE
    return to_json(
        {
            "type": "FeatureCollection",
            "name": "railcars",
            "crs": {"type": "name", "properties": {"name": _urn(target)}},
            "features": [_feature(car, count, _ring(car.footprint, site.crs, target)) for car in count.railcars],
        }
    )


def _feature(car: Railcar, count: Count, ring: list[list[float]]) -> dict[str, Json]:
    scene = count.scene
    return {
        "type": "Feature",
        "id": car.id,
        "properties": {
            "id": car.id,
            "zone": car.zone,
            "track": car.track,
            "type": car.type,
            "subtype": car.subtype,
            "confidence": round(car.confidence, 4),
            "start_m": round(car.start_m, 3),
            "end_m": round(car.end_m, 3),
            "offset_m": round(car.offset_m, 3),
            "width_m": round(car.width_m, 3),
            "type_probabilities": {name: round(share, 4) for name, share in car.type_probabilities.items()},
            "scene": scene.id,
            "acquired": scene.acquired.text if scene.acquired else None,
            "method": count.provenance.method,
        },
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def _ring(ring: Coordinates, crs: str, target: str) -> list[list[float]]:
    if target != _LONGITUDE_LATITUDE or CRS.from_user_input(crs).equals(CRS.from_epsg(4326)):
        return rounded_ring(ring, crs)
    transformer = Transformer.from_crs(crs, target, always_xy=True)
    return rounded_ring(tuple(transformer.transform(x, y) for x, y in ring), target)


def _urn(crs: str) -> str:
    if crs == _LONGITUDE_LATITUDE:
        return "urn:ogc:def:crs:OGC:1.3:CRS84"
    authority, code = crs.split(":", 1)
    return f"urn:ogc:def:crs:{authority}::{code}"
