"""Tables and railcars in and out: ``export`` and ``import``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from yardwatch import pipeline
from yardwatch.cli.house import DONE
from yardwatch.cli.options import example, folder_argument, json_option, sign_options
from yardwatch.cli.show import Output, progress, table

if TYPE_CHECKING:
    from yardwatch.pipeline import Signer

__all__ = ["export", "import_files"]

_FORM = click.option(
    "--format", "form", type=click.Choice(["coco", "yolo-obb", "geoparquet"]),
    help="Form of the railcars; otherwise from the name: .json, a folder, .parquet.",
)  # fmt: skip


@click.command(
    epilog=example(
        "yardwatch export tumangang --tables tumangang.xlsx",
        "yardwatch export tumangang --railcars railcars.json",
        "yardwatch export tumangang --package evidence.zip --sign-key key.pem --sign-cert cert.pem",
        "yardwatch export tumangang --railcars labels --format yolo-obb --scene muster-1a2b3c4d",
    ),
)
@folder_argument
@click.option(
    "--tables",
    metavar="FILE.xlsx|DIR",
    type=click.Path(path_type=Path),
    help="Workbook to write, or folder for CSV files.",
)
@click.option("--railcars", metavar="FILE|DIR", type=click.Path(path_type=Path), help="Railcars to write.")
@_FORM
@click.option("--scene", "scenes", metavar="ID", multiple=True, help="Only the railcars of this scene.")
@click.option(
    "--package", metavar="OUT.zip", type=click.Path(path_type=Path),
    help="Evidence package to write: what a peer needs to check the report.",
)  # fmt: skip
@sign_options
@json_option
def export(  # noqa: PLR0913 -- one for each option
    *, folder: Path, tables: Path | None, railcars: Path | None, form: str | None, scenes: tuple[str, ...],
    package: Path | None, signer: "Signer | None", json_path: str | None,
) -> int:  # fmt: skip
    """Write tables, railcars for other programs, or an evidence package.

    With --tables: sources, observations, claims and events; a spreadsheet runs nothing in them, and what import reads
    back is the same. With --railcars: outlines as COCO, YOLO-OBB or GeoParquet, as they stand after all decisions.
    Neither holds a picture.

    With --package: GeoPackage, audit log, tables, report, and the pictures that may be passed on, with a README that
    says how to check it; yardwatch audit OUT.zip does. Its figures can carry content credentials (C2PA).
    """
    output = Output(json_path)
    if sum(target is not None for target in (tables, railcars, package)) != 1:
        raise click.UsageError("give --tables, --railcars or --package")
    if package is not None:
        return _package(folder, package, signer, output)
    if signer is not None:
        raise click.UsageError("--sign-key signs the figures of a package; give --package")
    if tables is not None:
        written = pipeline.export_tables(folder, tables)
    else:
        assert railcars is not None  # noqa: S101 -- one of the three
        written = pipeline.export_railcars(folder, railcars, form=form, scenes=scenes)
    output.say(*(f"wrote {path}" for path in written.files))
    output.finish(written.document, written.notices)
    return DONE


def _package(folder: Path, out: Path, signer: "Signer | None", output: Output) -> int:
    with progress() as show:
        packed = pipeline.package_workspace(folder, out, signer=signer, progress=show)
    output.say(f"wrote {packed.path}: {len(packed.files)} files, {len(packed.left_out)} left out")
    output.say(*(f"left out: {name}: {reason}" for name, reason in sorted(packed.left_out.items())))
    output.say(f"audit head in it: {packed.head}")
    output.finish(packed.document, packed.notices)
    return DONE


@click.command(
    "import",
    epilog=example(
        "yardwatch import tumangang tumangang.xlsx",
        "yardwatch import tumangang counts/observations.csv",
        "yardwatch import tumangang railcars.json --railcars --by 'A. Analyst'",
        "yardwatch import tumangang labels --railcars --scene muster-1a2b3c4d --complete --by 'A. Analyst'",
    ),
)
@folder_argument
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--railcars", is_flag=True, help="The files hold railcars, not tables.")
@_FORM
@click.option("--scene", "scene_id", metavar="ID", help="The scene of all railcars; otherwise the files say it.")
@click.option("--complete", is_flag=True, help="The files hold every railcar of their scenes: delete the others.")
@click.option("--by", metavar="NAME", help='Who drew the railcars; "unknown person" if not said.')
@json_option
def import_files(  # noqa: PLR0913 - one for each option
    *, folder: Path, paths: tuple[Path, ...], railcars: bool, form: str | None, scene_id: str | None, complete: bool,
    by: str | None, json_path: str | None,
) -> int:  # fmt: skip
    """Keep tables, or with --railcars outlines of railcars.

    Tables are CSV and XLSX: sources, observations, claims, events. Which of these one is, its name or that of its sheet
    says, or else its columns. All rows are kept or none; what is kept already is left as it is. No formula is worked
    out.

    Railcars are COCO, YOLO-OBB or GeoParquet, of scenes that were counted. They are kept as your word: one that covers
    a car that was found confirms or changes it, others are added.
    """
    output = Output(json_path, inputs=paths)
    if not railcars:
        if form or scene_id or complete:
            raise click.UsageError("--format, --scene and --complete are for railcars; give --railcars as well")
        tables = pipeline.import_tables(folder, paths)
        output.say(*table(("table", "new", "known", ""), ((*row, "") for row in tables.rows)))
        output.finish(tables.document, tables.notices)
        return DONE
    labels = pipeline.Labels(paths, form, scene_id, complete)
    found = pipeline.import_railcars(folder, labels, by=by)
    head = ("scene", "accepted", "changed", "added", "deleted", "off track", "")
    output.say(*table(head, ((*row, "") for row in found.rows)))
    output.finish(found.document, found.notices)
    return DONE
