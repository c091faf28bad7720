"""Draw zones and tracks of a workspace, with a way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from yardwatch.errors import InputError, MisuseError
from yardwatch.model.correction import Correction
from yardwatch.model.line import Line
from yardwatch.model.railcar import Railcar
from yardwatch.model.redrawing import Redrawn, redrawn_site
from yardwatch.model.site import Place, Site, Track, Zone, frame_of
from yardwatch.pipeline.deskwork import DeskStore
from yardwatch.pipeline.documents import Json
from yardwatch.pipeline.lonlat import Shown
from yardwatch.pipeline.shapes import Drawn, changed_shape, kind_of_shape, new_shape, shape_cells
from yardwatch.pipeline.site_history import SiteHistory

__all__ = ["SiteChangedError", "SiteDrawn", "edit_site", "restore_site", "site_then"]

_MOST_EDITS = 500
_FARTHEST_M = 10.0
_SHORTEST_M = 0.01

Edit = Mapping[str, Json]
"""One edit as a page tells it."""


class SiteChangedError(MisuseError):
    """Somebody drew since the page loaded the site."""


@dataclass(frozen=True, slots=True)
class SiteDrawn:
    """A site after some edits."""

    site: Site
    """As it is now."""
    version: int
    """The number of this version."""
    did: tuple[str, ...]
    """What was done, in words."""


def edit_site(
    store: DeskStore,
    history: SiteHistory,
    edits: Sequence[Edit],
    *,
    version: int,
    shown: Shown,
    by: str | None = None,
    note: str | None = None,
) -> SiteDrawn:
    """Add, change and delete zones and tracks, all or none, and note it as a version.

    Decisions of persons on a track that is drawn otherwise are carried over to its new course. All scenes are counted
    again by the next run, unless only names changed. A zone that observations or claims speak of leaves its name behind
    as a place when it is deleted, and takes it up again when one of that name is drawn.

    Parameters
    ----------
    store : DeskStore
        The workspace.
    history : SiteHistory
        Its versions.
    edits : sequence of mapping
        Each with ``op`` (``add``, ``change`` or ``delete``), ``kind`` (``zone`` or ``track``), and, as it needs them,
        ``name``, ``geometry`` and ``properties``.
    version : int
        The version that the page shows.
    shown : Shown
        The coordinates in which geometry is given.
    by, note : str, optional
        Who draws, and why.

    Raises
    ------
    SiteChangedError
        If the site is another than the page shows.
    InputError, MisuseError
        If an edit is not understood or cannot be done.
    WorkspaceBusyError
        If a run is at work, which counts on the site as it is.
    """
    if not 0 < len(edits) <= _MOST_EDITS:
        raise MisuseError(f"{len(edits)} edits at once; send 1 to {_MOST_EDITS}")
    with store.working():
        site = _unchanged(store, history, version)
        drawing = _Drawing(store, site, shown)
        for number, edit in enumerate(edits, 1):
            drawing.take(edit, f"edit {number}")
        return _kept(store, history, drawing, by=by, note=note)


def restore_site(store: DeskStore, history: SiteHistory, *, version: int, to: int, by: str | None = None) -> SiteDrawn:
    """Draw the site as it was in an earlier version; that makes a new one.

    Raises
    ------
    SiteChangedError
        If the site is another than the page shows.
    MisuseError
        If there is no such version.
    WorkspaceBusyError
        If a run is at work.
    """
    with store.working():
        site = _unchanged(store, history, version)
        drawing = _Drawing(store, site, Shown(site.crs, lonlat=False))
        for change in history.back_to(to):
            drawing.change(change)
        drawing.did[:] = [f"back to version {to}"]
        return _kept(store, history, drawing, by=by, note=None)


def site_then(store: DeskStore, history: SiteHistory, version: int) -> Site:
    """The site as it was in an earlier version.

    Raises
    ------
    MisuseError
        If there is no such version.
    """
    history.version(store)
    return redrawn_site(store.site(), history.back_to(version))


class _Drawing:
    """A site that is being drawn, and the changes that make it."""

    def __init__(self, store: DeskStore, site: Site, shown: Shown) -> None:
        self.before = self.site = site
        self.changes: list[Redrawn] = []
        self.cells: list[tuple[str, dict[str, Json] | None, dict[str, Json] | None]] = []
        self.did: list[str] = []
        self._store, self._shown = store, shown

    def take(self, edit: Edit, subject: str) -> None:
        """Do one edit of a page."""
        op, kind = edit.get("op"), edit.get("kind")
        if kind not in {"zone", "track"} or op not in {"add", "change", "delete"}:
            raise InputError(
                subject, f"cannot {str(op)[:20]!r} a {str(kind)[:20]!r}", "add, change or delete a zone or track"
            )
        properties = edit.get("properties") or {}
        if not isinstance(properties, Mapping):
            raise InputError(subject, "has properties that are no object", "give name, role and the like")
        if op == "add":
            self._add(str(kind), edit.get("geometry"), properties)
        elif op == "change":
            self._change(self._named(str(kind), edit, subject), edit.get("geometry"), properties)
        else:
            self._delete(self._named(str(kind), edit, subject))

    def change(self, change: Redrawn) -> None:
        """Do one change."""
        before = next(
            (cells for cells in map(shape_cells, self._things(change.kind)) if cells["name"] == change.before), None
        )
        self.site = redrawn_site(self.site, [change])
        self.changes.append(change)
        self.cells.append((change.kind, before, shape_cells(change.after) if change.after else None))

    def _things(self, kind: str) -> Sequence[Drawn]:
        things: Mapping[str, Sequence[Drawn]] = {
            "zone": self.site.zones,
            "track": self.site.tracks,
            "place": self.site.places,
        }
        return things[kind]

    def _named(self, kind: str, edit: Edit, subject: str) -> Zone | Track:
        for thing in self._things(kind):
            if thing.name == edit.get("name") and isinstance(thing, Zone | Track):
                return thing
        raise InputError(subject, f"there is no {kind} {str(edit.get('name'))[:100]!r}", "load the site again")

    def _add(self, kind: str, geometry: Json, properties: Mapping[str, Json]) -> None:
        new = new_shape(kind, geometry, properties, self._shown.read)
        if any(place.name == new.name and place.point is None for place in self.site.places) and kind == "zone":
            self.change(Redrawn("place", new.name, None))
        self._check_zone(new)
        self.change(Redrawn(kind, None, new))
        self.did.append(f"drew {_called(kind, new.name)}")

    def _change(self, old: Zone | Track, geometry: Json, properties: Mapping[str, Json]) -> None:
        new, kind = changed_shape(old, geometry, properties, self._shown.read), kind_of_shape(old)
        if new == old:
            return
        self._check_zone(new)
        self.change(Redrawn(kind, old.name, new))
        if new.name != old.name:
            self.did.append(f"renamed {_called(kind, old.name)} to {new.name}")
        if replace(new, name=old.name) != old:
            self.did.append(f"{'reshaped' if geometry is not None else 'changed'} {_called(kind, new.name)}")

    def _delete(self, old: Zone | Track) -> None:
        kind = kind_of_shape(old)
        if isinstance(old, Zone):
            for track in self.site.tracks:
                if track.zone == old.name:
                    self.change(Redrawn("track", track.name, replace(track, zone=None)))
        self.change(Redrawn(kind, old.name, None))
        kept = ""
        if isinstance(old, Zone) and (number := self._store.speaks_of(old.name)):
            self.change(Redrawn("place", None, Place(old.name, aliases=old.aliases)))
            kept = f"; its name stays as a place, of which {number} observations and claims speak"
        self.did.append(f"deleted {_called(kind, old.name)}{kept}")

    def _check_zone(self, new: Zone | Track) -> None:
        if isinstance(new, Track) and new.zone is not None and new.zone not in [zone.name for zone in self.site.zones]:
            raise MisuseError(f'track {new.name}: there is no zone "{new.zone}"; draw it first, or leave it out')


def _unchanged(store: DeskStore, history: SiteHistory, version: int) -> Site:
    site, now = store.site(), history.version(store)
    if now != version:
        raise SiteChangedError(f"the site is at version {now}, not {version}; load it again and draw on that")
    return site


def _kept(store: DeskStore, history: SiteHistory, drawing: _Drawing, *, by: str | None, note: str | None) -> SiteDrawn:
    if drawing.changes:
        moved, lost = _carried(store, drawing)
        if lost:
            drawing.did.append(f"{lost} decisions on railcars lie off the new course and stay where they were")
        recount = _reckoned(drawing.before) != _reckoned(drawing.site)
        store.redraw(drawing.changes, moved=moved, recount=recount, by=by)
        history.add(store, drawing.cells, did=drawing.did, by=by, note=note)
    return SiteDrawn(store.site(), history.version(store), tuple(drawing.did))


def _reckoned(site: Site) -> object:
    """What a count follows from: courses and outlines, whatever they are called."""
    zones = [(zone.rings, zone.conceals_from) for zone in site.zones]
    return sorted(map(repr, zones)), sorted(repr(track.coordinates) for track in site.tracks)


def _carried(store: DeskStore, drawing: _Drawing) -> tuple[list[Correction], int]:
    """Decisions on tracks that run otherwise now, where they lie on the new course; and how many do not."""
    moved: list[Correction] = []
    lost = 0
    courses = _courses(drawing)
    if not courses:
        return [], 0
    for track, own in groupby(sorted(store.corrections(), key=lambda one: one.track), lambda one: one.track):
        if track in courses:
            carried = [_moved(one, courses[track]) for one in own]
            moved += [one for one in carried if one is not None]
            lost += sum(one is None for one in carried)
    return moved, lost


def _courses(drawing: _Drawing) -> dict[str, "_Course"]:
    """By the name under which decisions know each track that runs otherwise now: its old course and its new one."""
    known = {track.name: (track.name, track) for track in drawing.before.tracks}
    for change in drawing.changes:
        after = change.after
        if change.kind != "track" or not isinstance(after, Track | None):
            continue
        if change.before is None and after is not None:
            known.setdefault(after.name, (after.name, after))
        for name, (now, track) in known.items():
            if now == change.before:
                known[name] = (after.name if after else "", track)
    site = drawing.site
    lines = {track.name: track for track in site.tracks}
    return {
        name: _Course(drawing.before.line(track), site.line(lines[now]), drawing.before, site)
        for name, (now, track) in known.items()
        if now in lines and lines[now].coordinates != track.coordinates
    }


def _moved(one: Correction, course: "_Course") -> Correction | None:
    """A decision on the new course of its track; None where that does not pass there."""
    try:
        return replace(
            one, before=course.car(one.before), after=course.car(one.after), stretch_m=course.stretch(one.stretch_m)
        )
    except _OffCourseError:
        return None


@dataclass(frozen=True, slots=True)
class _Course:
    """The course of a track before and after it was drawn otherwise."""

    old: Line
    new: Line
    before: Site
    after: Site

    def place(self, at_m: float, offset_m: float) -> tuple[float, float]:
        """Chainage and offset on the new course of a place on the old one."""
        x, y = frame_of(self.before).to_crs(*self.old.points([at_m], [offset_m]))
        along_m, across_m = self.new.locate(*frame_of(self.after).to_local(x, y))
        if not (0 <= along_m[0] <= self.new.length_m and abs(across_m[0] - offset_m) <= _FARTHEST_M):
            raise _OffCourseError
        return float(along_m[0]), float(across_m[0])

    def car(self, found: Railcar | None) -> Railcar | None:
        """A car there: as long as it was, its outline where it stands."""
        if found is None:
            return None
        along_m, across_m = self.place((found.start_m + found.end_m) / 2, found.offset_m)
        half_m = (found.end_m - found.start_m) / 2
        return replace(found, start_m=along_m - half_m, end_m=along_m + half_m, offset_m=across_m)

    def stretch(self, found: tuple[float, float] | None) -> tuple[float, float] | None:
        """A stretch there."""
        if found is None:
            return None
        low_m, high_m = sorted(self.place(end_m, 0.0)[0] for end_m in found)
        if high_m - low_m < _SHORTEST_M:
            raise _OffCourseError
        return low_m, high_m


class _OffCourseError(Exception):
    """The new course of a track does not pass there."""


def _called(kind: str, name: str) -> str:
    """A thing in words, "zone Depot", without saying "track track 3"."""
    return name if name.casefold().startswith(kind) else f"{kind} {name}"
