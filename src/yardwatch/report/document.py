"""The whole report as one HTML file that needs nothing else."""

from yardwatch.model.publishing import Imprint
from yardwatch.report.compose import Choice, compose
from yardwatch.report.contents import Report
from yardwatch.report.finishing import watermarked
from yardwatch.report.html import write_html
from yardwatch.report.licences import barred

__all__ = ["render_html"]


def render_html(report: Report, *, full_sheets: int = 3, imprint: Imprint | None = None) -> str:
    """The report as one self-contained HTML document.

    The same report gives the same document, byte for byte. If a picture in it may not be published, or that is not
    known, every page is marked as internal.

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
    document = compose(report, choice=Choice(full_sheets=full_sheets), imprint=imprint)
    return write_html(watermarked(document) if barred(document) else document)
