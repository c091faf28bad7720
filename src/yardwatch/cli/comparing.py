"""``yardwatch change``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yardwatch import pipeline
from yardwatch.cli.house import ANSWER_IS_NO, DONE
from yardwatch.cli.options import EXISTING, example, json_option, sign_options
from yardwatch.cli.show import Output, progress, table

if TYPE_CHECKING:
    from yardwatch.model.change import Comparison
    from yardwatch.pipeline import Signer

__all__ = ["change"]

_MOST_LINES = 25


@click.command(
    epilog=example(
        "yardwatch change 2023.tif 2024.tif --site yard.geojson",
        "yardwatch change 2023.tif 2024.tif --json changes.json --mask changes.tif --figure changes.html",
        "yardwatch change 2023.tif 2024.tif --figure changes.png --sign-key key.pem --sign-cert chain.pem",
    )
)
@click.argument("before", type=EXISTING)
@click.argument("after", type=EXISTING)
@click.option("--site", type=EXISTING, help="Zones and tracks: GeoJSON, GeoPackage, KML or KMZ.")
@click.option(
    "--mask", metavar="OUT.tif", type=click.Path(dir_okay=False, path_type=Path),
    help="Write a GeoTIFF on the grid of BEFORE: 0 same, 1 changed, 255 hidden.",
)  # fmt: skip
@click.option(
    "--figure", metavar="OUT.png|svg|html", type=click.Path(dir_okay=False, path_type=Path),
    help="Draw both side by side with the changes outlined; .html is a page to swipe.",
)  # fmt: skip
@sign_options
@json_option
@click.option("--before-acquired", metavar="DATE", help="When BEFORE was taken; an instant with zone or an EDTF date.")
@click.option("--after-acquired", metavar="DATE", help="When AFTER was taken.")
@click.option("--bands", metavar="1,2,…", help="Numbers of the bands to compare, the first is 1; by default all.")
@click.option("--crs", metavar="EPSG:N", help="CRS of images that state none; must not contradict the files.")
@click.option(
    "--gsd", metavar="METRES", type=float,
    help="Native resolution of both; the size of a pixel where neither says where it lies (else 1 m).",
)  # fmt: skip
def change(  # noqa: PLR0913 -- one for each option
    *,
    before: Path,
    after: Path,
    site: Path | None,
    mask: Path | None,
    figure: Path | None,
    signer: "Signer | None",
    json_path: str | None,
    before_acquired: str | None,
    after_acquired: str | None,
    bands: str | None,
    crs: str | None,
    gsd: float | None,
) -> int:
    """Say what was built, razed, dug, paved or piled up between two images.

    AFTER is laid on BEFORE first; if that fails, the JSON says why and the exit code is 1. Two pictures of equal
    size that do not say where they lie are compared as they lie.
    """
    inputs = tuple(path for path in (before, after, site) if path)
    output = Output(json_path, inputs=inputs)
    if mask:
        pipeline.check_target(mask, inputs=inputs)
    if figure:
        pipeline.check_figure(figure, inputs=inputs, forms=pipeline.FIGURE_FORMS, signed=signer is not None)
    elif signer:
        raise click.UsageError("--sign-key signs the figure; give --figure as well")
    told = tuple(pipeline.Told(crs=crs, gsd=gsd, acquired=date) for date in (before_acquired, after_acquired))
    with progress() as show:
        compared = pipeline.compare_images(
            before, after, told=(told[0], told[1]), site_file=site, bands=bands, figure=figure, progress=show
        )
    comparison = compared.comparison
    output.say(*_lines(comparison))
    drawn = pipeline.with_credentials(compared.figure, compared.shows, signer) if compared.figure else None
    made = ((mask, compared.mask), (figure, drawn))
    files = {path: content for path, content in made if path and content is not None}
    if files:
        output.say("", *(f"wrote {path}" for path in files))
    output.finish(compared.document, comparison.notices, files=files)
    return DONE if comparison.compared else ANSWER_IS_NO


def _lines(comparison: "Comparison") -> Sequence[str]:
    if not comparison.compared:
        return ["not compared: the images could not be laid on each other"]
    rows = [
        (
            found.id, found.kind, f"{found.area_m2:.0f} ± {found.area_m2_se:.0f}",
            f"{found.length_m:.1f} × {found.width_m:.1f}", f"{found.confidence:.2f}", found.zone or "",
        )
        for found in comparison.changes[:_MOST_LINES]
    ]  # fmt: skip
    changes = comparison.changes
    lines = [f"{len(changes)} change{'s' if len(changes) != 1 else ''}" if changes else "no change found"]
    if rows:
        lines += ["", *table(("", "kind", "m²", "m", "sure", "zone"), rows)]
    if len(changes) > len(rows):
        lines.append(f"and {len(changes) - len(rows)} smaller ones")
    lines += [f"{verdict.zone}: {verdict.verdict.replace('_', ' ')}" for verdict in comparison.zones]
    return lines
