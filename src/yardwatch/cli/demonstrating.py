"""``yardwatch demo``."""

from pathlib import Path

import click

from yardwatch import pipeline
from yardwatch.cli.house import DONE
from yardwatch.cli.options import example, json_option
from yardwatch.cli.show import Output, progress, table

__all__ = ["demo"]


@click.command(epilog=example("yardwatch demo demo"))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
def demo(*, folder: Path, json_path: str | None) -> int:
    """Do the main job on a simulated yard.

    The place is invented; every picture is marked as simulated. Renders a few scenes, starts a workspace, counts the
    railcars, keeps one observation by hand and prints the report, all in the folder DIR. Beside it, in a folder of its
    own, it builds the real case that ships with the program, of which it has no image. It ends by naming both reports.
    Run it again and it goes on with what is there.
    """
    output = Output(json_path)
    with progress() as show:
        shown = pipeline.demonstrate(folder, progress=show)
    head = ("simulated scene", "counted", "90 %", "truth", "")
    output.say(*table(head, ((*row, "") for row in shown.rows)))
    output.say("", f'to check it at the desk, in the browser: yardwatch serve "{folder}"')
    output.say(f"the report of the real case, without any image: {shown.case_report}")
    output.say(f"the report of the simulated yard: {shown.report}")
    output.finish(shown.document, shown.notices)
    return DONE
