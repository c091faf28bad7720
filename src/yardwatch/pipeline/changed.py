"""What changed, as the JSON that other programs rely on."""

from yardwatch.model.alignment import Alignment
from yardwatch.model.change import Change, Comparison, Hidden, ZoneVerdict
from yardwatch.model.scene import Scene
from yardwatch.model.site import Coordinates
from yardwatch.pipeline.documents import Json, crs_code, document, rounded_ring, scene_facts

__all__ = ["change_facts", "comparison_document"]

_AS_THEY_LIE = "compared as they lie: neither picture says where it is"


def comparison_document(comparison: Comparison) -> dict[str, Json]:
    """The document of `yardwatch change`; metres to the millimetre, areas to a tenth of a square metre."""
    crs = comparison.crs
    body: dict[str, Json] = {
        "crs": crs_code(crs) if crs else None,
        "before": _scene(comparison.before, local=crs is None),
        "after": _scene(comparison.after, local=crs is None),
        "registration": _registration(comparison.alignment),
        "changes": [change_facts(change, crs) for change in comparison.changes],
        "zones": [_zone(verdict) for verdict in comparison.zones],
        "hidden": [_hidden(hidden, crs) for hidden in comparison.hidden],
    }
    return document(comparison.provenance, comparison.notices, body)


def _scene(scene: Scene, *, local: bool) -> dict[str, Json]:
    if not local:
        return scene_facts(scene)
    return {
        "id": scene.id,
        "sha256": scene.sha256,
        "acquired": scene.acquired.text if scene.acquired else None,
        "gsd_m": round(scene.gsd_m, 4),
        "crs": None,
        "filename": scene.filename,
        "simulated": scene.simulated,
    }


def _registration(alignment: Alignment | None) -> dict[str, Json]:
    if alignment is None:
        return {"accepted": True, "reason": _AS_THEY_LIE, "shift_m": [0.0, 0.0], "rmse_px": None, "tie_points": 0}
    return {
        "accepted": alignment.accepted,
        "reason": alignment.reason,
        "shift_m": [round(metres, 3) for metres in alignment.shift_m] if alignment.shift_m else None,
        "rmse_px": round(alignment.rmse_px, 4) if alignment.rmse_px is not None else None,
        "tie_points": alignment.tie_points,
    }


def change_facts(change: Change, crs: str | None) -> dict[str, Json]:
    """What a document says of one change."""
    return {
        "id": change.id,
        "kind": change.kind,
        "polygon": _polygon(change.polygon, crs),
        "zone": change.zone,
        "area_m2": round(change.area_m2, 1),
        "area_m2_se": round(change.area_m2_se, 1),
        "length_m": round(change.length_m, 3),
        "length_m_se": round(change.length_m_se, 3),
        "width_m": round(change.width_m, 3),
        "width_m_se": round(change.width_m_se, 3),
        "confidence": round(change.confidence, 4),
        "phase": change.phase,
        "earliest": change.earliest.text if change.earliest else None,
        "latest": change.latest.text if change.latest else None,
    }


def _zone(verdict: ZoneVerdict) -> dict[str, Json]:
    smallest = verdict.smallest_detectable_m2
    return {
        "zone": verdict.zone,
        "verdict": verdict.verdict.value,
        "smallest_detectable_m2": round(smallest, 1) if smallest is not None else None,
        "visible_share": round(verdict.visible_share, 4),
    }


def _hidden(hidden: Hidden, crs: str | None) -> dict[str, Json]:
    return {"cause": hidden.cause, "polygon": _polygon(hidden.polygon, crs), "area_m2": round(hidden.area_m2, 1)}


def _polygon(rings: tuple[Coordinates, ...], crs: str | None) -> dict[str, Json]:
    rounded = [rounded_ring(ring, crs) if crs else [[round(x, 3), round(y, 3)] for x, y in ring] for ring in rings]
    return {"type": "Polygon", "coordinates": rounded}
