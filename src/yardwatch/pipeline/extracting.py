"""Propose claims from a document, for a person to accept."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from yardwatch.claims.extract import RuleProposer
from yardwatch.claims.heading import published_in, publisher_in, title_in
from yardwatch.documents.reading import Document, read_document
from yardwatch.errors import Notice
from yardwatch.imagery.sites import read_site
from yardwatch.model.claim import Claim, Source
from yardwatch.model.dates import When, parse_when
from yardwatch.model.ports import ClaimProposer
from yardwatch.model.site import Place, Site, Zone
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.pipeline.keeping import keep_all
from yardwatch.workspace import open_workspace

__all__ = ["RULES", "Extracted", "extract_from", "extract_into"]

RULES: ClaimProposer = RuleProposer()
"""What proposes claims unless something else is plugged in."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """A document and the claims that were proposed from it."""

    filename: str
    """Name of the file, without folder."""
    source: Source
    """The document as a source."""
    publisher: str | None
    """Who published it, as far as it says."""
    text: str
    """Its main text; offsets count code points."""
    claims: tuple[Claim, ...]
    """The proposals, in the order of the text."""
    method: str
    """What proposed them."""
    notices: tuple[Notice, ...]
    """What a reader should know."""
    new: int | None = None
    """How many of them are new to the workspace; None if none was named."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        made = replace(made_by(self.method), inputs={self.filename: self.source.sha256 or ""})
        body: dict[str, Json] = {
            "source": {
                "title": self.source.title,
                "publisher": self.publisher,
                "published": self.source.published.text if self.source.published else None,
                "sha256": self.source.sha256,
            },
            "text": self.text,
            "claims": [_facts(claim) for claim in self.claims],
        }
        return document(made, self.notices, body)


def extract_from(
    path: Path, *, published: str | None = None, places: Path | None = None, proposer: ClaimProposer = RULES
) -> Extracted:
    """Propose the claims of a text, HTML, PDF or DOCX file.

    Parameters
    ----------
    path : Path
        The document.
    published : str, optional
        When it was published; overrules what it says itself. Dates such as "last week" are counted from it.
    places : Path, optional
        A site file whose zones and places are looked for.
    proposer : ClaimProposer, optional
        What proposes the claims: rules unless something else is plugged in.

    Raises
    ------
    InputError
        If a file or the date is bad.
    """
    site = read_site(places)[0] if places else None
    return _extracted(path, published, site, proposer)


def extract_into(
    folder: Path, path: Path, *, published: str | None = None, proposer: ClaimProposer = RULES
) -> Extracted:
    """Propose the claims of a document, and keep them as proposals in the workspace in `folder`.

    Raises
    ------
    InputError
        If the file or the date is bad.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    with open_workspace(folder) as store:
        found = _extracted(path, published, store.site(), proposer)
        kept = keep_all(store, [found.source, *found.claims])
    return replace(found, new=sum(one.new for one in kept[1:]))


def _extracted(path: Path, published: str | None, site: Site | None, proposer: ClaimProposer) -> Extracted:
    stated = parse_when(published, subject="--published") if published is not None else None
    read = read_document(path)
    when = stated or read.published or published_in(read.text)
    publisher = read.publisher or publisher_in(read.text)
    source = Source(
        id=_id(path, read),
        title=read.title or title_in(read.text) or path.name,
        publisher=publisher or path.name,
        published=when,
        sha256=read.sha256,
    )
    claims = proposer.propose(read.text, source_id=source.id, published=when, places=_names(site))
    notices = tuple(notice for notice in read.notices if when is None or notice.code != "publication_unknown")
    return Extracted(path.name, source, publisher, read.text, tuple(claims), proposer.name, notices or _undated(when))


def _names(site: Site | None) -> Mapping[str, str]:
    """Every name and alias of a zone or place to its name."""
    extents: Sequence[Zone | Place] = site.extents if site else ()
    return {name: extent.name for extent in extents for name in (*extent.aliases, extent.name)}


def _id(path: Path, read: Document) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:40] or "document"
    return f"{stem}-{read.sha256[:8]}"


def _undated(when: When | None) -> tuple[Notice, ...]:
    if when is not None:
        return ()
    message = "the document does not say when it was published, so dates such as “last week” stay open"
    return (Notice("publication_unknown", message, "give --published"),)


def _facts(claim: Claim) -> dict[str, Json]:
    same = ("id", "kind", "quote", "start", "end", "place_text", "zone", "measure", "value", "low", "high", "unit",
            "type")  # fmt: skip
    return {
        **{name: getattr(claim, name) for name in same},
        "qualifier": claim.qualifier.value if claim.qualifier else None,
        "negated": claim.negated,
        "hedged": claim.hedged,
        "date_edtf": claim.when.text if claim.when else None,
        "attributed_to": claim.attributed_to,
        "via": claim.via,
    }
