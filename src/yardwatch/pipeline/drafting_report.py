"""A report drafted from a workspace: its document, a person's words in it, and whether it may go out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from yardwatch.errors import InputError, MisuseError, Notice
from yardwatch.model.publishing import Imprint, PrintedNumber
from yardwatch.pipeline.documents import Json
from yardwatch.pipeline.files import check_target
from yardwatch.report import Report
from yardwatch.report.blocks import Document
from yardwatch.report.compose import Choice, Composed, composed
from yardwatch.report.docx import write_docx
from yardwatch.report.finishing import watermarked
from yardwatch.report.html import write_html
from yardwatch.report.licences import WAYS_OUT, Barred, barred
from yardwatch.report.pdf import write_pdf
from yardwatch.report.texts import Own, read_texts, texts_file
from yardwatch.report.walking import printed_numbers
from yardwatch.report.words import when_words

__all__ = [
    "TEXTS",
    "Audience",
    "Drafted",
    "ReportOptions",
    "check_out",
    "draft_report",
    "draft_texts",
    "written_report",
]

Audience: TypeAlias = Literal["auto", "public", "internal"]
TEXTS = "report-texts.md"
"""Name of the file of a person's words in the folder of a workspace."""

_LARGEST = 4_000_000


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """How a report is wanted."""

    sections: tuple[str, ...] = ()
    """Sections that are wanted; all if none is named."""
    audience: Audience = "auto"
    """``public``: refuse what may not go out; ``internal``: mark every page; ``auto``: mark them where they must be."""
    outlines: bool = False
    """Draw outlines in the place of pictures that may not be published."""
    references: bool = False
    """Write the sources beside the report, as BibTeX and CSL-JSON."""
    texts: bool = False
    """Write the file of texts, or bring it up to date."""

    def __post_init__(self) -> None:
        Choice(sections=self.sections)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A report as one document, before it is written."""

    document: Document
    """What would be written; marked as internal where it is."""
    notices: tuple[Notice, ...]
    """What is to be said of a person's words, and of the mark."""
    refused: tuple[Barred, ...]
    """Pictures that keep it from being written for the public."""
    untraced: tuple[str, ...]
    """Numbers in a person's words that keep it from being written for the public, in words."""

    @property
    def audience(self) -> str:
        """``public`` or ``internal``."""
        return "internal" if self.document.watermark else "public"

    @property
    def may_be_written(self) -> bool:
        """Whether nothing keeps it from being written."""
        return not (self.refused or self.untraced)

    @property
    def numbers(self) -> tuple[PrintedNumber, ...]:
        """Every number of its text."""
        return printed_numbers(self.document)

    @property
    def refusals(self) -> list[Json]:
        """What keeps it from being written, for programs."""
        return [_refusal(one) for one in self.refused]


def draft_report(
    report: Report, folder: Path, *, options: ReportOptions | None = None, imprint: Imprint | None = None
) -> Drafted:
    """The document of a report, with the words that a person keeps in the folder of the workspace.

    Raises
    ------
    InputError
        If the file of texts is bad.
    MisuseError
        If a section is asked for that there is not.
    """
    wanted = options or ReportOptions()
    found = _composed(report, folder, wanted, imprint)
    pictures = barred(found.document)
    untraced = tuple(one.message for one in found.notices if one.code == "number_untraced")
    if wanted.audience == "public":
        return Drafted(found.document, found.notices, pictures, untraced)
    if wanted.audience == "internal":
        return Drafted(watermarked(found.document), found.notices, (), ())
    if not (pictures or untraced):
        return Drafted(found.document, found.notices, (), ())
    return Drafted(watermarked(found.document), (*found.notices, _marked(len(pictures), len(untraced))), (), ())


def draft_texts(report: Report, folder: Path) -> str:
    """The file of texts of a report: a person's words as they are, drafts brought up to date."""
    found = composed(report, {})
    return texts_file(found.draft, _own(folder))


def written_report(document: Document, out: Path) -> bytes:
    """The document in the form that a file's name says.

    Raises
    ------
    MisuseError
        If the name says none that is offered, or what the form needs is not installed.
    """
    return _writer(out)(document)


def check_out(out: Path) -> None:
    """See, before any work is done, that a report can be written there and takes the place of a report at most.

    Raises
    ------
    MisuseError
        If its folder is missing, or it is there already and is no report.
    """
    check_target(out)
    suffix = out.suffix.lower()
    if suffix in _WRITERS:
        return
    if out.exists():
        raise MisuseError(f"{out}: is there already and does not end in .html; name another file")


def _composed(report: Report, folder: Path, wanted: ReportOptions, imprint: Imprint | None) -> Composed:
    choice = Choice(sections=wanted.sections, outlines=wanted.outlines)
    return composed(report, _own(folder), choice=choice, imprint=imprint)


def _own(folder: Path) -> Mapping[str, Own]:
    path = folder / TEXTS
    if not path.is_file():
        return {}
    if path.stat().st_size > _LARGEST:
        raise InputError(str(path), "is too large", "keep it below a million characters")
    try:
        return read_texts(path.read_text("utf-8-sig"), subject=str(path))
    except UnicodeDecodeError as error:
        raise InputError(str(path), "is not UTF-8", "save it as UTF-8") from error


def _html(document: Document) -> bytes:
    return write_html(document).encode("utf-8", "replace")


_WRITERS: dict[str, Callable[[Document], bytes]] = {
    ".html": _html,
    ".htm": _html,
    ".pdf": write_pdf,
    ".docx": write_docx,
}


def _writer(out: Path) -> Callable[[Document], bytes]:
    """By the name of the file; HTML for what bears no name of a form."""
    return _WRITERS.get(out.suffix.lower(), _html)


def _marked(pictures: int, untraced: int) -> Notice:
    parts = [f"{pictures} picture{'' if pictures == 1 else 's'} that may not be published"] if pictures else []
    parts += [f"{untraced} number{'' if untraced == 1 else 's'} that lead nowhere"] if untraced else []
    message = f"marked as internal on every page, since it holds {' and '.join(parts)}"
    return Notice("report_internal", message, "see --public for what they are, --outlines for a report without them")


def _refusal(one: Barred) -> Json:
    rights, scene = one.scene.rights, one.scene
    return {
        "figure": one.figure,
        "shows": one.shows,
        "scene": scene.id,
        "filename": scene.filename,
        "acquired": when_words(scene.acquired),
        "credit": rights.credit,
        "licence": rights.licence,
        "may_republish": rights.may_republish.value,
        "why": one.why,
        "ways_out": list(WAYS_OUT),
    }
