"""Fonts of the system for painted figures."""

from functools import lru_cache
from typing import TypeAlias

from PIL import ImageFont

__all__ = ["Font", "typeset"]

Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont

_FONTS = {
    False: ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "arial.ttf", "Helvetica.ttc"),
    True: ("DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", "Arial Bold.ttf", "arialbd.ttf", "Helvetica.ttc"),
}
_PLAINER = str.maketrans({"×": "x", "²": "2", "–": "-", "…": "...", "≈": "~", "·": "-", "’": "'"})


def typeset(words: str, size: int, *, bold: bool = False) -> tuple[Font, str]:
    """A font of `size` pixels, and the words as far as that font has their signs."""
    font, complete = _font(size, bold)
    if not complete:
        words = words.translate(_PLAINER).encode("latin-1", "replace").decode("latin-1")
    return font, words


@lru_cache(maxsize=64)
def _font(size: int, bold: bool) -> tuple[Font, bool]:
    """A font of the system, and whether it has the signs we use."""
    for name in _FONTS[bold]:
        try:
            return ImageFont.truetype(name, size), True
        except OSError:
            continue
    return ImageFont.load_default(size), False
