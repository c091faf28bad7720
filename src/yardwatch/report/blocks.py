"""A document as blocks: what it says, without how it looks; the three writers work from this alone."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from markupsafe import Markup

from yardwatch.model.grid import Window
from yardwatch.model.scene import Scene

__all__ = [
    "Block",
    "Cell",
    "Document",
    "Figure",
    "Heading",
    "Item",
    "Items",
    "Legend",
    "Link",
    "Note",
    "Number",
    "Paragraph",
    "Row",
    "Run",
    "Runs",
    "Section",
    "Table",
    "Terms",
    "Words",
]

Style: TypeAlias = Literal[
    "", "name", "strong", "em", "soft", "line", "date", "disc", "tag", "flag", "quote", "mono", "letter", "fixed", "own"
]
"""How words are meant: a name from outside, a date, a line of its own, a constant of the method (``fixed``), a number
about the document itself (``own``) …"""


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one kind."""

    text: str
    """What is written."""
    style: Style = ""
    """How it is meant."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that can be followed to what was observed."""

    id: str
    """Stable as long as it answers the same question from the same observations."""
    text: str
    """As printed."""
    anchor: str
    """Where what it stands on is in the document; empty where it stands in that very row."""
    place: str
    """Where it stands, in words."""
    observations: tuple[str, ...] = ()
    """Ids of the observations under it."""
    assessment: str | None = None
    """Id of the assessment in whose sentence it stands, if any."""
    otherwise: str = ""
    """Where it leads in a document that does not have the place of `anchor`."""


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead elsewhere."""

    text: str
    """What is written."""
    anchor: str | None = None
    """To where in the document."""
    url: str | None = None
    """To where on the web; checked before it gets here."""


Run: TypeAlias = Words | Number | Link
Runs: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section."""

    runs: Runs
    """Its words."""
    level: int = 3
    """3 below a section's heading, 4 below that."""
    anchor: str | None = None
    """Where links to it lead."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of prose."""

    runs: Runs
    """Its words."""
    kind: str = ""
    """``lead``, ``headline``, ``support``, ``conclusion``, ``ground``, ``stands``, ``small`` or nothing."""
    key: str | None = None
    """What a person's own words for it are kept under; None if it is not theirs to change."""
    margin: str = ""
    """A note to the editor beside it, printed in internal documents only."""
    anchor: str | None = None
    """Where links to it lead."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One or several drawings with what stands under them."""

    key: str
    """Names it, e.g. ``site map``."""
    svgs: tuple[Markup, ...]
    """The drawings, from top to bottom, as SVG that needs nothing else."""
    alt: str
    """What it shows, for those who cannot see it."""
    caption: Runs
    """What stands under it."""
    title: Runs = ()
    """What stands above it."""
    credit: str = ""
    """Who made the pictures in it and what may be done with them."""
    scenes: tuple[Scene, ...] = ()
    """Whose pixels are in it."""
    windows: tuple[Window | None, ...] = ()
    """What was cut out of each; None for all of it, and so for each unless given."""
    kind: str = "map"
    """``map``, ``site``, ``chart``, ``tree``, ``strip`` or ``pair``."""
    number: int | None = None
    """Its number; None where it bears none."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    runs: Runs
    """Its words."""
    numeric: bool = False
    """Whether it is set to the right."""
    head: bool = False
    """Whether it names its row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    cells: tuple[Cell, ...]
    """From left to right."""
    anchor: str | None = None
    """Where links to it lead."""
    observation: str | None = None
    """Id of the observation that it tells, if it tells one."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table."""

    caption: Runs
    """What it holds."""
    head: tuple[Cell, ...]
    """The headings of its columns; empty for a table of facts, whose first cells name the rows."""
    rows: tuple[Row, ...]
    """Its body."""
    foot: tuple[Row, ...] = ()
    """Its sums."""
    kind: str = ""
    """Names its looks."""
    long: bool = False
    """Whether it may be scrolled on a screen."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list."""

    blocks: tuple[Paragraph, ...]
    """Its paragraphs."""
    anchor: str | None = None
    """Where links to it lead."""
    number: int | None = None
    """Its number, where that is not its place in the list."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Item, ...]
    """Its entries."""
    ordered: bool = False
    """Whether they are numbered."""
    kind: str = "plainlist"
    """Names its looks."""


@dataclass(frozen=True, slots=True)
class Legend:
    """The key to the signs of a figure."""

    label: str
    """What it is the key to."""
    entries: tuple[tuple[Markup, Runs], ...]
    """Each sign as SVG, and its words."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader must know, set apart."""

    items: tuple[Runs, ...]
    """One line each."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms, and what is said of each."""

    pairs: tuple[tuple[str, Runs], ...]
    """Term and words."""


Block: TypeAlias = Heading | Paragraph | Figure | Table | Items | Legend | Note | Terms


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document, which can be left out."""

    key: str
    """What it is chosen by."""
    title: Runs
    """Its heading."""
    blocks: tuple[Block, ...]
    """What it holds."""
    anchor: str
    """Where links to it lead."""
    kind: str = ""
    """Names its looks."""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document."""

    title: str
    """Its title."""
    name: str
    """Title and place, as readers' programs show them."""
    eyebrow: str
    """What sort of document it is."""
    place: Runs
    """The place under the title; empty where the title is its name."""
    dateline: Runs
    """What it stands on, and when and with what it was made."""
    standfirst: tuple[Paragraph, ...]
    """What an editor has written below the title."""
    sections: tuple[Section, ...]
    """Its parts, in order."""
    version: str
    """Version of Yardwatch that made it."""
    made: str
    """When it was made, in words."""
    banner: str = ""
    """A warning across the top; empty if there is none."""
    watermark: str = ""
    """What stands on every page of an internal document; empty for one that may be published."""
    lang: str = "en"
    """Its language."""
