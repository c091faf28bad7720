"""The word SIMULATED, burned into the margin of a picture."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["STAMP_ROWS", "stamp_mask"]

_FONT = {
    "S": ("01111", "10000", "10000", "01110", "00001", "00001", "11110"),
    "I": ("11111", "00100", "00100", "00100", "00100", "00100", "11111"),
    "M": ("10001", "11011", "10101", "10101", "10001", "10001", "10001"),
    "U": ("10001", "10001", "10001", "10001", "10001", "10001", "01110"),
    "L": ("10000", "10000", "10000", "10000", "10000", "10000", "11111"),
    "A": ("01110", "10001", "10001", "11111", "10001", "10001", "10001"),
    "T": ("11111", "00100", "00100", "00100", "00100", "00100", "00100"),
    "E": ("11111", "10000", "10000", "11110", "10000", "10000", "11111"),
    "D": ("11110", "10001", "10001", "10001", "10001", "10001", "11110"),
}
STAMP_ROWS = 9
"""Height of the word with a pixel of border, pixels."""


def stamp_mask(*, scale: int = 1) -> NDArray[np.int8]:
    """The word on its ground: 1 where a letter is, 0 on the ground around it; shape (9, 56) times `scale`."""
    letters = [np.array([[int(c) for c in row] for row in _FONT[letter]], np.int8) for letter in "SIMULATED"]
    word = np.concatenate([np.pad(letter, ((1, 1), (0, 1))) for letter in letters], axis=1)
    return np.kron(np.pad(word, ((0, 0), (2, 0))), np.ones((scale, scale), np.int8)).astype(np.int8)
