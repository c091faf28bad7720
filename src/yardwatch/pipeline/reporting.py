"""Print the report of a workspace."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from yardwatch._version import __version__
from yardwatch.errors import InputError, MisuseError, Notice
from yardwatch.model.ports import Progress, WorkspaceStore
from yardwatch.model.publishing import Imprint
from yardwatch.model.railcar import Count
from yardwatch.model.site import Site
from yardwatch.pipeline.checked import counts_in
from yardwatch.pipeline.comparing_figures import before_after_of
from yardwatch.pipeline.comparing_scenes import not_compared
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.pipeline.drafting_report import (
    TEXTS,
    Drafted,
    ReportOptions,
    check_out,
    draft_report,
    draft_texts,
    written_report,
)
from yardwatch.pipeline.files import write_all
from yardwatch.pipeline.findings import findings_of
from yardwatch.pipeline.permitting import with_permissions
from yardwatch.pipeline.reopening import reopened
from yardwatch.pipeline.sheets import occupied_ribbons, sheet_of
from yardwatch.pipeline.staying import with_stays
from yardwatch.report import Report, Sheet
from yardwatch.report.citations import bibtex, csl
from yardwatch.report.compared import BeforeAfter
from yardwatch.report.licences import WAYS_OUT
from yardwatch.workspace import open_workspace

__all__ = ["Printed", "ReportOptions", "report_of", "report_workspace"]

_WITH_PICTURES = 3


@dataclass(frozen=True, slots=True)
class Printed:
    """A report that was written, or that may not be."""

    path: Path
    """The file."""
    document: dict[str, Json]
    """The JSON for programs."""
    notices: tuple[Notice, ...]
    """What is missing in it."""
    drafted: Drafted
    """What it says, and what keeps it from being written."""
    beside: tuple[Path, ...] = ()
    """Other files that were written: references, texts."""

    @property
    def written(self) -> bool:
        """Whether the file was written."""
        return self.drafted.may_be_written

    @property
    def refusals(self) -> tuple[str, ...]:
        """Each picture that keeps it from being written, in a line with the ways out at its end."""
        scenes = list(dict.fromkeys(one.scene.id for one in self.drafted.refused))
        lines = [_refused(name, self.drafted) for name in scenes]
        return (*lines, f"ways out: {'; or '.join(WAYS_OUT)}") if lines else ()


def report_workspace(
    folder: Path,
    out: Path,
    *,
    options: ReportOptions | None = None,
    imprint: Imprint | None = None,
    progress: Progress | None = None,
) -> Printed:
    """Write the report of the workspace in `folder` into one file: HTML, PDF or DOCX, as its name ends.

    Parameters
    ----------
    folder : Path
        The workspace.
    out : Path
        The file.
    options : ReportOptions, optional
        What is wanted, and for whom.
    imprint : Imprint, optional
        What the document says of its own publication; without one it is a draft.
    progress : Progress, optional
        Is told how far along the work is.

    Raises
    ------
    MisuseError
        If `out` is not a file that may be written, or what its form needs is not installed.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    wanted = options or ReportOptions()
    check_out(out)
    with open_workspace(folder) as store:
        report = with_permissions(report_of(store, made_at=datetime.now(UTC), progress=progress), store, folder)
        report = replace(report, audit_head=store.head())
    drafted = draft_report(report, folder, options=wanted, imprint=imprint)
    beside = _beside(report, folder, out, wanted)
    if drafted.may_be_written:
        write_all({out: written_report(drafted.document, out)})
        write_all(beside)
        with open_workspace(folder) as store:
            store.log_document("report", out, drafted.audience)
    notices = (*report.notices, *drafted.notices)
    kept = tuple(beside) if drafted.may_be_written else ()
    return Printed(out, _document(report, drafted, out, kept), notices, drafted, kept)


def _beside(report: Report, folder: Path, out: Path, wanted: ReportOptions) -> dict[Path, bytes]:
    """Files that are written with the report."""
    files: dict[Path, bytes] = {}
    if wanted.references:
        sources = report.case.sources if report.case else ()
        files[out.with_suffix(".bib")] = bibtex(sources).encode("utf-8", "replace")
        files[out.with_suffix(".csl.json")] = json.dumps(csl(sources), ensure_ascii=False, indent=2).encode("utf-8")
    if wanted.texts:
        files[folder / TEXTS] = draft_texts(report, folder).encode("utf-8", "replace")
    return files


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


def _refused(scene_id: str, drafted: Drafted) -> str:
    own = [one for one in drafted.refused if one.scene.id == scene_id]
    figures = list(dict.fromkeys(one.figure for one in own))
    more = f" and {len(figures) - 4} more" if len(figures) > 4 else ""
    return f"{scene_id} ({', '.join(figures[:4])}{more}): {own[0].why}"


def _document(report: Report, drafted: Drafted, out: Path, beside: tuple[Path, ...]) -> dict[str, Json]:
    scenes = [sheet.count.scene for sheet in report.sheets]
    older = [count.scene for count in report.further]
    numbers: list[Json] = [
        {"id": one.id, "text": one.text, "place": one.place, "observations": list(one.observations)}
        for one in drafted.numbers
    ]
    body: dict[str, Json] = {
        "report": str(out),
        "scenes": [scene.id for scene in scenes],
        "scenes_without_pictures": [scene.id for scene in older],
        "observations": len(report.observations),
        "written": drafted.may_be_written,
        "audience": drafted.audience,
        "sections": list(dict.fromkeys(section.key for section in drafted.document.sections)),
        "refused": drafted.refusals,
        "untraced": list(drafted.untraced),
        "beside": [str(path) for path in beside],
        "numbers": numbers,
    }
    inputs = {scene.filename: scene.sha256 for scene in (*scenes, *older)}
    return document(made_by("report", inputs), (*report.notices, *drafted.notices), body)
