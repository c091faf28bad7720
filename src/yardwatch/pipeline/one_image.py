"""Count one image of a site, without a workspace."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path

from yardwatch._version import __version__
from yardwatch.errors import Notice, SiteError
from yardwatch.imagery.extents import check_meets
from yardwatch.imagery.scenes import open_scene
from yardwatch.imagery.sites import read_site
from yardwatch.model.ports import Progress
from yardwatch.model.railcar import Count
from yardwatch.model.site import Site, frame_of
from yardwatch.pipeline.counting import count_scene
from yardwatch.pipeline.documents import Json, count_document, to_json
from yardwatch.pipeline.geojson import railcars_geojson
from yardwatch.pipeline.sheets import sheet_of
from yardwatch.pipeline.told import Told
from yardwatch.report import Report, Sheet, render_html

__all__ = ["CountedImage", "count_image"]


@dataclass(frozen=True, slots=True, eq=False)
class CountedImage:
    """One image, counted."""

    site: Site
    """The site."""
    count: Count
    """What stands on its tracks, with every notice of site, image and count."""
    document: Mapping[str, Json]
    """The JSON for programs."""
    files: Mapping[str, str]
    """Name of each file of the result to its text; empty if no report was asked for."""


def count_image(
    image: Path,
    site_file: Path,
    *,
    told: Told,
    with_report: bool,
    progress: Progress | None = None,
    railway: str | None = None,
) -> CountedImage:
    """Read the site, open the image, count its tracks and, if asked, print the report.

    With `railway`, one of `RAILWAYS`, cars are expected to be as long as those of that railway.

    Raises
    ------
    InputError
        If the image or the site is bad, or they do not meet.
    """
    stated = told.stated()
    site, site_notices = read_site(site_file)
    if not site.tracks:
        raise SiteError(str(site_file), "has no track", "draw each track as a line with kind: track")
    with open_scene(image, site_crs=site.crs, frame=frame_of(site), stated=stated) as reader:
        check_meets(site, reader.scene.grid, subject=str(image))
        counted = count_scene(reader, site, progress=progress, railway=railway)
        count = _complete(counted.count, (*site_notices, *reader.notices), site_file)
        sheet = sheet_of(reader, site, count, counted.ribbons) if with_report else None
    document = count_document(count, site)
    return CountedImage(site, count, document, _files(site, count, document, sheet) if sheet else {})


def _complete(count: Count, notices: tuple[Notice, ...], site_file: Path) -> Count:
    """The count with what was noticed while reading, and with the site among its inputs."""
    with site_file.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    provenance = replace(count.provenance, inputs={**count.provenance.inputs, site_file.name: digest})
    return replace(count, provenance=provenance, notices=tuple(dict.fromkeys((*notices, *count.notices))))


def _files(site: Site, count: Count, document: Mapping[str, Json], sheet: Sheet) -> dict[str, str]:
    report = Report(
        site=site,
        title=f"Railcars in {count.scene.filename}",
        made_at=datetime.now(UTC),
        version=__version__,
        sheets=(sheet,),
    )
    return {
        "railcars.geojson": railcars_geojson(count, site),
        "count.json": to_json(document),
        "report.html": render_html(report),
    }
