"""Facts of a picture that need not say where it lies."""

from pathlib import Path

from yardwatch.errors import ImageError
from yardwatch.imagery.scenes import DECODER, SCENE_LIMITS
from yardwatch.sandbox.child import ask_once
from yardwatch.sandbox.files import plain_file

__all__ = ["picture_size"]


def picture_size(path: Path) -> tuple[int, int]:
    """Columns and rows of a picture.

    Raises
    ------
    ImageError
        If the file is not an image that can be read.
    LimitError
        If it declares more than can be read safely.
    """
    real = plain_file(path, error=ImageError)
    facts = ask_once(str(path), "size", handlers=DECODER, limits=SCENE_LIMITS, error=ImageError, path=str(real))
    return int(facts["width"]), int(facts["height"])
