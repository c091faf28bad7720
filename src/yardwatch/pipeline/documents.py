"""The JSON that other programs rely on."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from pyproj import CRS

from yardwatch._version import __version__
from yardwatch.errors import Notice
from yardwatch.model.provenance import Provenance
from yardwatch.model.railcar import Count, Interval, Railcar, String, Tally, TrackCoverage
from yardwatch.model.scene import Scene
from yardwatch.model.site import Coordinates, Site

__all__ = [
    "SCHEMA_VERSION",
    "Json",
    "count_document",
    "count_facts",
    "crs_code",
    "document",
    "made_by",
    "railcar_facts",
    "rounded_ring",
    "scene_facts",
    "tally_facts",
    "to_json",
]

SCHEMA_VERSION = 1
"""Version of the form of every document; raised only when a form changes, not when something is added beside it."""

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
"""What a JSON document may hold."""


def document(provenance: Provenance, notices: Iterable[Notice], body: Mapping[str, Json]) -> dict[str, Json]:
    """A document: the head that all have in common, then its body."""
    return {
        "schema_version": SCHEMA_VERSION,
        "provenance": {
            "version": provenance.version,
            "method": provenance.method,
            "parameters": dict(provenance.parameters),
            "inputs": dict(provenance.inputs),
        },
        "warnings": [{"code": n.code, "message": n.message, "remedy": n.remedy} for n in notices],
        **body,
    }


def made_by(command: str, inputs: Mapping[str, str] | None = None) -> Provenance:
    """The provenance of a document that a command made without a method of its own."""
    return Provenance(version=__version__, method=command, inputs=inputs or {})


def to_json(value: Json) -> str:
    """The text of a document, keys in the order given, one newline at the end.

    Raises
    ------
    ValueError
        If a number in it is not finite.
    """
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, indent=2) + "\n"
    return text.encode("utf-8", "replace").decode("utf-8")


def count_document(count: Count, site: Site) -> dict[str, Json]:
    """The document of `yardwatch count`.

    Chainages and lengths are rounded to the millimetre, probabilities to four places, coordinates to about a
    millimetre in the site's CRS.
    """
    return document(count.provenance, count.notices, count_facts(count, site))


def count_facts(count: Count, site: Site) -> dict[str, Json]:
    """All that a document says of a count."""
    return {
        "crs": crs_code(site.crs),
        "scene": scene_facts(count.scene),
        "railcars": [railcar_facts(car, site.crs) for car in count.railcars],
        "strings": [_string(string) for string in count.strings],
        "tracks": [_track(track) for track in count.tracks],
        "tallies": [tally_facts(tally) for tally in count.tallies],
    }


def scene_facts(scene: Scene) -> dict[str, Json]:
    """What a document says of a scene."""
    return {
        "id": scene.id,
        "sha256": scene.sha256,
        "acquired": scene.acquired.text if scene.acquired else None,
        "gsd_m": round(scene.gsd_m, 4),
        "crs": crs_code(scene.grid.crs),
        "filename": scene.filename,
        "simulated": scene.simulated,
    }


@lru_cache(maxsize=64)
def crs_code(crs: str) -> str:
    """A CRS for programs: ``EPSG:32652`` where there is such a code, else its WKT."""
    parsed = CRS.from_user_input(crs)
    authority = parsed.to_authority()
    return ":".join(authority) if authority else parsed.to_wkt()


def rounded_ring(ring: Coordinates, crs: str) -> list[list[float]]:
    """Coordinates rounded to about a millimetre in their CRS."""
    places = _places(crs)
    return [[round(x, places), round(y, places)] for x, y in ring]


@lru_cache(maxsize=64)
def _places(crs: str) -> int:
    return 8 if CRS.from_user_input(crs).is_geographic else 3


def railcar_facts(car: Railcar, crs: str) -> dict[str, Json]:
    """What a document says of a railcar; its outline is in `crs`, the site's."""
    return {
        "id": car.id,
        "track": car.track,
        "start_m": round(car.start_m, 3),
        "end_m": round(car.end_m, 3),
        "offset_m": round(car.offset_m, 3),
        "width_m": round(car.width_m, 3),
        "type": car.type,
        "subtype": car.subtype,
        "type_probabilities": {name: round(share, 4) for name, share in car.type_probabilities.items()},
        "confidence": round(car.confidence, 4),
        "zone": car.zone,
        "footprint": {"type": "Polygon", "coordinates": [rounded_ring(car.footprint, crs)]},
        "by": car.by,
    }


def _string(string: String) -> dict[str, Json]:
    return {
        "track": string.track,
        "start_m": round(string.start_m, 3),
        "end_m": round(string.end_m, 3),
        "railcars": list(string.railcars),
    }


def _track(track: TrackCoverage) -> dict[str, Json]:
    """Visible + hidden + outside is the length to the last digit, as rounded."""
    hidden_m, outside_m = round(track.hidden_m, 3), round(track.outside_m, 3)
    length_m = round(track.length_m, 3)
    return {
        "name": track.name,
        "length_m": length_m,
        "visible_m": max(0.0, round(length_m - hidden_m - outside_m, 3)),
        "hidden_m": hidden_m,
        "outside_m": outside_m,
        "occupied_m": round(track.occupied_m, 3),
        "checked_by": track.checked_by,
    }


def tally_facts(tally: Tally) -> dict[str, Json]:
    """The count of one zone, or of all."""
    return {
        "zone": tally.zone,
        "value": tally.value,
        "low": tally.low,
        "high": tally.high,
        "level": tally.level,
        "qualifier": tally.qualifier.value,
        "by_type": {name: _interval(interval) for name, interval in tally.by_type.items()},
        "visible_m": round(tally.visible_m, 3),
        "hidden_m": round(tally.hidden_m, 3),
        "outside_m": round(tally.outside_m, 3),
        "occupied_m": round(tally.occupied_m, 3),
        "by": tally.by,
    }


def _interval(interval: Interval) -> dict[str, Json]:
    return {"value": interval.value, "low": interval.low, "high": interval.high}
