"""``yardwatch measure``."""

from pathlib import Path
from typing import Any

import click

from yardwatch import pipeline
from yardwatch.cli.house import DONE
from yardwatch.cli.options import EXISTING, example, image_options, json_option, sign_options
from yardwatch.cli.show import Output, progress

__all__ = ["measure"]

_METRES = click.FloatRange(0, 1000)


@click.command(
    epilog=example(
        "yardwatch measure yard.tif --geometry canopy.geojson",
        'yardwatch measure yard.tif --geometry canopy.geojson --height 9 --published "348 x 26 m" --json -',
    )
)
@click.argument("image", type=EXISTING)
@click.option(
    "--geometry",
    required=True,
    type=EXISTING,
    help="What to measure, drawn as polygons or lines: GeoJSON, GeoPackage, KML or KMZ.",
)
@click.option("--published", metavar="TEXT", help='A size that others gave, such as "348 x 26 m": is it consistent?')
@click.option(
    "--compare",
    "compared",
    metavar="NAME NAME",
    nargs=2,
    multiple=True,
    help="Compare two of the structures; may be repeated.",
)
@click.option("--height", "height_m", metavar="METRES", type=_METRES, help="How tall the structures are.")
@click.option(
    "--height-at-most",
    "height_at_most_m",
    metavar="METRES",
    type=_METRES,
    default=10.0,
    show_default=True,
    help="Most that their height can be, where it is not known.",
)
@click.option(
    "--off-nadir",
    "off_nadir_deg",
    metavar="DEGREES",
    type=click.FloatRange(0, 60),
    help="View angle off straight down, if the image does not say it.",
)
@click.option(
    "--digitising-se",
    "digitising_m",
    metavar="METRES",
    type=_METRES,
    default=2.0,
    show_default=True,
    help="How far off a drawn vertex typically is, in each direction.",
)
@click.option(
    "--scale-se",
    "scale_percent",
    metavar="PERCENT",
    type=click.FloatRange(0, 50),
    default=0.1,
    show_default=True,
    help="Standard error of the scale of the image.",
)
@click.option(
    "--registration-se",
    "registration_m",
    metavar="METRES",
    type=_METRES,
    default=0.0,
    show_default=True,
    help="What is left of distortion after the image was aligned.",
)
@click.option("--as-drawn", is_flag=True, help="Do not look for the sides on the image.")
@click.option(
    "--figure",
    metavar="OUT.svg|png",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw the structures with their sides and sizes.",
)
@sign_options
@image_options
@json_option
def measure(
    *,
    image: Path,
    geometry: Path,
    told: "pipeline.Told",
    json_path: str | None,
    figure: Path | None,
    signer: "pipeline.Signer | None",
    as_drawn: bool,
    **asked: Any,  # noqa: ANN401 -- click hands over whatever each option holds
) -> int:
    """Measure structures on an image: length, width, area and bearing, with their errors by cause.

    The sides of each drawn outline are looked for on the image within a few metres and followed to a fraction of a
    pixel; those that it does not show lie where drawing and the other sides put them, with a larger error.
    Where it shows none, the outline stays as drawn. A feature may carry its own height_m, height_at_most_m,
    digitising_m and published.
    """
    output = Output(json_path, inputs=(image, geometry))
    if figure is not None:
        pipeline.check_figure(figure, inputs=(image, geometry))
    elif signer:
        raise click.UsageError("--sign-key signs the figure; give --figure as well")
    with progress() as show:
        result = pipeline.measure_image(
            image, geometry, told=told, asked=pipeline.AskedSize(refine=not as_drawn, **asked),
            with_figure=figure is not None, progress=show,
        )  # fmt: skip
    output.say(*pipeline.measured_lines(result))
    files = {}
    if figure and result.figure:
        drawn = pipeline.figure_bytes(result.figure, figure)
        files[figure] = pipeline.with_credentials(drawn, result.shows, signer)
        output.say(f"wrote {figure}")
    output.finish(result.document, result.notices, files=files)
    return DONE
