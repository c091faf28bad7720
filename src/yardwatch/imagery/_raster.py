"""One image file opened by GDAL within declared bounds, seen as blocks of numbers and validity (child process only)."""

import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import CRSError, RasterioError
from rasterio.windows import Window

from yardwatch.errors import GeoreferenceError, ImageError, LimitError, one_line

__all__ = ["MOST_BANDS", "Raster", "open_raster"]

MOST_BANDS = 8
"""Bands beyond these are left unread."""

_MAGIC = {b"II*\0": "GTiff", b"MM\0*": "GTiff", b"II+\0": "GTiff", b"MM\0+": "GTiff", b"\x89PNG": "PNG"}
_JPEG = b"\xff\xd8\xff"
_MOST_PIXELS = {"GTiff": 10_000_000_000, "PNG": 400_000_000, "JPEG": 400_000_000}
_MOST_DECLARED_BANDS = 1024
_MOST_BLOCKS = 2_000_000
_MOST_BLOCK_BYTES = 24 * 2**20
_MOST_DECODED_BYTES = 8 * 2**30
_ABSURD = 1e20
_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_TILE = "write it as a tiled GeoTIFF: gdal_translate -co TILED=YES -co COMPRESS=DEFLATE IN OUT.tif"
_AGAIN = "copy or download it again"
_SIMPLER_JPEG = f"{_AGAIN}, or, if it is a large progressive JPEG, save it as GeoTIFF"
_TAG_NAMES = (
    "TIFFTAG_DATETIME", "TIFFTAG_COPYRIGHT", "YARDWATCH_ACQUIRED", "YARDWATCH_SIMULATED", "ACQUISITIONDATETIME",
)  # fmt: skip

Numbers = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Block:
    """Where a block of the file lies in the image."""

    column: int
    """First column."""
    row: int
    """First row."""
    width: int
    """Columns; fewer at the right edge."""
    height: int
    """Rows; fewer at the lower edge."""


class Raster:
    """An open image: what it declares, and its blocks as layers of numbers.

    The layers are the bands shown to others (no alpha, at most `MOST_BANDS`; a palette is resolved to red, green and
    blue), and then, where the file has an alpha band, a mask or a palette with transparency, one layer that is zero
    where the image holds nothing.
    """

    def __init__(self, dataset: Any, *, subject: str) -> None:  # noqa: ANN401 -- rasterio is untyped
        self._dataset = dataset
        self._subject = subject
        self.width, self.height = int(dataset.width), int(dataset.height)
        self.block_height, self.block_width = (int(size) for size in dataset.block_shapes[0])
        self.dtype = np.dtype(dataset.dtypes[0])
        self._palette = _palette(dataset)
        self._alpha = next((i for i, c in enumerate(dataset.colorinterp, 1) if c == ColorInterp.alpha), None)
        colours = [i for i in dataset.indexes if i != self._alpha]
        self.ignored_bands = max(0, len(colours) - MOST_BANDS)
        self._indexes = colours[:MOST_BANDS]
        self._masked = MaskFlags.per_dataset in dataset.mask_flag_enums[0] and self._alpha is None
        self.bands = 3 if self._palette is not None else len(self._indexes)
        self.has_mask = self._alpha is not None or self._masked or self._palette is not None
        self.layers = self.bands + self.has_mask

    @property
    def blocks_across(self) -> int:
        """Number of blocks side by side."""
        return -(-self.width // self.block_width)

    @property
    def blocks_down(self) -> int:
        """Number of blocks one below another."""
        return -(-self.height // self.block_height)

    @property
    def always_valid(self) -> bool:
        """Whether every pixel of the file holds a number worth having."""
        return not self.has_mask and self.dtype.kind in "iu" and self._nodata is None

    @cached_property
    def colour_bands(self) -> tuple[int, ...]:
        """Positions among the bands of red, green and blue, or of the one grey band."""
        if self.bands < 3:
            return (0,)
        if self._palette is None:
            kinds = [self._dataset.colorinterp[index - 1] for index in self._indexes]
            wanted = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
            if all(kind in kinds for kind in wanted):
                return tuple(kinds.index(kind) for kind in wanted)
        return (0, 1, 2)

    def facts(self) -> dict[str, Any]:
        """What the file says of itself, as plain data."""
        tags = self._dataset.tags() | self._dataset.tags(ns="IMAGERY")
        transform = tuple(float(number) for number in self._dataset.transform)[:6]
        return {
            "width": self.width,
            "height": self.height,
            "bands": self.bands,
            "ignored_bands": self.ignored_bands,
            "dtype": str(self.dtype),
            "transform": None if transform == _IDENTITY else transform,
            "crs": crs_text(self._dataset.crs) if self._dataset.crs else None,
            "control_points": bool(self._dataset.gcps[0]),
            "rational_polynomials": self._dataset.rpcs is not None,
            "tags": {name: one_line(str(tags[name]), 200) for name in _TAG_NAMES if name in tags},
        }

    def block(self, number: int) -> Block:
        """The block with this number, counted along the rows of blocks."""
        down, across = divmod(number, self.blocks_across)
        column, row = across * self.block_width, down * self.block_height
        width, height = min(self.block_width, self.width - column), min(self.block_height, self.height - row)
        return Block(column, row, width, height)

    def read(
        self, block: Block, *, shape: tuple[int, int] | None = None, bands: tuple[int, ...] | None = None
    ) -> Numbers:
        """The layers of a rectangle, averaged down to `shape` where that is smaller; shape (layers, rows, columns).

        Raises
        ------
        ImageError
            If the pixels cannot be decoded.
        """
        window = Window(block.column, block.row, block.width, block.height)
        size = shape or (block.height, block.width)
        try:
            return self._read(window, size, bands or tuple(range(self.bands)))
        except RasterioError as error:
            if "memory" in str(error).lower():
                raise LimitError(self._subject, "needs more memory than is allowed", _TILE) from None
            where = f"columns {block.column}–{block.column + block.width}, rows {block.row}–{block.row + block.height}"
            remedy = _SIMPLER_JPEG if self._dataset.driver == "JPEG" else _AGAIN
            raise ImageError(self._subject, f"cannot be decoded at {where}", remedy) from None

    def validity(self, layers: Numbers) -> NDArray[np.bool_]:
        """Which values are worth having, of layers as `read` gives them; the same shape without the mask.

        Not valid are: what the mask or alpha hides, numbers that are not finite or beyond any sensor, and the nodata
        value. In 8 and 16 bit images without sign the nodata value counts only where all bands have it, since a dark
        roof may well be 0 in one of them.
        """
        values = layers[:-1] if self.has_mask else layers
        with np.errstate(invalid="ignore"):
            valid = np.abs(values) <= _ABSURD if self.dtype.kind == "f" else np.ones(values.shape, bool)
        if self._nodata is not None:
            empty = values == self._nodata
            display = self.dtype in {np.dtype("uint8"), np.dtype("uint16")}
            valid &= ~empty.all(axis=0) if display else ~empty
        if self.has_mask:
            valid &= layers[-1] > 0
        return valid

    def check_decoded(self, decoded_bytes: int) -> None:
        """Refuse a request that would decode too much.

        Raises
        ------
        LimitError
            If it would.
        """
        if decoded_bytes > _MOST_DECODED_BYTES:
            problem = f"would need {decoded_bytes / 2**30:.0f} GB decoded for one request"
            raise LimitError(self._subject, problem, "add overviews (gdaladdo) or cut the image to the site")

    @cached_property
    def _nodata(self) -> float | None:
        value = self._dataset.nodata
        return None if value is None or np.isnan(value) or self._palette is not None else float(value)

    def _read(self, window: Window, size: tuple[int, int], bands: tuple[int, ...]) -> Numbers:
        smaller = size != (window.height, window.width)
        if self._palette is not None:
            indexes = self._dataset.read(1, window=window, out_shape=size)
            return np.moveaxis(self._palette[indexes][..., [*bands, 3]], -1, 0)
        how = {"window": window, "resampling": rasterio.enums.Resampling.average} if smaller else {"window": window}
        wanted = [self._indexes[band] for band in bands] + ([self._alpha] if self._alpha else [])
        values: Numbers = self._dataset.read(wanted, out_shape=(len(wanted), *size), **how)
        if not self._masked:
            return values
        mask = self._dataset.read_masks(1, window=window, out_shape=size)
        return np.concatenate([values, (mask > 0)[None].astype(self.dtype)])


def open_raster(path: Path, *, subject: str) -> Raster:
    """Open an image after looking at what it declares.

    Raises
    ------
    ImageError
        If it is no GeoTIFF, PNG or JPEG, or is damaged.
    LimitError
        If it declares more than can be read safely.
    """
    driver = _driver(path, subject)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = rasterio.open(path, driver=driver)
    except RasterioError:
        raise ImageError(subject, f"is damaged: it begins like a {driver} file but is none", _AGAIN) from None
    _check_declared(dataset, driver, subject)
    if driver == "GTiff":
        _check_whole(dataset, path.stat().st_size, subject)
    return Raster(dataset, subject=subject)


def crs_text(crs: Any) -> str:  # noqa: ANN401 -- rasterio is untyped
    """``EPSG:n`` where the CRS is a known one, else its WKT."""
    try:
        code = crs.to_epsg(confidence_threshold=70)
        return f"EPSG:{code}" if code else str(crs.to_wkt())
    except CRSError:
        return ""


def crs_from_projection(text: str, *, subject: str) -> str:
    """The CRS that a ``.prj`` file names.

    Raises
    ------
    GeoreferenceError
        If it names none.
    """
    try:
        return crs_text(rasterio.crs.CRS.from_wkt(text, morph_from_esri_dialect=True))
    except (CRSError, RasterioError):
        remedy = "put a CRS as WKT there, or remove the file and give --crs EPSG:n"
        raise GeoreferenceError(subject, "holds no coordinate system", remedy) from None


def _driver(path: Path, subject: str) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    driver = "JPEG" if start.startswith(_JPEG) else _MAGIC.get(start)
    if driver is None:
        raise ImageError(subject, "is not a GeoTIFF, PNG or JPEG image", "export it as GeoTIFF")
    return driver


def _check_declared(dataset: Any, driver: str, subject: str) -> None:  # noqa: ANN401 -- rasterio is untyped
    """Refuse by what the header says, before anything is decoded."""
    width, height, count = dataset.width, dataset.height, dataset.count
    if count == 0 or len(set(dataset.dtypes)) != 1 or np.dtype(dataset.dtypes[0]).kind not in "iuf":
        remedy = "export it with one real number type for all bands"
        kinds = ", ".join(dataset.dtypes[:4]) or "no band"
        raise ImageError(subject, f"holds pixels of a kind that is not understood ({kinds})", remedy)
    if width * height > _MOST_PIXELS[driver]:
        problem = f"declares {width} × {height} pixels, more than the {_MOST_PIXELS[driver] / 1e6:.0f} million allowed"
        raise LimitError(subject, problem, "cut the image to the site")
    if count > _MOST_DECLARED_BANDS:
        raise LimitError(subject, f"declares {count} bands", f"export the first {MOST_BANDS} only")
    block_height, block_width = dataset.block_shapes[0]
    together = count if dataset.interleaving == rasterio.enums.Interleaving.pixel else 1
    block_bytes = block_height * block_width * together * np.dtype(dataset.dtypes[0]).itemsize
    if block_bytes > _MOST_BLOCK_BYTES:
        problem = f"is stored in pieces of {block_width} × {block_height} pixels ({block_bytes / 2**20:.0f} MB)"
        raise LimitError(subject, problem, _TILE)
    if -(-width // block_width) * -(-height // block_height) > _MOST_BLOCKS:
        raise LimitError(subject, f"is stored in pieces of only {block_width} × {block_height} pixels", _TILE)


def _check_whole(dataset: Any, size: int, subject: str) -> None:  # noqa: ANN401 -- rasterio is untyped
    """Refuse a TIFF whose last piece lies beyond the end of the file."""
    rows, columns = dataset.block_shapes[0]
    last = f"{(dataset.width - 1) // columns}_{(dataset.height - 1) // rows}"
    for name in ("0_0", last):
        offset = dataset.get_tag_item(f"BLOCK_OFFSET_{name}", "TIFF", bidx=dataset.count)
        length = dataset.get_tag_item(f"BLOCK_SIZE_{name}", "TIFF", bidx=dataset.count)
        if offset is not None and length is not None and int(offset) + int(length) > size:
            raise ImageError(subject, "is cut off: it ends before its pixels do", _AGAIN)


def _palette(dataset: Any) -> NDArray[np.uint8] | None:  # noqa: ANN401 -- rasterio is untyped
    """Colours of each index, shape (256, 4), where the only band holds indexes."""
    if dataset.count != 1 or dataset.colorinterp[0] != ColorInterp.palette or dataset.dtypes[0] != "uint8":
        return None
    colours = np.zeros((256, 4), np.uint8)
    for index, colour in dataset.colormap(1).items():
        colours[index] = colour
    return colours
