"""Print the report of a workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from yardwatch._version import __version__
from yardwatch.errors import InputError, MisuseError, Notice
from yardwatch.model.ports import Progress, WorkspaceStore
from yardwatch.model.railcar import Count
from yardwatch.model.site import Site
from yardwatch.pipeline.checked import counts_in
from yardwatch.pipeline.comparing_figures import before_after_of
from yardwatch.pipeline.comparing_scenes import not_compared
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.pipeline.files import check_target, write_all
from yardwatch.pipeline.findings import findings_of
from yardwatch.pipeline.reopening import reopened
from yardwatch.pipeline.sheets import occupied_ribbons, sheet_of
from yardwatch.pipeline.staying import with_stays
from yardwatch.report import Report, Sheet, render_html
from yardwatch.report.compared import BeforeAfter
from yardwatch.workspace import open_workspace

__all__ = ["Printed", "report_of", "report_workspace"]

_WITH_PICTURES = 3


@dataclass(frozen=True, slots=True)
class Printed:
    """A report that was written."""

    path: Path
    """The file."""
    document: dict[str, Json]
    """The JSON for programs."""
    notices: tuple[Notice, ...]
    """What is missing in it."""


def report_workspace(folder: Path, out: Path, *, progress: Progress | None = None) -> Printed:
    """Write the report of the workspace in `folder` into one HTML file.

    Raises
    ------
    MisuseError
        If `out` is not a file that may be written.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    _check(out)
    with open_workspace(folder) as store:
        report = report_of(store, made_at=datetime.now(UTC), progress=progress)
    write_all({out: render_html(report, full_sheets=_WITH_PICTURES).encode("utf-8", "replace")})
    return Printed(out, _document(report, out), report.notices)


def report_of(store: WorkspaceStore, *, made_at: datetime, progress: Progress | None = None) -> Report:
    """All that is known, the newest scenes (undated ones count as oldest) with pictures.

    A scene whose file is missing or has changed keeps its figures and loses its pictures, which the report says.
    """
    site = store.site()
    counts = sorted(with_stays(counts_in(store)), key=lambda count: count.scene.acquired is not None)
    sheets, further, notices = [], list(counts[:-_WITH_PICTURES]), []
    for count in counts[-_WITH_PICTURES:]:
        sheet = _sheet(store, site, count)
        if isinstance(sheet, Sheet):
            sheets.append(sheet)
        else:
            further.append(count)
            notices.append(sheet)
        if progress:
            progress("pictures", len(sheets) + len(notices), min(_WITH_PICTURES, len(counts)))
    before_after, untold = _before_after(store, site)
    return Report(
        site=site,
        title=site.name,
        made_at=made_at,
        version=__version__,
        sheets=tuple(sheets),
        observations=tuple(store.observations()),
        notices=(*notices, *untold, *_uncounted(store, counts)),
        further=tuple(further),
        case=findings_of(store),
        before_after=before_after,
    )


def _before_after(store: WorkspaceStore, site: Site) -> tuple[tuple[BeforeAfter, ...], tuple[Notice, ...]]:
    """What changed up to the newest scene that was compared, with pictures where both files can be read."""
    order = {scene.id: number for number, scene in enumerate(store.scenes())}
    comparisons = sorted(store.comparisons(), key=lambda found: order[found.after.id])
    newest = [found for found in comparisons if found.after.id == comparisons[-1].after.id]
    shown, notices = [], list(not_compared(newest))
    for found in newest:
        if not found.compared or not found.changes:
            continue
        try:
            with reopened(store, site, found.before) as before, reopened(store, site, found.after) as after:
                shown.append(before_after_of(before, after, found))
        except (InputError, MisuseError) as error:
            message = f"changes from {found.before.id} to {found.after.id} have no picture here: {error}"
            notices.append(Notice("picture_missing", message, "then make the report again"))
    return tuple(shown), tuple(notices)


def _sheet(store: WorkspaceStore, site: Site, count: Count) -> Sheet | Notice:
    try:
        with reopened(store, site, count.scene) as reader:
            return sheet_of(reader, site, count, occupied_ribbons(reader, site, count))
    except (InputError, MisuseError) as error:
        return Notice("picture_missing", f"{count.scene.id} has no picture here: {error}", "then make the report again")


def _uncounted(store: WorkspaceStore, counts: Sequence[Count]) -> tuple[Notice, ...]:
    counted = {count.scene.id for count in counts}
    left = [scene.id for scene in store.scenes() if scene.id not in counted]
    if not left:
        return ()
    return (Notice("not_counted", f"not counted yet: {', '.join(left)}", "count them with yardwatch run"),)


def _check(out: Path) -> None:
    check_target(out)
    if out.exists() and out.suffix.lower() not in {".html", ".htm"}:
        raise MisuseError(f"{out}: is there already and does not end in .html; name another file")


def _document(report: Report, out: Path) -> dict[str, Json]:
    scenes = [sheet.count.scene for sheet in report.sheets]
    older = [count.scene for count in report.further]
    body: dict[str, Json] = {
        "report": str(out),
        "scenes": [scene.id for scene in scenes],
        "scenes_without_pictures": [scene.id for scene in older],
        "observations": len(report.observations),
    }
    inputs = {scene.filename: scene.sha256 for scene in (*scenes, *older)}
    return document(made_by("report", inputs), report.notices, body)
