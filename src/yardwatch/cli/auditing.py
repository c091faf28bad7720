"""``yardwatch audit``."""

from collections.abc import Sequence
from pathlib import Path

import click

from yardwatch import pipeline
from yardwatch.cli.house import ANSWER_IS_NO, DONE
from yardwatch.cli.options import example, folder_argument, json_option
from yardwatch.cli.show import Output, progress

__all__ = ["audit"]

_MOST_LINES = 40
_VERDICTS = {
    "intact": "intact: everything is as it was recorded",
    "edited": "edited: something was changed without Yardwatch, and nobody has said yet that it is right",
    "broken": "broken: something is not what was recorded",
}


@click.command(
    epilog=example(
        "yardwatch audit tumangang",
        "yardwatch audit tumangang --head ~/elsewhere/tumangang-head.json",
        "yardwatch audit tumangang --against ~/elsewhere/tumangang-head.json --json audit.json",
        "yardwatch audit evidence.zip",
        "yardwatch audit tumangang --accept --by 'A. Analyst' --why 'zones redrawn in QGIS after a site visit'",
    )
)
@folder_argument
@click.option(
    "--against",
    metavar="HEAD",
    help="A head that was kept elsewhere: a file that --head wrote, or as a report prints it.",
)
@click.option(
    "--head", "head_file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Write the head of the log to a file; keep it where nobody who can change the workspace can change it.",
)  # fmt: skip
@click.option("--accept", is_flag=True, help="Take what was changed without Yardwatch as right, before the check.")
@click.option("--by", metavar="NAME", help="Who accepts.")
@click.option("--why", metavar="TEXT", help="Why it is right.")
@json_option
def audit(
    *,
    folder: Path,
    against: str | None,
    head_file: Path | None,
    accept: bool,
    by: str | None,
    why: str | None,
    json_path: str | None,
) -> int:
    """Check that a workspace is what its audit log says.

    It checks the log, entry by entry; the hash of each image, picture and document; the bytes and the records of the
    GeoPackage; and each link from a published number to its image. With --against it also tells whether the log was
    shortened or written anew. A layer edited in QGIS is told apart from damage.

    DIR may also be an evidence package (yardwatch export --package), which is unpacked and checked aside.

    The exit code is 1 if anything is not as recorded.
    """
    inputs = (Path(against),) if against and Path(against).is_file() else ()
    output = Output(json_path, inputs=inputs)
    if head_file:
        pipeline.check_target(head_file, inputs=inputs)
    kept = pipeline.read_head(against) if against else None
    if accept:
        pipeline.accept_changes(folder, by=by, why=why)
    elif by or why:
        raise click.UsageError("--by and --why go with --accept")
    with progress() as show:
        audited = pipeline.audit_package if folder.suffix.lower() == ".zip" else pipeline.audit_workspace
        found = audited(folder, against=kept, progress=show)
    output.say(*_lines(found))
    files: dict[Path, str | bytes] = {}
    if head_file and found.head:
        files[head_file] = pipeline.head_text(found.head)
        output.say(f"wrote {head_file}")
    output.finish(found.document, files=files)
    return DONE if found.intact else ANSWER_IS_NO


def _lines(found: "pipeline.Audit") -> Sequence[str]:
    lines = [_VERDICTS[found.verdict], ""]
    shown = found.findings[:_MOST_LINES]
    lines += [f"{one.level.value}: {one.subject}: {one.message}; {one.remedy}" for one in shown]
    if len(found.findings) > len(shown):
        lines.append(f"and {len(found.findings) - len(shown)} more; all are in the JSON")
    if found.not_recorded:
        lines.append(f"not on record, so not checked: {_some(found.not_recorded)}")
    if found.not_evidence:
        lines.append(f"the desk's own, no evidence, so not checked: {_some(found.not_evidence)}")
    counts = ", ".join(f"{number} {name}" for name, number in found.checked.items())
    return [*lines, f"checked: {counts}", f"head: {found.head or 'none'}"]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{more}"
