"""Files that come in: scenes, and what later work needs."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, UploadFile

from yardwatch.pipeline.adding import AddedImage
from yardwatch.pipeline.told import Told
from yardwatch.pipeline.uploading import Upload, keep_upload, receive, take_in
from yardwatch.web.access import Analyst, TheDesk
from yardwatch.web.answers import Answer
from yardwatch.web.problems import Problem

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["scenes"])

Line = Annotated[str | None, Form(max_length=500)]
_MOST_FILES = 50


@router.post("/scenes", summary="Add scenes", status_code=201)
def add_scenes(  # noqa: PLR0913, PLR0917 -- what can be said of an image
    desk: TheDesk,
    _: Analyst,
    file: Annotated[list[UploadFile], File(description="Images and what lies beside them: .prj, .tfw, .json.")],
    crs: Line = None,
    gsd: Annotated[float | None, Form(gt=0, le=1000)] = None,
    acquired: Line = None,
    credit: Line = None,
    licence: Line = None,
    may_republish: Annotated[Literal["yes", "no"] | None, Form()] = None,
) -> Answer:
    """As `yardwatch scene add`; the files are kept in the folder `images` of the workspace."""
    if len(file) > _MOST_FILES:
        raise Problem(422, "too_large", f"{len(file)} files at once", f"send at most {_MOST_FILES}")
    told = Told(crs=crs, gsd=gsd, acquired=acquired, credit=credit, licence=licence, may_republish=may_republish)
    told.stated()
    batch = receive(desk.folder, [Upload(one.filename or "", one.file) for one in file])
    with desk.writing() as store:
        found = take_in(store, batch, told=told)
    if all(image.status == "failed" for image in found.images):
        problem, _sign, remedy = (found.images[0].problem or "").replace(f"{batch}/", "").rpartition("; ")
        raise Problem(422, "bad_input", problem, remedy)
    named = replace(found, images=tuple(_as_sent(image, batch) for image in found.images))
    return Answer(named.document, status_code=201)


@router.post("/uploads", summary="Send a file for later work", status_code=201)
def upload(desk: TheDesk, _: Analyst, file: UploadFile) -> Answer:
    """A file of map data for a job of kind draft: GeoJSON, Overpass JSON, KML, GeoPackage; at most 64 MiB."""
    return Answer(keep_upload(desk.folder, Upload(file.filename or "", file.file)), status_code=201)


def _as_sent(image: AddedImage, batch: Path) -> AddedImage:
    """What became of an image, by the name that it was sent under."""
    problem = None if image.problem is None else image.problem.replace(f"{batch}/", "")
    return replace(image, path=image.path.relative_to(batch), problem=problem)
