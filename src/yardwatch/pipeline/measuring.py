"""Measure what was drawn on one image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from yardwatch._version import __version__
from yardwatch.errors import MisuseError, Notice, SiteError
from yardwatch.imagery.drawings import Drawings, Drawn, read_drawings
from yardwatch.imagery.extents import check_meets
from yardwatch.imagery.scenes import open_scene
from yardwatch.measuring.comparing import Comparison, compare, compare_published, parse_published
from yardwatch.measuring.doubts import Doubts
from yardwatch.measuring.outlines import mended
from yardwatch.measuring.structures import measure_line, measure_outline
from yardwatch.model.measurement import Measured, Measurement
from yardwatch.model.ports import Progress, SceneReader
from yardwatch.model.provenance import Provenance
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site, Zone, frame_of
from yardwatch.pipeline.documents import Json, crs_code, document, rounded_ring, scene_facts
from yardwatch.pipeline.signing import PictureFacts, measures_facts
from yardwatch.pipeline.told import Told
from yardwatch.report.drawing import Drawing
from yardwatch.report.measures import Shown, measures_drawing, shown_windows

__all__ = ["AskedSize", "MeasuredImage", "measure_drawings", "measure_image", "measured_lines"]

_METHOD = "outlines/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSize:
    """What the user says of the structures and asks of them."""

    digitising_m: float = 2.0
    """Standard error of a drawn vertex in each direction, metres."""
    scale_percent: float = 0.1
    """Standard error of the image's scale, percent."""
    registration_m: float = 0.0
    """Residual of the scene's alignment, metres."""
    height_m: float | None = None
    """How tall the structures are, metres; None if not known."""
    height_at_most_m: float = 10.0
    """Most that their height can be where it is not known, metres."""
    off_nadir_deg: float | None = None
    """View angle, if the image does not say it, degrees."""
    published: str | None = None
    """A size that somebody else gave, to compare each structure with."""
    compared: tuple[tuple[str, str], ...] = ()
    """Pairs of names of structures to compare."""
    refine: bool = True
    """Whether to look for the sides on the image."""


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredImage:
    """What was measured on one image."""

    scene: Scene
    """The image."""
    measured: tuple[Measured, ...]
    """In the order of the file."""
    comparisons: tuple[Comparison, ...]
    """With published figures and with one another."""
    notices: tuple[Notice, ...]
    """What a reader must know."""
    document: Mapping[str, Json]
    """The JSON for programs."""
    figure: Drawing | None
    """The structures with their outlines and sizes; None unless asked for."""
    shows: PictureFacts | None = None
    """What the figure is made of, for its content credentials."""


def measure_image(
    image: Path,
    geometry: Path,
    *,
    told: Told,
    asked: AskedSize = AskedSize(),
    with_figure: bool = False,
    progress: Progress | None = None,
) -> MeasuredImage:
    """Read what was drawn, open the image, find the sides of each structure and measure it.

    Raises
    ------
    InputError
        If the image, the drawing or a published figure is bad, or they do not meet.
    MisuseError
        If a pair to compare names no structure, or an error is no number of metres.
    """
    stated = told.stated()
    drawn = read_drawings(geometry)
    around = _as_site(drawn)
    with open_scene(image, site_crs=drawn.crs, frame=frame_of(around), stated=stated) as reader:
        check_meets(around, reader.scene.grid, subject=str(image))
        measured, notices = measure_drawings(reader, drawn, asked, subject=str(geometry), progress=progress)
        comparisons = _comparisons(measured, drawn.drawings, asked)
        shown = _shown(reader, measured) if with_figure else []
        scene, noticed = reader.scene, (*reader.notices, *drawn.notices, *notices)
    provenance = _provenance(scene, geometry, asked)
    body = _document(scene, drawn.crs, measured, comparisons)
    made = document(provenance, noticed, body)
    if not with_figure:
        return MeasuredImage(scene, measured, comparisons, noticed, made, None)
    figure, facts = measures_drawing(shown, scene), measures_facts(shown, scene)
    return MeasuredImage(scene, measured, comparisons, noticed, made, figure, facts)


def measure_drawings(
    reader: SceneReader, drawn: Drawings, asked: AskedSize, *, subject: str, progress: Progress | None = None
) -> tuple[tuple[Measured, ...], tuple[Notice, ...]]:
    """Measure everything drawn, and what is to be known about it.

    Raises
    ------
    SiteError
        If an outline holds no area, or is too large or too intricate to be a structure.
    """
    measured, notices = [], list(_of_view(reader.scene, drawn.drawings, asked))
    for number, drawing in enumerate(drawn.drawings):
        if progress:
            progress("measuring", number, len(drawn.drawings))
        doubts = _doubts(drawing, reader.scene, asked)
        named = f'{subject}: "{drawing.name}"'
        ring = mended(drawing.points) if drawing.is_outline else drawing.points
        if ring is None:
            raise SiteError(named, "holds no area", "draw its outline again")
        if ring is not drawing.points:
            message = f'the outline of "{drawing.name}" crosses itself; its largest part is measured'
            notices.append(Notice("outline_mended", message, "move its corners so that it does not"))
        try:
            if drawing.is_outline:
                one = measure_outline(
                    reader, ring, crs=drawn.crs, name=drawing.name, doubts=doubts, refine=asked.refine
                )
            else:
                one = measure_line(ring, crs=drawn.crs, name=drawing.name, doubts=doubts)
        except MisuseError as error:
            raise SiteError(named, str(error).removeprefix(f"{drawing.name}: "), "correct the drawing") from None
        measured.append(one)
    notices += _of_sides(measured, asked)
    return tuple(measured), tuple(notices)


def measured_lines(result: MeasuredImage) -> list[str]:
    """What was measured, for people."""
    lines = []
    for one in result.measured:
        lines.append(f"{one.name}: {one}")
        area = f", area {one.area}" if one.area else ""
        lines.append(f"  bearing {one.bearing}{area}")
        shares = ", ".join(f"{cause} {share:.2f}" for cause, share in one.length.budget.items() if share >= 0.005)
        lines.append(f"  error of the length by cause, m: {shares or 'none'}")
    for compared in result.comparisons:
        verdict = "consistent" if compared.consistent else "not consistent"
        unit = "m²" if compared.what == "area" else "m"
        lines.append(
            f"{compared.first} against {compared.second}: {compared.what} differs by {compared.difference:+.1f} ± "
            f"{compared.difference_se:.1f} {unit}, z = {compared.z:+.1f}: {verdict}"
        )
    return lines


def _as_site(drawn: Drawings) -> Site:
    """The drawings as zones, so that the image can be laid under them."""
    zones = tuple(
        Zone(f"{number}", "drawn", ((*drawing.points, drawing.points[0]),))
        for number, drawing in enumerate(drawn.drawings, 1)
    )
    return Site("the drawing", drawn.crs, zones, ())


def _doubts(drawing: Drawn, scene: Scene, asked: AskedSize) -> Doubts:
    off_nadir = scene.off_nadir_deg if scene.off_nadir_deg is not None else asked.off_nadir_deg
    most = drawing.height_at_most_m if drawing.height_at_most_m is not None else asked.height_at_most_m
    return Doubts(
        digitising_m=drawing.digitising_m if drawing.digitising_m is not None else asked.digitising_m,
        scale=asked.scale_percent / 100,
        registration_m=asked.registration_m,
        height_m=drawing.height_m if drawing.height_m is not None else asked.height_m,
        height_at_most_m=most,
        off_nadir_deg=off_nadir,
    )


def _of_view(scene: Scene, drawings: Sequence[Drawn], asked: AskedSize) -> list[Notice]:
    """What is not known of view and height."""
    notices = []
    if scene.off_nadir_deg is None and asked.off_nadir_deg is None:
        message = "the image does not say its view angle; up to 20° off nadir is allowed for"
        notices.append(Notice("off_nadir_unknown", message, "give --off-nadir"))
    if asked.height_m is None and any(drawing.height_m is None for drawing in drawings):
        message = f"the height of some structures is not known; up to {asked.height_at_most_m:g} m is allowed for"
        notices.append(Notice("height_unknown", message, "give --height, --height-at-most or a height_m property"))
    return notices


def _of_sides(measured: Sequence[Measured], asked: AskedSize) -> list[Notice]:
    """Which structures have sides that the image did not show."""
    missing = [
        f'"{one.name}" ({sum(not edge.found for edge in one.edges)} of {len(one.edges)})'
        for one in measured
        if asked.refine and not all(edge.found for edge in one.edges)
    ]
    if not missing:
        return []
    more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
    names = f"{', '.join(missing[:5])}{more}"
    message = f"sides that the image does not show lie where drawing and the other sides put them: {names}"
    return [Notice("side_not_found", message, "see whether they are drawn within a few metres of the structure")]


def _comparisons(measured: Sequence[Measured], drawings: Sequence[Drawn], asked: AskedSize) -> tuple[Comparison, ...]:
    found: list[Comparison] = []
    for one, drawing in zip(measured, drawings, strict=True):
        words = drawing.published if drawing.published is not None else asked.published
        if words is not None:
            found += compare_published(one, parse_published(words))
    for first, second in asked.compared:
        found += compare(_named(measured, first), _named(measured, second))
    return tuple(found)


def _named(measured: Sequence[Measured], name: str) -> Measured:
    for one in measured:
        if one.name == name:
            return one
    known = ", ".join(one.name for one in measured[:8])
    raise MisuseError(f'no structure is called "{name}"; there are: {known}')


def _shown(reader: SceneReader, measured: Sequence[Measured]) -> list[Shown]:
    windows = shown_windows(measured, reader.scene.grid)
    return [
        Shown(one, reader.picture(window, longest_px=1200), window)
        for one, window in zip(measured, windows, strict=True)
        if window is not None
    ]


def _provenance(scene: Scene, geometry: Path, asked: AskedSize) -> Provenance:
    with geometry.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    return Provenance(
        version=__version__,
        method=_METHOD,
        parameters={
            "digitising_m": asked.digitising_m,
            "scale_percent": asked.scale_percent,
            "registration_m": asked.registration_m,
            "height_m": asked.height_m,
            "height_at_most_m": asked.height_at_most_m,
            "refine": asked.refine,
        },
        inputs={scene.filename: scene.sha256, geometry.name: digest},
    )


def _document(
    scene: Scene, crs: str, measured: Sequence[Measured], comparisons: Sequence[Comparison]
) -> dict[str, Json]:
    return {
        "scene": scene_facts(scene),
        "crs": crs_code(crs),
        "features": [_feature(one) for one in measured],
        "comparisons": [
            {
                "first": one.first,
                "second": one.second,
                "what": one.what,
                "difference": round(one.difference, 3),
                "difference_se": round(one.difference_se, 3),
                "z": round(one.z, 3),
                "consistent": one.consistent,
            }
            for one in comparisons
        ],
    }


def _feature(one: Measured) -> dict[str, Json]:
    sizes: dict[str, Measurement | None] = {
        "length_m": one.length, "width_m": one.width, "area_m2": one.area, "bearing_deg": one.bearing,
    }  # fmt: skip
    told: dict[str, Json] = {"name": one.name, "text": str(one)}
    for key, size in sizes.items():
        told[key] = None if size is None else round(size.value, 4)
        told[f"{key}_se"] = None if size is None else round(size.se, 4)
    told["budget"] = _shares(one.length)
    told["budgets"] = {size.what: _shares(size) for size in sizes.values() if size is not None}
    told["outline"] = rounded_ring(one.outline, one.crs)
    told["rectangle"] = rounded_ring(one.rectangle, one.crs) if one.width is not None else None
    told["sides"] = [
        {
            "start": rounded_ring((edge.start,), one.crs)[0],
            "end": rounded_ring((edge.end,), one.crs)[0],
            "found": edge.found,
            "offset_m": round(edge.offset_m, 3),
            "se_m": round(edge.se_m, 3),
        }
        for edge in one.edges
    ]
    return told


def _shares(size: Measurement) -> dict[str, Json]:
    return {cause: round(share, 4) for cause, share in size.budget.items()}
