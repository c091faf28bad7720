"""``yardwatch site``."""

from pathlib import Path

import click

from yardwatch import pipeline
from yardwatch.cli.house import ANSWER_IS_NO, DONE, House
from yardwatch.cli.options import EXISTING, example, image_options, json_option
from yardwatch.cli.show import Output, progress, table

__all__ = ["site"]

_TARGET = click.Path(dir_okay=False, path_type=Path)


@click.group(
    "site",
    cls=House,
    epilog=example("yardwatch site draft yard.tif --osm railways.json --out site.geojson"),
)
def site() -> None:
    """Draw a site from a map and an image."""


@site.command(epilog=example("yardwatch site draft yard.tif --osm railways.json --out site.geojson"))
@click.argument("image", type=EXISTING)
@click.option(
    "--osm", required=True, type=EXISTING, help="Railway lines from OpenStreetMap: Overpass JSON or GeoJSON in degrees."
)
@click.option("--out", required=True, metavar="SITE.geojson", type=_TARGET, help="The site file to write.")
@click.option("--name", metavar="TEXT", help="Name of the site; that of the image unless given.")
@image_options
@json_option
def draft(*, image: Path, osm: Path, out: Path, name: str | None, told: "pipeline.Told", json_path: str | None) -> int:
    """Draft the tracks and zones of a site: railway lines of OpenStreetMap, pulled onto the rails of an image.

    All lines are pulled together, so that neighbours keep their order and their own tracks. Tracks that the image
    shows beside them and the map lacks are proposed. Check the draft on the image before you count on it. The file
    names OpenStreetMap as its source; its licence, the ODbL, binds what you publish from it.
    """
    output = Output(json_path, inputs=(image, osm))
    pipeline.check_target(out, inputs=(image, osm))
    with progress() as show:
        result = pipeline.draft_site(image, osm, told=told, name=name, progress=show)
    rows = [
        (one.name, one.kind, f"{one.length_m:.0f} m", f"{one.sure_share:.0%}", f"{one.se_m:.2f} m", _moved(one))
        for one in result.lines
    ]
    output.say(*table(("track", "kind", "length", "sure", "error", "moved"), rows))
    output.say("", f"{len(rows)} tracks and {len(result.site.zones)} zones; wrote {out}", pipeline.OSM_CREDIT)
    output.finish(result.document, result.notices, files={out: pipeline.to_json(result.geojson)})
    return DONE


@site.command(
    epilog=example("yardwatch site trace yard.tif --from 421310.5,4698120 --to 421655,4698301 --out track.geojson")
)
@click.argument("image", type=EXISTING)
@click.option("--from", "start", required=True, metavar="X,Y", help="A place on the track.")
@click.option("--to", "end", required=True, metavar="X,Y", help="Another, 15 m to 3 km further on.")
@click.option("--clicks-crs", metavar="EPSG:N", help="CRS of both places; that of the image unless given.")
@click.option("--out", metavar="LINE.geojson", type=_TARGET, help="Write the track as a site file.")
@image_options
@json_option
def trace(
    *,
    image: Path,
    start: str,
    end: str,
    clicks_crs: str | None,
    out: Path | None,
    told: "pipeline.Told",
    json_path: str | None,
) -> int:
    """Trace a track between two places on it.

    Give places between the rails or on one of them. Exits with 1 if the image shows no track between them.
    """
    output = Output(json_path, inputs=(image,))
    if out is not None:
        pipeline.check_target(out, inputs=(image,))
    clicks = (_place("--from", start), _place("--to", end))
    result = pipeline.trace_image(image, clicks, told=told, crs=clicks_crs)
    found = result.trace
    if not found.found:
        output.say(str(found.reason))
        output.finish(result.document, result.notices)
        return ANSWER_IS_NO
    output.say(f"{found.length_m:.1f} m traced, {found.sure_share:.0%} of it surely seen")
    files = {out: pipeline.to_json(pipeline.trace_site(found, name="track 1"))} if out else {}
    output.finish(result.document, result.notices, files=files)
    return DONE


def _moved(one: "pipeline.DraftedLine") -> str:
    return "proposed" if one.moved_m is None else f"{one.moved_m:.1f} m"


def _place(option: str, text: str) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        raise click.UsageError(f"{option} {text!r} is no place; write two numbers, X,Y") from None
    return x, y
