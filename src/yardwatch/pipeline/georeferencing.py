"""Place a picture that does not say where it lies, by control points."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from yardwatch._version import __version__
from yardwatch.errors import MisuseError, Notice
from yardwatch.imagery.control_points import read_control_points
from yardwatch.imagery.pictures import picture_size
from yardwatch.imagery.placing import world_file_beside, world_files
from yardwatch.model.frame import Floats
from yardwatch.model.provenance import Provenance
from yardwatch.pipeline.documents import Json, crs_code, document
from yardwatch.pipeline.files import check_target, write_all
from yardwatch.registration.control import Placed, place_by_points

__all__ = ["Georeferenced", "georeference_image"]

_POOR_PX = 3.0


@dataclass(frozen=True, slots=True)
class Georeferenced:
    """A picture, placed."""

    image: Path
    """The picture."""
    placed: Placed
    """Where it lies and how well."""
    points: tuple[Floats, Floats]
    """Pixels and places of the control points."""
    sha256: str
    """Hash of the picture."""
    written: tuple[Path, ...]
    """World file and ``.prj``."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a reader must know."""
        placed = self.placed
        if placed.left_out_m is None:
            message = f"{len(placed.residuals_m)} points leave none over: how well {self.image.name} lies is not known"
            return (Notice("accuracy_unknown", message, "give more control points, at least four"),)
        worst = int(np.argmax(placed.left_out_m))
        if not placed.left_out_m[worst] > _POOR_PX * placed.pixel_m:
            return ()
        message = (
            f"control point {worst + 1} lies {placed.left_out_m[worst]:.1f} m from where the others put it "
            f"({placed.left_out_m[worst] / placed.pixel_m:.1f} px)"
        )
        return (Notice("control_point_off", message, "look at that point again"),)

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        placed = self.placed
        body: dict[str, Json] = {
            "image": self.image.name,
            "crs": crs_code(placed.grid.crs),
            "transform": list(placed.grid.transform),
            "kind": placed.kind,
            "pixel_m": round(placed.pixel_m, 6),
            "rmse_m": round(placed.rmse_m, 4),
            "left_out_rmse_m": _finite(placed.left_out_rmse_m),
            "points": [self._point(index) for index in range(len(placed.residuals_m))],
            "files": [str(path) for path in self.written],
        }
        return document(
            Provenance(__version__, "control-points/1", {}, {self.image.name: self.sha256}), self.notices, body
        )

    def _point(self, index: int) -> dict[str, Json]:
        (pixels, places), placed = self.points, self.placed
        return {
            "px": float(pixels[index, 0]),
            "py": float(pixels[index, 1]),
            "x": float(places[index, 0]),
            "y": float(places[index, 1]),
            "residual_m": _finite(float(placed.residuals_m[index])),
            "left_out_m": _finite(None if placed.left_out_m is None else float(placed.left_out_m[index])),
        }


def georeference_image(
    image: Path,
    *,
    crs: str,
    points_file: Path | None = None,
    points: Sequence[tuple[float, float, float, float]] = (),
    out: Path | None = None,
    force: bool = False,
) -> Georeferenced:
    """Place a picture by control points and write a world file and a ``.prj``.

    Parameters
    ----------
    image : Path
        The picture; it is not changed.
    crs : str
        CRS of the points, e.g. ``EPSG:32652``.
    points_file : Path, optional
        CSV or ``.points`` file.
    points : sequence of (px, py, x, y)
        Points given one by one.
    out : Path, optional
        World file to write; the usual name beside the picture unless given.
    force : bool
        Whether files that are there may be replaced.

    Raises
    ------
    InputError
        If a file is bad.
    MisuseError
        If the points place nothing, one lies outside the picture, or a file is in the way.
    """
    _check_crs(crs)
    target = out or world_file_beside(image)
    projection = target.with_suffix(".prj")
    inputs = (image, points_file) if points_file else (image,)
    for path in (target, projection):
        check_target(path, inputs=inputs)
        if path.exists() and not force:
            raise MisuseError(f"{path}: is there already; give --force to replace it, or --out for another place")
    width, height = picture_size(image)
    pixels, places = _points(points_file, points)
    _check_inside(pixels, width, height, image)
    placed = place_by_points(pixels, places, crs=crs, width=width, height=height)
    files = world_files(target, placed.grid)
    write_all(files)
    with image.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    return Georeferenced(image, placed, (pixels, places), digest, tuple(files))


def _points(path: Path | None, given: Sequence[tuple[float, float, float, float]]) -> tuple[Floats, Floats]:
    pixels, places = read_control_points(path) if path else (np.empty((0, 2)), np.empty((0, 2)))
    more = np.array(given, float).reshape(-1, 4)
    return np.concatenate([pixels, more[:, :2]]), np.concatenate([places, more[:, 2:]])


def _check_crs(crs: str) -> None:
    try:
        parsed = CRS.from_user_input(crs)
    except CRSError:
        raise MisuseError(f"--crs {crs} is not a coordinate system; give it as EPSG:n") from None
    if not (parsed.is_projected or parsed.is_geographic):
        raise MisuseError(f"--crs {crs} ({parsed.name}) is not tied to the Earth; give another, as EPSG:n")


def _check_inside(pixels: Floats, width: int, height: int, image: Path) -> None:
    slack = 0.5 * max(width, height)
    off = ~((pixels > -slack) & (pixels < [width + slack, height + slack])).all(axis=1)
    if off.any():
        number = int(np.argmax(off))
        where = f"({pixels[number, 0]:g}, {pixels[number, 1]:g})"
        raise MisuseError(
            f"control point {number + 1} at {where} lies far outside {image.name} of {width} × {height} pixels; "
            "give column and row first, then x and y"
        )


def _finite(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(value, 4)
