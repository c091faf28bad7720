"""Figures of a comparison: the pictures of both scenes read where something changed, drawn as PNG, SVG or HTML."""

from dataclasses import replace
from pathlib import Path

from yardwatch.errors import MisuseError
from yardwatch.model.change import Comparison
from yardwatch.model.grid import Grid
from yardwatch.model.measurement import Measured
from yardwatch.model.ports import SceneReader
from yardwatch.model.scene import Scene
from yardwatch.model.site import Coordinates
from yardwatch.pipeline.figures import figure_bytes
from yardwatch.report.compared import BeforeAfter, before_after_drawing, changes_panel
from yardwatch.report.panels import Panel, Pictured, window_in
from yardwatch.report.raster import grid_of_picture
from yardwatch.report.swiping import swipe_html

__all__ = ["FIGURE_FORMS", "before_after_bytes", "before_after_of"]

FIGURE_FORMS = (".svg", ".png", ".html")
"""Endings of a figure of a comparison."""
_LONGEST_PX = 1800


def before_after_of(
    before: SceneReader, after: SceneReader, comparison: Comparison, *, measured: tuple[Measured, ...] = ()
) -> BeforeAfter:
    """Read of both scenes what the figure shows.

    The readers are of the scenes as they came; where the later one was aligned, its corrected grid is used.

    Raises
    ------
    MisuseError
        If one of the scenes does not reach the place of the changes at all.
    """
    if comparison.crs is None:
        comparison = _upright(comparison)
    panel = changes_panel(comparison)
    alignment = comparison.alignment
    aligned = alignment.grid if alignment is not None and alignment.accepted else comparison.after.grid
    return BeforeAfter(
        comparison,
        _pictured(before, comparison.before, comparison.before.grid, panel),
        _pictured(after, comparison.after, aligned, panel),
        measured,
    )


def before_after_bytes(found: BeforeAfter, path: Path) -> bytes:
    """The figure as the file that `path` names: SVG, PNG, or HTML to swipe."""
    if path.suffix.lower() == ".html":
        return swipe_html(found).encode("utf-8", "replace")
    return figure_bytes(before_after_drawing(found), path)


def _upright(comparison: Comparison) -> Comparison:
    """A comparison in local metres, whose y points down, with y pointing up as on any map."""
    changes = tuple(replace(one, polygon=tuple(map(_mirrored, one.polygon))) for one in comparison.changes)
    hidden = tuple(replace(one, polygon=tuple(map(_mirrored, one.polygon))) for one in comparison.hidden)
    before, after = (replace(scene, grid=_mirrored_grid(scene.grid)) for scene in (comparison.before, comparison.after))
    return replace(comparison, changes=changes, hidden=hidden, before=before, after=after)


def _mirrored(ring: Coordinates) -> Coordinates:
    return tuple((x, -y) for x, y in ring)


def _mirrored_grid(grid: Grid) -> Grid:
    a, b, c, d, e, f = grid.transform
    return replace(grid, transform=(a, b, c, -d, -e, -f))


def _pictured(reader: SceneReader, scene: Scene, grid: Grid, panel: Panel) -> Pictured:
    window = window_in(grid, panel.view, panel.frame)
    if window is None:
        raise MisuseError(f"{scene.filename}: does not show the place of the changes; no figure can be drawn")
    picture = reader.picture(window, longest_px=_LONGEST_PX)
    return Pictured(replace(scene, grid=grid), picture, grid_of_picture(grid, picture, window))
