"""Reports that were printed."""

from datetime import UTC, datetime
from mimetypes import guess_type
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import FileResponse

from yardwatch.web.access import TheDesk
from yardwatch.web.answers import Answer, Page, paged
from yardwatch.web.problems import Problem

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["reports"])

_SUFFIXES = frozenset({".html", ".pdf", ".docx", ".md", ".json", ".zip"})
_SHUT = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)


@router.get("/reports", summary="The reports, newest first")
def reports(desk: TheDesk, page: Page) -> Answer:
    """Files in the folder `reports` of the workspace."""
    found = [path for path in (desk.folder / "reports").glob("*") if path.suffix in _SUFFIXES and path.is_file()]
    found.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    return Answer(paged(found, page, _facts))


@router.get("/reports/{name}", summary="One report", response_class=FileResponse)
def report(
    name: Annotated[str, Path(max_length=200)],
    desk: TheDesk,
    download: Annotated[bool, Query(description="To be kept as a file instead of shown.")] = False,
) -> FileResponse:
    """The file. A page of it runs no script and asks nothing of the network."""
    path = desk.folder / "reports" / name
    if FilePath(name).name != name or path.suffix not in _SUFFIXES or not path.is_file():
        raise Problem(404, "not_found", f'there is no report "{name}"', "GET /api/reports names those there are")
    shown = path.suffix in {".html", ".pdf"} and not download
    headers = {"Content-Security-Policy": _SHUT, "X-Frame-Options": "SAMEORIGIN", "Cache-Control": "private, no-cache"}
    kind = guess_type(name)[0] or "application/octet-stream"
    return FileResponse(
        path, media_type=kind, filename=name, content_disposition_type="inline" if shown else "attachment",
        headers=headers,
    )  # fmt: skip


def _facts(path: FilePath) -> dict[str, object]:
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"name": path.name, "size": path.stat().st_size, "made_at": made}
