"""Count every scene of a workspace that has not been counted, and compare it with those before it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from yardwatch.errors import InputError, MisuseError, Notice
from yardwatch.model.change import Comparison
from yardwatch.model.ports import Picture, Progress, WorkspaceStore
from yardwatch.model.railcar import Count
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site
from yardwatch.pipeline.changed import change_facts
from yardwatch.pipeline.checked import keep_checked
from yardwatch.pipeline.comparing_scenes import compare_scene, not_compared, pending_comparisons, roofs_over
from yardwatch.pipeline.counting import COUNT_STEP, count_scene
from yardwatch.pipeline.documents import Json, document, made_by, scene_facts
from yardwatch.pipeline.files import png, write_all
from yardwatch.pipeline.networks import InUse, network_of
from yardwatch.pipeline.registering import not_aligned, register_workspace
from yardwatch.pipeline.reopening import reopened
from yardwatch.pipeline.seeing import MACHINE, observations_of
from yardwatch.railcars.evidence import Network
from yardwatch.workspace import open_workspace

__all__ = ["CountedScene", "Run", "run_pending", "run_workspace"]

_CHIP_PX = 480


@dataclass(frozen=True, slots=True)
class CountedScene:
    """What became of one scene."""

    scene: Scene
    """The scene."""
    count: Count | None
    """Its count; None if it could not be counted."""
    problem: str | None = None
    """Why not, in one line."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was done."""

    scenes: tuple[CountedScene, ...]
    """Those that were new, in the order in which they were taken."""
    step: str = COUNT_STEP
    """Name of what was done: a way of counting with a network."""
    comparisons: tuple[Comparison, ...] = ()
    """What changed between the new scenes and those before them."""

    @property
    def failed(self) -> tuple[CountedScene, ...]:
        """Those that could not be counted; they stay new."""
        return tuple(scene for scene in self.scenes if scene.problem)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a reader must know of the counts, each with its scene."""
        counted = tuple(
            replace(notice, message=f"{scene.scene.filename}: {notice.message}")
            for scene in self.scenes
            if scene.count
            for notice in scene.count.notices
        )
        return (*counted, *not_compared(self.comparisons))

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        inputs = {scene.scene.filename: scene.scene.sha256 for scene in self.scenes}
        body: dict[str, Json] = {
            "step": self.step,
            "scenes": [_facts(scene) for scene in self.scenes],
            "comparisons": [_comparison_facts(found) for found in self.comparisons],
        }
        return document(made_by("run", inputs), self.notices, body)


def run_workspace(folder: Path, *, progress: Progress | None = None) -> Run:
    """Count all that is new in the workspace in `folder`.

    Raises
    ------
    WorkspaceBusyError
        If another process is at it.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    with open_workspace(folder) as store, store.working():
        return run_pending(store, chips=store.chips, in_use=network_of(store, folder), progress=progress)


def run_pending(
    store: WorkspaceStore, *, chips: Path | None = None, in_use: InUse | None = None, progress: Progress | None = None
) -> Run:
    """Count each scene that is new to a store and keep it at once, so that a stop loses nothing that was finished.

    Parameters
    ----------
    store : WorkspaceStore
        Where the scenes are and the counts go.
    chips : Path, optional
        Folder for one small picture of each scene, named after its id.
    in_use : InUse, optional
        The network to count with; the shipped one unless given.
    progress : callable, optional
        Told of each scene and what is being done with it.
    """
    site = store.site()
    register_workspace(store, store.pending(COUNT_STEP), progress=progress)
    unaligned = not_aligned(store)
    step, network = (in_use.step, in_use.network) if in_use else (COUNT_STEP, None)
    pending = {scene.id: scene for scene in store.pending(step)}
    uncompared = {scene.id for scene in pending_comparisons(store)}
    done: list[CountedScene] = []
    compared: list[Comparison] = []
    for scene in [scene for scene in store.scenes() if scene.id in pending or scene.id in uncompared]:
        told = _inside(progress, f"{scene.filename} ({len(done) + 1} of {len(pending)})")
        counting = _Counting(store, site, step, network, chips, unaligned.get(scene.id))
        if scene.id in pending:
            done.append(counting.keep(scene, told))
        if scene.id in uncompared:
            compared += compare_scene(store, scene, recorded_at=datetime.now(UTC), progress=told)
            if scene.id in pending and any(_roofed(found) for found in compared if found.after.id == scene.id):
                done[-1] = counting.keep(scene, told)
    return Run(tuple(done), step, tuple(compared))


@dataclass(frozen=True, slots=True)
class _Counting:
    """How the scenes of a run are counted."""

    store: WorkspaceStore
    site: Site
    step: str
    network: Network | None
    chips: Path | None
    unaligned: Notice | None

    def keep(self, scene: Scene, progress: Progress | None) -> CountedScene:
        """Count a scene under the roofs that are known, and keep its count with a small picture."""
        result, look = _counted(self.store, self.site, scene, self.network, progress)
        if result.count is not None and self.unaligned is not None:
            notices = (*result.count.notices, self.unaligned)
            result = replace(result, count=replace(result.count, notices=notices))
        if result.count is not None:
            seen = observations_of(result.count, step=self.step, recorded_at=datetime.now(UTC))
            self.store.save_count(result.count, self.step, seen)
            keep_checked(self.store, scene.id)
        if look is not None and self.chips is not None:
            chip = self.chips / f"{scene.id}.png"
            write_all({chip: png(look)})
            self.store.log_files("picture", [chip], by=MACHINE)
        return result


def _roofed(found: Comparison) -> bool:
    """Whether a roof over tracks was seen in the later scene that the earlier one does not show."""
    return any(change.kind == "concealment" for change in found.changes)


def _counted(
    store: WorkspaceStore, site: Site, scene: Scene, network: Network | None, progress: Progress | None
) -> tuple[CountedScene, Picture | None]:
    try:
        with reopened(store, site, scene) as reader:
            roofs = roofs_over(store, scene)
            count = count_scene(reader, site, progress=progress, network=network, roofs=roofs).count
            notices = tuple(dict.fromkeys((*reader.notices, *count.notices)))
            look = reader.picture(longest_px=_CHIP_PX)
    except (InputError, MisuseError) as error:
        return CountedScene(scene, None, str(error)), None
    return CountedScene(scene, replace(count, scene=scene, notices=notices)), look


def _inside(progress: Progress | None, place: str) -> Progress | None:
    if progress is None:
        return None
    return lambda what, done, of: progress(f"{place}: {what}", done, of)


def _comparison_facts(found: Comparison) -> dict[str, Json]:
    refused = found.alignment.reason if found.alignment else None
    return {
        "before": found.before.id,
        "after": found.after.id,
        "status": "compared" if found.compared else "failed",
        "problem": refused,
        "changes": [change_facts(change, found.crs) for change in found.changes],
    }


def _facts(result: CountedScene) -> dict[str, Json]:
    total = result.count.total if result.count else None
    return {
        "scene": scene_facts(result.scene),
        "status": "counted" if total else "failed",
        "problem": result.problem,
        "value": total.value if total else None,
        "low": total.low if total else None,
        "high": total.high if total else None,
        "level": total.level if total else None,
        "qualifier": total.qualifier.value if total else None,
    }
