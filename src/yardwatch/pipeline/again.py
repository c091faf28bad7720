"""One scene counted again, or one pair compared, because a person asks for it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from yardwatch.change.trains import without_trains
from yardwatch.errors import MisuseError
from yardwatch.model.ports import Progress
from yardwatch.model.scene import Scene
from yardwatch.pipeline.checked import keep_checked
from yardwatch.pipeline.comparing import compare_scenes
from yardwatch.pipeline.comparing_scenes import roofs_over
from yardwatch.pipeline.counting import count_scene
from yardwatch.pipeline.deskwork import DeskStore
from yardwatch.pipeline.networks import network_of
from yardwatch.pipeline.registering import not_aligned, register_workspace
from yardwatch.pipeline.reopening import reopened
from yardwatch.pipeline.running import CountedScene, Run
from yardwatch.pipeline.seeing import observations_of
from yardwatch.workspace import open_workspace

__all__ = ["compare_pair", "count_again"]


def count_again(folder: Path, scene_id: str, *, progress: Progress | None = None) -> Run:
    """Count one scene of the workspace in `folder`, also if it was counted before; persons' decisions stay.

    Raises
    ------
    InputError
        If its image cannot be read.
    MisuseError
        If there is no such scene, or it does not show the site.
    WorkspaceError
        If another process is at work, or the workspace cannot be used.
    """
    with open_workspace(folder) as store, store.working():
        used = network_of(store, folder)
        register_workspace(store, [_scene(store, scene_id)], progress=progress)
        scene, site = _scene(store, scene_id), store.site()
        unaligned = not_aligned(store).get(scene_id)
        with reopened(store, site, scene) as reader:
            counted = count_scene(
                reader, site, progress=progress, network=used.network, roofs=roofs_over(store, scene)
            ).count
            notices = (*reader.notices, *counted.notices, *([unaligned] if unaligned else []))
        count = replace(counted, scene=scene, notices=tuple(dict.fromkeys(notices)))
        store.save_count(count, used.step, observations_of(count, step=used.step, recorded_at=datetime.now(UTC)))
        keep_checked(store, scene_id)
        return Run((CountedScene(scene, count),), used.step)


def compare_pair(store: DeskStore, before: str, after: str, *, progress: Progress | None = None) -> None:
    """Compare two scenes of a workspace and keep what was found, unless they were compared already.

    Raises
    ------
    InputError
        If an image cannot be read.
    MisuseError
        If there is no such scene, or both are one.
    """
    first, second = _scene(store, before), _scene(store, after)
    if before == after:
        raise MisuseError("a scene is not compared with itself; name two")
    if store.comparison_of(before, after) is not None:
        return
    site = store.site()
    with reopened(store, site, first) as earlier, reopened(store, site, second) as later:
        _, found = compare_scenes(earlier, later, site=site, progress=progress)
    counts = [count for count in (store.count_of(before), store.count_of(after)) if count is not None]
    kept = without_trains(found.changes, [car for count in counts for car in count.railcars], site)
    store.keep_comparison(replace(found, before=first, after=second, changes=kept))


def _scene(store: DeskStore, scene_id: str) -> Scene:
    found = store.scene(scene_id)
    if found is None:
        raise MisuseError(f'there is no scene "{scene_id}"; the desk and GET /api/scenes name those there are')
    return found
