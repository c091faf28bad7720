"""The network for new sleepers that ships with the package."""

from functools import lru_cache
from importlib.resources import files
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yardwatch.change.network import OnnxModel

__all__ = ["OnnxSleeperNetwork", "SleeperNetwork", "shipped_sleeper_network"]


class SleeperNetwork(Protocol):
    """Sees between which of several dates a piece of track got concrete sleepers for wooden ones."""

    @property
    def name(self) -> str:
        """Name and version, for provenance."""

    def read(self, layers: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability that each piece was renewed never or just before date k > 0, shape (dates, pieces).

        Given what `sleeper_layers` makes, shape (dates, 47, pieces).
        """


class OnnxSleeperNetwork(OnnxModel):
    """A sleeper network in ONNX form.

    Its input ``track`` has the shape (1, dates, 47, pieces) of `sleeper_layers`; its output ``renewed`` the shape
    (1, dates - 1, pieces): logits of having been renewed just before each date but the first, against 0 for never.
    """

    def read(self, layers: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability that each piece was renewed never or just before date k > 0, shape (dates, pieces)."""
        (output,) = self.session.run(None, {"track": layers[None]})
        logits = np.concatenate([np.zeros_like(output[0, :1]), output[0]])
        grown = np.exp(logits - logits.max(0))
        return np.asarray(grown / grown.sum(0), np.float32)


@lru_cache(maxsize=1)
def shipped_sleeper_network() -> OnnxSleeperNetwork:
    """The network in the package; see its model card beside it."""
    weights = files("yardwatch.change").joinpath("weights", "sleepers.onnx").read_bytes()
    return OnnxSleeperNetwork(weights, name="sleepers/3")
