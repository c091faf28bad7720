"""Figures as files that may carry content credentials, signed with the user's key."""

from collections.abc import Iterator, Mapping

from yardwatch.model.scene import Scene
from yardwatch.report.blocks import Document
from yardwatch.report.credentials import PictureFacts, Signer, read_signer, sign_picture
from yardwatch.report.painting import paint
from yardwatch.report.showing import comparison_facts, figure_facts, measures_facts, shown_scene
from yardwatch.report.walking import figures_in

__all__ = [
    "PictureFacts",
    "Signer",
    "comparison_facts",
    "figure_files",
    "measures_facts",
    "read_signer",
    "scene_facts_of",
    "with_credentials",
]

_SUFFIXES = {"jpeg": ".jpg", "png": ".png"}


def with_credentials(picture: bytes, facts: PictureFacts | None, signer: Signer | None) -> bytes:
    """A picture with its manifest; as it is without a signer.

    Raises
    ------
    MisuseError
        If it is none of PNG, JPEG and SVG, or C2PA does not take the certificate.
    """
    return sign_picture(picture, facts, signer) if signer is not None and facts is not None else picture


def scene_facts_of(scene: Scene, title: str) -> PictureFacts:
    """What a small picture of a whole scene is made of."""
    return PictureFacts(title, (shown_scene(scene),), resized=True)


def figure_files(document: Document, signer: Signer | None) -> Mapping[str, bytes]:
    """Every numbered figure of a document as a file, e.g. ``figure-03.jpg``.

    The same document gives the same bytes, unless they are signed.
    """
    return dict(_files(document, signer))


def _files(document: Document, signer: Signer | None) -> Iterator[tuple[str, bytes]]:
    for figure in figures_in(document):
        if figure.number is None:
            continue
        facts = figure_facts(figure)
        for at, svg in enumerate(figure.svgs, 1):
            content, form = paint(svg)
            part = f"-{at}" if len(figure.svgs) > 1 else ""
            yield f"figure-{figure.number:02}{part}{_SUFFIXES[form]}", with_credentials(content, facts, signer)
