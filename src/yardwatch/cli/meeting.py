"""Trains that were seen twice: ``trains``."""

from pathlib import Path

import click

from yardwatch import pipeline
from yardwatch.cli.house import DONE
from yardwatch.cli.options import example, folder_argument, json_option
from yardwatch.cli.show import Output, table

__all__ = ["trains"]


@click.command(epilog=example("yardwatch trains tumangang", "yardwatch trains tumangang --fewest-cars 12 --json -"))
@folder_argument
@click.option(
    "--fewest-cars", type=click.IntRange(6, 200), default=6, show_default=True, help="Shorter strings are left out."
)
@json_option
def trains(*, folder: Path, fewest_cars: int, json_path: str | None) -> int:
    """Look for trains that were seen in two scenes, by the order of their cars' lengths and colours.

    Each pair of strings of different scenes is aligned, in both directions. A match is told only if the same cars, or
    the same blocks of like cars, in another order would not align as well (p at most 0.05 after correction for all
    pairs). A block train of equal cars matches nothing: its order says nothing.
    """
    output = Output(json_path)
    found = pipeline.trains_of(folder, fewest_cars=fewest_cars)
    if found.meetings:
        output.say(*table(("seen", "seen again", "cars matched", "direction", "p"), found.rows))
    else:
        output.say(f"no train was seen twice: {found.strings} strings, {found.pairs} pairs held against each other")
    output.finish(found.document, found.notices)
    return DONE
