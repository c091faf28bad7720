"""Answers requests about one image: what it is, numbers at places, pictures (child process only)."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from yardwatch.imagery._beside import projection, sidecar, world_transform
from yardwatch.imagery._picture import Painter
from yardwatch.imagery._raster import Block, open_raster
from yardwatch.imagery._sampling import Sampler
from yardwatch.imagery._tiling import Tiler

__all__ = ["new_handlers"]

_Answer = tuple[dict[str, Any], bytes | memoryview]


def new_handlers() -> dict[str, Callable[..., _Answer]]:
    """What a child that decodes one image can do."""
    session = _Session()
    return {"open": session.open, "size": _size, "sample": session.sample, "picture": session.picture,
            "tile": session.tile}  # fmt: skip


def _size(subject: str, _: bytearray, *, path: str) -> _Answer:
    """Columns and rows of an image, whatever lies beside it."""
    raster = open_raster(Path(path), subject=subject)
    return {"width": raster.width, "height": raster.height}, b""


class _Session:
    """One open image."""

    def __init__(self) -> None:
        self._sampler: Sampler | None = None
        self._painter: Painter | None = None
        self._tiler: Tiler | None = None

    def open(self, subject: str, _: bytearray, *, path: str) -> _Answer:
        """Open the image and tell what it and the files beside it say."""
        image = Path(path)
        raster = open_raster(image, subject=subject)
        self._sampler, self._painter = Sampler(raster), Painter(raster)
        self._tiler = Tiler(raster, self._painter)
        facts = raster.facts()
        if facts["transform"] is None:
            facts["world"] = world_transform(image, subject=subject)
            facts["projection"] = projection(image, subject=subject)
        return facts | {"sidecar": sidecar(image)}, b""

    def sample(self, _: str, payload: bytearray, *, footprint_px: float) -> _Answer:
        """Numbers at places: n columns and then n rows as float64; answers float32 of shape (bands, n)."""
        assert self._sampler is not None  # noqa: S101 -- opened first
        column, row = np.frombuffer(payload, np.float64).reshape(2, -1)
        return {}, self._sampler.sample(column, row, footprint_px).data.cast("B")

    def picture(self, _: str, __: bytearray, *, window: list[int], longest_px: int) -> _Answer:
        """A picture of a window (column, row, width, height): answers its shape and its bytes."""
        assert self._painter is not None  # noqa: S101 -- opened first
        picture = self._painter.picture(Block(*window), longest_px)
        return {"shape": picture.shape}, picture.data.cast("B")

    def tile(self, _: str, payload: bytearray, *, size_px: int, form: str) -> _Answer:
        """A tile of a map: columns and then rows of the image at the nodes of a lattice; answers an encoded picture."""
        assert self._tiler is not None  # noqa: S101 -- opened first
        nodes = math.isqrt(len(payload) // 16)
        lattice = np.frombuffer(payload, np.float64).reshape(2, nodes, nodes)
        return {}, self._tiler.tile(lattice, size_px, form)
