"""A figure as a list of marks, which can be written as SVG or painted as PNG; both look the same."""

import io
from dataclasses import dataclass
from typing import TypeAlias

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from yardwatch.model.ports import Picture
from yardwatch.report.raster import flattened, jpeg_uri
from yardwatch.report.svg import element, path_data, text, titled
from yardwatch.report.typefaces import typeset
from yardwatch.report.words import plain

__all__ = ["Drawing", "ImageMark", "Mark", "PathMark", "Point", "TextMark", "drawing_png", "drawing_svg"]

Point: TypeAlias = tuple[float, float]
_SANS = "Helvetica Neue, Arial, Liberation Sans, sans-serif"


@dataclass(frozen=True, slots=True, eq=False)
class ImageMark:
    """A picture in a box."""

    picture: Picture
    """What is shown."""
    box: tuple[float, float, float, float]
    """Left, top, width, height, drawing units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathMark:
    """A line or an area."""

    points: tuple[Point, ...]
    """Its corners, drawing units."""
    closed: bool = True
    """Whether the last is joined to the first."""
    stroke: str | None = None
    """Colour of the line, ``#rrggbb``."""
    width: float = 1.0
    """Width of the line, drawing units."""
    casing: str | None = None
    """Colour drawn beneath the line, so that it shows on any ground."""
    fill: str | None = None
    """Colour of the area."""
    opacity: float = 1.0
    """Opacity of the area."""
    title: str | None = None
    """Words for a reader who points at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMark:
    """Words on one line."""

    words: str
    """What is written."""
    at: Point
    """Where: the middle of the line's height, drawing units."""
    size: float = 14.0
    """Height of the type, drawing units."""
    anchor: str = "start"
    """``start``, ``middle`` or ``end``: what of the line is at that place."""
    bold: bool = False
    """Whether the type is bold."""
    fill: str = "#10151a"
    """Colour of the type."""
    halo: str | None = None
    """Colour around it."""


Mark: TypeAlias = ImageMark | PathMark | TextMark


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A figure."""

    title: str
    """What it shows, for those who cannot see it."""
    width: float
    """Width, drawing units."""
    height: float
    """Height, drawing units."""
    marks: tuple[Mark, ...]
    """What is drawn, each over those before."""


def drawing_svg(drawing: Drawing) -> str:
    """The figure as SVG that needs nothing else."""
    return element(
        "svg", titled(drawing.title), *(_svg(mark) for mark in drawing.marks),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {drawing.width:.0f} {drawing.height:.0f}",
        width=round(drawing.width), height=round(drawing.height), role="img", font_family=_SANS,
    )  # fmt: skip


def drawing_png(drawing: Drawing, *, scale: float = 2.0) -> bytes:
    """The figure as a PNG file of `scale` pixels a drawing unit.

    Set in DejaVu Sans, Liberation Sans or Arial where the system has one of them; otherwise in a built-in type that
    lacks some signs, which are then written plainer.
    """
    image = Image.new("RGB", (round(drawing.width * scale), round(drawing.height * scale)), "#ffffff")
    for mark in drawing.marks:
        match mark:
            case ImageMark():
                _paste(image, mark, scale)
            case PathMark():
                _paint(image, mark, scale)
            case TextMark():
                _write(image, mark, scale)
    stream = io.BytesIO()
    info = PngInfo()
    info.add_itxt("Title", plain(drawing.title)[:500])
    image.save(stream, "PNG", optimize=True, pnginfo=info)
    return stream.getvalue()


def _svg(mark: Mark) -> str:
    match mark:
        case ImageMark(picture=picture, box=(x, y, width, height)):
            return element("image", href=jpeg_uri(picture, quality=85), x=x, y=y, width=width, height=height,
                           preserveAspectRatio="none")  # fmt: skip
        case PathMark():
            return _svg_path(mark)
        case TextMark():
            return element(
                "text", text(mark.words), x=mark.at[0], y=mark.at[1], font_size=mark.size, text_anchor=mark.anchor,
                font_weight="700" if mark.bold else None, fill=mark.fill, dominant_baseline="central",
                stroke_linejoin="round" if mark.halo else None, stroke=mark.halo,
                stroke_width=mark.size / 4.2 if mark.halo else None, paint_order="stroke" if mark.halo else None,
            )  # fmt: skip


def _svg_path(mark: PathMark) -> str:
    d = path_data(mark.points, closed=mark.closed)
    shape = {"d": d, "stroke_linejoin": "round"}
    parts = [titled(mark.title)] if mark.title else []
    if mark.fill:
        parts.append(element("path", d=d, fill=mark.fill, fill_opacity=mark.opacity))
    if mark.stroke and mark.casing:
        parts.append(element("path", **shape, fill="none", stroke=mark.casing, stroke_width=mark.width + 2))
    if mark.stroke:
        parts.append(element("path", **shape, fill="none", stroke=mark.stroke, stroke_width=mark.width))
    return element("g", *parts) if parts else ""


def _paste(image: Image.Image, mark: ImageMark, scale: float) -> None:
    left, top, width, height = (round(value * scale) for value in mark.box)
    picture = Image.fromarray(flattened(mark.picture))
    image.paste(picture.resize((max(1, width), max(1, height)), Image.Resampling.LANCZOS), (left, top))


def _paint(image: Image.Image, mark: PathMark, scale: float) -> None:
    points = [(x * scale, y * scale) for x, y in mark.points]
    if mark.fill:
        layer = Image.new("L", image.size, 0)
        ImageDraw.Draw(layer).polygon(points, fill=round(255 * mark.opacity))
        image.paste(Image.new("RGB", image.size, mark.fill), mask=layer)
    draw = ImageDraw.Draw(image)
    line = [*points, points[0], points[1]] if mark.closed else points
    if mark.stroke and mark.casing:
        draw.line(line, fill=mark.casing, width=max(1, round((mark.width + 2) * scale)), joint="curve")
    if mark.stroke:
        draw.line(line, fill=mark.stroke, width=max(1, round(mark.width * scale)), joint="curve")


def _write(image: Image.Image, mark: TextMark, scale: float) -> None:
    font, words = typeset(plain(mark.words), round(mark.size * scale), bold=mark.bold)
    anchor = {"start": "lm", "middle": "mm", "end": "rm"}[mark.anchor]
    halo = max(1, round(mark.size * scale / 8.4)) if mark.halo else 0
    ImageDraw.Draw(image).text(
        (mark.at[0] * scale, mark.at[1] * scale), words, font=font, fill=mark.fill, anchor=anchor, stroke_width=halo,
        stroke_fill=mark.halo,
    )  # fmt: skip
