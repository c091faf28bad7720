"""Files that say where an image lies without touching the image: world file with ``.prj``, or VRT."""

import os
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from pyproj import CRS

from yardwatch.errors import MisuseError
from yardwatch.model.grid import Grid
from yardwatch.model.scene import Scene

__all__ = ["placed_files", "world_file_beside", "world_files"]

_GDAL_NAMES = {
    "uint8": "Byte", "int8": "Int8", "uint16": "UInt16", "int16": "Int16", "uint32": "UInt32", "int32": "Int32",
    "float32": "Float32", "float64": "Float64",
}  # fmt: skip


def placed_files(out: Path, scene: Scene, grid: Grid, *, image: Path) -> Mapping[Path, bytes]:
    """The files that say that an image lies as `grid` has it.

    Parameters
    ----------
    out : Path
        A ``.vrt``, which QGIS opens in place of the image, or else a world file.
    scene : Scene
        The image.
    grid : Grid
        Where it lies.
    image : Path
        Its file; a VRT refers to it.

    Raises
    ------
    MisuseError
        If a VRT cannot hold its kind of pixels.
    """
    if out.suffix.lower() != ".vrt":
        return world_files(out, grid)
    return {out: _vrt(scene, grid, os.path.relpath(image.resolve(), out.resolve().parent)).encode("utf-8")}


def world_files(path: Path, grid: Grid) -> Mapping[Path, bytes]:
    """A world file and the ``.prj`` beside it; a world file gives the centre of the first pixel."""
    a, b, c, d, e, f = grid.transform
    numbers = (a, d, b, e, c + (a + b) / 2, f + (d + e) / 2)
    return {
        path: "".join(f"{number:.15g}\n" for number in numbers).encode(),
        path.with_suffix(".prj"): (_wkt(grid.crs) + "\n").encode("utf-8"),
    }


def world_file_beside(image: Path) -> Path:
    """The usual name of the world file of an image, such as ``.pgw`` for a ``.png``."""
    suffix = image.suffix.lstrip(".").lower()
    return image.with_suffix(f".{suffix[:1] + suffix[-1:]}w" if suffix else ".wld")


def _wkt(crs: str) -> str:
    return str(CRS.from_user_input(crs).to_wkt("WKT1_ESRI"))


def _vrt(scene: Scene, grid: Grid, source: str) -> str:
    kind = _GDAL_NAMES.get(scene.dtype)
    if kind is None:
        raise MisuseError(f"{scene.filename}: a VRT cannot hold pixels of {scene.dtype}; write a world file (.wld)")
    a, b, c, d, e, f = grid.transform
    size = f'xSize="{grid.width}" ySize="{grid.height}"'
    bands = "".join(
        f'  <VRTRasterBand dataType="{kind}" band="{band}">\n    <SimpleSource>\n'
        f'      <SourceFilename relativeToVRT="1">{escape(source)}</SourceFilename>\n'
        f"      <SourceBand>{band}</SourceBand>\n"
        f'      <SrcRect xOff="0" yOff="0" {size}/>\n      <DstRect xOff="0" yOff="0" {size}/>\n'
        "    </SimpleSource>\n  </VRTRasterBand>\n"
        for band in range(1, scene.bands + 1)
    )
    return (
        f'<VRTDataset rasterXSize="{grid.width}" rasterYSize="{grid.height}">\n'
        f"  <SRS>{escape(CRS.from_user_input(grid.crs).to_wkt())}</SRS>\n"
        f"  <GeoTransform>{c!r}, {a!r}, {b!r}, {f!r}, {d!r}, {e!r}</GeoTransform>\n"
        f"{bands}</VRTDataset>\n"
    )
