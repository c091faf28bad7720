"""An invented place seen twice, with one change between."""

from dataclasses import replace

import numpy as np

from yardwatch.model.alignment import Alignment
from yardwatch.model.change import Change, Comparison, Verdict, ZoneVerdict
from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.provenance import Provenance
from yardwatch.model.scene import Rights
from yardwatch.report.compared import BeforeAfter
from yardwatch.report.panels import Pictured
from yardwatch.report.raster import grid_of_picture
from yardwatch.simulate.reading import ArrayReader

CRS = "EPSG:32652"
X, Y = 500_000.0, 4_690_000.0
RING = tuple((X + x, Y + y) for x, y in ((60, 60), (110, 60), (110, 90), (60, 90), (60, 60)))
HOSTILE = "<script>alert(1)</script>"


def pictured(name, date, pixel_m):
    """A grey scene of 200 × 160 m with a credit."""
    size = round(160 / pixel_m), round(200 / pixel_m)
    pixels = np.full((3, *size), 120, np.uint8)
    grid = Grid(CRS, (pixel_m, 0.0, X, 0.0, -pixel_m, Y + 160), size[1], size[0])
    reader = ArrayReader(pixels, grid, gsd_m=pixel_m, name=name, acquired=parse_when(date))
    picture = reader.picture()
    scene = replace(reader.scene, rights=Rights(credit=f"Invented {HOSTILE}", licence="CC0-1.0"))
    return Pictured(scene, picture, grid_of_picture(grid, picture))


def invented_pair():
    """Both scenes and what was found between them."""
    before, after = pictured("before", "2024-06-17", 0.5), pictured("after", "2024-12-03", 0.4)
    change = Change(
        "c1", "built", (RING,), HOSTILE, 1500.0, 60.0, 50.0, 1.0, 30.0, 0.8, 0.93, "post_construction",
        before.scene.acquired, after.scene.acquired,
    )  # fmt: skip
    comparison = Comparison(
        before.scene, after.scene, CRS, Alignment(True, None, after.scene.grid, (1.0, -0.5), 0.1, 80, 0.05), (change,),
        (ZoneVerdict("yard", Verdict.CHANGED, 40.0, 0.97),), (), Provenance("0", "test"),
    )  # fmt: skip
    return BeforeAfter(comparison, before, after)
