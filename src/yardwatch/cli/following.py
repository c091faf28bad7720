"""Series, cases and tables: ``trend``, ``case``, ``export`` and ``import``."""

import shlex
from pathlib import Path

import click

from yardwatch import pipeline
from yardwatch.cli.house import DONE
from yardwatch.cli.options import example, folder_argument, json_option
from yardwatch.cli.show import Output, table

__all__ = ["case", "export_tables", "import_tables", "trend"]


@click.command(
    epilog=example(
        "yardwatch trend tumangang --class railcar",
        'yardwatch trend tumangang --join "Secure yard" --join Station --dwell-days 1..10 --json trend.json',
    )
)
@folder_argument
@click.option("--zone", metavar="NAME", help="Only this zone or place.")
@click.option("--class", "klass", metavar="WORDS", help="Only this class: railcar, railcar:tank, container …")
@click.option(
    "--join", metavar="NAME", multiple=True,
    help="A zone or place that you take for one extent with the others so named; nothing is joined unasked.",
)  # fmt: skip
@click.option(
    "--dwell-days", metavar="LOW..HIGH", help="How long one stays; asks for what passes in a day, as a range."
)
@json_option
def trend(
    *,
    folder: Path,
    zone: str | None,
    klass: str | None,
    join: tuple[str, ...],
    dwell_days: str | None,
    json_path: str | None,
) -> int:
    """Follow what was seen over the years.

    A series for each zone or place, class and unit; different extents are never pooled unasked. Of each: on how many
    usable images something was there, since when it is the highest, when its level changed. Then events, comparisons
    and plans. Where the dates cannot tell, the verdict is "insufficient".
    """
    output = Output(json_path)
    found = pipeline.trend_of(folder, pipeline.Asked(zone, klass, join, dwell_days))
    output.say(*pipeline.trend_lines(found))
    output.finish(found.document)
    return DONE


@click.command(epilog=example("yardwatch case tumangang-khasan tumangang", "yardwatch case"))
@click.argument("name", metavar="[NAME]", required=False)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@json_option
def case(*, name: str | None, folder: Path | None, json_path: str | None) -> int:
    """Build the workspace of a case that ships with the program.

    It holds what is on public record about a real site, as facts with their sources: observations, claims and events,
    and places as points until someone draws zones. It needs no image. Without NAME, list the cases.
    """
    output = Output(json_path)
    if name is None:
        output.say(*(f"{known}: {pipeline.case_title(known)}" for known in pipeline.case_names()))
        output.finish(pipeline.case_list_document())
        return DONE
    if folder is None:
        raise click.UsageError(f"name a folder for the workspace of {name}")
    built = pipeline.build_case(name, folder)
    listed = ", ".join(f"{number} {kind}" for kind, number in built.counts.items())
    output.say(
        f"{folder} now holds {built.site.name}: {len(built.site.places)} places, {listed}",
        f"next: yardwatch report {shlex.quote(str(folder))} --out report.html",
    )
    output.finish(built.document, built.notices)
    return DONE


@click.command(
    "export",
    epilog=example(
        "yardwatch export tumangang --tables tumangang.xlsx",
        "yardwatch export tumangang --tables tables",
    ),
)
@folder_argument
@click.option(
    "--tables", required=True, metavar="FILE.xlsx|DIR", type=click.Path(path_type=Path),
    help="Workbook to write, or folder for CSV files.",
)  # fmt: skip
@json_option
def export_tables(*, folder: Path, tables: Path, json_path: str | None) -> int:
    """Write sources, observations, claims and events as tables.

    A spreadsheet runs nothing in them: text that looks like a formula stays text. What import reads back is the same.
    """
    output = Output(json_path)
    written = pipeline.export_tables(folder, tables)
    output.say(*(f"wrote {path}" for path in written.files))
    output.finish(written.document)
    return DONE


@click.command(
    "import",
    epilog=example("yardwatch import tumangang tumangang.xlsx", "yardwatch import tumangang counts/observations.csv"),
)
@folder_argument
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def import_tables(*, folder: Path, paths: tuple[Path, ...], json_path: str | None) -> int:
    """Keep the rows of CSV and XLSX tables: sources, observations, claims, events.

    Which of these a table is, its name or that of its sheet says, or else its columns. All rows are kept or none; what
    is kept already is left as it is. No formula is worked out.
    """
    output = Output(json_path, inputs=paths)
    found = pipeline.import_tables(folder, paths)
    output.say(*table(("table", "new", "known", ""), ((*row, "") for row in found.rows)))
    output.finish(found.document, found.notices)
    return DONE
