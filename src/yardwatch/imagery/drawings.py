"""What an analyst drew to have it measured."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yardwatch.errors import Notice, SiteError
from yardwatch.imagery.sites import SITE_LIMITS
from yardwatch.model.site import Coordinates
from yardwatch.sandbox.child import Limits, ask_once
from yardwatch.sandbox.files import plain_file

__all__ = ["Drawings", "Drawn", "read_drawings"]

_PARSER = "yardwatch.imagery._drawing_parsing"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One outline or line."""

    name: str
    """As in the file, or ``feature 3``."""
    is_outline: bool
    """Whether it was drawn as a polygon rather than a line."""
    points: Coordinates
    """Its outer ring, or its line, in the CRS of the file."""
    published: str | None = None
    """A size somebody else gave for it, as written."""
    height_m: float | None = None
    """How tall it is, metres, if said."""
    height_at_most_m: float | None = None
    """Most that its height can be, metres, if said."""
    digitising_m: float | None = None
    """Standard error of its vertices, metres, if said."""


@dataclass(frozen=True, slots=True)
class Drawings:
    """All that was drawn in one file."""

    crs: str
    """CRS of all coordinates."""
    drawings: tuple[Drawn, ...]
    """In the order of the file."""
    notices: tuple[Notice, ...]
    """What was left out."""


def read_drawings(path: str | Path, *, limits: Limits = SITE_LIMITS) -> Drawings:
    """The polygons and lines in a GeoJSON, GeoPackage, KML or KMZ file, parsed in a child process.

    Outlines may cross themselves; whoever uses them must see to that.

    Raises
    ------
    SiteError
        If the file or one of its features is bad; it names the feature and the remedy.
    LimitError
        If the file holds too much.
    """
    real = plain_file(path, error=SiteError)
    plain = ask_once(str(path), "drawings", handlers=_PARSER, limits=limits, error=SiteError, path=str(real))
    return Drawings(plain["crs"], tuple(_drawing(one) for one in plain["drawings"]), _notices(plain))


def _drawing(plain: dict[str, Any]) -> Drawn:
    return Drawn(
        name=plain["name"],
        is_outline=plain["kind"] == "outline",
        points=tuple((float(x), float(y)) for x, y in plain["points"]),
        published=plain["published"],
        height_m=plain["height_m"],
        height_at_most_m=plain["height_at_most_m"],
        digitising_m=plain["digitising_m"],
    )


def _notices(plain: dict[str, Any]) -> tuple[Notice, ...]:
    notices = []
    if plain["skipped"]:
        named = ", ".join(plain["skipped"][:3])
        more = f" and {len(plain['skipped']) - 3} more" if len(plain["skipped"]) > 3 else ""
        message = f"{named}{more} are neither polygon nor line and are left out"
        notices.append(Notice("feature_skipped", message, "draw what is to be measured as a polygon or a line"))
    holed = [one["name"] for one in plain["drawings"] if one["holes"]]
    if holed:
        message = f"holes in {', '.join(holed[:3])} are not taken off the area"
        notices.append(Notice("holes_ignored", message, "draw a court as a feature of its own and subtract it"))
    return tuple(notices)
