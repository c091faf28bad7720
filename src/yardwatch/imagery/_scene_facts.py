"""What is known of a scene beside its pixels: from the user, else a STAC item, else the file's tags."""

import math
import re
from dataclasses import dataclass
from typing import Any

from yardwatch.errors import DateError, GeoreferenceError, MisuseError, Notice
from yardwatch.model.dates import When, parse_when
from yardwatch.model.frame import Frame, frame_around
from yardwatch.model.grid import Grid
from yardwatch.model.scene import Republish, Rights, Scene

__all__ = ["Stated", "describe"]

_FINER_IS_WRONG = 0.95
_COARSEST_M = 10_000.0
_TIFF_DAY = re.compile(r"(\d{4}):(\d{2}):(\d{2})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the user says of an image, beside what the file says."""

    crs: str | None = None
    """Coordinate system, e.g. ``EPSG:32652``; an error where the file says another."""
    gsd_m: float | None = None
    """Native ground sample distance, metres, where the pixels were resampled."""
    acquired: When | None = None
    """When it was taken."""
    credit: str | None = None
    """Credit line."""
    licence: str | None = None
    """Licence by name or SPDX identifier."""
    may_republish: Republish | None = None
    """Whether it may be printed; None if not said."""


def describe(
    facts: dict[str, Any], identity: dict[str, str], grid: Grid, *, frame: Frame | None, stated: Stated, subject: str
) -> tuple[Scene, tuple[Notice, ...]]:
    """The scene with all that is known of it, and what was noticed on the way.

    Raises
    ------
    GeoreferenceError
        If its pixels have no size on the ground.
    MisuseError
        If the stated ground sample distance is not a size.
    """
    beside: dict[str, Any] = facts["sidecar"] or {}
    tags: dict[str, str] = facts["tags"]
    notices = [*_about_file(facts, beside, subject)]
    gsd_m = _gsd(grid, frame, stated.gsd_m, beside.get("gsd_m"), notices, subject)
    acquired = stated.acquired or _acquired(beside, tags, notices, subject)
    rights = Rights(
        credit=stated.credit or beside.get("credit") or tags.get("TIFFTAG_COPYRIGHT"),
        licence=stated.licence or beside.get("licence"),
        may_republish=stated.may_republish or Republish.UNKNOWN,
    )
    scene = Scene(
        **identity,
        grid=grid,
        gsd_m=gsd_m,
        bands=facts["bands"],
        dtype=facts["dtype"],
        acquired=acquired,
        sensor=beside.get("sensor"),
        sun_azimuth_deg=beside.get("sun_azimuth_deg"),
        sun_elevation_deg=beside.get("sun_elevation_deg"),
        off_nadir_deg=beside.get("off_nadir_deg"),
        rights=rights,
        simulated=tags.get("YARDWATCH_SIMULATED", "").lower() == "yes",
    )
    return scene, tuple(notices)


def _about_file(facts: dict[str, Any], beside: dict[str, Any], subject: str) -> list[Notice]:
    notices = []
    if facts["ignored_bands"]:
        total = facts["bands"] + facts["ignored_bands"]
        message = f"{subject} has {total} bands; the first {facts['bands']} are used"
        notices.append(Notice("bands_ignored", message, "export the bands that matter, red, green and blue first"))
    if beside.get("unreadable"):
        message = f"{beside['file']} beside {subject} is not a STAC item that can be read; it is left out"
        notices.append(Notice("sidecar_unreadable", message, "correct or remove it, or give --acquired and --gsd"))
    return notices


def _gsd(
    grid: Grid, frame: Frame | None, stated_m: float | None, beside_m: float | None, notices: list[Notice], subject: str
) -> float:
    """Native ground sample distance: as stated, else by the sidecar, else the pixel; never finer than the pixel."""
    if stated_m is not None and not 0 < stated_m <= _COARSEST_M:
        raise MisuseError(f"--gsd {stated_m:g} is not a size of a pixel in metres")
    pixel_m = grid.pixel_m(frame or _frame_around(grid))
    if not (math.isfinite(pixel_m) and pixel_m > 0):
        raise GeoreferenceError(subject, "its pixels have no size on the ground", "check its position, or give --crs")
    if beside_m is not None and not 0 < beside_m <= _COARSEST_M:
        beside_m = None
    gsd_m = stated_m or beside_m or pixel_m
    if gsd_m < _FINER_IS_WRONG * pixel_m:
        message = f"a ground sample distance of {gsd_m:g} m is stated, but the pixels of {subject} are {pixel_m:.3g} m"
        notices.append(Notice("gsd_finer_than_pixels", message, "use the image in its full resolution"))
        return pixel_m
    return gsd_m


def _frame_around(grid: Grid) -> Frame:
    x, y = grid.to_crs([0, grid.width, grid.width, 0], [0, 0, grid.height, grid.height])
    return frame_around(grid.crs, x, y)


def _acquired(beside: dict[str, Any], tags: dict[str, str], notices: list[Notice], subject: str) -> When | None:
    """By the sidecar, else by a tag with zone, else the day of the TIFF's date tag, with a notice."""
    written = [beside.get("acquired"), tags.get("YARDWATCH_ACQUIRED"), tags.get("ACQUISITIONDATETIME")]
    for text in filter(None, written):
        try:
            return parse_when(text.replace(" ", "T", 1), subject=subject)
        except DateError:
            message = f"{subject}: the date {text!r} that came with it is not understood; it is left out"
            notices.append(Notice("acquired_unreadable", message, "give it with --acquired"))
    day = _TIFF_DAY.match(tags.get("TIFFTAG_DATETIME", ""))
    if day is None:
        return None
    try:
        when = parse_when("-".join(day.groups()), subject=subject)
    except DateError:
        return None
    message = f"{subject}: {when} is its TIFF date, which has no zone and may be the day the file was written"
    notices.append(Notice("acquired_day_only", message, "give the time of acquisition with --acquired"))
    return when
