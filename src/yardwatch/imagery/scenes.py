"""Opening an image: what it is, where it lies, when it was taken, and its pixels on request."""

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import ImageError, MisuseError, Notice
from yardwatch.imagery._georeference import place
from yardwatch.imagery._scene_facts import Stated, describe
from yardwatch.model.frame import Floats, Frame
from yardwatch.model.grid import Grid, Window
from yardwatch.model.ports import Picture
from yardwatch.model.scene import Scene
from yardwatch.sandbox.child import Child, Limits
from yardwatch.sandbox.files import plain_file

__all__ = ["DECODER", "SCENE_LIMITS", "TILE_FORMS", "SceneFile", "Stated", "open_scene"]

SCENE_LIMITS = Limits(memory_bytes=136 * 2**20, cpu_s=60, wall_s=120)
"""Enough for any image that `open_scene` accepts."""

DECODER = "yardwatch.imagery._decoding"
"""Module that runs in the child process that reads one image."""

TILE_FORMS = ("png", "webp")
"""How a tile can be packed."""

_OPENING_CPU_S = 4.0
_POINTS_PER_REQUEST = 2**16
_LARGEST_FOOTPRINT_PX = 4096
_LARGEST_PICTURE_PX = 10_000
_LARGEST_TILE_PX = 1024


def open_scene(
    path: str | Path,
    *,
    site_crs: str | None = None,
    frame: Frame | None = None,
    stated: Stated | None = None,
    local_gsd_m: float | None = None,
    limits: Limits = SCENE_LIMITS,
) -> "SceneFile":
    """Open an image in a child process; use the result as a context manager.

    Parameters
    ----------
    path : str or Path
        A GeoTIFF or COG, or a PNG or JPEG with a world file beside it.
    site_crs : str, optional
        Taken, with the notice ``crs_assumed``, for a world file without ``.prj``; nothing is assumed if not given.
    frame : Frame, optional
        The site's, in which a pixel is measured; one around the image if not given.
    stated : Stated, optional
        What the user says of the image; it wins over sidecar and tags.
    local_gsd_m : float, optional
        Take a picture that does not say at all where it lies, with pixels of this size, as lying in `LOCAL_CRS`;
        otherwise it is an error.
    limits : Limits
        What the child may use for one request.

    Raises
    ------
    ImageError
        If the file is not an image that can be read.
    GeoreferenceError
        If it is not known where the image lies, or two statements of it contradict each other.
    LimitError
        If it asks for more memory or time than is allowed.
    """
    subject = str(path)
    real = plain_file(path, error=ImageError)
    child = Child(subject, handlers=DECODER, limits=limits, error=ImageError)
    try:
        child.send("open", cpu_s=min(limits.cpu_s, _OPENING_CPU_S), path=str(real))
        sha256 = _hash_of(real)
        facts, _ = child.receive()
        said = stated or Stated()
        grid, notices = place(facts, subject=subject, stated_crs=said.crs, site_crs=site_crs, local_gsd_m=local_gsd_m)
        scene_id = f"{_safe(Path(subject).stem)}-{sha256[:8]}"
        identity = {"id": scene_id, "filename": Path(subject).name, "sha256": sha256}
        scene, more = describe(facts, identity, grid, frame=frame, stated=said, subject=subject)
    except BaseException:
        child.close(at_once=True)
        raise
    return SceneFile(child, scene, notices + more)


class SceneFile:
    """An open image; gives its pixels until it is closed."""

    def __init__(self, child: Child, scene: Scene, notices: tuple[Notice, ...]) -> None:
        self._child = child
        self._scene = scene
        self.notices = notices
        """What a reader of any result from this image must know."""

    @property
    def scene(self) -> Scene:
        """The scene that is read; its `bands` are those that `sample` gives: no alpha, at most eight."""
        return self._scene

    def at(self, grid: Grid) -> "SceneFile":
        """The same open image, said to lie elsewhere, as after an alignment; closing either closes both."""
        return SceneFile(self._child, replace(self._scene, grid=grid), self.notices)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the child process; a second call does nothing."""
        self._child.close()

    def sample(self, column: Floats, row: Floats, *, footprint_px: float = 1.0) -> NDArray[np.float32]:
        """Values at continuous pixel coordinates; the first pixel's centre is (0.5, 0.5).

        The value is the mean over a square of `footprint_px` pixels (at least one) around the point, each pixel taken
        as a square of even brightness; with one pixel that is bilinear interpolation. Pixels without data have no
        weight.

        Parameters
        ----------
        column, row : ndarray
            Of one shape; long arrays are read in stretches along their longest axis.
        footprint_px : float
            Side of the square, pixels. Beyond 16 it is sampled at 16 × 16 pixels.

        Returns
        -------
        ndarray
            Shape (bands, …), float32; NaN outside the image and where its own pixel has no data.

        Raises
        ------
        MisuseError
            If the shapes differ or the footprint is not a size.
        ImageError
            If a touched block cannot be decoded.
        LimitError
            If reading takes more memory or time than is allowed.
        """
        columns, rows = np.broadcast_arrays(np.asarray(column, float), np.asarray(row, float))
        if not 0 <= footprint_px <= _LARGEST_FOOTPRINT_PX:
            raise MisuseError(f"a footprint of {footprint_px} px is no size; give 0 to {_LARGEST_FOOTPRINT_PX}")
        values = np.empty((self._scene.bands, *columns.shape), np.float32)
        for part in _stretches(columns.shape, max(1, int(_POINTS_PER_REQUEST / max(1, footprint_px)))):
            points = np.stack([columns[part].ravel(), rows[part].ravel()])
            if points.size:
                _, payload = self._child.ask("sample", points.data.cast("B"), footprint_px=float(footprint_px))
                found = np.frombuffer(payload, np.float32)
                values[(slice(None), *part)] = found.reshape(values.shape[0], *columns[part].shape)
        return values

    def picture(self, window: Window | None = None, *, longest_px: int = 2000) -> Picture:
        """The scene, or a window of it, to look at.

        All pictures of a scene of more than 8 bits have the same brightness: the 2nd and 98th percentile of a spread of
        its blocks are black and white, over all colours together. Pixels without data are transparent.

        Parameters
        ----------
        window : Window, optional
            Part of the image; it is cut at the image's edges.
        longest_px : int
            Longest side of the picture; a smaller window is not enlarged.

        Raises
        ------
        MisuseError
            If the window lies outside the image or `longest_px` is not 1 to 10,000.
        ImageError
            If a touched block cannot be decoded.
        LimitError
            If it takes more memory or time than is allowed.
        """
        grid = self._scene.grid
        whole = window or Window(0, 0, grid.width, grid.height)
        left, top = max(0, whole.column), max(0, whole.row)
        right, bottom = min(grid.width, whole.column + whole.width), min(grid.height, whole.row + whole.height)
        if left >= right or top >= bottom:
            raise MisuseError(f"{whole} lies outside the image of {grid.width} × {grid.height} pixels")
        if not 1 <= longest_px <= _LARGEST_PICTURE_PX:
            raise MisuseError(f"a picture of {longest_px} px cannot be made; give 1 to {_LARGEST_PICTURE_PX}")
        wanted = [left, top, right - left, bottom - top]
        answer, payload = self._child.ask("picture", window=list(map(int, wanted)), longest_px=int(longest_px))
        return np.frombuffer(payload, np.uint8).reshape(answer["shape"])

    def tile(self, column: Floats, row: Floats, *, size_px: int = 256, form: str = "png") -> bytes:
        """A square of a map, encoded; what lies outside the image or holds no data is transparent.

        Parameters
        ----------
        column, row : ndarray
            Continuous pixel coordinates of the image at nodes spread evenly over the square from edge to edge, both of
            shape (n, n); between them the map is straight.
        size_px : int
            Side of the square, pixels.
        form : str
            ``png`` or ``webp``.

        Raises
        ------
        MisuseError
            If the shapes are no squares of one size, or the form is another.
        ImageError
            If a touched block cannot be decoded.
        LimitError
            If it takes more memory or time than is allowed.
        """
        lattice = np.stack([np.asarray(column, np.float64), np.asarray(row, np.float64)])
        if lattice.ndim != 3 or lattice.shape[1] != lattice.shape[2] or lattice.shape[1] < 2:
            raise MisuseError(f"a lattice of shape {lattice.shape[1:]} is no square; give n × n nodes")
        if form not in TILE_FORMS or not 1 <= size_px <= _LARGEST_TILE_PX:
            raise MisuseError(f"a tile of {size_px} px as {form!r} cannot be made; use {' or '.join(TILE_FORMS)}")
        _, payload = self._child.ask("tile", lattice.data.cast("B"), size_px=int(size_px), form=form)
        return bytes(payload)


def _stretches(shape: tuple[int, ...], most: int) -> Iterator[tuple[slice, ...]]:
    """Parts of an array with at most about `most` entries each, cut across its longest axis."""
    if not shape:
        yield ()
        return
    axis = int(np.argmax(shape))
    others = max(1, math.prod(shape) // max(1, shape[axis]))
    step = max(1, most // others)
    for start in range(0, shape[axis], step):
        yield (slice(None),) * axis + (slice(start, start + step),)


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _safe(stem: str) -> str:
    """`stem` with nothing but letters, digits, dash and underscore."""
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_]+", "-", plain).strip("-_")[:40] or "scene"
