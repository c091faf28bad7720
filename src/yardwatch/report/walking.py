"""Going through a document: its blocks, words, anchors and numbers."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from yardwatch.model.publishing import PrintedNumber
from yardwatch.report.blocks import (
    Block,
    Document,
    Figure,
    Heading,
    Items,
    Legend,
    Link,
    Note,
    Number,
    Paragraph,
    Row,
    Run,
    Runs,
    Section,
    Table,
    Terms,
)

__all__ = [
    "all_runs",
    "anchors_in",
    "blocks_in",
    "figures_in",
    "leads_to",
    "mapped",
    "plain_text",
    "printed_numbers",
    "runs_in",
]


def blocks_in(document: Document) -> Iterator[tuple[Section | None, Block]]:
    """All blocks in order, each with its section."""
    for paragraph in document.standfirst:
        yield None, paragraph
    for section in document.sections:
        for block in section.blocks:
            yield section, block


def runs_in(block: Block) -> Iterator[Runs]:
    """All the words of a block, piece by piece."""
    match block:
        case Heading() | Paragraph():
            yield block.runs
        case Figure():
            yield from (block.title, block.caption)
        case Table():
            yield block.caption
            yield from (cell.runs for row in (Row(block.head), *block.rows, *block.foot) for cell in row.cells)
        case Items():
            yield from (paragraph.runs for item in block.items for paragraph in item.blocks)
        case Legend():
            yield from (runs for _, runs in block.entries)
        case Note():
            yield from block.items
        case Terms():
            yield from (runs for _, runs in block.pairs)


def plain_text(runs: Runs) -> str:
    """Runs as plain text."""
    return "".join(run.text for run in runs)


def printed_numbers(document: Document) -> tuple[PrintedNumber, ...]:
    """Every number of the text that can be followed, in order, each id once."""
    found: dict[str, Number] = {}
    for run in all_runs(document):
        if isinstance(run, Number):
            found.setdefault(run.id, run)
    return tuple(PrintedNumber(one.id, one.text, one.place, one.observations, one.assessment) for one in found.values())


def all_runs(document: Document) -> Iterator[Run]:
    """All words, numbers and links, in order."""
    yield from (*document.place, *document.dateline)
    for paragraph in document.standfirst:
        yield from paragraph.runs
    for section in document.sections:
        yield from section.title
        for block in section.blocks:
            for runs in runs_in(block):
                yield from runs


def figures_in(document: Document) -> Iterator[Figure]:
    """All figures, in order."""
    yield from (block for _, block in blocks_in(document) if isinstance(block, Figure))


def anchors_in(document: Document) -> Iterator[str]:
    """Everywhere that a link may lead."""
    for section in document.sections:
        yield section.anchor
        for block in section.blocks:
            yield from (anchor for anchor in _anchors(block) if anchor is not None)


def _anchors(block: Block) -> Iterator[str | None]:
    match block:
        case Heading() | Paragraph():
            yield block.anchor
        case Table():
            yield from (row.anchor for row in (*block.rows, *block.foot))
        case Items():
            yield from (item.anchor for item in block.items)


def leads_to(run: Run) -> str | None:
    """The anchor that a run leads to; None if it leads nowhere in the document."""
    return run.anchor or None if isinstance(run, Link | Number) else None


def mapped(block: Block, change: Callable[[Runs], Runs]) -> Block:
    """A block with its words changed."""
    if isinstance(block, Heading | Paragraph):
        return replace(block, runs=change(block.runs))
    if isinstance(block, Figure):
        return replace(block, title=change(block.title), caption=change(block.caption))
    return _mapped_list(block, change)


def _mapped_list(block: Table | Items | Legend | Note | Terms, change: Callable[[Runs], Runs]) -> Block:
    match block:
        case Table():
            rows = tuple(_mapped_row(row, change) for row in block.rows)
            foot = tuple(_mapped_row(row, change) for row in block.foot)
            return replace(block, caption=change(block.caption), rows=rows, foot=foot)
        case Items():
            items = [
                replace(one, blocks=tuple(_mapped_one(part, change) for part in one.blocks)) for one in block.items
            ]
            return replace(block, items=tuple(items))
        case Note():
            return replace(block, items=tuple(change(line) for line in block.items))
        case Terms():
            return replace(block, pairs=tuple((term, change(said)) for term, said in block.pairs))
        case Legend():
            return block


def _mapped_one(paragraph: Paragraph, change: Callable[[Runs], Runs]) -> Paragraph:
    return replace(paragraph, runs=change(paragraph.runs))


def _mapped_row(row: Row, change: Callable[[Runs], Runs]) -> Row:
    return replace(row, cells=tuple(replace(cell, runs=change(cell.runs)) for cell in row.cells))
