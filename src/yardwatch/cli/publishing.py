"""``yardwatch publish`` and ``yardwatch sign``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from yardwatch import pipeline
from yardwatch.cli.house import ANSWER_IS_NO, DONE, complain
from yardwatch.cli.options import example, folder_argument, json_option
from yardwatch.cli.show import Output, progress

__all__ = ["publish", "sign"]


@click.command(
    epilog=example(
        "yardwatch publish tumangang --out tumangang.pdf --by 'A. Analyst'",
        "yardwatch publish tumangang --out tumangang.html --by 'A. Analyst' --waive-sign-off 'nobody else is here'",
        "yardwatch publish tumangang --out tumangang.html --by 'A. Analyst' --why 'two cars were counted twice'",
    )
)
@folder_argument
@click.option(
    "--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="File to write: .html, .pdf or .docx."
)
@click.option("--by", required=True, metavar="NAME", help="Its author.")
@click.option("--internal", is_flag=True, help="Not for the public: every page is marked, and it needs no sign-off.")
@click.option(
    "--why", multiple=True, metavar="TEXT|ID=TEXT",
    help="Why numbers differ from the last edition; of one number with its id. May be given several times.",
)  # fmt: skip
@click.option("--waive-sign-off", metavar="WHY", help="Publish without a second person; the document then says so.")
@click.option("--section", "sections", multiple=True, metavar="NAME", help="Only this section; several times.")
@click.option("--outlines", is_flag=True, help="Draw outlines in the place of pictures that may not be published.")
@json_option
def publish(
    *,
    folder: Path,
    out: Path,
    by: str,
    internal: bool,
    why: tuple[str, ...],
    waive_sign_off: str | None,
    json_path: str | None,
    **wanted: Any,  # noqa: ANN401 -- click hands over whatever each option holds
) -> int:
    """Publish an edition of the report.

    Editions are numbered, and a copy of each is kept in DIR/reports. A number that differs from the last edition for
    the same readers becomes an erratum, with your reason. A public edition needs the word of a second person
    (yardwatch sign), unless you waive it, and holds no picture that may not be published.

    What keeps it from being published is named, nothing is written, and the exit code is 1.
    """
    output = Output(json_path, inputs=(out,))
    asked = pipeline.EditionWanted(
        by=by, public=not internal, why=why, waive_sign_off=waive_sign_off, options=pipeline.ReportOptions(**wanted)
    )
    with progress() as show:
        done = pipeline.publish(folder, out, asked, progress=show)
    for line in done.refused:
        complain(line)
    output.say(*_lines(done))
    output.finish(done.document, done.notices)
    return ANSWER_IS_NO if done.refused else DONE


@click.command(epilog=example("yardwatch sign tumangang --by 'B. Second'"))
@folder_argument
@click.option("--by", required=True, metavar="NAME", help="Who has read the draft; not its author.")
@click.option("--note", metavar="TEXT", help="A remark, printed with the sign-off.")
@json_option
def sign(*, folder: Path, by: str, note: str | None, json_path: str | None) -> int:
    """Sign off what a workspace holds now, for publication.

    A second person does this, after reading a draft (yardwatch report). It lapses with the next change of the
    workspace. The name is taken as given; who may use it is for your newsroom to see to.
    """
    output = Output(json_path)
    signed = pipeline.sign_contents(folder, by=by, note=note)
    output.say(f"signed off by {signed.sign_off.by}, until the workspace changes", f"audit head: {signed.head}")
    output.finish(signed.document)
    return DONE


def _lines(done: "pipeline.Published") -> Iterator[str]:
    one = done.edition
    if done.refused:
        yield f"not published: {done.path}"
        return
    yield f"published edition {one.number}: {done.path} ({len(one.numbers)} numbers)"
    for erratum in one.errata:
        yield f'erratum: {erratum.place}: "{erratum.was}" is now "{erratum.now}" ({erratum.why})'
    if one.sign_off:
        how = f"without a second person: {one.sign_off.why}" if one.sign_off.waived else f"by {one.sign_off.by}"
        yield f"signed off {how}" if not one.sign_off.waived else f"published {how}"
    yield f"audit head printed in it: {one.head}"
