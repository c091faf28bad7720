"""Compare two images of a place, without a workspace."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path

from yardwatch._version import __version__
from yardwatch.change.bands import SomeBands
from yardwatch.change.comparing import BANDS_FROM_M, Found, compare
from yardwatch.change.lattice import share_ground
from yardwatch.errors import GeoreferenceError, MisuseError, Notice
from yardwatch.imagery.masks import mask_geotiff
from yardwatch.imagery.scenes import SceneFile, open_scene
from yardwatch.imagery.sites import read_site
from yardwatch.model.alignment import Alignment
from yardwatch.model.change import Comparison
from yardwatch.model.frame import LOCAL_CRS
from yardwatch.model.ports import Progress, SceneReader
from yardwatch.model.provenance import Provenance
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site, frame_of
from yardwatch.pipeline.changed import comparison_document
from yardwatch.pipeline.comparing_figures import before_after_bytes, before_after_of
from yardwatch.pipeline.documents import Json
from yardwatch.pipeline.signing import PictureFacts, comparison_facts
from yardwatch.pipeline.told import Told
from yardwatch.registration.aligning import align

__all__ = ["ComparedImages", "compare_images", "compare_scenes"]

_LOCAL_GSD_M = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class ComparedImages:
    """Two images, compared."""

    comparison: Comparison
    """What changed, with every notice."""
    document: Mapping[str, Json]
    """The JSON for programs."""
    mask: bytes | None
    """A GeoTIFF on the earlier image's grid: 0 same, 1 changed, 255 hidden; None if they could not be compared."""
    figure: bytes | None = None
    """Both images with the changes outlined, in the form that was asked for; None unless asked for."""
    shows: PictureFacts | None = None
    """What the figure is made of, for its content credentials."""


def compare_images(
    before: Path,
    after: Path,
    *,
    told: tuple[Told, Told],
    site_file: Path | None = None,
    bands: str | None = None,
    figure: Path | None = None,
    progress: Progress | None = None,
) -> ComparedImages:
    """Lay one image on the other and say what changed.

    Two pictures of equal size that do not say where they lie are compared as they lie.

    Raises
    ------
    InputError
        If an image or the site is bad, or the images do not meet.
    MisuseError
        If a band is asked for that is not there.
    """
    site, notices = read_site(site_file) if site_file else (None, ())
    with _opened(before, told[0], site) as first, _opened(after, told[1], site) as second:
        _check_placed(before, after, first.scene, second.scene)
        readers = _chosen(first, bands), _chosen(second, bands)
        found, comparison = compare_scenes(*readers, site=site, progress=progress)
        notices = (*notices, *first.notices, *second.notices)
        comparison = _complete(comparison, notices, site_file)
        shown = before_after_of(first, second, comparison) if figure else None
    mask = None
    if found is not None:
        mask = mask_geotiff(comparison.before.grid, changed=found.changed_px, hidden=found.hidden_px)
    drawn = before_after_bytes(shown, figure) if shown and figure else None
    facts = comparison_facts(shown) if shown else None
    return ComparedImages(comparison, comparison_document(comparison), mask, drawn, facts)


def compare_scenes(
    before: SceneReader, after: SceneReader, *, site: Site | None = None, progress: Progress | None = None
) -> tuple[Found | None, Comparison]:
    """Align and compare two open scenes; nothing is found where they could not be aligned."""
    alignment = None if before.scene.grid.crs == LOCAL_CRS else align(after, before)
    found = None
    if alignment is None or alignment.accepted:
        found = compare(before, after, site=site, alignment=alignment, progress=progress)
    return found, _comparison(before.scene, after.scene, site, alignment, found)


@contextmanager
def _opened(image: Path, told: Told, site: Site | None) -> Iterator[SceneFile]:
    """An image as the user tells of it; one without any georeference in local metres."""
    frame = frame_of(site) if site else None
    local_gsd_m = told.gsd if told.gsd is not None else _LOCAL_GSD_M
    if not local_gsd_m > 0:
        raise MisuseError(f"--gsd {local_gsd_m:g} is not a size of a pixel in metres")
    with open_scene(
        image, site_crs=site.crs if site else None, frame=frame, stated=told.stated(), local_gsd_m=local_gsd_m
    ) as reader:
        yield reader


def _check_placed(before: Path, after: Path, first: Scene, second: Scene) -> None:
    """Raise unless both images lie somewhere and meet, or neither does and they are of one size."""
    local = [scene.grid.crs == LOCAL_CRS for scene in (first, second)]
    if all(local):
        sizes = [f"{scene.grid.width} × {scene.grid.height}" for scene in (first, second)]
        if sizes[0] != sizes[1]:
            problem = f"is {sizes[1]} pixels, {before.name} {sizes[0]}, and neither says where it lies"
            raise GeoreferenceError(str(after), problem, "place both with yardwatch georeference")
    elif any(local):
        lost, other = (before, after) if local[0] else (after, before)
        problem = f"does not say where it lies, while {other.name} does"
        raise GeoreferenceError(str(lost), problem, "place it with yardwatch georeference")
    elif not share_ground(first.grid, second.grid):
        raise GeoreferenceError(str(after), f"shows no ground that {before.name} shows", "check --crs and the files")


def _chosen(reader: SceneFile, bands: str | None) -> SceneReader:
    if bands is None:
        return reader
    words = [word.strip() for word in bands.split(",")]
    if not all(word.isdecimal() for word in words):
        raise MisuseError(f'--bands "{bands}" is not a list of bands; give their numbers, as in 1,2,3')
    return SomeBands(reader, [int(word) for word in words])


def _comparison(
    before: Scene, after: Scene, site: Site | None, alignment: Alignment | None, found: Found | None
) -> Comparison:
    local = before.grid.crs == LOCAL_CRS
    return Comparison(
        before=before,
        after=after,
        crs=None if local else (site.crs if site else before.grid.crs),
        alignment=alignment,
        changes=found.changes if found else (),
        zones=found.zones if found else (),
        hidden=found.hidden if found else (),
        provenance=Provenance(
            version=__version__,
            method=found.method if found else "registration",
            parameters={"cell_m": round(found.cell_m, 4)} if found else {},
            inputs={before.filename: before.sha256, after.filename: after.sha256},
        ),
        notices=tuple(_notices(before, after, alignment)),
    )


def _notices(before: Scene, after: Scene, alignment: Alignment | None) -> Iterator[Notice]:
    if alignment is None:
        message = "neither picture says where it lies; they are compared as they lie, pixel on pixel"
        yield Notice("not_registered", message, "place both with yardwatch georeference, then they are registered")
    elif not alignment.accepted:
        message = f"{after.filename} could not be laid on {before.filename}: {alignment.reason}"
        yield Notice("registration_failed", message, "use images that overlap more, or place one with georeference")
    if max(before.gsd_m, after.gsd_m) >= BANDS_FROM_M:
        message = f"at {max(before.gsd_m, after.gsd_m):.3g} m the kind of a change cannot be told; all are surface"
        yield Notice("kinds_not_told", message, "look at the places in a finer image")
    dates = before.acquired, after.acquired
    if dates[0] and dates[1] and dates[0].earliest and dates[1].latest and dates[0].earliest > dates[1].latest:
        message = f"{before.filename} ({dates[0]}) was taken after {after.filename} ({dates[1]})"
        yield Notice("order", message, "give the earlier image first; built and razed are the wrong way round")
    if dates[0] is None or dates[1] is None:
        undated = before.filename if dates[0] is None else after.filename
        yield Notice("undated", f"{undated} has no date, so changes are not bounded on that side", "give its date")


def _complete(comparison: Comparison, notices: tuple[Notice, ...], site_file: Path | None) -> Comparison:
    """The comparison with what was noticed while reading, and with the site among its inputs."""
    inputs = dict(comparison.provenance.inputs)
    if site_file:
        with site_file.open("rb") as stream:
            inputs[site_file.name] = file_digest(stream, "sha256").hexdigest()
    provenance = replace(comparison.provenance, inputs=inputs)
    return replace(comparison, provenance=provenance, notices=tuple(dict.fromkeys((*notices, *comparison.notices))))
