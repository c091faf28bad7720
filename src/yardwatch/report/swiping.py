"""Before and after as a page to swipe, and what a report tells of changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from yardwatch._version import __version__
from yardwatch.errors import Notice
from yardwatch.model.change import Comparison, Verdict
from yardwatch.model.scene import Scene
from yardwatch.report import words
from yardwatch.report.compared import (
    BeforeAfter,
    ChangeRow,
    before_after_drawing,
    change_marks,
    change_rows,
    changes_panel,
    said_of_changes,
)
from yardwatch.report.drawing import Drawing, drawing_svg
from yardwatch.report.measures import measure_marks
from yardwatch.report.panels import Panel, Pictured, furniture, ground

__all__ = ["ChangesTold", "ZoneTold", "changes_told", "swipe_html"]

_WIDE = 960.0
_VERDICTS = {
    Verdict.CHANGED: "changed",
    Verdict.NO_CHANGE: "no change found",
    Verdict.NOT_VISIBLE: "could not be seen",
}


@dataclass(frozen=True, slots=True)
class ZoneTold:
    """A zone's verdict in words."""

    name: str
    """Name of the zone."""
    verdict: str
    """What is said of it."""
    seen: str
    """Share that both scenes show."""
    smallest: str
    """What could have been missed."""


@dataclass(frozen=True, slots=True)
class MeasuredTold:
    """A measured structure in words."""

    name: str
    """What it is called."""
    size: str
    """Length by width with their errors."""


@dataclass(frozen=True, slots=True, eq=False)
class ChangesTold:
    """A comparison in words and figures, for a template."""

    said: str
    """What was found, in a line."""
    figure: Markup
    """Both scenes side by side with the table."""
    before: Markup
    """The earlier scene alone, at the same extent as the later."""
    after: Markup
    """The later scene alone."""
    before_when: str
    """Date of the earlier scene."""
    after_when: str
    """Date of the later scene."""
    before_credit: str
    """Credit of the earlier scene."""
    after_credit: str
    """Credit of the later scene."""
    caption: str
    """What stands under the figure."""
    simulated: str
    """What the banner says; empty if both pictures were taken."""
    rows: tuple[ChangeRow, ...]
    """The table of changes."""
    zones: tuple[ZoneTold, ...]
    """The verdict of each zone."""
    hidden: str
    """What could not be compared, by cause."""
    alignment: str
    """How well the scenes lie on each other."""
    measured: tuple[MeasuredTold, ...]
    """What was measured on the later scene."""
    notices: tuple[Notice, ...]
    """What a reader must know."""


def swipe_html(found: BeforeAfter) -> str:
    """A page that needs nothing else and runs no script: drag the edge; printed, the scenes stand side by side."""
    environment = Environment(
        loader=PackageLoader("yardwatch.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=_made_plain,
    )  # fmt: skip
    return environment.get_template("swipe.html").render(told=changes_told(found), version=__version__)


def changes_told(found: BeforeAfter) -> ChangesTold:
    """A comparison in words and figures."""
    comparison = found.comparison
    before, after = comparison.before, comparison.after
    caption = (
        f"Left: {words.when_words(before.acquired)}. {words.credit_line(before.rights)} "
        f"Right: {words.when_words(after.acquired)}. {words.credit_line(after.rights)}"
    )
    return ChangesTold(
        said=said_of_changes(comparison),
        figure=_markup(before_after_drawing(found)),
        before=_markup(_single(found, found.before)),
        after=_markup(_single(found, found.after)),
        before_when=_dated(before),
        after_when=_dated(after),
        before_credit=words.credit_line(before.rights),
        after_credit=words.credit_line(after.rights),
        caption=caption,
        simulated=_simulated(comparison),
        rows=change_rows(comparison),
        zones=_zones(comparison),
        hidden=_hidden(comparison),
        alignment=_alignment(comparison),
        measured=tuple(MeasuredTold(one.name, str(one)) for one in found.measured),
        notices=comparison.notices,
    )


def _dated(scene: Scene) -> str:
    return words.when_words(scene.acquired) + (", simulated" if scene.simulated else "")


def _single(found: BeforeAfter, pictured: Pictured) -> Drawing:
    """One scene with the changes, without margins, so that two lie exactly on each other."""
    first = changes_panel(found.comparison)
    panel = Panel(first.view, first.frame, 0.0, 0.0, _WIDE)
    marks = [ground(panel, pictured), *change_marks(panel, found.comparison)]
    if pictured is found.after:
        marks += [mark for one in found.measured for mark in measure_marks(panel, one)]
    marks += furniture(panel, pictured.scene)
    which = "After" if pictured is found.after else "Before"
    title = f"{which}: {pictured.scene.filename}, {words.when_words(pictured.scene.acquired)}"
    return Drawing(title, _WIDE, panel.height, tuple(marks))


def _markup(drawing: Drawing) -> Markup:
    return Markup(drawing_svg(drawing))  # noqa: S704 -- escaped where it is made


def _simulated(comparison: Comparison) -> str:
    rendered = comparison.before.simulated + comparison.after.simulated
    if rendered == 2:
        return "SIMULATED: invented place, rendered pictures. Nothing here was observed."
    return "SIMULATED IN PART: one of the two pictures was rendered; it is marked." if rendered else ""


def _zones(comparison: Comparison) -> tuple[ZoneTold, ...]:
    return tuple(
        ZoneTold(
            zone.zone,
            _VERDICTS[zone.verdict],
            f"{100 * zone.visible_share:.0f} %",
            "–" if zone.smallest_detectable_m2 is None else f"{words.thousands(zone.smallest_detectable_m2)} m²",
        )
        for zone in comparison.zones
    )


def _hidden(comparison: Comparison) -> str:
    """Hidden area by cause, in words."""
    areas: dict[str, float] = {}
    for hidden in comparison.hidden:
        areas[hidden.cause] = areas.get(hidden.cause, 0.0) + hidden.area_m2
    said: Sequence[str] = [
        f"{'no data' if cause == 'nodata' else cause} {words.thousands(area)} m²" for cause, area in areas.items()
    ]
    return words.joined(said) if said else ""


def _alignment(comparison: Comparison) -> str:
    alignment = comparison.alignment
    if alignment is None:
        return "The scenes were compared as they lie."
    if not alignment.accepted or alignment.shift_m is None or alignment.rmse_px is None:
        return ""
    east, north = (round(one, 1) + 0.0 for one in alignment.shift_m)  # no minus before nought
    return (
        f"The later scene was laid on the earlier one by {alignment.tie_points} tie points (shift {east:+.1f} m east, "
        f"{north:+.1f} m north; {alignment.rmse_px:.2f} pixels root mean square at points held out)."
    )


def _made_plain(value: object) -> object:
    return words.plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value
