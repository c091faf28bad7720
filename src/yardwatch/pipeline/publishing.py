"""Publish an edition of the report: with errata against the last one, and signed off by a second person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from yardwatch.errors import MisuseError, Notice
from yardwatch.model.ports import Progress
from yardwatch.model.publishing import AuditHead, Edition, Erratum, Imprint, PrintedNumber, SignOff, changed_numbers
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.pipeline.drafting_report import Drafted, ReportOptions, check_out, draft_report, written_report
from yardwatch.pipeline.files import write_all
from yardwatch.pipeline.permitting import with_permissions
from yardwatch.pipeline.reporting import Printed, report_of
from yardwatch.report import Report
from yardwatch.workspace import PERSONS_FILES, GeoPackageStore, open_workspace

__all__ = ["EditionWanted", "Published", "Signed", "publish", "sign_contents"]

_WAYS_TO_SIGN = (
    "no second person has signed off what the workspace holds now: have one read the draft and run "
    "yardwatch sign DIR --by NAME, or give --waive-sign-off WHY, which the document then says"
)
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionWanted:
    """How an edition is wanted."""

    by: str
    """Its author."""
    public: bool = True
    """False for an internal edition, which needs no sign-off."""
    why: tuple[str, ...] = ()
    """Why numbers differ from the last edition: ``TEXT`` for all, ``ID=TEXT`` for one."""
    waive_sign_off: str | None = None
    """Why it goes out without a second person."""
    options: ReportOptions = field(default_factory=ReportOptions)
    """How the document is wanted; its audience follows from `public`."""


@dataclass(frozen=True, slots=True)
class Published:
    """An edition that was published, or why it was not."""

    path: Path
    """The file."""
    edition: Edition
    """The edition; as it would have been where it was refused."""
    refused: tuple[str, ...] = ()
    """What keeps it from being published; empty if it was."""
    notices: tuple[Notice, ...] = ()
    """What a reader must know."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        one = self.edition
        body: dict[str, Json] = {
            "published": not self.refused,
            "path": str(self.path),
            "edition": None if self.refused else one.number,
            "public": one.public,
            "by": one.by,
            "sha256": None if self.refused else one.sha256,
            "numbers": len(one.numbers),
            "errata": [_erratum_facts(erratum) for erratum in one.errata],
            "sign_off": _sign_off_facts(one.sign_off) if one.sign_off else None,
            "head": _head_facts(one.head),
            "refused": list(self.refused),
        }
        return document(made_by("publish"), self.notices, body)


@dataclass(frozen=True, slots=True)
class Signed:
    """A sign-off that was kept."""

    sign_off: SignOff
    """The sign-off."""
    head: AuditHead
    """The audit log's head after it."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        body: dict[str, Json] = {"sign_off": _sign_off_facts(self.sign_off), "head": _head_facts(self.head)}
        return document(made_by("sign"), (), body)


def sign_contents(folder: Path, *, by: str, note: str | None = None) -> Signed:
    """Keep that a person stands for what the workspace in `folder` holds now; it lapses with the next change.

    Raises
    ------
    MisuseError
        If nobody is named.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    signed = SignOff(_person(by), datetime.now(UTC).replace(microsecond=0), why=note)
    with open_workspace(folder) as store:
        _log_persons_files(store)
        store.keep_sign_off(signed)
        return Signed(signed, _head(store))


def publish(folder: Path, out: Path, asked: EditionWanted, *, progress: Progress | None = None) -> Published:
    """Publish an edition of the report of the workspace in `folder`; a copy is kept among its reports.

    Parameters
    ----------
    folder : Path
        The workspace.
    out : Path
        The file: HTML, PDF or DOCX, as its name ends.
    asked : EditionWanted
        How the edition is wanted.
    progress : callable, optional
        Told how far along the work is.

    Raises
    ------
    MisuseError
        If nobody is named, or `out` cannot be written.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    author = _person(asked.by)
    check_out(out)
    now = datetime.now(UTC).replace(microsecond=0)
    with open_workspace(folder) as store:
        store.by = author
        _log_persons_files(store)
        report = with_permissions(report_of(store, made_at=now, progress=progress), store, folder)
        options = replace(asked.options, audience="public" if asked.public else "internal")
        draft = draft_report(report, folder, options=options)
        planned = _planned(store, asked, draft.numbers, author, now)
        refused = (
            *Printed(out, {}, (), draft).refusals,
            *draft.untraced,
            *_unexplained(planned.errata),
            *_unsigned(planned),
        )
        if refused:
            return Published(out, planned, refused, (*report.notices, *draft.notices))
        kept, content, notices = _printed(store, report, planned, options, out)
        write_all({store.reports / kept.document: content})
        store.keep_edition(kept)
        write_all({out: content})
        if store.holds(out):
            store.log_files("report", [out], by=author)
    return Published(out, kept, (), (*report.notices, *notices))


def _planned(
    store: GeoPackageStore, asked: EditionWanted, numbers: Sequence[PrintedNumber], author: str, now: datetime
) -> Edition:
    """The edition as far as it is known before it is printed."""
    earlier = store.editions()
    last = _last(earlier, public=asked.public)
    return Edition(
        number=len(earlier) + 1,
        published_at=now,
        public=asked.public,
        numbers={one.id: one.text for one in numbers},
        sha256="",
        head=_head(store),
        by=author,
        errata=_errata(numbers, last, asked.why) if last else (),
        sign_off=_signed(store, asked, author, now) if asked.public else None,
    )


def _printed(
    store: GeoPackageStore, report: Report, planned: Edition, options: ReportOptions, out: Path
) -> tuple[Edition, bytes, tuple[Notice, ...]]:
    """The edition with its document, which says of itself which edition it is."""
    imprint = Imprint(
        number=planned.number,
        published_at=planned.published_at,
        public=planned.public,
        by=planned.by,
        head=planned.head,
        errata=planned.errata,
        sign_off=planned.sign_off,
        previous=_last(store.editions(), public=planned.public),
    )
    drafted: Drafted = draft_report(report, store.folder, options=options, imprint=imprint)
    content = written_report(drafted.document, out)
    edition = replace(
        planned,
        numbers={one.id: one.text for one in drafted.numbers},
        sha256=sha256(content).hexdigest(),
        document=f"edition-{planned.number:04d}{out.suffix.lower() or '.html'}",
        links=_links(drafted.numbers, report),
    )
    return edition, content, drafted.notices


def _links(numbers: Sequence[PrintedNumber], report: Report) -> Mapping[str, tuple[str, ...]]:
    """What numbers and assessments stand on."""
    concluded = report.case.assessments if report.case else ()
    assessments = {f"assessment/{one.id}": one.observations for one in concluded}
    return {**assessments, **{one.id: one.observations for one in numbers}}


def _errata(numbers: Sequence[PrintedNumber], last: Edition, why: Sequence[str]) -> tuple[Erratum, ...]:
    """What differs from the last edition; without reason where none is given."""
    ids = {one.id for one in numbers}
    own = {name: reason for name, mark, reason in (given.partition("=") for given in why) if mark and name in ids}
    for_all = " ".join(given for given in why if given.partition("=")[0] not in own)
    return tuple(
        Erratum(one.id, one.place, last.numbers[one.id], one.text, own.get(one.id, for_all).strip(), last.number)
        for one in changed_numbers(numbers, last)
    )


def _unexplained(errata: Sequence[Erratum]) -> tuple[str, ...]:
    bare = [erratum for erratum in errata if not erratum.why]
    lines = [
        f'{one.number_id}: edition {one.edition} printed "{one.was}", it is "{one.now}" now ({one.place}); '
        f'say why: --why TEXT, or --why "{one.number_id}=TEXT"'
        for one in bare[:_SHOWN]
    ]
    if len(bare) > _SHOWN:
        lines.append(f"and {len(bare) - _SHOWN} more numbers that differ; --why TEXT is for all")
    return tuple(lines)


def _unsigned(planned: Edition) -> tuple[str, ...]:
    return (_WAYS_TO_SIGN,) if planned.public and planned.sign_off is None else ()


def _signed(store: GeoPackageStore, asked: EditionWanted, author: str, now: datetime) -> SignOff | None:
    """The sign-off by somebody other than the author that holds now, or else the waiver."""
    others = [signed for signed in store.sign_offs() if not _same(signed.by, author)]
    if others:
        return others[-1]
    if asked.waive_sign_off is None:
        return None
    reason = " ".join(asked.waive_sign_off.split())
    if not reason:
        raise MisuseError("--waive-sign-off is empty; say why no second person has looked")
    return SignOff(author, now, waived=True, why=reason)


def _same(one: str, other: str) -> bool:
    return one.split() == other.split() or " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _last(editions: Sequence[Edition], *, public: bool) -> Edition | None:
    """The last edition for the same readers: the public has seen public ones only."""
    return next((one for one in reversed(editions) if one.public or not public), None)


def _log_persons_files(store: GeoPackageStore) -> None:
    """Tell the log of what persons wrote beside the GeoPackage."""
    files = [store.folder / name for name in PERSONS_FILES if (store.folder / name).is_file()]
    store.log_changed_files("words", files)


def _head(store: GeoPackageStore) -> AuditHead:
    store.begin_log()
    head = store.head()
    assert head is not None  # noqa: S101 -- it was begun
    return head


def _person(name: str) -> str:
    person = " ".join(name.split())
    if not person:
        raise MisuseError("--by is empty; name the person")
    return person


def _erratum_facts(erratum: Erratum) -> dict[str, Json]:
    return {
        "number_id": erratum.number_id,
        "place": erratum.place,
        "was": erratum.was,
        "now": erratum.now,
        "why": erratum.why or None,
        "edition": erratum.edition,
    }


def _sign_off_facts(signed: SignOff) -> dict[str, Json]:
    at = signed.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"by": signed.by, "at": at, "waived": signed.waived, "why": signed.why}


def _head_facts(head: AuditHead) -> dict[str, Json]:
    return {"sequence": head.sequence, "sha256": head.sha256}
