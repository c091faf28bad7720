"""A square of a map cut from an image, turned into its place and packed (child process only)."""

import io
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from yardwatch.imagery._picture import Painter
from yardwatch.imagery._raster import Block, Raster

__all__ = ["Tiler"]

_WHOLE_PX = 2048
_MOST_SHRINK = 8.0
_MARGIN_PX = 2
_FORMS: Mapping[str, dict[str, Any]] = {
    "png": {"format": "PNG", "compress_level": 1},
    "webp": {"format": "WEBP", "quality": 85, "method": 0},
}

_Floats = NDArray[np.float32]
_Bytes = NDArray[np.uint8]


class Tiler:
    """Makes tiles of one raster, all with the same brightness.

    Far out, where a tile would have to read most of a large image, it is cut from one small picture of the whole, made
    once.
    """

    def __init__(self, raster: Raster, painter: Painter) -> None:
        self._raster = raster
        self._painter = painter
        self._whole: _Bytes | None = None

    def tile(self, lattice: NDArray[np.float64], size_px: int, form: str) -> bytes:
        """An encoded tile; nothing of the image makes it transparent.

        Parameters
        ----------
        lattice : ndarray
            Continuous column and row of the image at nodes spread evenly from edge to edge, shape (2, n, n).
        size_px : int
            Side of the tile.
        form : str
            ``png`` or ``webp``.
        """
        columns, rows = _spread(lattice, size_px)
        picture = np.zeros((size_px, size_px, 4), np.uint8)
        source = self._source(columns, rows, size_px)
        if source is not None:
            _place(picture, source[0], columns, rows, source[1])
        return _encoded(picture, form)

    def _source(self, columns: _Floats, rows: _Floats, size_px: int) -> tuple[_Bytes, Block] | None:
        """Pixels that hold the tile, and the part of the image they stand for."""
        block = self._block(columns, rows)
        if block is None:
            return None
        shrink = max(1.0, _span(columns, rows) / size_px)
        whole = Block(0, 0, self._raster.width, self._raster.height)
        if shrink >= max(_MOST_SHRINK, max(whole.width, whole.height) / _WHOLE_PX):
            if self._whole is None:
                self._whole = self._painter.picture(whole, _WHOLE_PX)
            return self._whole, whole
        longest = max(1, math.ceil(max(block.width, block.height) / shrink))
        return self._painter.picture(block, longest), block

    def _block(self, columns: _Floats, rows: _Floats) -> Block | None:
        """The part of the image under the tile with a margin; None if there is none."""
        left, right = float(columns.min()) - _MARGIN_PX, float(columns.max()) + _MARGIN_PX
        top, bottom = float(rows.min()) - _MARGIN_PX, float(rows.max()) + _MARGIN_PX
        if not all(map(math.isfinite, (left, right, top, bottom))):
            return None
        first, last = max(0, math.floor(left)), min(self._raster.width, math.ceil(right))
        upper, lower = max(0, math.floor(top)), min(self._raster.height, math.ceil(bottom))
        return Block(first, upper, last - first, lower - upper) if first < last and upper < lower else None


def _span(columns: _Floats, rows: _Floats) -> float:
    """How many pixels of the image lie along a side of the tile: of the two sides the one with more."""
    across = math.hypot(float(columns[0, -1] - columns[0, 0]), float(rows[0, -1] - rows[0, 0]))
    down = math.hypot(float(columns[-1, 0] - columns[0, 0]), float(rows[-1, 0] - rows[0, 0]))
    return max(across, down)


def _spread(lattice: NDArray[np.float64], size_px: int) -> tuple[_Floats, _Floats]:
    """Column and row at the middle of each pixel of the tile, between the nodes along straight lines."""
    nodes = lattice.shape[-1]
    at = (np.arange(size_px) + 0.5) * (nodes - 1) / size_px
    weights = np.maximum(0.0, 1.0 - np.abs(at[:, None] - np.arange(nodes)))
    columns, rows = (weights @ layer @ weights.T for layer in lattice)
    return columns.astype(np.float32), rows.astype(np.float32)


def _place(target: _Bytes, source: _Bytes, columns: _Floats, rows: _Floats, block: Block) -> None:
    """Set each pixel of the tile that lies in the image, between the four pixels around it."""
    height, width = source.shape[:2]
    inside = (
        (columns >= block.column)
        & (columns < block.column + block.width)
        & (rows >= block.row)
        & (rows < block.row + block.height)
    )
    across = np.clip((columns - block.column) * (width / block.width) - 0.5, 0, width - 1)
    down = np.clip((rows - block.row) * (height / block.height) - 0.5, 0, height - 1)
    target[...] = _between(source, across, down)
    target[..., 3] = np.where(inside & (target[..., 3] >= 128), 255, 0)


def _between(source: _Bytes, across: _Floats, down: _Floats) -> _Bytes:
    """Bilinear, in whole numbers of which 128 make one step from pixel to pixel."""
    height, width = source.shape[:2]
    left, upper = across.astype(np.int32), down.astype(np.int32)
    share_x = ((across - left) * 128).astype(np.int32)[..., None]
    share_y = ((down - upper) * 128).astype(np.int32)[..., None]
    right, lower = np.minimum(left + 1, width - 1), np.minimum(upper + 1, height - 1)
    flat = source.reshape(-1, 4)
    upper, lower = upper * width, lower * width
    one = flat.take(upper + left, axis=0).astype(np.int32)
    top = one * 128 + (flat.take(upper + right, axis=0) - one) * share_x
    other = flat.take(lower + left, axis=0).astype(np.int32)
    bottom = other * 128 + (flat.take(lower + right, axis=0) - other) * share_x
    mixed: _Bytes = ((top * 128 + (bottom - top) * share_y + 8192) >> 14).astype(np.uint8)
    return mixed


def _encoded(picture: _Bytes, form: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture, "RGBA").save(out, **_FORMS[form])
    return out.getvalue()
