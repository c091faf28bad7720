"""Before and after: two scenes at one extent and scale with what changed between them, to print and to swipe."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yardwatch.model.change import Change, Comparison
from yardwatch.model.frame import LOCAL_CRS, Frame, frame_around
from yardwatch.model.grid import Grid
from yardwatch.model.measurement import Measured, rounded
from yardwatch.model.scene import Scene
from yardwatch.report.drawing import Drawing, Mark, PathMark, TextMark
from yardwatch.report.measures import measure_marks
from yardwatch.report.panels import Panel, Pictured, furniture, ground, outlined
from yardwatch.report.view import View
from yardwatch.report.words import thousands, when_words

__all__ = [
    "KIND_STYLES",
    "BeforeAfter",
    "ChangeRow",
    "KindStyle",
    "before_after_drawing",
    "change_marks",
    "change_rows",
    "changes_panel",
    "said_of_changes",
]

_PANEL, _GAP, _HEAD, _ROW = 640.0, 20.0, 84.0, 22.0
_MOST_ROWS = 40
_INK, _WHITE = "#10151a", "#ffffff"


@dataclass(frozen=True, slots=True)
class KindStyle:
    """How a kind of change is drawn and named."""

    colour: str
    """Colour of its outline, one that colour-blind readers can tell."""
    name: str
    """What it is called."""


KIND_STYLES = {
    "built": KindStyle("#e69f00", "built"),
    "razed": KindStyle("#56b4e9", "razed"),
    "earthwork": KindStyle("#f0e442", "earthwork"),
    "road": KindStyle("#ffffff", "road"),
    "stockpile": KindStyle("#cc79a7", "stockpile"),
    "surface": KindStyle("#00c896", "surface changed"),
    "track_renewal": KindStyle("#d55e00", "track renewed"),
    "concealment": KindStyle("#b9bec4", "roof over tracks"),
}
"""Style of each kind in `yardwatch.model.change.CHANGE_KINDS`."""


@dataclass(frozen=True, slots=True, eq=False)
class BeforeAfter:
    """Two scenes laid on each other with what was found, and the pictures to show it."""

    comparison: Comparison
    """What was found."""
    before: Pictured
    """The earlier scene."""
    after: Pictured
    """The later scene, on its aligned grid."""
    measured: tuple[Measured, ...] = ()
    """Structures measured on the later scene."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One line of the table of changes."""

    number: int
    """As on the figure, from 1 on."""
    kind: str
    """What it is called."""
    colour: str
    """Colour of its outline."""
    zone: str
    """Zone that holds it, or a dash."""
    size: str
    """Length by width with their errors."""
    area: str
    """Area with its error."""
    dates: str
    """Between which dates."""
    phase: str
    """Phase of construction, or a dash."""
    confidence: str
    """How sure it is, percent."""


def changes_panel(comparison: Comparison, *, margin: float = 0.35, least_m: float = 120.0) -> Panel:
    """What part of the ground to show: all changes with a margin, kept within the earlier scene.

    Without changes the earlier scene is shown whole.
    """
    crs = comparison.crs or LOCAL_CRS
    rings = [change.polygon[0] for change in comparison.changes]
    points = [point for ring in rings for point in ring] or list(_outline(comparison.before, crs))
    x, y = np.array(points, float).T
    frame = frame_around(crs, x, y)
    east, north = frame.to_local(x, y)
    wide, high = float(np.ptp(east)), float(np.ptp(north))
    reach = margin * max(wide, high) if rings else 0.0
    edges = frame.to_local(*np.array(_outline(comparison.before, crs), float).T)
    (left, right), (low, top) = ((float(edge.min()), float(edge.max())) for edge in edges)
    width = min(max(wide + 2 * reach, least_m), right - left)
    height = min(max(high + 2 * reach, least_m), top - low)
    width, height = max(width, height / 1.25), max(height, width * 0.62)
    x_m = (left + right) / 2 if width >= right - left else (float(east.min()) + float(east.max())) / 2
    y_m = (low + top) / 2 if height >= top - low else (float(north.min()) + float(north.max())) / 2
    view = View(x_m - width / 2, y_m + height / 2, width, height)
    return Panel(view.kept_in((left, low, right, top)), frame, 0.0, 0.0, _PANEL)


def before_after_drawing(found: BeforeAfter, *, with_table: bool = True) -> Drawing:
    """Both scenes side by side at one extent and scale, changes outlined and numbered, with the table of changes."""
    comparison = found.comparison
    first = changes_panel(comparison)
    left = Panel(first.view, first.frame, _GAP, _HEAD, _PANEL)
    right = Panel(first.view, first.frame, 2 * _GAP + _PANEL, _HEAD, _PANEL)
    width = 3 * _GAP + 2 * _PANEL
    marks: list[Mark] = [TextMark(words=said_of_changes(comparison), at=(_GAP, 28), size=18, bold=True)]
    top = _HEAD + left.height + 30
    for panel, pictured, word in ((left, found.before, "Before"), (right, found.after, "After")):
        words = f"{word}: {when_words(pictured.scene.acquired)}"
        marks.append(TextMark(words=words, at=(panel.left, 62), size=15, bold=True))
        marks += [ground(panel, pictured), *change_marks(panel, comparison)]
        if pictured is found.after:
            marks += [mark for one in found.measured for mark in measure_marks(panel, one)]
        marks += furniture(panel, pictured.scene)
    if not with_table:
        return Drawing(_title(comparison), width, top - 10, tuple(marks))
    height = top + _ROW * (2 + min(len(comparison.changes), _MOST_ROWS)) + 12
    return Drawing(_title(comparison), width, height, (*marks, *_table(comparison, top)))


def change_marks(panel: Panel, comparison: Comparison) -> list[Mark]:
    """Outlines of the changes with their numbers, on a panel."""
    crs = comparison.crs or LOCAL_CRS
    marks: list[Mark] = []
    for number, change in enumerate(comparison.changes, 1):
        style = KIND_STYLES[change.kind]
        title = f"{number}: {style.name}"
        marks += [outlined(panel, ring, crs, colour=style.colour, title=title) for ring in change.polygon]
    for number, change in enumerate(comparison.changes[:_MOST_ROWS], 1):
        marks += _number(panel, number, change, crs)
    return marks


def change_rows(comparison: Comparison) -> tuple[ChangeRow, ...]:
    """The table of changes."""
    return tuple(_row(number, change) for number, change in enumerate(comparison.changes, 1))


def said_of_changes(comparison: Comparison) -> str:
    """What was found, in a line."""
    dates = f"{when_words(comparison.before.acquired)} to {when_words(comparison.after.acquired)}"
    if not comparison.compared:
        reason = comparison.alignment.reason if comparison.alignment else None
        return f"Not compared, {dates}: {reason or 'the scenes could not be laid on each other'}"
    count = len(comparison.changes)
    found = "no change found" if not count else "1 change" if count == 1 else f"{count} changes"
    return f"{found[0].upper()}{found[1:]}, {dates}"


def _row(number: int, change: Change) -> ChangeRow:
    style = KIND_STYLES[change.kind]
    length = " ± ".join(rounded(change.length_m, change.length_m_se))
    width = " ± ".join(rounded(change.width_m, change.width_m_se))
    area = " ± ".join(rounded(change.area_m2, change.area_m2_se))
    return ChangeRow(
        number=number,
        kind=style.name,
        colour=style.colour,
        zone=change.zone or "–",
        size=f"{length} × {width} m",
        area=f"{area} m²",
        dates=_dates(change),
        phase=(change.phase or "–").replace("_", " "),
        confidence=f"{100 * change.confidence:.0f} %",
    )


def _dates(change: Change) -> str:
    if change.earliest is None and change.latest is None:
        return "not dated"
    if change.earliest is None:
        return f"by {when_words(change.latest)}"
    if change.latest is None:
        return f"after {when_words(change.earliest)}"
    return f"{when_words(change.earliest)} to {when_words(change.latest)}"


def _table(comparison: Comparison, top: float) -> list[Mark]:
    """The table of changes as marks."""
    columns = (
        (0.0, "No."),
        (42.0, "Kind"),
        (190.0, "Zone"),
        (380.0, "Size"),
        (580.0, "Area"),
        (730.0, "Between"),
        (1180.0, "Sure"),
    )
    marks: list[Mark] = [TextMark(words=words, at=(_GAP + x, top), size=12, bold=True) for x, words in columns]
    line = ((_GAP, top + 11), (2 * _GAP + 2 * _PANEL, top + 11))
    marks.append(PathMark(points=line, closed=False, stroke=_INK, width=1))
    rows = change_rows(comparison)
    for index, row in enumerate(rows[:_MOST_ROWS], 1):
        y = top + index * _ROW + 2
        cells = (str(row.number), row.kind, row.zone, row.size, row.area, row.dates, row.confidence)
        for (x, _), words, most in zip(columns, cells, (4, 20, 26, 28, 20, 62, 6), strict=True):
            short = words if len(words) <= most else words[: most - 1] + "…"
            marks.append(TextMark(words=short, at=(_GAP + x, y), size=12))
        swatch = _GAP + 28, y
        corners = tuple((swatch[0] + dx, swatch[1] + dy) for dx, dy in ((-4, -5), (6, -5), (6, 5), (-4, 5)))
        marks.append(PathMark(points=corners, fill=row.colour, stroke=_INK, width=1))
    if len(rows) > _MOST_ROWS:
        words = f"and {thousands(len(rows) - _MOST_ROWS)} smaller ones, which are outlined"
        marks.append(TextMark(words=words, at=(_GAP, top + (_MOST_ROWS + 1) * _ROW), size=12))
    return marks


def _number(panel: Panel, number: int, change: Change, crs: str) -> list[Mark]:
    """The number of a change at its upper right, where it hides little of it."""
    points = panel.of(change.polygon[0], crs)
    x, y = max(points, key=lambda point: point[0] - point[1])
    x = float(np.clip(x + 9, panel.left + 12, panel.left + panel.width - 12))
    y = float(np.clip(y - 9, panel.top + 12, panel.top + panel.height - 30))
    half = 6 + 4.5 * len(str(number))
    plate = ((x - half, y - 9), (x + half, y - 9), (x + half, y + 9), (x - half, y + 9))
    return [
        PathMark(points=plate, fill=_INK, stroke=KIND_STYLES[change.kind].colour, width=1.5),
        TextMark(words=str(number), at=(x, y), size=12, anchor="middle", bold=True, fill=_WHITE),
    ]


def _title(comparison: Comparison) -> str:
    return (
        f"Before and after: {comparison.before.filename} and {comparison.after.filename}. {said_of_changes(comparison)}"
    )


def _outline(scene: Scene, crs: str) -> Sequence[tuple[float, float]]:
    """The image's corners in a CRS."""
    grid: Grid = scene.grid
    ring = grid.outline()
    if grid.crs == crs:
        return ring
    x, y = np.array(ring, float).T
    frame: Frame = frame_around(grid.crs, x, y)
    there = frame.to_crs(*frame.to_local(x, y), crs=crs)
    return tuple(zip(there[0].tolist(), there[1].tolist(), strict=True))
