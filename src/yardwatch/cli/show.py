"""What a command shows: text for people, JSON for programs, progress for a terminal."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yardwatch import pipeline
from yardwatch.errors import Notice, one_line

if TYPE_CHECKING:
    from yardwatch.model.railcar import Count

__all__ = ["Output", "progress", "table", "tally_lines"]


@dataclass(slots=True)
class Output:
    """Where one command puts what it found; nothing is shown or written before `finish`."""

    json: str | None
    """Path of the JSON, ``-`` for standard output, None for none."""
    inputs: tuple[Path, ...] = ()
    """Files that the JSON must not overwrite."""
    _lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.json is not None and self.json != "-":
            pipeline.check_target(Path(self.json), inputs=self.inputs)

    def say(self, *lines: str) -> None:
        """Keep lines for people."""
        self._lines.extend(lines)

    def finish(
        self,
        document: "Mapping[str, pipeline.Json]",
        notices: Iterable[Notice] = (),
        *,
        files: Mapping[Path, str | bytes] | None = None,
    ) -> None:
        """Write the files and the JSON, all or none, then show what was said and warned of."""
        contents = {
            path: held if isinstance(held, bytes) else held.encode("utf-8", "replace")
            for path, held in (files or {}).items()
        }
        text = pipeline.to_json(document) if self.json else ""
        if self.json and self.json != "-":
            contents[Path(self.json)] = text.encode()
        pipeline.write_all(contents)
        for notice in notices:
            click.echo(f"warning: {one_line(notice.message)}; {one_line(notice.remedy)}", err=True)
        click.echo(text if self.json == "-" else _harmless("\n".join(self._lines)), nl=self.json != "-")


def tally_lines(count: "Count") -> list[str]:
    """A count for people: which image, the key sentence, the table of zones."""
    return [
        one_line(pipeline.heading(count)),
        one_line(pipeline.key_sentence(count)),
        "",
        *table(*pipeline.tally_rows(count)),
    ]


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table; the first and the last column are set left, the others right."""
    cells = [list(header), *([one_line(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    last = len(header) - 1
    return [
        "  ".join(
            cell.ljust(width) if index in {0, last} else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def _harmless(text: str) -> str:
    """`text` without characters that steer a terminal; names in a file may hold them."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """A line on standard error that says how far the work is; None where that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return

    def show(what: str, done: int, of: int) -> None:
        click.echo(f"\r\x1b[2K{one_line(what, 60)} {done}/{of}", err=True, nl=False)

    try:
        yield show
    finally:
        click.echo("\r\x1b[2K", err=True, nl=False)
