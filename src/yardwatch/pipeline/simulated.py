"""Simulated scenes as files: the picture, marked as simulated, and its exact truth beside it."""

import json
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.io import MemoryFile

from yardwatch.pipeline.files import write_all
from yardwatch.simulate import Rendered, truth_features

__all__ = ["read_truth", "truth_path", "write_simulated"]

_COLOURS = {3: "RGB", 4: "RGB"}


def write_simulated(path: Path, rendered: Rendered, *, acquired: str | None = None, credit: str) -> None:
    """Write a rendered scene as a GeoTIFF whose tags say that it is simulated, and its truth beside it.

    Parameters
    ----------
    path : Path
        The GeoTIFF; the truth goes to `truth_path`.
    rendered : Rendered
        Picture, grid and truth.
    acquired : str, optional
        Date for the tags: an instant with zone or EDTF.
    credit : str
        Credit line for the tags.
    """
    tags = {"YARDWATCH_SIMULATED": "yes", "TIFFTAG_COPYRIGHT": credit}
    if acquired is not None:
        tags["YARDWATCH_ACQUIRED"] = acquired
    truth = json.dumps(truth_features(rendered.truth), allow_nan=False)
    write_all({path: _geotiff(rendered, tags), truth_path(path): truth.encode()})


def truth_path(image: Path) -> Path:
    """Where the truth of a simulated image lies."""
    return image.with_suffix(".truth.geojson")


def read_truth(image: Path, *, least_visible: float = 0.5) -> int:
    """How many cars were rendered of which at least that share can be seen in the image."""
    features = json.loads(truth_path(image).read_text("utf-8"))["features"]
    return sum(feature["properties"]["fraction_visible"] >= least_visible for feature in features)


def _geotiff(rendered: Rendered, tags: dict[str, str]) -> bytes:
    pixels: NDArray[np.generic] = rendered.pixels
    bands, height, width = pixels.shape
    profile = {
        "driver": "GTiff",
        "width": width,
        "height": height,
        "count": bands,
        "dtype": pixels.dtype.name,
        "crs": rendered.grid.crs,
        "transform": rasterio.Affine(*rendered.grid.transform),
        "compress": "deflate",
        "predictor": 2,
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
    }
    if bands in _COLOURS:
        profile["photometric"] = _COLOURS[bands]
    with MemoryFile() as memory:
        with memory.open(**profile) as file:
            file.write(pixels)
            file.update_tags(**tags)
        return bytes(memory.read())
