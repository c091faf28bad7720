"""Drawings as figures of a document, with or without their pixels."""

import re

from markupsafe import Markup

from yardwatch.model.scene import Republish, Scene
from yardwatch.report.blocks import Figure, Runs
from yardwatch.report.parts.common import Made
from yardwatch.report.sections import Figure as Drawn
from yardwatch.report.tracing import Subject

__all__ = ["may_go_out", "pictured", "without_pixels"]

_IMAGE = re.compile(r'<image href="[^"]*"([^>]*?)(?: preserveAspectRatio="none")?/>')
_GROUND = '<rect fill="#f2f0ea"\\1/>'


def pictured(
    made: Made, drawn: Drawn, *, key: str, scenes: tuple[Scene, ...], kind: str = "map", subject: Subject | None = None
) -> Figure:
    """A drawing as a figure; its numbers lead to what they were counted from."""
    tracer = made.ledger.tracer
    caption: Runs = tracer.runs(drawn.caption, subject) if subject else tracer.fixed(drawn.caption)
    svg = Markup(drawn.svg)  # noqa: S704 -- escaped where it is made
    windows = (drawn.window,) * len(scenes)
    return Figure(key, (svg,), drawn.caption, caption, credit=drawn.credit, scenes=scenes, windows=windows, kind=kind)


def may_go_out(scene: Scene) -> bool:
    """Whether a picture of a scene may be printed for others; unknown is no."""
    return scene.rights.may_republish is Republish.YES


def without_pixels(svg: Markup) -> Markup:
    """A drawing with bare ground in the place of its pictures."""
    return Markup(_IMAGE.sub(_GROUND, svg))  # noqa: S704 -- only takes away
