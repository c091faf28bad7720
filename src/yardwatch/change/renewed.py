"""Ground that was put to another use, seen where single buildings are too small to be told apart."""

from functools import lru_cache
from importlib.resources import files
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yardwatch.change.network import OnnxModel, run_padded

__all__ = ["RENEWAL_USES", "OnnxRenewalNetwork", "RenewalNetwork", "shipped_renewal_network"]

RENEWAL_USES = ("green", "water", "bare", "built")
"""What the network learns to tell of the ground before and after, beside whether it was renewed."""


class RenewalNetwork(Protocol):
    """Sees where the ground was cleared, built up or put to another use."""

    @property
    def name(self) -> str:
        """Name and version, for provenance."""

    def read(self, pair: NDArray[np.float32]) -> NDArray[np.float32]:
        """Chance of that, shape (rows, columns), of a pair as `network_input` makes it, shape (6, rows, columns)."""


class OnnxRenewalNetwork(OnnxModel):
    """A renewal network in ONNX form.

    Its input ``pair`` has the shape (1, 6, rows, columns) of `network_input`, both a multiple of 16; its output
    ``evidence`` the shape (1, 9, rows, columns): log-odds of renewed ground, logits of `RENEWAL_USES` before and after.
    """

    def read(self, pair: NDArray[np.float32]) -> NDArray[np.float32]:
        """Chance of renewed ground, shape (rows, columns), of a pair as `network_input` makes it."""
        return np.asarray(1 / (1 + np.exp(-run_padded(self.session, "pair", pair)[0])), np.float32)


@lru_cache(maxsize=1)
def shipped_renewal_network() -> OnnxRenewalNetwork:
    """The network in the package; see its model card beside it."""
    weights = files("yardwatch.change").joinpath("weights", "renewals.onnx").read_bytes()
    return OnnxRenewalNetwork(weights, name="renewals/2")
