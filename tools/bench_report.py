"""How long a report of so many figures takes in each form: seconds of processor time and on the clock.

    python tools/bench_report.py DIR --figures 30

DIR is a workspace with counted images, for instance that of `yardwatch demo`.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from yardwatch.pipeline import report_of
from yardwatch.report.blocks import Block, Document, Figure
from yardwatch.report.compose import compose
from yardwatch.report.docx import write_docx
from yardwatch.report.html import write_html
from yardwatch.report.pdf import write_pdf
from yardwatch.workspace import open_workspace


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--figures", type=int, default=30)
    asked = parser.parse_args()
    with open_workspace(asked.folder) as store:
        report = report_of(store, made_at=datetime.now(UTC))
    document = cut(compose(report), asked.figures)
    figures = [block for one in document.sections for block in one.blocks if isinstance(block, Figure)]
    drawings = sum(len(figure.svgs) for figure in figures)
    print(f"{len(figures)} figures of {drawings} drawings")
    forms: dict[str, Callable[[Document], str | bytes]] = {"html": write_html, "pdf": write_pdf, "docx": write_docx}
    for name, write in forms.items():
        clock, processor = time.perf_counter(), time.process_time()
        size = len(write(document))
        spent = time.process_time() - processor, time.perf_counter() - clock
        print(f"{name}: {spent[0]:.1f} s of processor, {spent[1]:.1f} s on the clock, {size / 1e6:.1f} MB")


def cut(document: Document, most: int) -> Document:
    """The document with no more figures than asked for."""
    left = iter(range(most))
    sections = tuple(replace(one, blocks=tuple(_kept(one.blocks, left))) for one in document.sections)
    return replace(document, sections=sections)


def _kept(blocks: tuple[Block, ...], left: Iterator[int]) -> Iterator[Block]:
    yield from (block for block in blocks if not isinstance(block, Figure) or next(left, None) is not None)


if __name__ == "__main__":
    main()
