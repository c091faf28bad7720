"""The command `yardwatch`."""

import sys
from collections.abc import Sequence

import click

from yardwatch._version import __version__
from yardwatch.cli.auditing import audit
from yardwatch.cli.comparing import change
from yardwatch.cli.counting import count
from yardwatch.cli.demonstrating import demo
from yardwatch.cli.exchanging import export, import_files
from yardwatch.cli.following import case, trend
from yardwatch.cli.house import DONE, House, guarded
from yardwatch.cli.informing import doctor, schema
from yardwatch.cli.learning import model
from yardwatch.cli.measuring import measure
from yardwatch.cli.meeting import trains
from yardwatch.cli.options import example
from yardwatch.cli.placing import georeference, register
from yardwatch.cli.publishing import publish, sign
from yardwatch.cli.recording import claim, event, source
from yardwatch.cli.reviewing import railcar
from yardwatch.cli.serving import serve, user
from yardwatch.cli.siting import site
from yardwatch.cli.watching import init, observe, report, run, scene

__all__ = ["main", "yardwatch"]


@click.group(
    "yardwatch",
    cls=House,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=example(
        "yardwatch demo demo",
        "yardwatch count yard.tif --site yard.geojson",
    ),
)
@click.version_option(__version__, prog_name="yardwatch", message="%(prog)s %(version)s")
@click.pass_context
def yardwatch(context: click.Context) -> None:
    """Watch a fixed site from satellite images and print a report that can be checked.

    Exit codes: 0 done; 1 it ran and the answer is no, such as nothing new; 2 misuse or bad input, told in one
    line on standard error, nothing written.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


_COMMANDS = (
    count, change, init, scene, run, railcar, observe, source, claim, event, trend, trains, report, case, publish,
    sign, audit, import_files, export, model, measure, schema, doctor, demo, register, georeference, site,
    serve, user,
)  # fmt: skip
for _command in _COMMANDS:
    yardwatch.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line (that of the process unless `arguments` are given) and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)

    def run() -> int:
        code = yardwatch.main(words, "yardwatch", standalone_mode=False)
        return code if isinstance(code, int) else DONE

    return guarded(run, words)
