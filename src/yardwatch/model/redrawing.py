"""A change of what is drawn of a site."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from yardwatch.errors import MisuseError
from yardwatch.model.site import Place, Site, Track, Zone

__all__ = ["Redrawn", "redrawn_site"]

Thing = TypeVar("Thing", bound=Zone | Track | Place)


@dataclass(frozen=True, slots=True)
class Redrawn:
    """One zone, track or place that is drawn, drawn otherwise, or taken away."""

    kind: str
    """``zone``, ``track`` or ``place``."""
    before: str | None
    """Its name until then; None where there was none."""
    after: Zone | Track | Place | None
    """As it is from now on; None where it is no more."""


def redrawn_site(site: Site, changes: Sequence[Redrawn]) -> Site:
    """A site after some changes, one after the other.

    A zone that is renamed takes the tracks that were drawn for it along; if it is taken away, they are of none.

    Raises
    ------
    MisuseError
        If a change is of something that is not there, or leaves two things of one name.
    """
    for change in changes:
        site = _redrawn(site, change)
    return site


def _redrawn(site: Site, change: Redrawn) -> Site:
    match change.kind:
        case "zone":
            zones = _list(site.zones, change, Zone)
            name = change.after.name if change.after else None
            tracks = [
                replace(track, zone=name) if change.before is not None and track.zone == change.before else track
                for track in site.tracks
            ]
            return _checked(replace(site, zones=zones, tracks=tuple(tracks)))
        case "track":
            return _checked(replace(site, tracks=_list(site.tracks, change, Track)))
        case "place":
            return _checked(replace(site, places=_list(site.places, change, Place)))
        case _:
            raise MisuseError(f"{change.kind!r} is nothing that is drawn; use zone, track or place")


def _list(things: Sequence[Thing], change: Redrawn, kind: type[Thing]) -> tuple[Thing, ...]:
    """The things of one kind after a change; a new one comes last."""
    after = change.after
    if after is not None and not isinstance(after, kind):
        raise MisuseError(f"{after.name!r} is no {change.kind}; give one")
    new: tuple[Thing, ...] = () if after is None else (after,)
    if change.before is None:
        return (*things, *new)
    place = next((index for index, thing in enumerate(things) if thing.name == change.before), None)
    if place is None:
        raise MisuseError(f'there is no {change.kind} "{change.before}"; load the site again')
    return (*things[:place], *new, *things[place + 1 :])


def _checked(site: Site) -> Site:
    for kind, names in (
        ("zone or place", [extent.name for extent in site.extents]),
        ("track", [track.name for track in site.tracks]),
    ):
        twice = next((name for index, name in enumerate(names) if name in names[:index]), None)
        if twice is not None:
            raise MisuseError(f'there is a {kind} "{twice}" already; give another name')
    return site
