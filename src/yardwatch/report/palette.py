"""How each type of railcar looks: a colour that colour-blind readers can tell, and a letter for those who see none."""

from dataclasses import dataclass

__all__ = ["CarStyle", "car_style"]


@dataclass(frozen=True, slots=True)
class CarStyle:
    """Colour, letter and words for one type."""

    letter: str
    """One or two letters that stand for the type."""
    colour: str
    """Colour of the outline, after Okabe and Ito where possible."""
    casing: str
    """Colour drawn beneath the outline, so that it shows on any ground."""
    name: str
    """What one of them is called."""
    plural: str
    """What several are called."""


_DARK, _LIGHT = "#10151a", "#ffffff"
_STYLES = {
    "open_top": CarStyle("O", "#f0a30a", _DARK, "open-top car", "open-top cars"),
    "covered": CarStyle("C", "#56b4e9", _DARK, "covered car", "covered cars"),
    "tank": CarStyle("T", "#d55e00", _LIGHT, "tank car", "tank cars"),
    "flat": CarStyle("F", "#f0e442", _DARK, "flat car", "flat cars"),
    "container": CarStyle("K", "#00a878", _DARK, "container car", "container cars"),
    "passenger": CarStyle("P", "#e79ac4", _DARK, "passenger coach", "passenger coaches"),
    "locomotive": CarStyle("L", "#1f4fa3", _LIGHT, "locomotive", "locomotives"),
    "other": CarStyle("X", "#b9bec4", _DARK, "other car", "other cars"),
    "flat_or_container": CarStyle("FK", "#b5d334", _DARK, "flat or container car", "flat or container cars"),
}
_UNKNOWN = CarStyle("?", "#ffffff", _DARK, "car of unknown type", "cars of unknown type")


def car_style(type_: str) -> CarStyle:
    """The style of one of `yardwatch.model.railcar.CAR_TYPES`; of anything else, that of ``unknown``."""
    return _STYLES.get(type_, _UNKNOWN)
