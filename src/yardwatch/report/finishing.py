"""The last steps of composing: numbered figures, outlines, the list of records, and links that lead somewhere."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from yardwatch.report.blocks import Block, Document, Figure, Link, Number, Row, Run, Runs, Section, Table, Words
from yardwatch.report.ledger import Ledger
from yardwatch.report.parts.common import head
from yardwatch.report.parts.figures import may_go_out, without_pixels
from yardwatch.report.walking import all_runs, anchors_in, leads_to, mapped

__all__ = ["WATERMARK", "finished", "watermarked"]

WATERMARK = "INTERNAL: NOT FOR PUBLICATION"
"""What stands on every page of an internal document."""

_BEFORE = {"references", "provenance", "errata", "signed"}
_RECORDS = "Records that this document leads to: observations (O), counts by machine (M), claims (C), events (E)"


def finished(document: Document, ledger: Ledger, *, outlines: bool = False) -> Document:
    """The document with figures numbered, records listed and every link leading somewhere.

    Parameters
    ----------
    document : Document
        With all its sections.
    ledger : Ledger
        Tells the rows of records that the sections do not tell.
    outlines : bool
        Leave out the pixels of pictures that may not be published.
    """
    numbered = replace(document, sections=tuple(_numbered(document.sections, outlines=outlines)))
    return _unlinked(_with_records(_grounded(numbered), ledger))


def watermarked(document: Document) -> Document:
    """The document marked on every page as internal."""
    return replace(document, watermark=WATERMARK)


def _numbered(sections: Sequence[Section], *, outlines: bool) -> Iterator[Section]:
    """Figures get their numbers in the order in which they stand; strips of a ribbon sheet bear none."""
    at = 0
    for one in sections:
        blocks: list[Block] = []
        for block in one.blocks:
            if not isinstance(block, Figure):
                blocks.append(block)
                continue
            at += block.kind != "strip"
            numbered = replace(block, number=at if block.kind != "strip" else None)
            blocks.append(_outlined(numbered) if outlines else numbered)
        yield replace(one, blocks=tuple(blocks))


def _outlined(figure: Figure) -> Figure:
    """A figure without the pixels of scenes that may not be published."""
    if all(may_go_out(scene) for scene in figure.scenes):
        return figure
    said = "Outline drawing: the picture may not be republished. "
    svgs = tuple(without_pixels(svg) for svg in figure.svgs)
    return replace(figure, svgs=svgs, scenes=(), caption=(*figure.caption, Words(f" {said}".rstrip())))


def _with_records(document: Document, ledger: Ledger) -> Document:
    """The document with a list of all records that it leads to and has nowhere else."""
    wanted = dict.fromkeys(anchor for run in all_runs(document) if (anchor := leads_to(run)))
    there = set(anchors_in(document))
    rows: list[Row] = []
    while missing := [anchor for anchor in wanted if anchor not in there]:
        for anchor in missing:
            there.add(anchor)
            row = ledger.entry(anchor)
            if row is not None:
                rows.append(row)
                wanted |= dict.fromkeys(lead for cell in row.cells for run in cell.runs if (lead := leads_to(run)))
    if not rows:
        return document
    heading = head("No.", "Date", "Place", "What", "How many", "Stands on")
    listed = Table((Words(_RECORDS),), heading, tuple(sorted(rows, key=_order)), kind="records")
    records = Section("records", (Words("Records"),), (listed,), "part-records", "appendix")
    at = next(i for i, one in enumerate(document.sections) if one.key in _BEFORE)
    return replace(document, sections=(*document.sections[:at], records, *document.sections[at:]))


def _grounded(document: Document) -> Document:
    """Numbers whose list of grounds was left out lead to the first row of it."""
    there = set(anchors_in(document))

    def led(run: Run) -> Run:
        lost = isinstance(run, Number) and run.otherwise and run.anchor not in there
        return replace(run, anchor=run.otherwise) if lost and isinstance(run, Number) else run

    return _changed(document, lambda runs: tuple(led(run) for run in runs))


def _changed(document: Document, change: Callable[[Runs], Runs]) -> Document:
    """The document with the words of its sections changed."""
    sections = (replace(one, blocks=tuple(mapped(block, change) for block in one.blocks)) for one in document.sections)
    return replace(document, sections=tuple(sections))


def _order(row: Row) -> tuple[str, int]:
    letter, _, digits = (row.anchor or "").partition("-")
    return letter, int(digits or 0)


def _unlinked(document: Document) -> Document:
    """Links to sections that were left out become plain words; a sentence that is nothing but such a link goes."""
    there = set(anchors_in(document))

    def lost(run: Run) -> bool:
        return not isinstance(run, Words) and bool(run.anchor) and run.anchor not in there

    def kept(runs: Runs) -> Runs:
        if len(runs) == 2 and isinstance(runs[0], Link) and lost(runs[0]):
            return ()
        plain = (Words(run.text, "own" if isinstance(run, Number) else "") if lost(run) else run for run in runs)
        return tuple(plain)

    return _changed(document, kept)
