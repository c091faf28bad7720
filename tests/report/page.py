"""Reads a rendered page the way a test wants it: tags in order, words by block, rows of tables."""

from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link", "input"}
BLOCKS = {
    "p", "li", "td", "th", "caption", "h1", "h2", "h3", "h4", "dd", "dt", "figcaption", "title", "desc", "text", "div",
    "section", "figure", "tr", "table", "svg", "g", "footer",
}  # fmt: skip


class Page(HTMLParser):
    """Checks that tags close in order, and keeps tags, words and rows."""

    def __init__(self, written: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: list[str] = [""]
        self.rows: list[list[str]] = []
        self.feed(written)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in BLOCKS:
            self.blocks.append("")
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag in BLOCKS:
            self.blocks.append("")

    def handle_data(self, data):
        if "style" in self.open:
            return
        self.blocks[-1] += data
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data

    @property
    def texts(self) -> list[str]:
        """The words of each block, blanks made plain."""
        return [words for block in self.blocks if (words := " ".join(block.split()))]

    @property
    def text(self) -> str:
        """All words."""
        return " ".join(self.texts)

    @property
    def ids(self) -> list[str]:
        """Every anchor."""
        return [own["id"] for _, own in self.tags if own.get("id")]
