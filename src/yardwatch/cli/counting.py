"""``yardwatch count``."""

from pathlib import Path

import click

from yardwatch import pipeline
from yardwatch.cli.house import DONE
from yardwatch.cli.options import EXISTING, example, image_options, json_option
from yardwatch.cli.show import Output, progress, tally_lines
from yardwatch.model.catalogue import RAILWAYS

__all__ = ["count"]


@click.command(
    epilog=example(
        "yardwatch count yard.tif --site yard.geojson",
        "yardwatch count yard.png --site yard.gpkg --crs EPSG:32652 --acquired 2024-12-03T02:15Z --json -",
        "yardwatch count yard.tif --site yard.geojson --railway russian",
    )
)
@click.argument("image", type=EXISTING)
@click.option("--site", required=True, type=EXISTING, help="Zones and tracks: GeoJSON, GeoPackage, KML or KMZ.")
@image_options
@click.option(
    "--railway",
    type=click.Choice(RAILWAYS),
    help="Whose cars stand here: their lengths are then expected. All railways unless given; dprk is our mixture.",
)
@json_option
@click.option(
    "--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the report and the railcars; by default IMAGE-STEM.yardwatch in the current folder.",
)  # fmt: skip
def count(
    *, image: Path, site: Path, told: "pipeline.Told", railway: str | None, json_path: str | None, out: Path | None
) -> int:
    """Count the railcars on the tracks of a site in one image.

    Prints the tally and writes into the folder of --out: railcars.geojson (opens in QGIS), count.json and
    report.html. With --json and without --out only the JSON is written.
    """
    output = Output(json_path, inputs=(image, site))
    folder = out or (None if json_path else Path(f"{image.stem}.yardwatch"))
    with progress() as show:
        counted = pipeline.count_image(
            image, site, told=told, with_report=folder is not None, progress=show, railway=railway
        )
    files = {folder / name: text for name, text in counted.files.items()} if folder else {}
    output.say(*tally_lines(counted.count))
    if files:
        output.say("", *(f"wrote {path}" for path in files))
    output.finish(counted.document, counted.count.notices, files=files)
    return DONE
