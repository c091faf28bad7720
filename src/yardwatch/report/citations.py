"""The sources of a case for reference managers: BibTeX and CSL-JSON."""

import re
from collections.abc import Sequence

from yardwatch.model.claim import Source
from yardwatch.report.numbering import safe_link
from yardwatch.report.words import plain

__all__ = ["bibtex", "csl"]

_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


def bibtex(sources: Sequence[Source]) -> str:
    """The sources as BibTeX, in UTF-8; keys are made of the publisher, the year and the place in the list."""
    return "\n".join(_entry(source, key) for source, key in zip(sources, _keys(sources), strict=True))


def csl(sources: Sequence[Source]) -> list[dict[str, object]]:
    """The sources as items of CSL-JSON."""
    return [_item(source, key) for source, key in zip(sources, _keys(sources), strict=True)]


def _keys(sources: Sequence[Source]) -> list[str]:
    return [
        f"{re.sub(r'[^A-Za-z0-9]', '', source.publisher)[:24].lower() or 'source'}{_year(source) or 'nd'}_{index}"
        for index, source in enumerate(sources, 1)
    ]


def _entry(source: Source, key: str) -> str:
    fields = {"title": source.title, "author": source.publisher, "year": _year(source)}
    lines = [f"  {name} = {{{{{_tex(value)}}}}}," for name, value in fields.items() if value]
    dated = _parts(source)
    if len(dated) > 1:
        lines.append(f"  month = {{{dated[1]}}},")
    link = safe_link(source.url)
    if link:
        lines.append(f"  url = {{{link}}},")
    return f"@misc{{{key},\n" + "\n".join(lines) + "\n}\n"


def _item(source: Source, key: str) -> dict[str, object]:
    item: dict[str, object] = {
        "id": key,
        "type": "webpage" if safe_link(source.url) else "document",
        "title": plain(source.title),
        "author": [{"literal": plain(source.publisher)}],
        "publisher": plain(source.publisher),
    }
    parts = _parts(source)
    if parts:
        item["issued"] = {"date-parts": [parts]}
    link = safe_link(source.url)
    if link:
        item["URL"] = link
    return item


def _parts(source: Source) -> list[int]:
    """Year, month and day, as far as they are known for certain."""
    found = _DATE.fullmatch(source.published.text[:10]) if source.published else None
    return [int(part) for part in found.groups() if part] if found else []


def _year(source: Source) -> str:
    parts = _parts(source)
    return str(parts[0]) if parts else ""


def _tex(words: str) -> str:
    return "".join(_TEX.get(char, char) for char in plain(words))
