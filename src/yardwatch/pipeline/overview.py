"""What a workspace shows at a glance: its scenes with their counts, without reading every railcar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from yardwatch.model.alignment import SceneAlignment
from yardwatch.model.observation import Observation
from yardwatch.model.railcar import Count, Tally
from yardwatch.model.scene import Scene
from yardwatch.pipeline.documents import Json, crs_code
from yardwatch.pipeline.lonlat import bounds_of, ring_of
from yardwatch.workspace import GeoPackageStore

__all__ = ["SceneAtAGlance", "glance_facts", "scenes_at_a_glance"]

_CHECKED = "review/1"


@dataclass(frozen=True, slots=True)
class SceneAtAGlance:
    """A scene and what is known of it, but for the railcars."""

    scene: Scene
    """The scene."""
    count: Count | None
    """Its newest count by the machine without railcars and strings; None if it was never counted."""
    total: Tally | None
    """The tally that counts every car once, with the persons' word in it; None if it was never counted."""
    alignment: SceneAlignment | None
    """How it was laid on the reference; None if nobody tried."""


def scenes_at_a_glance(store: GeoPackageStore) -> Sequence[SceneAtAGlance]:
    """All scenes, by date of acquisition."""
    counts = {count.scene.id: count for count in store.heads()}
    alignments = {found.scene_id: found for found in store.alignments()}
    persons = _persons_totals(store)
    return [
        SceneAtAGlance(
            scene,
            counts.get(scene.id),
            _total(counts.get(scene.id), persons.get(scene.id)),
            alignments.get(scene.id),
        )
        for scene in store.scenes()
    ]


def glance_facts(found: SceneAtAGlance) -> dict[str, Json]:
    """The JSON for programs; places are in longitude and latitude."""
    scene, total = found.scene, found.total
    outline = ring_of(scene.grid.outline(), scene.grid.crs)
    return {
        "id": scene.id,
        "filename": scene.filename,
        "sha256": scene.sha256,
        "acquired": scene.acquired.text if scene.acquired else None,
        "acquired_from": _instant(scene.acquired.earliest) if scene.acquired else None,
        "acquired_to": _instant(scene.acquired.latest) if scene.acquired else None,
        "gsd_m": round(scene.gsd_m, 4),
        "crs": crs_code(scene.grid.crs),
        "width_px": scene.grid.width,
        "height_px": scene.grid.height,
        "bands": scene.bands,
        "dtype": scene.dtype,
        "sensor": scene.sensor,
        "sun_azimuth_deg": scene.sun_azimuth_deg,
        "sun_elevation_deg": scene.sun_elevation_deg,
        "off_nadir_deg": scene.off_nadir_deg,
        "credit": scene.rights.credit,
        "licence": scene.rights.licence,
        "may_republish": scene.rights.may_republish.value,
        "simulated": scene.simulated,
        "footprint": {"type": "Polygon", "coordinates": [outline]} if outline else None,
        "bounds": bounds_of(outline),
        "counted": found.count is not None,
        "checked": total is not None and total.by is not None,
        "total": _total_facts(total),
        "coverage": _coverage(total),
        "quality": _quality(found),
        "alignment": _alignment(found.alignment),
    }


def _persons_totals(store: GeoPackageStore) -> Mapping[str, Observation]:
    """By scene what persons made of the total, which is kept as an observation after each of their decisions."""
    found, _ = store.find_observations({"class": "railcar", "method": _CHECKED}, limit=1_000_000)
    totals = [seen for seen in found if seen.zone is None and seen.scene_id is not None]
    return {str(seen.scene_id): seen for seen in sorted(totals, key=lambda seen: seen.recorded_at)}


def _total(count: Count | None, persons: Observation | None) -> Tally | None:
    total = next((tally for tally in count.tallies if tally.zone is None), None) if count else None
    if total is None or persons is None:
        return total
    quantity = persons.quantity
    return replace(
        total,
        value=None if quantity.value is None else round(quantity.value),
        low=round(quantity.low or 0),
        high=None if quantity.high is None else round(quantity.high),
        qualifier=quantity.qualifier,
        visible_m=persons.visible_m or 0.0,
        hidden_m=persons.hidden_m or 0.0,
        outside_m=persons.outside_m or 0.0,
        by=persons.by,
    )


def _total_facts(total: Tally | None) -> dict[str, Json] | None:
    if total is None:
        return None
    return {
        "value": total.value,
        "low": total.low,
        "high": total.high,
        "level": total.level,
        "qualifier": total.qualifier.value,
        "by": total.by,
    }


def _coverage(total: Tally | None) -> dict[str, Json] | None:
    if total is None:
        return None
    length_m = total.visible_m + total.hidden_m + total.outside_m
    return {
        "length_m": round(length_m, 3),
        "visible_m": round(total.visible_m, 3),
        "hidden_m": round(total.hidden_m, 3),
        "outside_m": round(total.outside_m, 3),
        "visible_share": round(total.visible_m / length_m, 4) if length_m else None,
    }


def _quality(found: SceneAtAGlance) -> dict[str, Json]:
    scene, total = found.scene, found.total
    seen_m = total.visible_m + total.hidden_m if total else 0.0
    return {
        "countable": None if total is None else total.value is not None,
        "gsd_m": round(scene.gsd_m, 4),
        "off_nadir_deg": scene.off_nadir_deg,
        "sun_elevation_deg": scene.sun_elevation_deg,
        "hidden_share": round(total.hidden_m / seen_m, 4) if total and seen_m else None,
        "notices": sorted({notice.code for notice in found.count.notices}) if found.count else [],
    }


def _alignment(found: SceneAlignment | None) -> dict[str, Json] | None:
    if found is None:
        return None
    alignment = found.alignment
    return {
        "reference": found.reference_id,
        "accepted": alignment.accepted,
        "reason": alignment.reason,
        "shift_m": [round(metres, 3) for metres in alignment.shift_m] if alignment.shift_m else None,
        "rmse_px": round(alignment.rmse_px, 4) if alignment.rmse_px is not None else None,
        "tie_points": alignment.tie_points,
    }


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds").replace("+00:00", "Z")
