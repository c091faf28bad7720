"""The evidence network that ships with the package."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.model.ribbon import Ribbon
from yardwatch.railcars._session import OnnxModel
from yardwatch.railcars.evidence import TYPES, ColumnEvidence, Tone, ribbon_input, scene_tone

__all__ = ["OnnxNetwork", "shipped_network"]

_STATES = 4
_MULTIPLE = 8
_SHORTEST = 64
_AROUND = 152


class OnnxNetwork(OnnxModel):
    """An evidence network in ONNX form.

    Its input ``ribbon`` has the shape (1, c, 41, n): the first c channels of `network_input`, n a multiple of 8; its
    output ``evidence`` the shape (1, 15, n): logits of the four states, log-odds of begin and end, logits of the eight
    types, offset in metres.

    Parameters
    ----------
    weights : bytes
        The ONNX file.
    name : str
        Name and version, for provenance.
    threads : int
        Processor threads to use: so many ribbons are read at a time.
    """

    def __init__(self, weights: bytes, *, name: str, threads: int = 2) -> None:
        super().__init__(weights, name=name, threads=1)
        self._threads = threads
        self._channels = int(self.session.get_inputs()[0].shape[1])

    def read(
        self,
        ribbons: Sequence[Ribbon],
        *,
        gsd_m: float,
        calm: Sequence[NDArray[np.bool_]] | None = None,
        tone: Tone | None = None,
        only: Sequence[NDArray[np.bool_]] | None = None,
    ) -> list[ColumnEvidence]:
        """Evidence of the ribbons of one scene; memory grows with the longest of them.

        Columns that are not in `only` are not looked at unless they lie within 38 m of some that are: as far as the
        shipped network sees.
        """
        scale = tone or scene_tone(ribbons)
        unknown = [None] * len(ribbons)

        def one(ribbon: Ribbon, known: NDArray[np.bool_] | None, wanted: NDArray[np.bool_] | None) -> ColumnEvidence:
            shown = ribbon_input(ribbon, gsd_m=gsd_m, tone=scale, calm=known)
            return self._one(*shown, [(0, len(shown[1]))] if wanted is None else _stretches(wanted))

        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(one, ribbons, calm or unknown, only or unknown))

    def _one(
        self, pixels: NDArray[np.float32], readable: NDArray[np.bool_], stretches: list[tuple[int, int]]
    ) -> ColumnEvidence:
        first_type = _STATES + 2
        values = np.zeros((first_type + len(TYPES) + 1, len(readable)))
        for start, end in stretches:
            values[:, start:end] = self._run(pixels[: self._channels, :, start:end])
        return ColumnEvidence(
            states=_log_softmax(values[:_STATES]),
            begin=values[_STATES],
            end=values[_STATES + 1],
            types=_log_softmax(values[first_type : first_type + len(TYPES)]),
            offset_m=values[first_type + len(TYPES)],
            readable=readable,
        )

    def _run(self, shown: NDArray[np.float32]) -> NDArray[np.float32]:
        """Output for a stretch, shape (15, n)."""
        columns = shown.shape[2]
        padding = max(_SHORTEST, -(-columns // _MULTIPLE) * _MULTIPLE) - columns
        if padding:
            shown = np.pad(shown, ((0, 0), (0, 0), (0, padding)))
        (output,) = self.session.run(["evidence"], {"ribbon": shown[None]})
        return np.asarray(output[0, :, :columns])


@lru_cache(maxsize=1)
def shipped_network() -> OnnxNetwork:
    """The network in the package; see its model card beside it."""
    weights = files("yardwatch.railcars").joinpath("weights", "ribbons.onnx").read_bytes()
    return OnnxNetwork(weights, name="ribbons/4")


def _stretches(wanted: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First column and the one after the last of each run of columns to look at, with what lies around them."""
    looked = ndimage.maximum_filter1d(wanted.astype(np.int8), 2 * _AROUND + 1)
    edges = np.flatnonzero(np.diff(looked, prepend=0, append=0)).reshape(-1, 2)
    return [(start - start % _MULTIPLE, end) for start, end in edges.tolist()]


def _log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = logits - logits.max(0)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(0)))
