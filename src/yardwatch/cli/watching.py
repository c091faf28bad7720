"""The commands that keep a workspace: ``init``, ``scene add``, ``run``, ``observe`` and ``report``."""

import shlex
from collections.abc import Sized
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yardwatch import pipeline
from yardwatch.cli.house import ANSWER_IS_NO, BAD_INPUT, DONE, complain
from yardwatch.cli.options import EXISTING, example, folder_argument, image_options, json_option
from yardwatch.cli.show import Output, progress, tally_lines

if TYPE_CHECKING:
    from yardwatch.model.scene import Scene

__all__ = ["init", "observe", "report", "run", "scene"]


@click.command(epilog=example("yardwatch init tumangang --site tumangang.geojson"))
@folder_argument
@click.option("--site", required=True, type=EXISTING, help="Zones and tracks: GeoJSON, GeoPackage, KML or KMZ.")
@json_option
def init(*, folder: Path, site: Path, json_path: str | None) -> int:
    """Start a workspace: a folder whose GeoPackage opens in QGIS."""
    output = Output(json_path, inputs=(site,))
    started = pipeline.start_workspace(folder, site)
    watched = started.site
    output.say(
        f"{folder} now watches {watched.name}: {_many(watched.zones, 'zone')}, {_many(watched.tracks, 'track')}",
        f"next: yardwatch scene add {_quoted(folder)} IMAGE…",
    )
    output.finish(started.document, started.notices)
    return DONE


@click.group(epilog=example("yardwatch scene add tumangang images/*.tif --credit '© Example Imaging'"))
def scene() -> None:
    """The images of a workspace."""


@scene.command(
    "add",
    epilog=example(
        "yardwatch scene add tumangang images/*.tif --credit '© Example Imaging' --may-republish no",
        "yardwatch scene add tumangang shot.png --crs EPSG:32652 --acquired 2024-12-03T02:15Z",
    ),
)
@folder_argument
@click.argument("images", metavar="IMAGE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@image_options
@json_option
def scene_add(*, folder: Path, images: tuple[Path, ...], told: "pipeline.Told", json_path: str | None) -> int:
    """Add images, or all images in a folder, to a workspace.

    The files stay where they are. An image that is there already, by its hash, is named and not added again. One
    that is bad does not keep the others out: the exit code is 1 if some were added or known and some failed, and 2 if
    all failed.
    """
    output = Output(json_path, inputs=images)
    with progress() as show:
        added = pipeline.add_images(folder, images, told=told, progress=show)
    for image in added.failed:
        complain(image.problem or str(image.path))
    if len(added.failed) == len(added.images):
        return BAD_INPUT
    kept = [(image.scene, image) for image in added.images if image.scene]
    output.say(*(f"{image.status}: {scene.id} ({image.path}), {_facts(scene)}" for scene, image in kept))
    output.say(f"next: yardwatch run {_quoted(folder)}")
    output.finish(added.document, added.notices)
    return ANSWER_IS_NO if added.failed else DONE


@click.command(epilog=example("yardwatch run tumangang"))
@folder_argument
@json_option
def run(*, folder: Path, json_path: str | None) -> int:
    """Count the railcars in all images that are new.

    Stop it at any time: it goes on where it was.

    The exit code is 1 if nothing is new or a scene could not be counted; such a scene stays new.
    """
    output = Output(json_path)
    with progress() as show:
        done = pipeline.run_workspace(folder, progress=show)
    for failed in done.failed:
        complain(failed.problem or failed.scene.id)
    counted = [scene.count for scene in done.scenes if scene.count]
    for count in counted:
        output.say(*tally_lines(count), "")
    nothing_new = f"nothing new in {folder}; add images with: yardwatch scene add {_quoted(folder)} IMAGE…"
    output.say(_next_report(folder) if counted else nothing_new if not done.scenes else "nothing was counted")
    output.finish(done.document, done.notices)
    return ANSWER_IS_NO if done.failed or not done.scenes else DONE


@click.command(
    epilog=example(
        'yardwatch observe tumangang --zone "Secure yard" --class bogies --count "at least 7" --date 2024-12-03',
        "yardwatch observe tumangang --zone Station --class container --count none --scene muster-1a2b3c4d",
    )
)
@folder_argument
@click.option("--zone", required=True, metavar="NAME", help="Name or alias of the zone or place.")
@click.option("--class", "klass", required=True, metavar="WORDS", help="What: railcar:tank, container, spare bogies …")
@click.option(
    "--count", "number", required=True, metavar="WORDS",
    help='How many: "7", "about 73", "at least 7", "2..3"; "none" if you looked and saw nothing.',
)  # fmt: skip
@click.option("--date", metavar="DATE", help="When: EDTF date or instant with zone; otherwise the date of --scene.")
@click.option("--scene", "scene_id", metavar="ID", help="The scene it was seen in.")
@click.option("--by", metavar="NAME", help='Who looked; "unknown person" if not said, never the login name.')
@click.option("--note", metavar="TEXT", help="Anything more.")
@click.option("--unit", metavar="WORD", help="Unit of the count where it is no number of things: m …")
@click.option("--source", metavar="ID", help="The source that published it, where you did not see it yourself.")
@json_option
def observe(*, folder: Path, json_path: str | None, zone: str, klass: str, number: str, **more: str | None) -> int:
    """Keep what a person saw in a zone on a date.

    To have looked and seen nothing counts too (--count none). The date is that of --date or else of --scene; one of
    the two must be given. It is kept beside what a machine counted, as the same kind of thing.
    """
    output = Output(json_path)
    kept = pipeline.observe(folder, pipeline.Seen(zone, klass, number, **more))
    observation = kept.observation
    when = observation.when.text if observation.when else "date not known"
    number = "none seen" if observation.quantity.high == 0 else str(observation.quantity)
    output.say(f"kept: {observation.klass}, {number}, in {observation.zone}, {when}, by {observation.by}")
    output.finish(kept.document, kept.notices)
    return DONE


@scene.command(
    "permit",
    epilog=example(
        "yardwatch scene permit tumangang muster-1a2b3c4d --by 'A. Nalyst' --words 'letter of the owner, 3 May 2026'",
        "yardwatch scene permit tumangang muster-1a2b3c4d --by 'A. Nalyst' --words 'licence ended' --withdraw",
    ),
)
@folder_argument
@click.argument("scene_id", metavar="SCENE")
@click.option("--words", required=True, metavar="TEXT", help="Who allowed it, when and how.")
@click.option("--by", required=True, metavar="NAME", help="Who puts it on file.")
@click.option("--credit", metavar="TEXT", help="Credit line that the permission asks for.")
@click.option("--withdraw", is_flag=True, help="Put on file that the picture may not be published.")
@json_option
def scene_permit(
    *, folder: Path, scene_id: str, words: str, by: str, credit: str | None, withdraw: bool, json_path: str | None
) -> int:
    """Put on file that the picture of a scene may be published.

    The permission is kept in permissions.json in the folder of the workspace, with its words, name and date. Reports
    made from then on may show the picture.
    """
    output = Output(json_path)
    kept = pipeline.permit_picture(folder, scene_id, words=words, by=by, allowed=not withdraw, credit=credit)
    output.say(f"{kept.scene_id}: may be published: {kept.rights.may_republish.value} (on file in {kept.path})")
    output.finish(kept.document, ())
    return DONE


@click.command(
    epilog=example(
        "yardwatch report tumangang --out tumangang.html",
        "yardwatch report tumangang --out tumangang.pdf --public --outlines --references",
        "yardwatch report tumangang --out findings.docx --section findings --section series --texts",
    )
)
@folder_argument
@click.option(
    "--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="File to write: .html, .pdf or .docx."
)
@click.option(
    "--section",
    "sections",
    multiple=True,
    metavar="NAME",
    help="Only this section; may be given several times. Provenance and sign-off are always there.",
)
@click.option("--public", "audience", flag_value="public", help="For the public: refuse what may not be published.")
@click.option("--internal", "audience", flag_value="internal", help="Not for the public: mark every page.")
@click.option("--outlines", is_flag=True, help="Draw outlines in the place of pictures that may not be published.")
@click.option(
    "--references", is_flag=True, help="Write the sources beside it, as BibTeX (.bib) and CSL-JSON (.csl.json)."
)
@click.option("--texts", is_flag=True, help="Write DIR/report-texts.md, in which you can put your own words.")
@json_option
def report(*, folder: Path, out: Path, json_path: str | None, audience: str | None, **wanted: Any) -> int:  # noqa: ANN401 — click hands over whatever each option holds
    """Write the report of a workspace.

    One file that needs no other: HTML, which prints well, tagged PDF, or DOCX to be reworked. It holds the newest
    scenes with pictures, all of them in the series, and what people saw and said. A scene whose file is gone keeps its
    figures and loses its pictures.

    A picture that may not be published, or of which that is not known, never leaves unmarked: without --public every
    page is then marked as internal; with --public nothing is written, the exit code is 1, and each such picture is
    named with the ways out.

    Own words in DIR/report-texts.md (--texts writes it) are kept each time; you are warned when their numbers move.
    """
    output = Output(json_path, inputs=(out,))
    options = pipeline.ReportOptions(audience=audience or "auto", **wanted)  # type: ignore[arg-type]
    with progress() as show:
        printed = pipeline.report_workspace(folder, out, options=options, progress=show)
    for line in (*printed.refusals, *printed.drafted.untraced):
        complain(line)
    done = [f"wrote {path}" for path in (printed.path, *printed.beside)]
    output.say(*(done if printed.written else [f"not written: {printed.path}"]))
    output.finish(printed.document, printed.notices)
    return DONE if printed.written else ANSWER_IS_NO


def _facts(scene: "Scene") -> str:
    return f"{scene.acquired.text if scene.acquired else 'date not known'}, {scene.gsd_m:.3g} m"


def _next_report(folder: Path) -> str:
    return f"make the report with: yardwatch report {_quoted(folder)} --out report.html"


def _many(things: Sized, word: str) -> str:
    return f"{len(things)} {word}" if len(things) == 1 else f"{len(things)} {word}s"


def _quoted(folder: Path) -> str:
    return shlex.quote(str(folder))
