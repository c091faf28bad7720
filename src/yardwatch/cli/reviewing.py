"""A person's word on railcars: ``railcar``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from yardwatch import pipeline
from yardwatch.cli.house import DONE
from yardwatch.cli.options import example, folder_argument, json_option
from yardwatch.cli.show import Output, table, tally_lines

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["railcar"]

_C = TypeVar("_C", bound="Callable[..., int]")

_IDS = click.argument("ids", metavar="ID…", nargs=-1, required=True)
_TRACK = click.option("--track", required=True, metavar="NAME", help="Name of the track.")
_START = "Chainage of the lower end, metres from the track's first vertex."
_END = "Chainage of the upper end."


def _said(command: _C) -> _C:
    """Give a command the scene, and who decides and why."""
    command = json_option(command)
    command = click.option("--note", metavar="TEXT", help="Why.")(command)
    command = click.option(
        "--by", metavar="NAME", help='Who decides; "unknown person" if not said, never the login name.'
    )(command)
    return click.option("--scene", "scene_id", required=True, metavar="ID", help="The scene.")(command)


def _body(command: _C) -> _C:
    """Give a command what can be said of a car beside its ends."""
    command = click.option("--subtype", metavar="WORD", help="ore, gondola, hopper …")(command)
    command = click.option("--type", "type", metavar="WORD", help="tank, covered, open_top, flat … or unknown.")(
        command
    )
    return click.option(
        "--offset", "offset_m", type=float, metavar="METRES", help="Offset of its middle, left positive."
    )(command)


@click.group(epilog=example("yardwatch railcar list tumangang --scene muster-1a2b3c4d"))
def railcar() -> None:
    """The railcars of a scene, and your word on them.

    Each decision is kept beside what the machine said, with who and when; to take one back, decide again. The tallies,
    series and reports of the workspace follow.
    """


@railcar.command("list", epilog=example("yardwatch railcar list tumangang --scene muster-1a2b3c4d --track 3"))
@folder_argument
@click.option("--scene", "scene_id", required=True, metavar="ID", help="The scene.")
@click.option("--track", metavar="NAME", help="Only this track.")
@json_option
def railcar_list(*, folder: Path, scene_id: str, track: str | None, json_path: str | None) -> int:
    """List the railcars of a scene as they stand after all decisions."""
    output = Output(json_path)
    listed = pipeline.railcars_of(folder, scene_id)
    cars = [car for car in listed.count.railcars if track in {None, car.track}]
    rows = (
        (
            car.id,
            car.track,
            f"{car.start_m:.1f}",
            f"{car.end_m:.1f}",
            car.type,
            f"{car.confidence:.2f}",
            car.by or "machine",
        )
        for car in cars
    )
    output.say(*table(("railcar", "track", "from m", "to m", "type", "sure", "by"), rows))
    output.finish(listed.document)
    return DONE


@railcar.command(
    "accept", epilog=example("yardwatch railcar accept tumangang c0001 c0002 --scene muster-1a2b3c4d --by 'A. Analyst'")
)
@folder_argument
@_IDS
@_said
def accept(*, ids: tuple[str, ...], **said: str | None) -> int:
    """Confirm railcars."""
    return _decide(said, [pipeline.Decision(act=pipeline.Act.ACCEPT, railcar=name) for name in ids])


@railcar.command(
    "delete", epilog=example("yardwatch railcar delete tumangang c0007 --scene muster-1a2b3c4d --note shed")
)
@folder_argument
@_IDS
@_said
def delete(*, ids: tuple[str, ...], **said: str | None) -> int:
    """Say that no such railcar stands there."""
    return _decide(said, [pipeline.Decision(act=pipeline.Act.DELETE, railcar=name) for name in ids])


@railcar.command(
    "add",
    epilog=example(
        "yardwatch railcar add tumangang --scene muster-1a2b3c4d --track 3 --start 120 --end 133 --type tank"
    ),
)
@folder_argument
@_TRACK
@click.option("--start", "start_m", type=float, required=True, metavar="METRES", help=_START)
@click.option("--end", "end_m", type=float, required=True, metavar="METRES", help=_END)
@_body
@_said
def add(
    *, track: str, start_m: float, end_m: float, offset_m: float | None, type: str | None,  # noqa: A002 - an option
    subtype: str | None, **said: str | None,
) -> int:  # fmt: skip
    """Add a railcar that was not found, by the ends of its body along the track."""
    added = pipeline.Decision(
        act=pipeline.Act.ADD, track=track, start_m=start_m, end_m=end_m, offset_m=offset_m, type=type, subtype=subtype
    )
    return _decide(said, [added])


@railcar.command(
    "change",
    epilog=example(
        "yardwatch railcar change tumangang c0004 --scene muster-1a2b3c4d --type covered",
        "yardwatch railcar change tumangang c0004 --scene muster-1a2b3c4d --end 133.5",
    ),
)
@folder_argument
@click.argument("railcar_id", metavar="ID")
@click.option("--start", "start_m", type=float, metavar="METRES", help=_START)
@click.option("--end", "end_m", type=float, metavar="METRES", help=_END)
@_body
@_said
def change(
    *, railcar_id: str, start_m: float | None, end_m: float | None, offset_m: float | None,
    type: str | None, subtype: str | None, **said: str | None,  # noqa: A002 - an option
) -> int:  # fmt: skip
    """Change the ends, offset or type of a railcar."""
    changed = pipeline.Decision(
        act=pipeline.Act.CHANGE, railcar=railcar_id, start_m=start_m, end_m=end_m, offset_m=offset_m, type=type,
        subtype=subtype,
    )  # fmt: skip
    return _decide(said, [changed])


@railcar.command(
    "conceal",
    epilog=example("yardwatch railcar conceal tumangang --scene muster-1a2b3c4d --track 3 --start 0 --end 80"),
)
@folder_argument
@_TRACK
@click.option("--start", "start_m", type=float, required=True, metavar="METRES", help=_START)
@click.option("--end", "end_m", type=float, required=True, metavar="METRES", help=_END)
@_said
def conceal(*, track: str, start_m: float, end_m: float, **said: str | None) -> int:
    """Mark a stretch of track as hidden: roof, cloud, shadow.

    What the machine found there is left out, and the count becomes "at least".
    """
    hidden = pipeline.Decision(act=pipeline.Act.CONCEAL, track=track, start_m=start_m, end_m=end_m)
    return _decide(said, [hidden])


@railcar.command(
    "check",
    epilog=example(
        "yardwatch railcar check tumangang --scene muster-1a2b3c4d --track 3 --by 'A. Analyst'",
        "yardwatch railcar check tumangang --scene muster-1a2b3c4d --zone Station --by 'A. Analyst'",
    ),
)
@folder_argument
@click.option("--track", "tracks", metavar="NAME", multiple=True, help="A track; may be given more than once.")
@click.option("--zone", metavar="NAME", help="All tracks of this zone.")
@_said
def check(*, tracks: tuple[str, ...], zone: str | None, **said: str | None) -> int:
    """Say that you have looked at whole tracks: all of them unless --track or --zone.

    The cars that stand there by now are accepted. From then on the count of these tracks is yours, whatever a machine
    finds later.
    """
    if tracks and zone:
        raise click.UsageError("give --track or --zone, not both")
    return _decide(said, [], tracks=tracks, zone=zone, checking=True)


def _decide(
    said: dict[str, str | None],
    decisions: "Sequence[pipeline.Decision]",
    *,
    tracks: tuple[str, ...] = (),
    zone: str | None = None,
    checking: bool = False,
) -> int:
    """Keep decisions and show the tally that follows."""
    output = Output(said["json_path"])
    folder, scene_id = Path(str(said["folder"])), str(said["scene_id"])
    if checking:
        done = pipeline.check_tracks(folder, scene_id, tracks=tracks, zone=zone, by=said["by"], note=said["note"])
    else:
        done = pipeline.decide(folder, scene_id, decisions, by=said["by"], note=said["note"])
    output.say(f"{len(done.corrections)} decisions kept", "", *tally_lines(done.count))
    output.finish(done.document)
    return DONE
