"""What really stands on the tracks of a simulated scene."""

from dataclasses import dataclass

__all__ = ["Concealed", "TrueCar", "Truth", "truth_features"]

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class TrueCar:
    """A car as it stands on the ground; an oblique view shows its roof `lean_m` away."""

    track: str
    """Name of its track."""
    start_m: float
    """Chainage of the lower end of its body, metres."""
    end_m: float
    """Chainage of the upper end of its body, metres."""
    type: str
    """One of `yardwatch.model.railcar.CAR_TYPES`."""
    subtype: str | None
    """As in the catalogue."""
    width_m: float
    """Width of its body, metres."""
    height_m: float
    """Height of its top over the rails, metres."""
    footprint: Ring
    """Closed ring of the body at rail level in the scene's CRS: a rigid oblong that two pivots carry along a curve."""
    fraction_in_view: float
    """Share of the footprint inside the picture, 0–1."""
    fraction_visible: float
    """Share of the footprint inside the picture and under neither roof nor cloud, 0–1."""
    lean_m: tuple[float, float]
    """How far east and north its top is displaced in the picture, metres."""


@dataclass(frozen=True, slots=True)
class Concealed:
    """A stretch of track that cannot be seen though it lies in the picture."""

    track: str
    """Name of the track."""
    start_m: float
    """Chainage of its lower end, metres."""
    end_m: float
    """Chainage of its upper end, metres."""
    cause: str
    """``roof`` or ``cloud``."""


@dataclass(frozen=True, slots=True)
class Truth:
    """All that stands on the tracks of a scene, seen or not."""

    crs: str
    """CRS of the footprints."""
    cars: tuple[TrueCar, ...]
    """Cars with any part in the picture, by track, then by chainage."""
    concealed: tuple[Concealed, ...]
    """Stretches that cannot be seen."""


def truth_features(truth: Truth) -> dict[str, object]:
    """The truth as a GeoJSON feature collection: cars as ``railcar`` polygons, with the CRS in QGIS's ``crs`` member.

    Cars in view but not visible are listed with their ``fraction_visible``.
    """
    authority, _, code = truth.crs.partition(":")
    return {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{authority}::{code}"}},
        "features": [_feature(car) for car in truth.cars],
    }


def _feature(car: TrueCar) -> dict[str, object]:
    properties = {
        "kind": "railcar", "track": car.track, "type": car.type, "subtype": car.subtype,
        "start_m": round(car.start_m, 3), "end_m": round(car.end_m, 3),
        "fraction_in_view": round(car.fraction_in_view, 4), "fraction_visible": round(car.fraction_visible, 4),
        "simulated": True,
    }  # fmt: skip
    ring = [[round(x, 3), round(y, 3)] for x, y in car.footprint]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}
