"""What a figure is made of, for its content credentials."""

from collections.abc import Sequence

from yardwatch.model.grid import Window
from yardwatch.model.scene import Scene
from yardwatch.report.blocks import Figure
from yardwatch.report.compared import BeforeAfter
from yardwatch.report.credentials import PictureFacts, ShownScene
from yardwatch.report.measures import Shown
from yardwatch.report.panels import window_of
from yardwatch.report.words import plain

__all__ = ["comparison_facts", "figure_facts", "measures_facts", "shown_scene"]

_FURNITURE = ("scale bar, north arrow, credit line",)
_DRAWN = {
    "site": ("zones with their numbers", "tracks", "places as points", *_FURNITURE),
    "map": ("tracks", "outlines of railcars, numbers of strings", *_FURNITURE),
    "strip": (
        "picture straightened along a track", "outlines, numbers and types of railcars",
        "marks of what could not be seen",
    ),
    "pair": ("outlines of changes with their numbers", *_FURNITURE),
}  # fmt: skip


def shown_scene(scene: Scene, window: Window | None = None) -> ShownScene:
    """A scene as a manifest tells it.

    Parameters
    ----------
    scene : Scene
        The scene.
    window : Window, optional
        The pixels of its file that were cut out; all of them unless given.
    """
    cut = (window.column, window.row, window.width, window.height) if window else None
    when = scene.acquired.text if scene.acquired else None
    return ShownScene(scene.id, scene.sha256, when, scene.rights.credit, cut, scene.simulated)


def comparison_facts(found: BeforeAfter) -> PictureFacts:
    """What the figure of a comparison is made of."""
    scenes = tuple(shown_scene(one.scene, window_of(one.scene.grid, one.grid)) for one in (found.before, found.after))
    drawn = (*_DRAWN["pair"], "table of changes", *(("sides and sizes of structures",) if found.measured else ()))
    title = f"Before and after: {found.before.scene.filename} and {found.after.scene.filename}"
    return PictureFacts(plain(title), scenes, drawn, resized=True)


def measures_facts(shown: Sequence[Shown], scene: Scene) -> PictureFacts:
    """What the figure of measured structures is made of."""
    scenes = tuple(shown_scene(scene, one.window) for one in shown)
    drawn = ("structures as drawn and as found, with their sizes", *_FURNITURE)
    return PictureFacts(plain(f"Structures measured on {scene.filename}"), scenes, drawn, resized=True)


def figure_facts(figure: Figure) -> PictureFacts:
    """What a figure of a report is made of; one without a picture of a scene is drawn from data alone."""
    held = any("<image " in svg for svg in figure.svgs)
    windows = figure.windows or (None,) * len(figure.scenes)
    scenes = tuple(map(shown_scene, figure.scenes, windows)) if held else ()
    title = f"Figure {figure.number}: {figure.alt}" if figure.number else figure.alt
    return PictureFacts(plain(title)[:500], scenes, _DRAWN.get(figure.kind, ()) if held else (), resized=held)
