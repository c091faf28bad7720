"""Series and cases: ``trend`` and ``case``."""

import shlex
from pathlib import Path

import click

from yardwatch import pipeline
from yardwatch.cli.house import DONE
from yardwatch.cli.options import example, folder_argument, json_option
from yardwatch.cli.show import Output

__all__ = ["case", "trend"]


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
