"""Figures as files: PNG or SVG by the name that was asked for."""

from pathlib import Path

from yardwatch.errors import MisuseError
from yardwatch.pipeline.files import check_target
from yardwatch.report.drawing import Drawing, drawing_png, drawing_svg

__all__ = ["check_figure", "figure_bytes"]

_FORMS = (".svg", ".png")


def check_figure(
    path: Path, *, inputs: tuple[Path, ...] = (), forms: tuple[str, ...] = _FORMS, signed: bool = False
) -> None:
    """See, before any work is done, that a figure can be written there, and signed if it is to be.

    Raises
    ------
    MisuseError
        If its name says no form that is offered, its folder is missing, or it is an input.
    """
    if path.suffix.lower() not in forms:
        raise MisuseError(f"{path}: a figure is written as {' or '.join(forms)}; name it so")
    if signed and path.suffix.lower() not in _FORMS:
        raise MisuseError(f"{path}: carries no content credentials; name it .svg or .png, or leave out --sign-key")
    check_target(path, inputs=inputs)


def figure_bytes(drawing: Drawing, path: Path) -> bytes:
    """A figure as the file that `path` names, SVG or PNG."""
    if path.suffix.lower() == ".png":
        return drawing_png(drawing)
    return drawing_svg(drawing).encode("utf-8", "replace")
