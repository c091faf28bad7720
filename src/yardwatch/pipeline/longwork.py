"""The work that takes long, by name: what a server does in the background."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast, get_args

from yardwatch.errors import MisuseError, one_line
from yardwatch.model.ports import Progress
from yardwatch.pipeline.again import compare_pair, count_again
from yardwatch.pipeline.documents import Json
from yardwatch.pipeline.drafting_report import Audience
from yardwatch.pipeline.reporting import ReportOptions, report_workspace
from yardwatch.pipeline.running import run_workspace
from yardwatch.pipeline.scene_tracing import draft_in
from yardwatch.pipeline.seen_changes import comparison_found
from yardwatch.pipeline.trending import Asked, trend_of
from yardwatch.pipeline.uploading import keep_map, upload_path
from yardwatch.workspace import open_workspace

__all__ = ["LONG_WORK", "LongWork", "Params", "check_work", "title_of"]

Params = Mapping[str, Json]
"""What is asked for, as it came in a request."""


@dataclass(frozen=True, slots=True)
class LongWork:
    """A kind of work that takes long."""

    title: str
    """What it does, for people; names of parameters in braces."""
    do: Callable[[Path, Params, Progress], Json]
    """Does it in the workspace in a folder."""
    needs: tuple[str, ...] = ()
    """Parameters that must be said."""


def check_work(kind: str, params: Params) -> None:
    """Make sure that some work can be done as it is asked for.

    Raises
    ------
    MisuseError
        If there is no such kind, or something is missing.
    """
    if kind not in LONG_WORK:
        raise MisuseError(f"there is no work of kind {kind[:40]!r}; there is: {', '.join(LONG_WORK)}")
    for name in LONG_WORK[kind].needs:
        _needed(params, name)


def title_of(kind: str, params: Params) -> str:
    """What some work does, for people."""
    work = LONG_WORK[kind]
    return work.title.format(**{name: str(params.get(name))[:100] for name in work.needs})


def _run(folder: Path, _: Params, progress: Progress) -> Json:
    """Count all scenes that are new and compare them."""
    return run_workspace(folder, progress=progress).document


def _count(folder: Path, params: Params, progress: Progress) -> Json:
    """Count one scene, also if it was counted before."""
    return count_again(folder, _needed(params, "scene"), progress=progress).document


def _compare(folder: Path, params: Params, progress: Progress) -> Json:
    """Compare two scenes."""
    before, after = _needed(params, "before"), _needed(params, "after")
    with open_workspace(folder) as store, store.working():
        compare_pair(store, before, after, progress=progress)
        return comparison_found(store, before, after, lonlat=False)


def _report(folder: Path, params: Params, progress: Progress) -> Json:
    """Print the report into the folder of reports, in the form and for whom it is wanted; it may be refused."""
    form = _one_of(params, "format", ("html", "pdf", "docx"))
    options = ReportOptions(audience=cast("Audience", _one_of(params, "audience", get_args(Audience))))
    name = f"report-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.{form}"
    printed = report_workspace(folder, folder / "reports" / name, options=options, progress=progress)
    return {**printed.document, "report": name if printed.written else None, "refusals": list(printed.refusals)}


def _draft(folder: Path, params: Params, progress: Progress) -> Json:
    """Draft tracks and zones from a map and a scene; nothing is kept until a person takes it over."""
    osm, name = upload_path(folder, _needed(params, "upload")), params.get("file")
    called = one_line(name, 100) if isinstance(name, str) and name else None
    with open_workspace(folder) as store:
        drafted = draft_in(store, _needed(params, "scene"), osm, called=called, progress=progress)
        keep_map(store, osm)
        return drafted


def _trend(folder: Path, params: Params, _: Progress) -> Json:
    """Follow what was seen over the years; of one zone or class, if one is named."""
    asked = Asked(zone=_word(params, "zone"), klass=_word(params, "class"), dwell_days=_word(params, "dwell"))
    return trend_of(folder, asked).document


LONG_WORK: Mapping[str, LongWork] = {
    "run": LongWork("Count and compare all that is new", _run),
    "count": LongWork("Count {scene}", _count, ("scene",)),
    "compare": LongWork("Compare {before} with {after}", _compare, ("before", "after")),
    "draft": LongWork("Draft tracks on {scene}", _draft, ("scene", "upload")),
    "report": LongWork("Print the report", _report),
    "trend": LongWork("Follow what was seen over the years", _trend),
}
"""Name of each kind of long work to what does it."""


def _one_of(params: Params, name: str, known: tuple[str, ...]) -> str:
    """What is said, or the first of what can be said."""
    value = params.get(name, known[0])
    if not isinstance(value, str) or value not in known:
        raise MisuseError(f"{name} {str(value)[:40]!r} is not known; give one of: {', '.join(known)}")
    return value


def _word(params: Params, name: str) -> str | None:
    return None if params.get(name) is None else _needed(params, name)


def _needed(params: Params, name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise MisuseError(f"{name} is missing; name it in params")
    return value
