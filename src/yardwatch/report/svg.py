"""Writing SVG so that no text can become markup."""

from collections.abc import Iterable

from yardwatch.report.words import plain

__all__ = ["element", "number", "path_data", "text", "titled"]

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def element(tag: str, *children: str, **attributes: str | float | None) -> str:
    """One element; attribute names take ``_`` for ``-``, and None leaves an attribute out.

    The children are markup already; `text` makes markup of words.
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{written}>{''.join(children)}</{tag}>" if children else f"<{tag}{written}/>"


def text(words: str) -> str:
    """Words as markup, from whoever they come."""
    return plain(words).translate(_ENTITIES)


def titled(words: str) -> str:
    """A title element, shown on hovering and read aloud."""
    return element("title", text(words))


def number(value: float) -> str:
    """A coordinate with two decimals at most."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def path_data(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """The d of a path through points."""
    steps = " ".join(f"{number(x)} {number(y)}" for x, y in points)
    return f"M{steps}" + ("Z" if closed else "")


def _value(value: str | float) -> str:
    return text(value) if isinstance(value, str) else number(value)
