"""What lies beside an image and is read on purpose: world file, ``.prj`` and STAC item (child process only)."""

import json
import math
from pathlib import Path
from typing import Any

from yardwatch.errors import GeoreferenceError, one_line
from yardwatch.imagery._raster import crs_from_projection

__all__ = ["projection", "sidecar", "world_transform"]

_WORLD_BYTES, _PROJECTION_BYTES, _SIDECAR_BYTES = 4096, 65_536, 2 * 2**20
_NUMBERS = {
    "gsd": "gsd_m",
    "view:off_nadir": "off_nadir_deg",
    "view:sun_azimuth": "sun_azimuth_deg",
    "view:sun_elevation": "sun_elevation_deg",
}
_LONGEST = 200


def world_transform(image: Path, *, subject: str) -> tuple[float, ...] | None:
    """The affine map of a world file beside the image, counted from the first pixel's corner; None if there is none.

    A world file gives the *centre* of the first pixel, after the numbers A, D, B and E of its map.

    Raises
    ------
    GeoreferenceError
        If the file does not hold six numbers.
    """
    suffix = image.suffix.lstrip(".")
    endings = [suffix[:1] + suffix[-1:] + "w", suffix + "w", "wld"] if suffix else ["wld"]
    path = _beside(image, endings)
    text = None if path is None else _text(path, _WORLD_BYTES)
    if path is None or text is None:
        return None
    try:
        a, d, b, e, x, y = (float(word) for word in text.split())
    except ValueError:
        a = math.nan
    if not math.isfinite(a) or not all(map(math.isfinite, (d, b, e, x, y))):
        remedy = "it must hold six numbers: write it again or remove it"
        raise GeoreferenceError(subject, f"its world file {path.name} cannot be read", remedy)
    return a, b, x - (a + b) / 2, d, e, y - (d + e) / 2


def projection(image: Path, *, subject: str) -> str | None:
    """The CRS in the ``.prj`` beside the image; None if there is none.

    Raises
    ------
    GeoreferenceError
        If the file names no CRS.
    """
    path = _beside(image, ["prj"])
    text = None if path is None else _text(path, _PROJECTION_BYTES)
    if path is None or text is None:
        return None
    return crs_from_projection(text.strip(), subject=f"{subject}: {path.name}")


def sidecar(image: Path) -> dict[str, Any] | None:
    """Facts in the STAC item beside the image, with ``unreadable`` where it is broken; None if there is none.

    Only a few properties are used; ids, links and assets are never looked at.
    """
    path = next((p for p in (image.with_suffix(".json"), Path(f"{image}.json")) if p.is_file()), None)
    if path is None:
        return None
    text = _text(path, _SIDECAR_BYTES)
    try:
        item = json.loads(text or "")
    except (ValueError, RecursionError):
        return {"file": path.name, "unreadable": True}
    if not isinstance(item, dict) or "stac_version" not in item:
        return None
    properties = item.get("properties")
    if not isinstance(properties, dict):
        return {"file": path.name, "unreadable": True}
    return {"file": path.name} | _numbers(properties) | _texts(properties)


def _numbers(properties: dict[str, Any]) -> dict[str, float]:
    found = {ours: properties.get(theirs) for theirs, ours in _NUMBERS.items()}
    return {
        name: float(value)
        for name, value in found.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6
    }


def _texts(properties: dict[str, Any]) -> dict[str, str]:
    instruments, providers = properties.get("instruments"), properties.get("providers")
    sensor = [properties.get("platform"), *(instruments if isinstance(instruments, list) else [])]
    names = [p.get("name") for p in providers if isinstance(p, dict)] if isinstance(providers, list) else []
    found = {
        "acquired": properties.get("datetime"),
        "licence": properties.get("license"),
        "sensor": " ".join(word for word in sensor if isinstance(word, str)),
        "credit": ", ".join(name for name in names if isinstance(name, str)),
    }
    return {
        name: one_line(value, _LONGEST) for name, value in found.items() if isinstance(value, str) and value.strip()
    }


def _beside(image: Path, endings: list[str]) -> Path | None:
    spellings = [spelling for ending in endings for spelling in (ending.lower(), ending.upper())]
    paths = (image.with_suffix(f".{spelling}") for spelling in spellings)
    return next((path for path in paths if path != image and path.is_file()), None)


def _text(path: Path, limit: int) -> str | None:
    """The text of a small file; None if it is too large or cannot be opened."""
    try:
        if path.stat().st_size > limit:
            return None
        return path.read_bytes()[:limit].decode("utf-8-sig", errors="replace")
    except OSError:
        return None
