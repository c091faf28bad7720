"""The whole report as one HTML file that needs nothing else."""

from yardwatch.model.publishing import Imprint
from yardwatch.report.compose import Choice, compose
from yardwatch.report.contents import Report
from yardwatch.report.html import write_html

__all__ = ["render_html"]


def render_html(report: Report, *, full_sheets: int = 3, imprint: Imprint | None = None) -> str:
    """The report as one self-contained HTML document.

    The same report gives the same document, byte for byte.

    Parameters
    ----------
    report : Report
        What is told; scenes in any order.
    full_sheets : int
        How many scenes, newest first, are shown with pictures and ribbons; the others have a line in the series.
    imprint : Imprint, optional
        What it says of its own publication; without one it is a draft.

    Raises
    ------
    MisuseError
        If `full_sheets` is negative, or a car stands on a track that the site does not have.
    """
    return write_html(compose(report, choice=Choice(full_sheets=full_sheets), imprint=imprint))
