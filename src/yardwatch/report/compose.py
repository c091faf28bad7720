"""A report composed as one document, from which the writers make HTML, PDF and DOCX."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from yardwatch.errors import MisuseError, Notice
from yardwatch.model.publishing import Imprint
from yardwatch.model.railcar import Count
from yardwatch.report import words
from yardwatch.report.blocks import Document, Paragraph, Runs, Section, Words
from yardwatch.report.case import case_told
from yardwatch.report.contents import Report
from yardwatch.report.finishing import finished
from yardwatch.report.ledger import Ledger
from yardwatch.report.parts.back import method_section, provenance_section, references_section, signed_section
from yardwatch.report.parts.changes import changes_section
from yardwatch.report.parts.claims import claims_section
from yardwatch.report.parts.common import Made
from yardwatch.report.parts.events import events_section
from yardwatch.report.parts.findings import assessments_section, figures_section, findings_section
from yardwatch.report.parts.scenes import appendices, scene_sections
from yardwatch.report.parts.series import points_section, scenes_section, series_section
from yardwatch.report.parts.site import aliases, overview_section
from yardwatch.report.parts.unseen import errata_section, notices_section, since_section, unseen_section
from yardwatch.report.parts.zones import zones_section
from yardwatch.report.sections import section, told
from yardwatch.report.texts import Own, apply_texts

__all__ = ["ALWAYS", "SECTIONS", "Choice", "Composed", "compose", "composed"]

SECTIONS = (
    "figures", "findings", "overview", "zones", "series", "scenes", "scene", "changes", "claims", "events", "unseen",
    "since", "notices", "method", "assessments", "points", "appendix", "references",
)  # fmt: skip
"""Sections that can be chosen, in their order."""

ALWAYS = ("records", "provenance", "errata", "signed")
"""Sections that every document has, so that it can be checked."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How a document is to be composed."""

    sections: tuple[str, ...] = ()
    """Keys of the sections that are wanted; all if none is named."""
    full_sheets: int = 3
    """How many scenes, newest first, are shown with pictures and ribbons."""
    outlines: bool = False
    """Whether pictures that may not be published are left out of their figures, so that outlines remain."""

    def __post_init__(self) -> None:
        if self.full_sheets < 0:
            raise MisuseError(f"full_sheets is {self.full_sheets}; give 0 or more")
        for key in self.sections:
            if key not in SECTIONS:
                raise MisuseError(f'there is no section "{key}"; there are: {", ".join(SECTIONS)}')


@dataclass(frozen=True, slots=True)
class Composed:
    """A document with a person's words in it."""

    document: Document
    """What is written."""
    draft: Document
    """The same as it was drafted, without anybody's words."""
    notices: tuple[Notice, ...]
    """What is to be said of the person's words."""


def compose(report: Report, *, choice: Choice | None = None, imprint: Imprint | None = None) -> Document:
    """The document of a report as it is drafted; the same report gives the same document."""
    return composed(report, {}, choice=choice, imprint=imprint).document


def composed(
    report: Report, own: Mapping[str, Own], *, choice: Choice | None = None, imprint: Imprint | None = None
) -> Composed:
    """The document of a report with a person's own words in the place of drafts.

    Parameters
    ----------
    report : Report
        What is told; scenes in any order.
    own : Mapping
        A person's words by the keys of the texts, from `read_texts`.
    choice : Choice, optional
        Which parts are wanted.
    imprint : Imprint, optional
        What the document says of its own publication; without one it is a draft.

    Raises
    ------
    MisuseError
        If a car stands on a track that the site does not have.
    """
    chosen = choice or Choice()
    made = _made(report, chosen, imprint)
    wanted = set(chosen.sections or SECTIONS) | set(ALWAYS)
    sections = [one for one in _sections(made) if one.key in wanted]
    draft = Document(
        title=report.title,
        name=f"{report.title} – {report.site.name}",
        eyebrow="Case report" if made.told is not None and made.told.record else "Imagery report",
        place=_place(report),
        dateline=_dateline(made),
        standfirst=(Paragraph((), "standfirst", "standfirst"),),
        sections=tuple(sections),
        version=report.version,
        made=words.instant_words(report.made_at),
        banner=_simulated(made.counts),
    )
    document, notices = apply_texts(draft, own, made.ledger.rows()) if own else (draft, ())
    return Composed(finished(document, made.ledger, outlines=chosen.outlines), draft, notices)


def _made(report: Report, choice: Choice, imprint: Imprint | None) -> Made:
    newest = sorted(report.sheets, key=lambda sheet: _age(sheet.count), reverse=True)
    counts = sorted([*(sheet.count for sheet in newest), *report.further], key=_age, reverse=True)
    sheets = tuple(newest[: choice.full_sheets])
    return Made(
        report=report,
        ledger=Ledger(report),
        counts=tuple(counts),
        newest=told(report.site, counts[0]) if counts else None,
        sheets=sheets,
        shown=tuple(section(report.site, sheet) for sheet in sheets),
        told=case_told(report),
        imprint=imprint,
    )


def _sections(made: Made) -> Iterator[Section]:
    """Every section that has anything to tell, in order."""
    front = [figures_section(made), findings_section(made)]
    if made.newest is None:
        front.reverse()
    body = [overview_section(made), zones_section(made), series_section(made), scenes_section(made)]
    rest = [changes_section(made), claims_section(made), events_section(made), unseen_section(made)]
    back = [since_section(made), notices_section(made), method_section(made), assessments_section(made)]
    end = [references_section(made), provenance_section(made), errata_section(made), signed_section(made)]
    ordered = (*front, *body, *scene_sections(made), *rest, *back, points_section(made), *appendices(made), *end)
    yield from (one for one in ordered if one is not None)


def _place(report: Report) -> Runs:
    site = report.site
    if site.name == report.title and not site.aliases:
        return ()
    return (Words(site.name, "name"), *aliases(site.aliases))


def _dateline(made: Made) -> Runs:
    record = (Words(f"Record: {made.told.record}. ", "own"),) if made.told is not None and made.told.record else ()
    report = made.report
    span = Words(f"Imagery: {_span(made.counts)}. ", "own")
    when = f"Report made {words.instant_words(report.made_at)} with Yardwatch {report.version}."
    imprint = made.imprint
    edition = f" Edition {imprint.number}, {words.instant_words(imprint.published_at)}." if imprint else " Draft."
    return (*record, span, Words(when, "own"), Words(edition, "own"))


def _age(count: Count) -> tuple[bool, datetime, str]:
    """Sorts counts by date; undated ones are the oldest."""
    when = count.scene.acquired
    moment = (when.latest or when.earliest) if when else None
    return moment is not None, moment or datetime.min.replace(tzinfo=UTC), count.scene.id


def _span(counts: Sequence[Count]) -> str:
    """The dates of the imagery in words."""
    if not counts:
        return "no imagery"
    if len(counts) == 1:
        return words.when_words(counts[0].scene.acquired)
    dated = [count.scene.acquired for count in counts if count.scene.acquired]
    if not dated:
        return f"{len(counts)} images, dates not known"
    undated = len(counts) - len(dated)
    rest = f", {undated} without a date" if undated else ""
    return f"{len(counts)} images, {words.when_words(dated[-1])} to {words.when_words(dated[0])}{rest}"


def _simulated(counts: Sequence[Count]) -> str:
    """What the banner says; empty if every image was taken rather than rendered."""
    rendered = sum(count.scene.simulated for count in counts)
    if not rendered:
        return ""
    if rendered == len(counts):
        return "SIMULATED: invented place, rendered pictures. Nothing here was observed."
    return f"SIMULATED IN PART: {rendered} of {len(counts)} images were rendered; they are marked where they are shown."
