"""The change networks that ship with the package."""

from functools import lru_cache
from importlib.resources import files
from typing import Protocol

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from yardwatch.change.evidence import NETWORK_LABELS, Evidence

__all__ = [
    "OnnxChangeNetwork",
    "OnnxModel",
    "OnnxStepNetwork",
    "StepNetwork",
    "run_padded",
    "shipped_change_network",
    "shipped_step_network",
]

_MULTIPLE = 16


class OnnxModel:
    """A network in ONNX form, run by a session that keeps no memory between calls.

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
        self.session = ort.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        self._name = name

    @property
    def name(self) -> str:
        """Name and version, for provenance."""
        return self._name


class OnnxChangeNetwork(OnnxModel):
    """A change network in ONNX form.

    Its input ``pair`` has the shape (1, 6, rows, columns) of `network_input`, both a multiple of 16; its output
    ``evidence`` the shape (1, 8, rows, columns): logits of `NETWORK_LABELS`, log-odds of a roof before and after.
    """

    def read(self, pair: NDArray[np.float32]) -> Evidence:
        """Evidence of a pair as `network_input` makes it, shape (6, rows, columns)."""
        logits = run_padded(self.session, "pair", pair)
        kinds, tops = logits[: len(NETWORK_LABELS)], logits[len(NETWORK_LABELS) :]
        return Evidence(_shares(kinds), np.asarray(1 / (1 + np.exp(-tops)), np.float32))


class StepNetwork(Protocol):
    """Sees what came or went for good between one of several dates and the one before."""

    @property
    def name(self) -> str:
        """Name and version, for provenance."""

    def read(self, layers: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of each of `STEP_LABELS`, shape (7, rows, columns), given what `step_layers` makes."""


class OnnxStepNetwork(OnnxModel):
    """A step network in ONNX form.

    Its input ``layers`` has the shape (1, 28, rows, columns) of `step_layers`, both a multiple of 16; its output
    ``labels`` the shape (1, 7, rows, columns): logits of `STEP_LABELS`.
    """

    def read(self, layers: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of each of `STEP_LABELS`, shape (7, rows, columns), given what `step_layers` makes."""
        return _shares(run_padded(self.session, "layers", layers))


def run_padded(session: ort.InferenceSession, name: str, layers: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a network whose input is called `name` makes of layers of any size, shape (outputs, rows, columns)."""
    rows, columns = layers.shape[1:]
    padded = np.pad(layers, ((0, 0), (0, -rows % _MULTIPLE), (0, -columns % _MULTIPLE)), mode="edge")
    (output,) = session.run(None, {name: padded[None].astype(np.float32, copy=False)})
    return np.asarray(output[0, :, :rows, :columns], np.float32)


def _shares(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    grown = np.exp(logits - logits.max(0))
    return np.asarray(grown / grown.sum(0))


@lru_cache(maxsize=1)
def shipped_change_network() -> OnnxChangeNetwork:
    """The network in the package; see its model card beside it."""
    weights = files("yardwatch.change").joinpath("weights", "changes.onnx").read_bytes()
    return OnnxChangeNetwork(weights, name="changes/1")


@lru_cache(maxsize=1)
def shipped_step_network() -> OnnxStepNetwork:
    """The network for sites over several dates in the package; see its model card beside it."""
    weights = files("yardwatch.change").joinpath("weights", "steps.onnx").read_bytes()
    return OnnxStepNetwork(weights, name="steps/2")
