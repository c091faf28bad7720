"""What all parts of a report work from."""

from collections.abc import Sequence
from dataclasses import dataclass

from yardwatch.errors import Notice
from yardwatch.model.publishing import Imprint
from yardwatch.model.railcar import Count
from yardwatch.report.blocks import Block, Cell, Note, Paragraph, Row, Runs, Section, Table, Words
from yardwatch.report.case import CaseTold
from yardwatch.report.contents import CaseFindings, Report, Sheet
from yardwatch.report.ledger import Ledger
from yardwatch.report.sections import Section as SceneTold
from yardwatch.report.sections import Told
from yardwatch.report.tracing import Subject

__all__ = ["OPENED", "Made", "begun", "cell", "head", "made_section", "measured", "notes", "table"]


OPENED = {"figures", "findings", "overview", "zones", "series", "scenes", "changes", "claims", "events", "unseen"}
"""Sections that a person may open with words of his own."""


@dataclass(frozen=True, slots=True)
class Made:
    """A report with what was worked out of it."""

    report: Report
    """All that is told."""
    ledger: Ledger
    """What everything is called."""
    counts: tuple[Count, ...]
    """All counts, newest first, undated ones last."""
    newest: Told | None
    """The newest count in words."""
    sheets: tuple[Sheet, ...]
    """Scenes shown in full, newest first."""
    shown: tuple[SceneTold, ...]
    """The same, with their figures."""
    told: CaseTold | None
    """The case, made ready for the page."""
    imprint: Imprint | None
    """What the document says of its own publication; None for a draft."""

    @property
    def case(self) -> CaseFindings:
        """The case; an empty one if there is none."""
        return self.report.case or CaseFindings()


def made_section(key: str, title: str, blocks: Sequence[Block | None], *, kind: str = "") -> Section | None:
    """A section of what there is; None if there is nothing."""
    given = tuple(block for block in blocks if block is not None)
    if not given:
        return None
    opened = any(isinstance(block, Paragraph) and block.key == f"section/{key}" for block in given)
    opening = (Paragraph((), key=f"section/{key}"),) if key in OPENED and not opened else ()
    return Section(key, (Words(title),), (*opening, *given), f"part-{key}", kind)


def head(*names: str, numeric: Sequence[int] = ()) -> tuple[Cell, ...]:
    """The headings of a table; the columns in `numeric` are set to the right."""
    return tuple(Cell((Words(name),), numeric=index in numeric) for index, name in enumerate(names))


def cell(runs: Runs | str, *, numeric: bool = False, name: bool = False) -> Cell:
    """A cell of words or runs."""
    return Cell((Words(runs),) if isinstance(runs, str) else runs, numeric=numeric, head=name)


def measured(
    ledger: Ledger, said: str, subject: Subject, part: str, *, numeric: bool = False, name: bool = False
) -> Cell:
    """A cell whose numbers are a part of what a subject tells, and lead to what that stands on."""
    own = Subject(f"{subject.key}/{part}", subject.place, subject.grounds, subject.anchor, subject.assessment)
    return Cell(ledger.traced(said, own), numeric=numeric, head=name)


def table(caption: Runs | str, heading: tuple[Cell, ...], rows: Sequence[Row], *, kind: str = "") -> Table | None:
    """A table; None if it would have no row."""
    said = (Words(caption),) if isinstance(caption, str) else caption
    return Table(said, heading, tuple(rows), kind=kind) if rows else None


def notes(made: Made, notices: Sequence[Notice]) -> Note | None:
    """Notices with their remedies."""
    tracer = made.ledger.tracer
    lines = tuple((*tracer.fixed(begun(one.message)), Words("; "), Words(one.remedy, "soft")) for one in notices)
    return Note(lines) if lines else None


def begun(sentence: str) -> str:
    """A sentence with a capital letter and without its full stop."""
    return sentence[:1].upper() + sentence[1:].rstrip(".")
