"""Taking decisions on railcars back, and a second person's agreement with a count."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from yardwatch.errors import MisuseError
from yardwatch.model.correction import Act, Correction, standing_decisions, undo_id
from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.railcar import Count, TrackCoverage
from yardwatch.pipeline.checked import count_with, keep_checked
from yardwatch.pipeline.correcting import Corrected
from yardwatch.pipeline.observing import UNKNOWN_PERSON
from yardwatch.workspace import open_workspace

__all__ = ["sign_off", "sign_off_in", "take_back", "take_back_in"]


def take_back(folder: Path, scene_id: str, *, by: str | None = None, note: str | None = None) -> Corrected:
    """Take back what a person decided last on the railcars of a scene, in the workspace in `folder`.

    Raises
    ------
    MisuseError
        If nothing of theirs stands, or somebody has decided on it again since.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    with open_workspace(folder) as store:
        return take_back_in(store, scene_id, by=by, note=note)


def take_back_in(store: WorkspaceStore, scene_id: str, *, by: str | None = None, note: str | None = None) -> Corrected:
    """Take back a person's last decisions on a scene, all that were made together; they stay on record."""
    person, now = _person(by), datetime.now(UTC)
    earlier = store.corrections_of(scene_id)
    standing = standing_decisions(earlier)
    own = [one for one in standing if one.by == person]
    if not own:
        raise MisuseError(f"{person} has no decision on scene {scene_id} that stands; there is nothing to take back")
    batch = [one for one in own if one.decided_at == own[-1].decided_at]
    _check_last(batch, standing[standing.index(batch[-1]) + 1 :])
    undone = [
        Correction(undo_id(one.id), scene_id, Act.UNDO, one.track, None, None, person, now, None, note)
        for one in reversed(batch)
    ]
    return _kept(store, scene_id, earlier, undone)


def sign_off(
    folder: Path, scene_id: str, *, by: str | None = None, tracks: Sequence[str] = (), note: str | None = None
) -> Corrected:
    """Agree, as a second person, with the count of tracks that another checked, in the workspace in `folder`.

    Raises
    ------
    MisuseError
        If nobody is named, a track is not checked, or the same person decided on it.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    with open_workspace(folder) as store:
        return sign_off_in(store, scene_id, by=by, tracks=tracks, note=note)


def sign_off_in(
    store: WorkspaceStore,
    scene_id: str,
    *,
    by: str | None = None,
    tracks: Sequence[str] = (),
    note: str | None = None,
) -> Corrected:
    """Agree with the count of tracks: those named, or all; any later decision on one of them ends the agreement."""
    person, now = _person(by), datetime.now(UTC)
    if person == UNKNOWN_PERSON:
        raise MisuseError("a count is signed off by somebody; say by whom")
    earlier = store.corrections_of(scene_id)
    count = _count(store, scene_id, earlier)
    coverage = {track.name: track for track in count.tracks}
    chosen = tuple(dict.fromkeys(tracks)) or tuple(coverage)
    standing = standing_decisions(earlier)
    for name in chosen:
        _check_signable(name, coverage, person, standing)
    signed = [
        Correction(f"k-{uuid4().hex[:16]}", scene_id, Act.SIGN, name, None, None, person, now, None, note)
        for name in chosen
        if coverage[name].signed_by is None
    ]
    return _kept(store, scene_id, earlier, signed)


def _check_signable(
    name: str, coverage: Mapping[str, TrackCoverage], person: str, standing: Sequence[Correction]
) -> None:
    if name not in coverage:
        raise MisuseError(f'the image shows no track "{name}"; it shows: {", ".join(coverage) or "none"}')
    if coverage[name].checked_by is None:
        raise MisuseError(f"track {name} is not checked as a whole; check it first, then another person signs it off")
    deciders = {one.by.casefold() for one in standing if one.track == name and one.act is not Act.SIGN}
    if person.casefold() in deciders:
        raise MisuseError(f"{person} decided on track {name}; a second person signs it off")


def _check_last(batch: Sequence[Correction], later: Sequence[Correction]) -> None:
    """Make sure that nobody has decided since on what a batch left behind."""
    left = {(one.track, one.after.id) for one in batch if one.after is not None}
    checked = {one.track for one in batch if one.act is Act.CHECK}
    for one in later:
        again = one.before is not None and (one.track, one.before.id) in left
        if again or (one.act is Act.SIGN and one.track in checked):
            raise MisuseError(
                f"{one.by} has decided on track {one.track} again since; nothing is taken back; decide again instead"
            )


def _kept(store: WorkspaceStore, scene_id: str, earlier: Sequence[Correction], new: Sequence[Correction]) -> Corrected:
    store.correct(new)
    count = _count(store, scene_id, (*earlier, *new))
    return Corrected(tuple(new), count, store.site(), keep_checked(store, scene_id, count))


def _count(store: WorkspaceStore, scene_id: str, corrections: Sequence[Correction]) -> Count:
    raw = store.count_of(scene_id)
    if raw is None:
        raise MisuseError(f'scene "{scene_id}" has no count; count it with yardwatch run')
    return count_with(raw, corrections, store.site())


def _person(by: str | None) -> str:
    return " ".join((by or "").split()) or UNKNOWN_PERSON
