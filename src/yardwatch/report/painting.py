"""The drawings of a report painted as pictures, for documents that hold no SVG."""

import base64
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from PIL import Image, ImageDraw

from yardwatch.report.typefaces import Font, typeset

__all__ = ["paint"]

_STEP = re.compile(r"([MmLlHhVvZz])|(-?\d+(?:\.\d+)?)")
_NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1}
_FINER = 2
_ROUNDS = 24
_WHITE = (255, 255, 255)
Point: TypeAlias = tuple[float, float]
_Shape: TypeAlias = Callable[[ImageDraw.ImageDraw, list[Point]], None]


def paint(svg: str, *, width_px: int = 1500, tallest_px: int = 2400) -> tuple[bytes, str]:
    """A drawing as JPEG if it holds a picture, else as PNG.

    Parameters
    ----------
    svg : str
        As `yardwatch.report` draws it.
    width_px : int
        Width of what comes out, pixels.
    tallest_px : int
        Greatest height, pixels; a taller drawing comes out narrower.

    Returns
    -------
    tuple of (bytes, str)
        The file and its form, ``jpeg`` or ``png``.
    """
    root = fromstring(svg)
    left, top, width, height = (float(part) for part in root.attrib["viewBox"].split())
    scale = min(width_px / width, tallest_px / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    canvas = Image.new("RGB", (size[0] * _FINER, size[1] * _FINER), _WHITE)
    painter = _Painter(canvas, scale * _FINER, (left, top))
    painter.draw(root)
    stream = io.BytesIO()
    form = "jpeg" if "<image " in svg else "png"
    small = canvas.resize(size, Image.Resampling.LANCZOS)
    if form == "png":
        small.quantize(128).save(stream, "PNG", optimize=True)
    else:
        small.save(stream, "JPEG", quality=84, optimize=True)
    return stream.getvalue(), form


@dataclass(frozen=True, slots=True)
class _Painter:
    """Paints elements on a canvas, finer than it will be shown."""

    canvas: Image.Image
    """What is painted on."""
    scale: float
    """Its pixels a drawing unit."""
    corner: Point
    """The drawing's upper left corner, drawing units."""

    def draw(self, node: Element) -> None:
        """Paint an element and what is in it."""
        tag, own = node.tag.rpartition("}")[2], node.attrib
        if tag in {"svg", "g"}:
            for child in node:
                self.draw(child)
        elif tag in _SHAPES:
            for points, closed in _SHAPES[tag](own):
                self._shape(own, points, closed=closed)
        elif tag == "image":
            self._image(own)
        elif tag == "text":
            self._text(node)

    def _at(self, point: Point) -> Point:
        return (point[0] - self.corner[0]) * self.scale, (point[1] - self.corner[1]) * self.scale

    def _shape(self, own: Mapping[str, str], outline: list[Point], *, closed: bool) -> None:
        points = [self._at(point) for point in outline]
        fill = own.get("fill", "#000000")
        if fill != "none" and len(points) > 2:
            self._fill(points, fill, float(own.get("fill-opacity", "1")))
        stroke, wide = own.get("stroke", "none"), float(own.get("stroke-width", "1")) * self.scale
        if stroke != "none" and len(points) > 1:
            self._stroke([*points, points[0]] if closed else points, stroke, wide, own)

    def _fill(self, points: list[Point], colour: str, opacity: float) -> None:
        if opacity >= 1:
            ImageDraw.Draw(self.canvas).polygon(points, fill=colour)
            return
        self._through(points, 0, colour, lambda pen, moved: pen.polygon(moved, fill=round(255 * opacity)))

    def _stroke(self, points: list[Point], colour: str, wide: float, own: Mapping[str, str]) -> None:
        opacity = float(own.get("stroke-opacity", "1"))
        dash = [float(part) * self.scale for part in own.get("stroke-dasharray", "").split()]
        pieces = list(_dashes(points, dash)) if dash else [points]
        width = max(1, round(wide))
        if opacity >= 1:
            pen = ImageDraw.Draw(self.canvas)
            for piece in pieces:
                pen.line(piece, fill=colour, width=width, joint="curve")
            return
        for piece in pieces:
            self._through(
                piece,
                width,
                colour,
                lambda pen, moved: pen.line(moved, fill=round(255 * opacity), width=width, joint="curve"),
            )

    def _through(self, points: list[Point], margin: int, colour: str, shape: _Shape) -> None:
        """Paint a colour through a shape that lets some of the ground show."""
        across, down = [x for x, _ in points], [y for _, y in points]
        left, top = math.floor(min(across)) - margin, math.floor(min(down)) - margin
        right, bottom = math.ceil(max(across)) + margin + 1, math.ceil(max(down)) + margin + 1
        box = max(0, left), max(0, top), min(self.canvas.width, right), min(self.canvas.height, bottom)
        if box[2] <= box[0] or box[3] <= box[1]:
            return
        mask = Image.new("L", (box[2] - box[0], box[3] - box[1]), 0)
        shape(ImageDraw.Draw(mask), [(x - box[0], y - box[1]) for x, y in points])
        self.canvas.paste(Image.new("RGB", mask.size, colour), box[:2], mask)

    def _image(self, own: Mapping[str, str]) -> None:
        with Image.open(io.BytesIO(base64.b64decode(own["href"].partition(",")[2]))) as opened:
            left, top = self._at((float(own["x"]), float(own["y"])))
            right, bottom = self._at((float(own["x"]) + float(own["width"]), float(own["y"]) + float(own["height"])))
            size = max(1, round(right) - round(left)), max(1, round(bottom) - round(top))
            self.canvas.paste(opened.convert("RGB").resize(size, Image.Resampling.BILINEAR), (round(left), round(top)))

    def _text(self, node: Element) -> None:
        """Words with their halo, piece by piece where they change in weight or colour."""
        own, pieces = node.attrib, list(_pieces(node))
        size = float(own.get("font-size", "16")) * self.scale
        spacing = float(own.get("letter-spacing", "0")) * self.scale
        set_ = [(*typeset(words, max(1, round(size)), bold=_bold(style)), style) for words, style in pieces]
        lengths = [font.getlength(words) + spacing * len(words) for font, words, _ in set_]
        x, y = self._at((float(own["x"]), float(own["y"])))
        x -= {"middle": sum(lengths) / 2, "end": sum(lengths)}.get(own.get("text-anchor", "start"), 0.0)
        anchor = "lm" if own.get("dominant-baseline") == "central" else "ls"
        halo = round(float(own.get("stroke-width", "1")) * self.scale / 2) if own.get("stroke", "none") != "none" else 0
        for (font, words, style), length in zip(set_, lengths, strict=True):
            self._words(font, words, (x, y), (anchor, halo, spacing), {**own, **style})
            x += length

    def _words(
        self, font: Font, words: str, at: Point,
        look: tuple[str, int, float], own: Mapping[str, str],
    ) -> None:  # fmt: skip
        anchor, halo, spacing = look
        pen, fill = ImageDraw.Draw(self.canvas), own.get("fill", "#000000")
        x, y = at
        for part in words if spacing else [words]:
            pen.text(
                (x, y), part, font=font, fill=fill, anchor=anchor, stroke_width=halo, stroke_fill=own.get("stroke")
            )
            x += font.getlength(part) + spacing


def _bold(style: Mapping[str, str]) -> bool:
    return style.get("font-weight", "400") in {"600", "700", "bold"}


def _pieces(node: Element) -> Iterator[tuple[str, dict[str, str]]]:
    own = dict(node.attrib)
    if node.text:
        yield node.text, own
    for child in node:
        yield child.text or "", {**own, **child.attrib}
        if child.tail:
            yield child.tail, own


def _rectangle(own: Mapping[str, str]) -> Iterator[tuple[list[Point], bool]]:
    x, y, width, height = (float(own.get(name, "0")) for name in ("x", "y", "width", "height"))
    yield [(x, y), (x + width, y), (x + width, y + height), (x, y + height)], True


def _circle(own: Mapping[str, str]) -> Iterator[tuple[list[Point], bool]]:
    x, y, radius = (float(own.get(name, "0")) for name in ("cx", "cy", "r"))
    turns = (2 * math.pi * step / _ROUNDS for step in range(_ROUNDS))
    yield [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns], True


def _outlines(d: str) -> Iterator[tuple[list[Point], bool]]:
    """The lines of a path, and whether each is closed; only straight steps are drawn here."""
    points: list[Point] = []
    x, y = 0.0, 0.0
    for sign, numbers in _steps(d):
        if sign in "Zz":
            yield points, True
            x, y = points[0] if points else (x, y)
            points = []
            continue
        if sign in "Mm" and points:
            yield points, False
            points = []
        if not points and sign not in "Mm":
            points = [(x, y)]
        x, y = _moved(sign, numbers, (x, y))
        points.append((x, y))
    if points:
        yield points, False


def _moved(sign: str, numbers: list[float], at: Point) -> Point:
    """Where a step leads."""
    from_x, from_y = at if sign.islower() else (0.0, 0.0)
    match sign.upper():
        case "H":
            return from_x + numbers[0], at[1]
        case "V":
            return at[0], from_y + numbers[0]
        case _:
            return from_x + numbers[0], from_y + numbers[1]


def _steps(d: str) -> Iterator[tuple[str, list[float]]]:
    """The steps of a path with their numbers; after the first pair a move goes on as lines."""
    sign, numbers = "", list[float]()
    for letter, digits in _STEP.findall(d):
        if letter:
            sign, numbers = letter, []
            if letter in "Zz":
                yield letter, []
            continue
        numbers.append(float(digits))
        if len(numbers) == _NUMBERS[sign.upper()]:
            yield sign, numbers
            numbers = []
            sign = {"M": "L", "m": "l"}.get(sign, sign)


def _dashes(points: list[Point], dash: list[float]) -> Iterator[list[Point]]:
    """The drawn parts of a dashed line."""
    at, left, drawn = 0, dash[0], True
    piece = [points[0]]
    for start, end in pairwise(points):
        x, y = start
        rest = math.dist(start, end)
        while rest > left:
            x, y = x + (end[0] - x) * left / rest, y + (end[1] - y) * left / rest
            rest -= left
            if drawn:
                yield [*piece, (x, y)]
            piece, drawn, at = [(x, y)], not drawn, (at + 1) % len(dash)
            left = max(dash[at], 0.5)
        left -= rest
        piece.append(end)
    if drawn and len(piece) > 1:
        yield piece


_SHAPES: dict[str, Callable[[Mapping[str, str]], Iterator[tuple[list[Point], bool]]]] = {
    "rect": _rectangle,
    "circle": _circle,
    "path": lambda own: _outlines(own["d"]),
}
"""Each shape as lines, and whether they are closed."""
