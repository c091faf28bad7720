"""Tables and railcars in and out: ``export`` and ``import``."""

from pathlib import Path

import click

from yardwatch import pipeline
from yardwatch.cli.house import DONE
from yardwatch.cli.options import example, folder_argument, json_option
from yardwatch.cli.show import Output, table

__all__ = ["export", "import_files"]

_FORM = click.option(
    "--format", "form", type=click.Choice(["coco", "yolo-obb", "geoparquet"]),
    help="Form of the railcars; otherwise from the name: .json, a folder, .parquet.",
)  # fmt: skip


@click.command(
    epilog=example(
        "yardwatch export tumangang --tables tumangang.xlsx",
        "yardwatch export tumangang --railcars railcars.json",
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
@json_option
def export(
    *, folder: Path, tables: Path | None, railcars: Path | None, form: str | None, scenes: tuple[str, ...],
    json_path: str | None,
) -> int:  # fmt: skip
    """Write tables, or railcars for other programs.

    With --tables: sources, observations, claims and events; a spreadsheet runs nothing in them, and what import reads
    back is the same. With --railcars: outlines as COCO, YOLO-OBB or GeoParquet, as they stand after all decisions.
    Pictures are never written.
    """
    output = Output(json_path)
    if tables is not None and railcars is None:
        written = pipeline.export_tables(folder, tables)
    elif railcars is not None and tables is None:
        written = pipeline.export_railcars(folder, railcars, form=form, scenes=scenes)
    else:
        raise click.UsageError("give --tables or --railcars")
    output.say(*(f"wrote {path}" for path in written.files))
    output.finish(written.document, written.notices)
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
