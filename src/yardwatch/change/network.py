"""The change network that ships with the package."""

from functools import lru_cache
from importlib.resources import files

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from yardwatch.change.evidence import NETWORK_LABELS, Evidence

__all__ = ["OnnxChangeNetwork", "shipped_change_network"]

_MULTIPLE = 16


class OnnxChangeNetwork:
    """A change network in ONNX form.

    Its input ``pair`` has the shape (1, 6, rows, columns) of `network_input`, both a multiple of 16; its output
    ``evidence`` the shape (1, 8, rows, columns): logits of `NETWORK_LABELS`, log-odds of a roof before and after.

    Parameters
    ----------
    weights : bytes
        The ONNX file.
    name : str
        Name and version, for provenance.
    threads : int
        Processor threads to use.
    """

    def __init__(self, weights: bytes, *, name: str, threads: int = 2) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False
        self._session = ort.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        self._name = name

    @property
    def name(self) -> str:
        """Name and version, for provenance."""
        return self._name

    def read(self, pair: NDArray[np.float32]) -> Evidence:
        """Evidence of a pair as `network_input` makes it, shape (6, rows, columns)."""
        rows, columns = pair.shape[1:]
        padding = (-rows % _MULTIPLE, -columns % _MULTIPLE)
        padded = np.pad(pair, ((0, 0), (0, padding[0]), (0, padding[1])), mode="edge")
        (output,) = self._session.run(["evidence"], {"pair": padded[None].astype(np.float32, copy=False)})
        logits = np.asarray(output[0, :, :rows, :columns], np.float32)
        kinds, tops = logits[: len(NETWORK_LABELS)], logits[len(NETWORK_LABELS) :]
        grown = np.exp(kinds - kinds.max(0))
        return Evidence(grown / grown.sum(0), np.asarray(1 / (1 + np.exp(-tops)), np.float32))


@lru_cache(maxsize=1)
def shipped_change_network() -> OnnxChangeNetwork:
    """The network in the package; see its model card beside it."""
    weights = files("yardwatch.change").joinpath("weights", "changes.onnx").read_bytes()
    return OnnxChangeNetwork(weights, name="changes/1")
