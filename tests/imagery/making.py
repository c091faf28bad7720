"""Small images and site files for the tests of this room."""

import json
import warnings
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine

UTM = "EPSG:32652"
NORTH_UP = Affine(0.5, 0, 500_000, 0, -0.5, 4_690_000)


def write_image(
    path: Path, pixels: np.ndarray, *, crs: str | None = UTM, transform: Affine = NORTH_UP, **options
) -> Path:
    """A GeoTIFF (or what `driver` says) of shape (bands, rows, columns)."""
    tags = options.pop("tags", {})
    mask = options.pop("mask", None)
    colours = options.pop("colours", None)
    overviews = options.pop("overviews", None)
    count, height, width = pixels.shape
    facts = {"driver": "GTiff", "count": count, "height": height, "width": width, "dtype": pixels.dtype}
    place = {"crs": crs, "transform": transform} if crs else {}
    with (
        warnings.catch_warnings(action="ignore"),
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
        rasterio.open(path, "w", **(facts | place | options)) as file,
    ):
        file.write(pixels)
        file.update_tags(**tags)
        if colours:
            file.colorinterp = colours
        if mask is not None:
            file.write_mask(mask)
        if overviews:
            file.build_overviews(overviews)
    return path


def noise(bands: int, rows: int, columns: int, *, dtype: str = "uint8", seed: int = 1) -> np.ndarray:
    """Pixels that differ everywhere."""
    high = 256 if dtype in {"uint8", "int16"} else 4000
    return np.random.default_rng(seed).integers(1, high, (bands, rows, columns)).astype(dtype)


def bilinear(pixels: np.ndarray, column: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Plain bilinear interpolation, one point at a time; NaN pixels and those beyond the edge have no weight."""
    bands, rows, columns = pixels.shape
    found = np.full((bands, *column.shape), np.nan)
    for place in np.ndindex(column.shape):
        x, y = column[place] - 0.5, row[place] - 0.5
        if not (0 <= column[place] < columns and 0 <= row[place] < rows):
            continue
        for band in range(bands):
            if np.isnan(pixels[band, int(row[place]), int(column[place])]):
                continue
            total = weights = 0.0
            for i in (int(np.floor(x)), int(np.floor(x)) + 1):
                for j in (int(np.floor(y)), int(np.floor(y)) + 1):
                    weight = (1 - abs(x - i)) * (1 - abs(y - j))
                    if 0 <= i < columns and 0 <= j < rows and not np.isnan(pixels[band, j, i]):
                        total += weight * pixels[band, j, i]
                        weights += weight
            found[(band, *place)] = total / weights
    return found


def polygon(name: str | None, ring: list, **properties) -> dict:
    """A zone as a GeoJSON feature."""
    named = {"kind": "zone", "name": name, "role": "rail_yard"} | properties
    return {"type": "Feature", "properties": named, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def line(name: str | None, points: list, **properties) -> dict:
    """A track as a GeoJSON feature."""
    named = {"kind": "track", "name": name} | properties
    return {"type": "Feature", "properties": named, "geometry": {"type": "LineString", "coordinates": points}}


SQUARE = [[500_000, 4_690_000], [500_128, 4_690_000], [500_128, 4_689_872], [500_000, 4_689_872], [500_000, 4_690_000]]
TRACK = [[500_005, 4_689_950], [500_120, 4_689_940]]


def write_site(path: Path, features: list, *, crs: str | None = "urn:ogc:def:crs:EPSG::32652", **members) -> Path:
    """A site file in GeoJSON."""
    document = {"type": "FeatureCollection", "features": features} | members
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
