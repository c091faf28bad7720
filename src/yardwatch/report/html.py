"""A document as one HTML file that needs nothing else and prints well."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from yardwatch.report.blocks import (
    Block,
    Cell,
    Document,
    Figure,
    Heading,
    Item,
    Items,
    Legend,
    Link,
    Note,
    Number,
    Paragraph,
    Row,
    Run,
    Section,
    Table,
    Terms,
    Words,
)
from yardwatch.report.svg import element, text

__all__ = ["Writer", "body_html", "number_anchor", "page_html", "style", "write_html"]

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_LONG = {"points", "cars", "tracks", "records"}
_BRIEF, _CROWDED = 8, 11
"""Most rows of a table that is not cut at the end of a page; most columns of one in the usual type."""
_WIDE = {"chart", "tree", "strip"}
_TAGS = {
    "name": "bdi", "strong": "strong", "em": "em", "soft": "span", "line": "span", "date": "span", "disc": "span",
    "tag": "span", "flag": "span", "quote": "q", "mono": "span", "letter": "b", "fixed": "span", "own": "span",
}  # fmt: skip
_CLASSES = {
    "soft": "also", "line": "iv", "date": "when-said", "disc": "disc", "tag": "tag", "flag": "flag", "mono": "hash",
    "letter": "letter", "fixed": "fixed", "own": "own",
}  # fmt: skip


def write_html(document: Document) -> str:
    """The document as one self-contained HTML file; the same document gives the same bytes."""
    return page_html(document, body_html(document), style())


def page_html(document: Document, body: str, sheet: str) -> str:
    """A body with its head: nothing is fetched, and nothing can run."""
    heads = (
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{text(_POLICY)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="generator" content="Yardwatch {text(document.version)}">',
        '<meta name="referrer" content="no-referrer">',
        element("title", text(document.name)),
        f"<style>\n{sheet}</style>",
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{text(document.lang)}">\n<head>\n'
        + "\n".join(heads)
        + f"\n</head>\n{body}</html>\n"
    )


@lru_cache(maxsize=1)
def style() -> str:
    """The looks of a report."""
    folder = files("yardwatch.report") / "templates"
    return "".join((folder / part).read_text("utf-8") for part in ("report.css", "document.css"))


def number_anchor(name: str) -> str:
    """Where a number stands, from its id: an id may hold any text, an anchor may not."""
    return f"n-{sha256(name.encode('utf-8', 'replace')).hexdigest()[:10]}"


def body_html(document: Document) -> str:
    """The body of the document."""
    writer = Writer(document)
    kind = " ".join(word for word, on in (("simulated", document.banner), ("internal", document.watermark)) if on)
    opened = f'<body class="{kind}">' if kind else "<body>"
    return f"{opened}\n{''.join(writer.parts())}</body>\n"


class Writer:
    """Writes one document, with the anchor of each number given once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._given: set[str] = set()

    def parts(self) -> Iterator[str]:
        """The body, piece by piece."""
        document = self._document
        if document.watermark:
            yield element("div", text(document.watermark), class_="watermark", aria_hidden="true") + "\n"
            yield element("p", text(f"{document.watermark}."), class_="banner mark", role="note") + "\n"
        if document.banner:
            yield element("p", text(document.banner), class_="banner", role="note") + "\n"
        yield element("header", *self._masthead(), class_="masthead") + "\n"
        sections = (self._section(section) for section in document.sections)
        yield element("main", "\n", *sections) + "\n"
        said = (
            f"Made with Yardwatch {document.version} on {document.made}. A number without its interval and its "
            "coverage is not from this report."
        )
        yield element("footer", element("p", text(said))) + "\n"

    def _masthead(self) -> Iterator[str]:
        document = self._document
        yield element("p", text(document.eyebrow), class_="eyebrow") + "\n"
        yield element("h1", element("bdi", text(document.title))) + "\n"
        if document.place:
            yield element("p", self._runs(document.place), class_="place") + "\n"
        yield element("p", self._runs(document.dateline), class_="dateline") + "\n"
        yield from (self._block(paragraph) for paragraph in document.standfirst)

    def _section(self, section: Section) -> str:
        title = element("h2", self._runs(section.title), id=f"{section.anchor}-title")
        blocks = (self._block(block) for block in section.blocks)
        named = f"{section.anchor}-title"
        kind = section.kind or None
        written = element("section", title, "\n", *blocks, id=section.anchor, class_=kind, aria_labelledby=named)
        return written + "\n"

    def _block(self, block: Block) -> str:
        ways: dict[type, Callable[[Any], str]] = {
            Heading: self._heading, Paragraph: self._paragraph, Figure: self._figure, Table: self._table,
            Items: self._items, Note: self._note, Terms: self._terms, Legend: self._legend,
        }  # fmt: skip
        return ways[type(block)](block)

    def _heading(self, block: Heading) -> str:
        return element(f"h{block.level}", self._runs(block.runs), id=block.anchor) + "\n"

    def _legend(self, block: Legend) -> str:
        entries = (element("li", svg, " ", self._runs(runs)) for svg, runs in block.entries)
        return element("ul", *entries, class_="legend", aria_label=block.label) + "\n"

    def _note(self, block: Note) -> str:
        return element("ul", *(element("li", self._runs(line)) for line in block.items), class_="notices") + "\n"

    def _terms(self, block: Terms) -> str:
        pairs = (element("dt", text(term)) + element("dd", self._runs(said)) for term, said in block.pairs)
        return element("dl", *pairs) + "\n"

    def _paragraph(self, block: Paragraph) -> str:
        if not block.runs:
            return ""
        written = element("p", self._runs(block.runs), class_=block.kind or None, id=block.anchor)
        return written + "\n" + self._margin(block.margin)

    def _margin(self, said: str) -> str:
        """A note to the editor, in internal documents only."""
        if not said or not self._document.watermark:
            return ""
        return element("p", text(said), class_="margin", role="note") + "\n"

    def _figure(self, figure: Figure) -> str:
        wide = " wide" if figure.kind in _WIDE else ""
        site = " site" if figure.kind == "site" else ""
        drawn = (self.drawing(figure, at) for at in range(len(figure.svgs)))
        canvases = (element("div", one, class_=f"canvas{wide}{site}") for one in drawn)
        label = "h4" if figure.kind == "strip" else "h3"
        title = element(label, self._runs(figure.title)) if figure.title else ""
        kind = {"chart": "series", "tree": "lineage", "strip": "strip"}.get(figure.kind)
        caption = self._caption(figure)
        said = element("figcaption", caption) if caption else ""
        return element("figure", title, *canvases, said, class_=kind) + "\n"

    def drawing(self, figure: Figure, at: int) -> str:
        """One drawing of a figure."""
        return figure.svgs[at]

    def _caption(self, figure: Figure) -> str:
        numbered = element("b", f"Figure {figure.number}.") + " " if figure.number else ""
        credit = element("span", text(figure.credit), class_="credit") if figure.credit else ""
        words = self._runs(figure.caption)
        return numbered + words + (" " if words and credit else "") + credit

    def _table(self, table: Table) -> str:
        words = (
            table.kind,
            "brief" if len(table.rows) + len(table.foot) <= _BRIEF else "",
            "crowded" if len(table.head) > _CROWDED else "",
        )
        kind = " ".join(word for word in words if word) or None
        rows = [element("caption", self._runs(table.caption))]
        if table.head:
            cells = (self._cell(cell, "col") for cell in table.head)
            rows.append(element("thead", element("tr", *cells)))
        rows.append(element("tbody", "\n", *(self._row(row) for row in table.rows)))
        if table.foot:
            rows.append(element("tfoot", *(self._row(row) for row in table.foot)))
        written = element("table", *rows, class_=kind)
        if table.kind in _LONG:
            label = text("".join(run.text for run in table.caption)[:60])
            return f'<div class="long" tabindex="0" role="region" aria-label="{label}">{written}</div>\n'
        return written + "\n"

    def _row(self, row: Row) -> str:
        cells = (self._cell(cell, "row" if cell.head else None) for cell in row.cells)
        return element("tr", *cells, id=row.anchor, data_observation=row.observation) + "\n"

    def _cell(self, cell: Cell, scope: str | None) -> str:
        tag = "th" if scope else "td"
        return element(tag, self._runs(cell.runs), "", scope=scope, class_="n" if cell.numeric else None)

    def _items(self, block: Items) -> str:
        tag = "ol" if block.ordered or block.kind == "eventkey" else "ul"
        return element(tag, "\n", *(self._item(block, item) for item in block.items), class_=block.kind) + "\n"

    def _item(self, block: Items, item: Item) -> str:
        plain = len(item.blocks) == 1 and not item.blocks[0].kind
        if plain:
            inner = self._runs(item.blocks[0].runs) + self._margin(item.blocks[0].margin)
        else:
            inner = "".join(self._paragraph(one) for one in item.blocks)
        value = str(item.number) if item.number and block.ordered else None
        return element("li", inner, id=item.anchor, value=value) + "\n"

    def _runs(self, runs: Iterable[Run]) -> str:
        return "".join(self._run(run) for run in runs)

    def _run(self, run: Run) -> str:
        match run:
            case Number():
                return self._number(run)
            case Link(text=words, url=url) if url is not None:
                link = element("a", text(words), href=url, rel="noreferrer noopener nofollow")
                return element("span", link, class_="address")
            case Link(text=words, anchor=anchor) if anchor:
                return element("a", text(words), href=f"#{anchor}")
            case Words(text=words, style=style) if style:
                return element(_TAGS[style], text(words), class_=_CLASSES.get(style))
            case _:
                return text(run.text)

    def _number(self, number: Number) -> str:
        """A number with its id, leading to what it stands on; in the row that tells it, it leads nowhere."""
        anchor: str | None = number_anchor(number.id)
        if anchor in self._given:
            anchor = None
        else:
            self._given.add(anchor or "")
        own = {"data_number": number.id, "data_observations": " ".join(number.observations) or None}
        if number.anchor:
            return element("a", text(number.text), class_="num", id=anchor, href=f"#{number.anchor}", **own)
        return element("span", text(number.text), class_="num", id=anchor, **own)
