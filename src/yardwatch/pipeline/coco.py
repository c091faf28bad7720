"""Railcars as COCO: one JSON with an outline and a box in pixels for each."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from yardwatch._version import __version__
from yardwatch.errors import LimitError, TableError
from yardwatch.model.railcar import CAR_TYPES, Count, Railcar
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site
from yardwatch.pipeline.documents import Json, scene_facts, to_json
from yardwatch.pipeline.labels import Label, car_type, corners_on, in_picture, label_of
from yardwatch.sandbox.files import plain_file

__all__ = ["NO_PICTURES", "read_coco", "to_coco"]

NO_PICTURES = (
    "Pictures are not part of this file: each belongs to whoever took it. Put your own copies beside it, and pass "
    "them on only where their licence allows."
)
"""What every export says."""

_MOST_BYTES = 64 * 10**6
_MOST_LABELS = 100_000
_MOST_POINTS = 2_000
_REMEDY = "give a COCO file with images, annotations and categories"


def to_coco(counts: Sequence[Count], site: Site) -> str:
    """All cars of some scenes; those outside the picture are left out, those at its edge are cut."""
    numbers = {kind: index for index, kind in enumerate(CAR_TYPES, 1)}
    annotations: list[Json] = []
    for image, count in enumerate(counts, 1):
        for car in count.railcars:
            shown = in_picture(corners_on(site, car, count.scene.grid), count.scene.grid)
            if shown is not None:
                ring = np.array(shown.exterior.coords[:-1])
                about = _annotation(car, ring, shown.area)
                annotations.append(
                    {"id": len(annotations) + 1, "image_id": image, "category_id": numbers[car.type], **about}
                )
    licences = list(dict.fromkeys(count.scene.rights.licence or "not known" for count in counts))
    return to_json({
        "info": {"description": f"Railcars of {site.name}. {NO_PICTURES}", "version": __version__},
        "licenses": [{"id": index, "name": name, "url": ""} for index, name in enumerate(licences, 1)],
        "images": [_image(index, count.scene, licences) for index, count in enumerate(counts, 1)],
        "annotations": annotations,
        "categories": [{"id": index, "name": kind, "supercategory": "railcar"} for kind, index in numbers.items()],
    })  # fmt: skip


def read_coco(path: Path) -> tuple[list[Label], list[str]]:
    """The labels of a COCO file, and the names of categories that we have no word for.

    Raises
    ------
    TableError
        If it is none, or an annotation has no polygon.
    LimitError
        If there is too much in it.
    """
    real = plain_file(path, error=TableError)
    if real.stat().st_size > _MOST_BYTES:
        raise LimitError(str(path), f"is more than {_MOST_BYTES / 1e6:.0f} MB", "split it")
    try:
        whole = json.loads(real.read_bytes())
        images = {image["id"]: image for image in whole["images"]}
        categories = {kind["id"]: str(kind["name"]) for kind in whole["categories"]}
        annotations = list(whole["annotations"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise TableError(str(path), "is no COCO file", _REMEDY) from None
    if len(annotations) > _MOST_LABELS:
        raise LimitError(str(path), f"has more than {_MOST_LABELS} annotations", "split it")
    labels = [_label(path, number, one, images, categories) for number, one in enumerate(annotations, 1)]
    return labels, [name for name in categories.values() if car_type(name) is None]


def _label(
    path: Path, number: int, one: Mapping[str, Any], images: Mapping[Any, Any], categories: Mapping[Any, str]
) -> Label:
    subject = f"{path}: annotation {number}"
    try:
        image = images[one["image_id"]]
        kind = car_type(categories[one["category_id"]]) or "unknown"
        (flat,) = one["segmentation"]
        points = [(float(x), float(y)) for x, y in zip(flat[::2], flat[1::2], strict=True)]
        size = (int(image["width"]), int(image["height"]))
        facts = image.get("yardwatch")
        picture = str(facts["id"]) if isinstance(facts, dict) and "id" in facts else str(image["file_name"])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise TableError(subject, "has no image, no category or not just one polygon", _REMEDY) from None
    label = label_of(subject, picture, points[:_MOST_POINTS], kind)
    if label is None:
        raise TableError(subject, "is no outline", "draw it as a polygon of three points or more")
    return Label(subject, picture, label.corners, None, kind, size)


def _image(number: int, scene: Scene, licences: Sequence[str]) -> dict[str, Json]:
    return {
        "id": number,
        "file_name": scene.filename,
        "width": scene.grid.width,
        "height": scene.grid.height,
        "date_captured": scene.acquired.text if scene.acquired else "",
        "license": licences.index(scene.rights.licence or "not known") + 1,
        "credit": scene.rights.credit or "",
        "may_republish": scene.rights.may_republish.value,
        "yardwatch": scene_facts(scene),
    }


def _annotation(car: Railcar, ring: Any, area_px: float) -> dict[str, Json]:  # noqa: ANN401 -- an array
    left, top = ring.min(0)
    right, bottom = ring.max(0)
    return {
        "segmentation": [[round(float(value), 3) for value in ring.ravel()]],
        "bbox": [round(float(value), 3) for value in (left, top, right - left, bottom - top)],
        "area": round(float(area_px), 3),
        "iscrowd": 0,
        "score": round(car.confidence, 4),
        "attributes": {
            "id": car.id,
            "track": car.track,
            "start_m": round(car.start_m, 3),
            "end_m": round(car.end_m, 3),
            "offset_m": round(car.offset_m, 3),
            "subtype": car.subtype,
            "by": car.by or "machine",
        },
    }
