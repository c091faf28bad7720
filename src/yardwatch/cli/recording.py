"""What others have said and what has happened: ``source``, ``claim`` and ``event``."""

from collections.abc import Sequence
from pathlib import Path

import click

from yardwatch import pipeline
from yardwatch.cli.house import DONE
from yardwatch.cli.options import EXISTING, example, folder_argument, json_option
from yardwatch.cli.show import Output, table

__all__ = ["claim", "event", "source"]

_FROM = click.option(
    "--from", "files", metavar="FILE", multiple=True, type=click.Path(path_type=Path),
    help="CSV or XLSX table, a row each, instead of the other options; may be given more than once.",
)  # fmt: skip
_ID = click.option("--id", metavar="ID", help="Its id; otherwise made from what is told.")


@click.group(epilog=example("yardwatch source add tumangang --publisher 'Example Institute' --published 2024-12-18"))
def source() -> None:
    """Who said something: publications, statements, people."""


@click.group(epilog=example("yardwatch claim extract article.html --json -"))
def claim() -> None:
    """What others have said."""


@click.group(epilog=example("yardwatch event add tumangang --title 'Treaty signed' --date 2024-06-19"))
def event() -> None:
    """What happened, or was announced."""


@source.command(
    "add",
    epilog=example(
        "yardwatch source add tumangang --publisher 'Example Institute' --published 2024-12-18 --reliability C",
        "yardwatch source add tumangang --from sources.xlsx",
    ),
)
@folder_argument
@click.option("--publisher", metavar="NAME", help="Who is behind it.")
@click.option("--title", metavar="TEXT", help="What it is called; the publisher's name if not said.")
@click.option("--published", metavar="DATE", help="When it appeared: EDTF date.")
@click.option("--url", metavar="ADDRESS", help="Where it can be read; it is never fetched.")
@click.option("--reliability", type=click.Choice(list("ABCDEF")), help="Admiralty grade; F, not judged, if not said.")
@_ID
@_FROM
@json_option
def source_add(*, folder: Path, files: tuple[Path, ...], json_path: str | None, **told: str | None) -> int:
    """Keep a source, or a table of sources."""
    return _add("sources", folder, files, json_path, told)


@claim.command(
    "add",
    epilog=example(
        "yardwatch claim add tumangang --source example-2024 --quote 'approximately 225' --value 225 --unit railcar",
        "yardwatch claim add tumangang --from claims.csv --source example-2024",
    ),
)
@folder_argument
@click.option("--source", metavar="ID", help="Id of the source that says it; with --from, for rows that name none.")
@click.option("--quote", metavar="WORDS", help="The words, or a short statement of the fact.")
@click.option("--kind", metavar="KIND", help="quantity, activity, construction, status, event or plan.")
@click.option("--zone", metavar="NAME", help="Name or alias of the zone or place that is meant.")
@click.option("--place", "place_text", metavar="WORDS", help="The place as the source names it.")
@click.option("--measure", metavar="WORDS", help="What is counted or done: railcars, length, station razed …")
@click.option("--value", metavar="NUMBER", help="The number.")
@click.option("--low", metavar="NUMBER", help="Least that the words allow.")
@click.option("--high", metavar="NUMBER", help="Most that the words allow.")
@click.option("--unit", metavar="WORD", help="railcar, train, m …")
@click.option("--type", "type", metavar="WORD", help="Type of railcar or other kind, if said.")
@click.option("--qualifier", metavar="WORD", help="exact, about, at_least, at_most, up_to, range or only.")
@click.option("--date", metavar="DATE", help="Date of what is claimed, not of publication: EDTF.")
@click.option("--attributed-to", metavar="NAME", help="Whom the source names as having said it.")
@click.option("--via", metavar="NAME", help="Through whom the source has it.")
@click.option("--copied-from", metavar="ID", help="Id of the claim that it repeats.")
@click.option("--credibility", type=click.Choice(list("123456")), help="Admiralty grade; 6, not judged, if not said.")
@_ID
@_FROM
@json_option
def claim_add(*, folder: Path, files: tuple[Path, ...], json_path: str | None, **told: str | None) -> int:
    """Keep a claim, or a table of claims.

    It counts as accepted, since a person has written it. A place that the site does not know is kept in words.
    """
    return _add("claims", folder, files, json_path, told)


@event.command(
    "add",
    epilog=example(
        "yardwatch event add tumangang --title 'Treaty signed' --date 2024-06-19 --kind treaty --source 'State media'",
        "yardwatch event add tumangang --from events.csv",
    ),
)
@folder_argument
@click.option("--title", metavar="TEXT", help="What happened.")
@click.option("--date", metavar="DATE", help="When: EDTF date, may be uncertain.")
@click.option("--kind", metavar="WORD", help='summit, treaty, opening …; "milestone" for what is planned.')
@click.option("--place", metavar="WORDS", help="Where.")
@click.option("--source", metavar="WORDS", help="Who says so.")
@click.option("--source-date", metavar="DATE", help="When they said so.")
@_ID
@_FROM
@json_option
def event_add(*, folder: Path, files: tuple[Path, ...], json_path: str | None, **told: str | None) -> int:
    """Keep an event, or a table of events.

    Whether a planned one is done is kept as an observation of class works:ID, with the count "none" or "1".
    """
    return _add("events", folder, files, json_path, told)


@claim.command(
    "extract",
    epilog=example(
        "yardwatch claim extract article.html --published 2024-12-18 --places tumangang.geojson --json -",
        "yardwatch claim extract article.pdf --into tumangang",
    ),
)
@click.argument("file", type=EXISTING)
@click.option("--published", metavar="DATE", help="When it was published, if it does not say so itself: EDTF.")
@click.option("--places", type=EXISTING, help="Site file whose zones and places are looked for.")
@click.option("--into", metavar="DIR", type=click.Path(path_type=Path), help="Workspace that keeps the proposals.")
@json_option
def claim_extract(
    *, file: Path, published: str | None, places: Path | None, into: Path | None, json_path: str | None
) -> int:
    """Propose the claims in a text, HTML, PDF or DOCX file, for a person to accept.

    Nothing is fetched and no language model is asked. With --into they are kept as proposals, and the places of that
    workspace are looked for.
    """
    if into is not None and places is not None:
        raise click.UsageError("--into looks for the places of the workspace; leave --places out")
    output = Output(json_path, inputs=(file, *filter(None, [places])))
    if into is None:
        found = pipeline.extract_from(file, published=published, places=places)
    else:
        found = pipeline.extract_into(into, file, published=published)
    output.say(*table(("claim", "kind", "when", "words"), pipeline.claim_rows(found.claims)))
    kept = "" if found.new is None else f"; {found.new} new ones wait for: yardwatch claim accept {into} ID…"
    output.say("", f"{len(found.claims)} claims proposed from {found.source.title}{kept}")
    output.finish(found.document, found.notices)
    return DONE


@claim.command("list", epilog=example("yardwatch claim list tumangang --status proposed"))
@folder_argument
@click.option("--status", type=click.Choice(["proposed", "accepted", "rejected"]), help="Only these.")
@json_option
def claim_list(*, folder: Path, status: str | None, json_path: str | None) -> int:
    """List the claims of a workspace."""
    output = Output(json_path)
    listed = pipeline.list_claims(folder, status=status)
    output.say(*table(("claim", "kind", "when", "words"), pipeline.claim_rows(listed.claims)))
    output.finish(listed.document)
    return DONE


def _judging(name: str, status: str, summary: str) -> None:
    """Make the command that gives proposals a status."""

    @claim.command(name, help=summary, epilog=example(f"yardwatch claim {name} tumangang article-1a2b3c4d-001"))
    @folder_argument
    @click.argument("ids", metavar="ID…", nargs=-1, required=True)
    @click.option("--by", metavar="NAME", help='Who decides; "unknown person" if not said, never the login name.')
    @click.option("--note", metavar="TEXT", help="Why.")
    @json_option
    def judge(*, folder: Path, ids: tuple[str, ...], by: str | None, note: str | None, json_path: str | None) -> int:
        output = Output(json_path)
        judged = pipeline.judge_claims(folder, ids, status, by=by, note=note)
        output.say(
            f"{len(judged.changed)} of {len(judged.claims)} claims are {judged.status} now, {status} by a person"
        )
        output.say(*(f"kept as an event: {one.title} ({one.when})" for one in judged.events))
        output.finish(judged.document)
        return DONE


_judging(
    "accept", "accepted", "Accept claims that were proposed.\n\nWhat they were is kept. A dated event becomes one."
)
_judging("reject", "rejected", "Reject claims.\n\nThey are kept, and left out of what is concluded.")


def _add(kind: str, folder: Path, files: Sequence[Path], json_path: str | None, told: dict[str, str | None]) -> int:
    """Keep one thing that is told in options, or the rows of tables."""
    output = Output(json_path, inputs=tuple(files))
    if files:
        defaults = {name: text for name, text in told.items() if text is not None}
        found = pipeline.import_tables(folder, files, kind=kind, defaults=defaults)
        output.say(*table(("table", "new", "known", ""), ((*row, "") for row in found.rows)))
        output.finish(found.document, found.notices)
        return DONE
    kept = pipeline.record(folder, kind, told)
    output.say(f"{'kept' if kept.new else 'known already'}: {kind.removesuffix('s')} {kept.record.id}")
    output.finish(kept.document, kept.notices)
    return DONE
