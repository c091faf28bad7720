"""From light to the numbers in a file."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from yardwatch.simulate._noise import Reals, Texture
from yardwatch.simulate.conditions import Sensor

__all__ = ["FULL_SCALE_16", "blurred", "develop"]

FULL_SCALE_16 = 3000.0
"""Value of a white surface in a 16-bit picture of gain 1."""

_VEIL = np.array([0.20, 0.235, 0.29, 0.15], np.float32)
_PAN = np.array([0.33, 0.33, 0.14, 0.20], np.float32)
_LUMINANCE_STEPS = np.array([
    [16, 11, 10, 16, 24, 40, 51, 61], [12, 12, 14, 19, 26, 58, 60, 55], [14, 13, 16, 24, 40, 57, 69, 56],
    [14, 17, 22, 29, 51, 87, 80, 62], [18, 22, 37, 56, 68, 109, 103, 77], [24, 35, 55, 64, 81, 104, 113, 92],
    [49, 64, 78, 87, 103, 121, 120, 101], [72, 92, 95, 98, 112, 100, 103, 99],
], np.float32)  # fmt: skip


def blurred(light: Reals, sensor: Sensor, cells_per_pixel: float) -> Reals:
    """The bands that the sensor has, as its optics blur them; shape (bands, rows, columns)."""
    sigma = sensor.psf_px * cells_per_pixel
    veiled = light * np.float32(1 - sensor.haze) + np.float32(sensor.haze) * _VEIL[: len(light), None, None]
    planes = []
    for band in sensor.bands:
        plane = np.tensordot(_PAN, veiled, 1) if band == "pan" else veiled[("red", "green", "blue", "nir").index(band)]
        planes.append(ndimage.gaussian_filter(plane, sigma, truncate=3) if sigma > 0.2 else plane)
    return np.stack(planes).astype(np.float32)


def develop(
    values: Reals, sensor: Sensor, texture: Texture, rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Numbers for the file from the light in each pixel, shape (bands, rows, columns).

    `rows` and `columns` number the pixels in the whole picture, so that noise and the blocks of the JPEG fit across
    tiles; the first of each must be a multiple of 8.
    """
    colours = [i for i, band in enumerate(sensor.bands) if band in ("red", "green", "blue")]
    shown = values * np.float32(sensor.gain)
    if sensor.saturation != 1 and len(colours) == 3:
        grey = shown[colours].mean(axis=0)
        shown[colours] = np.maximum(grey + (shown[colours] - grey) * np.float32(sensor.saturation), 0)
    if sensor.bits == 8:
        shown = np.clip(shown, 0, None) ** np.float32(1 / 2.2)
    shown += np.float32(sensor.offset)
    common = texture.fine(53, rows, columns)
    for index in range(len(shown)):
        if sensor.sharpen:
            shown[index] += sensor.sharpen * (shown[index] - ndimage.gaussian_filter(shown[index], 0.8, truncate=3))
        grain = (1 - sensor.grey_noise) * texture.fine(54 + index % 7, rows, columns) + sensor.grey_noise * common
        shown[index] += np.float32(sensor.noise) * (grain + 0.5 * texture.smooth(61, rows, columns, 1.7))
    if sensor.bits == 16:
        return np.asarray(np.clip(np.rint(shown * FULL_SCALE_16), 1, 65535), np.uint16)
    shown *= 255
    if sensor.jpeg_quality is not None:
        shown = _as_jpeg(shown, sensor.jpeg_quality)
    return np.asarray(np.clip(np.rint(shown), 0, 255), np.uint8)


def _as_jpeg(shown: Reals, quality: int) -> Reals:
    """What a JPEG leaves of it: each 8 × 8 block's cosines in steps, colour more coarsely than brightness.

    Steps as in annex K of ITU-T T.81, scaled by quality as the reference software of the Independent JPEG Group does.
    """
    scale = (5000 / quality if quality < 50 else 200 - 2 * quality) / 100
    steps = np.maximum(_LUMINANCE_STEPS * scale, 1)
    grey = shown.mean(axis=0)
    coded = _in_steps(grey, steps)
    if len(shown) == 1:
        return coded[None]
    return np.stack([coded + _in_steps(_halved(plane - grey), np.maximum(steps, 1)) for plane in shown])


def _halved(plane: Reals) -> Reals:
    """Colour at half the resolution, as most JPEGs keep it."""
    return np.asarray(ndimage.uniform_filter(plane, 2, mode="nearest"), np.float32)


def _in_steps(plane: Reals, steps: Reals) -> Reals:
    rows, columns = plane.shape
    padded = np.pad(plane, ((0, -rows % 8), (0, -columns % 8)), mode="edge")
    blocks = padded.reshape(padded.shape[0] // 8, 8, padded.shape[1] // 8, 8).transpose(0, 2, 1, 3)
    cosines = fft.dctn(blocks, axes=(2, 3), norm="ortho")
    cosines = np.rint(cosines / steps) * steps
    back = fft.idctn(cosines, axes=(2, 3), norm="ortho").transpose(0, 2, 1, 3).reshape(padded.shape)
    return np.asarray(back[:rows, :columns], np.float32)
