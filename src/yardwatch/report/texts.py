"""A person's own words for a document, kept in a plain file, with what each was written from.

The file is Markdown. Below a heading with the key of a text stand the drafted words, each line after ``>``, and then
the person's own. Own words that are the same as the draft, or none, mean that the draft is used and follows the record.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from yardwatch.errors import InputError, Notice
from yardwatch.report.blocks import Block, Document, Item, Items, Number, Paragraph, Run, Runs, Section, Words
from yardwatch.report.tracing import Ground, Subject, Tracer, number_texts
from yardwatch.report.walking import plain_text
from yardwatch.report.words import joined, plain

__all__ = ["Own", "apply_texts", "read_texts", "texts_file"]

_KEY = re.compile(r"^## (?P<key>\S.*?)\s*$")
_LINK = re.compile(r"\[([^\]\[]{1,80})\]\(([^()\s]{1,120})\)")
_LARGEST = 1_000_000
_HEAD = """# Texts of the report

Write your own words below the quoted draft of a text; they are kept when the report is made again. Leave the
quoted draft as it is: it tells from which numbers your words were written, and you are warned when those move. To say
that your words hold for the numbers of today, delete the quoted lines above them. To go back to the draft, delete your
words. A number that the draft does not have needs the observation it comes from: [73](ID of the observation).
"""


@dataclass(frozen=True, slots=True)
class Own:
    """What stands in the file for one text."""

    basis: str
    """The draft that it was written from; empty if that was deleted."""
    words: str
    """The person's words; empty if there are none."""

    @property
    def edited(self) -> bool:
        """Whether a person has changed it."""
        return bool(self.words) and _folded(self.words) != _folded(self.basis)


def read_texts(written: str, *, subject: str = "report-texts.md") -> dict[str, Own]:
    """The texts of a file by their keys.

    Raises
    ------
    InputError
        If a text stands there twice, or the file is too large to be one.
    """
    if len(written) > _LARGEST:
        raise InputError(subject, "is too large", "keep it below a million characters")
    found: dict[str, Own] = {}
    key, lines = "", list[str]()
    for line in [*written.splitlines(), "## "]:
        heading = _KEY.match(line)
        if heading is None and line.strip() != "##":
            lines.append(line)
            continue
        if key in found:
            raise InputError(subject, f'has the text "{key}" twice', "keep one of them")
        if key:
            found[key] = _own(lines)
        key, lines = heading["key"] if heading else "", []
    return found


def texts_file(document: Document, own: Mapping[str, Own]) -> str:
    """The file for a document as it was drafted: drafts brought up to date where no person has changed them."""
    parts = [_HEAD]
    drafts = dict(_drafts(document))
    for key, draft in drafts.items():
        kept = own.get(key, Own("", ""))
        if kept.edited:
            parts.append(_entry(key, kept.basis or draft, kept.words))
        else:
            parts.append(_entry(key, draft, ""))
    for key, kept in own.items():
        if key not in drafts and kept.edited:
            parts.append(_entry(key, kept.basis, kept.words))
    return "\n".join(parts)


def apply_texts(
    document: Document, own: Mapping[str, Own], rows: Mapping[str, Ground]
) -> tuple[Document, tuple[Notice, ...]]:
    """The document with a person's words in the place of drafts, and what is to be said of them.

    Parameters
    ----------
    document : Document
        As it was drafted.
    own : Mapping
        From `read_texts`.
    rows : Mapping
        Id of an observation, claim or event to the row that tells it, for numbers that a person has added.

    Returns
    -------
    tuple of (Document, tuple of Notice)
        ``text_out_of_date`` where the numbers of a draft moved since a person wrote, ``number_untraced`` where a number
        of theirs leads nowhere, ``text_unused`` where the document has no place for it.
    """
    changed = {key: one for key, one in own.items() if one.edited}
    editor = _Editor(changed, rows)
    document = editor.titled(document)
    sections = tuple(editor.section(section) for section in document.sections)
    standfirst = tuple(part for paragraph in document.standfirst for part in editor.paragraph(paragraph))
    unused = [key for key in changed if key not in editor.used]
    notices = [*editor.notices, *(_unused(key) for key in unused)]
    return replace(document, sections=sections, standfirst=standfirst), tuple(notices)


class _Editor:
    """Puts a person's words in their places."""

    def __init__(self, own: Mapping[str, Own], rows: Mapping[str, Ground]) -> None:
        self._own, self._rows, self._tracer = own, rows, Tracer()
        self.used: set[str] = set()
        self.notices: list[Notice] = []

    def titled(self, document: Document) -> Document:
        """The document under the person's title."""
        own = self._own.get("title")
        if own is None:
            return document
        self.used.add("title")
        title = plain(" ".join(own.words.split()))[:200]
        return replace(document, title=title, name=document.name.replace(document.title, title, 1))

    def section(self, section: Section) -> Section:
        """A section with its paragraphs and the first paragraph of each entry of its lists."""
        blocks: list[Block] = []
        for block in section.blocks:
            if isinstance(block, Paragraph):
                blocks += self.paragraph(block)
            elif isinstance(block, Items):
                items = tuple(self._item(item) for item in block.items)
                blocks.append(replace(block, items=items))
            else:
                blocks.append(block)
        return replace(section, blocks=tuple(blocks))

    def _item(self, item: Item) -> Item:
        return replace(item, blocks=tuple(part for one in item.blocks for part in self.paragraph(one)))

    def paragraph(self, paragraph: Paragraph) -> list[Paragraph]:
        """The person's paragraphs for one that was drafted; itself where there are none."""
        own = self._own.get(paragraph.key or "")
        if own is None:
            return [paragraph]
        if paragraph.key in self.used:
            return [self._same(paragraph, own)]
        self.used.add(paragraph.key or "")
        moved = _moved(own.basis, plain_text(paragraph.runs)) if own.basis else ""
        if moved:
            message = f"{paragraph.key}: numbers moved since its words were written: {moved}"
            self.notices.append(Notice("text_out_of_date", message, "read it again in the file of texts"))
        pieces = [part for part in re.split(r"\n\s*\n", own.words) if part.strip()]
        margin = f"Numbers moved since these words were written: {moved}." if moved else ""
        written, at = list[Paragraph](), 0
        for piece in pieces:
            runs, at = self._runs(piece, paragraph, own, at)
            written.append(replace(paragraph, runs=runs, margin=margin if not written else ""))
        return written

    def _same(self, paragraph: Paragraph, own: Own) -> Paragraph:
        return replace(paragraph, runs=self._runs(own.words, paragraph, own, 0)[0])

    def _runs(self, piece: str, draft: Paragraph, own: Own, at: int) -> tuple[Runs, int]:
        """A person's words with their numbers led to where the draft's lead, or to the row that they name."""
        known = _numbers_of(draft.runs, own.basis)
        found: list[Run] = []
        end = 0
        flat = " ".join(piece.split())
        for link in _LINK.finditer(flat):
            runs, at = self._plain(flat[end : link.start()], draft, known, at)
            found += [*runs, self._named(link[1], link[2], draft)]
            end = link.end()
        runs, at = self._plain(flat[end:], draft, known, at)
        return (*found, *runs), at

    def _plain(self, words: str, draft: Paragraph, known: Mapping[str, Number], at: int) -> tuple[Runs, int]:
        runs: list[Run] = []
        for run in self._tracer.runs(words, Subject("own", "", ())):
            if not isinstance(run, Number):
                runs.append(run)
                continue
            same = known.get(run.text)
            if same is None:
                at += 1
                message = f"{draft.key}: {run.text} is not in the draft and names no observation"
                remedy = f"write [{run.text}](ID of the observation), or the number as a word"
                self.notices.append(Notice("number_untraced", message, remedy))
            runs.append(replace(same, text=run.text) if same else Words(run.text, "flag"))
        return tuple(runs), at

    def _named(self, text: str, name: str, draft: Paragraph) -> Run:
        ground = self._rows.get(name)
        if ground is None:
            message = f"{draft.key}: there is no observation, claim or event {name}"
            self.notices.append(Notice("number_untraced", message, "name one by its id, as yardwatch shows it"))
            return Words(text, "flag")
        return Number(f"{draft.key}/{name}", text, ground.anchor, draft.key or "", ground.observations)


def _numbers_of(runs: Runs, basis: str) -> dict[str, Number]:
    """Numbers of the draft by their printed text: as they are, and as they were when the person wrote."""
    numbers = [run for run in runs if isinstance(run, Number)]
    found = {one.text: one for one in numbers}
    was = number_texts(basis)
    if len(was) == len(numbers):
        for text, one in zip(was, numbers, strict=True):
            found.setdefault(text, one)
    return found


def _moved(basis: str, draft: str) -> str:
    """Which numbers differ between the draft that was written from and that of today, in words; empty if none."""
    was, now = number_texts(basis), number_texts(draft)
    said = []
    for kind, low, high, start, end in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind != "equal":
            before, after = joined(was[low:high]) or "nothing", joined(now[start:end]) or "nothing"
            said.append(f"{before} → {after}")
    return "; ".join(said)


def _drafts(document: Document) -> Iterator[tuple[str, str]]:
    """Every text that a person may change, with its draft, each key once."""
    yield "title", plain(document.title)
    paragraphs = [*document.standfirst]
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                paragraphs.append(block)
            elif isinstance(block, Items):
                paragraphs += [one for item in block.items for one in item.blocks]
    for paragraph in paragraphs:
        if paragraph.key is not None:
            yield plain(paragraph.key), plain_text(paragraph.runs)


def _own(lines: list[str]) -> Own:
    quoted = [line[1:].strip() for line in lines if line.startswith(">")]
    words = "\n".join(line for line in lines if not line.startswith(">")).strip()
    return Own(" ".join(quoted).strip(), words)


def _entry(key: str, draft: str, words: str) -> str:
    quoted = f"> {plain(draft)}\n" if draft else ""
    return f"## {key}\n{quoted}\n{words}\n" if words else f"## {key}\n{quoted}"


def _unused(key: str) -> Notice:
    return Notice("text_unused", f"{key}: this document has no such text; your words are kept", "choose its section")


def _folded(words: str) -> str:
    return " ".join(words.split())
