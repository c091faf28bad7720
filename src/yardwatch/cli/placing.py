"""``yardwatch register`` and ``yardwatch georeference``."""

import math
from pathlib import Path

import click

from yardwatch import pipeline
from yardwatch.cli.house import ANSWER_IS_NO, DONE
from yardwatch.cli.options import EXISTING, example, image_options, json_option
from yardwatch.cli.show import Output
from yardwatch.errors import MisuseError

__all__ = ["georeference", "register"]

_WRITE = click.Path(dir_okay=False, path_type=Path)


@click.command(
    epilog=example(
        "yardwatch register 2024-12-03.tif --reference 2023-09-13.tif",
        "yardwatch register shot.jpg --reference 2023-09-13.tif --out shot.jgw",
    )
)
@click.argument("image", type=EXISTING)
@click.option("--reference", required=True, type=EXISTING, help="The image that it is laid on.")
@click.option("--site", type=EXISTING, help="Site whose CRS is taken for a world file without .prj.")
@click.option("--within", "reach_m", metavar="METRES", type=float, default=300.0, show_default=True,
              help="How far off the image may lie.")  # fmt: skip
@click.option("--out", metavar="FILE", type=_WRITE,
              help="Where it belongs: a .vrt for QGIS, or a world file with .prj; no pixel is copied.")  # fmt: skip
@image_options
@json_option
def register(
    *,
    image: Path,
    reference: Path,
    site: Path | None,
    reach_m: float,
    out: Path | None,
    told: "pipeline.Told",
    json_path: str | None,
) -> int:
    """Lay an image on a reference of the same ground.

    Prints how far it had to be moved and how well it lies. The exit code is 1 if it could not be done; the reason is
    said and nothing is written but the JSON.
    """
    output = Output(json_path, inputs=(image, reference))
    found = pipeline.register_image(image, reference, told=told, site_file=site, out=out, reach_m=reach_m)
    alignment = found.alignment
    if alignment.accepted and alignment.shift_m and alignment.rmse_px is not None and alignment.se_m is not None:
        east, north = alignment.shift_m
        output.say(
            f"{image.name} lies on {reference.name}: moved {_compass(east, north)}",
            f"{alignment.tie_points} tie points; residual {alignment.rmse_px:.2f} px on those held out of the fit; "
            f"positions good to {alignment.se_m:.2f} m",
            *(f"wrote {path}" for path in found.written),
        )
    else:
        output.say(f"{image.name} could not be laid on {reference.name}: {alignment.reason}")
    output.finish(found.document, found.notices)
    return DONE if alignment.accepted else ANSWER_IS_NO


@click.command(
    epilog=example(
        "yardwatch georeference shot.png --gcps shot.points --crs EPSG:32652",
        "yardwatch georeference shot.png --crs EPSG:4326 --gcp 120,88,130.6412,42.4121 "
        "--gcp 1810,95,130.6493,42.4119 --gcp 940,1010,130.6451,42.4088",
    )
)
@click.argument("image", type=EXISTING)
@click.option("--crs", required=True, metavar="EPSG:N", help="CRS of the control points.")
@click.option("--gcps", type=EXISTING, help="Control points: CSV px,py,x,y, or the .points file of QGIS.")
@click.option("--gcp", "points", metavar="PX,PY,X,Y", multiple=True,
              help="One control point: column, row, x = east or longitude, y.")  # fmt: skip
@click.option("--out", metavar="FILE", type=_WRITE, help="World file to write; beside the image unless given.")
@click.option("--force", is_flag=True, help="Replace a world file that is there.")
@json_option
def georeference(
    *,
    image: Path,
    crs: str,
    gcps: Path | None,
    points: tuple[str, ...],
    out: Path | None,
    force: bool,
    json_path: str | None,
) -> int:
    """Place a picture, such as a screenshot, by points found in it and on a map.

    Three points or more give an affine map, two a similarity; spread them over the picture. Prints how far each lies
    from where the map puts it and from where the others alone put it, and writes a world file and a .prj; the picture
    is not changed.
    """
    output = Output(json_path, inputs=(image,))
    given = [_four(text) for text in points]
    found = pipeline.georeference_image(image, crs=crs, points_file=gcps, points=given, out=out, force=force)
    placed = found.placed
    for index, residual in enumerate(placed.residuals_m):
        left_out = "" if placed.left_out_m is None else f", by the others {placed.left_out_m[index]:.2f} m off"
        output.say(f"point {index + 1}: {residual:.2f} m off{left_out}")
    honest = placed.left_out_rmse_m
    left_out = "" if honest is None else f"; {honest:.2f} m at points left out"
    output.say(
        f"{image.name}: {placed.kind} by {len(placed.residuals_m)} points, pixels of {placed.pixel_m:.3g} m, "
        f"{placed.rmse_m:.2f} m root mean square{left_out}",
        *(f"wrote {path}" for path in found.written),
    )
    output.finish(found.document, found.notices)
    return DONE


def _four(text: str) -> tuple[float, float, float, float]:
    words = text.split(",")
    try:
        px, py, x, y = (float(word) for word in words)
    except ValueError:
        px = math.nan
    if not math.isfinite(px) or not all(map(math.isfinite, (py, x, y))):
        raise MisuseError(f"--gcp {text}: is not four numbers; give PX,PY,X,Y")
    return px, py, x, y


def _compass(east_m: float, north_m: float) -> str:
    across, along = "east" if east_m >= 0 else "west", "north" if north_m >= 0 else "south"
    return f"{abs(east_m):.2f} m {across}, {abs(north_m):.2f} m {along}"
