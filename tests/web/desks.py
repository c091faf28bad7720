"""An invented yard as a workspace on disk: small images, counts made by hand."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import rasterio
from rasterio import Affine

from yardwatch.model.observation import Observation
from yardwatch.model.provenance import Provenance
from yardwatch.model.quantity import Qualifier, Quantity
from yardwatch.model.railcar import Count, Interval, Railcar, Tally, TrackCoverage
from yardwatch.model.scene import Scene
from yardwatch.model.site import Coordinates, Site, Track, Zone
from yardwatch.pipeline.adding import add_images
from yardwatch.pipeline.counting import COUNT_STEP
from yardwatch.pipeline.told import Told
from yardwatch.workspace import create_workspace, open_workspace

EAST_M, NORTH_M = 500_000.0, 4_600_000.0
WIDTH, HEIGHT, PIXEL_M = 640, 320, 0.5
CARS = 5


def at(east_m: float, north_m: float) -> tuple[float, float]:
    """A point, in metres from the yard's south-west corner."""
    return (EAST_M + east_m, NORTH_M + north_m)


def box(west_m: float, south_m: float, east_m: float, north_m: float) -> Coordinates:
    """A closed ring."""
    corners = ((west_m, south_m), (east_m, south_m), (east_m, north_m), (west_m, north_m), (west_m, south_m))
    return tuple(at(*corner) for corner in corners)


SITE = Site(
    name="Invented Junction",
    crs="EPSG:32652",
    zones=(
        Zone("North yard", "rail_yard", (box(0, 60, 320, 110),), aliases=("Old yard",)),
        Zone("Sheds", "warehouse", (box(0, 0, 320, 50),)),
    ),
    tracks=(
        Track("T1", (at(10, 80), at(150, 80), at(310, 80)), 1520, "North yard"),
        Track("T2", (at(10, 90), at(310, 90)), 1520, "North yard"),
    ),
)


def write_image(path: Path, seed: int, *, dtype: str = "uint8", nodata_columns: int = 0) -> Path:
    """A speckled image of the yard that gets brighter to the east."""
    rng = np.random.default_rng(seed)
    ramp = np.linspace(40, 200, WIDTH)[None, :] + rng.normal(0, 6, (HEIGHT, WIDTH))
    bands = np.stack([ramp, ramp * 0.9, ramp * 0.8]).clip(1, 255)
    if dtype == "uint16":
        bands = bands * 40
    if nodata_columns:
        bands[:, :, :nodata_columns] = 0
    transform = Affine(PIXEL_M, 0, EAST_M, 0, -PIXEL_M, NORTH_M + HEIGHT * PIXEL_M)
    with rasterio.open(
        path, "w", driver="GTiff", width=WIDTH, height=HEIGHT, count=3, dtype=dtype, crs="EPSG:32652",
        transform=transform, nodata=0 if nodata_columns else None, tiled=True, blockxsize=128, blockysize=128,
    ) as file:  # fmt: skip
        file.write(bands.astype(dtype))
    return path


def count_of(scene: Scene, cars: int = CARS) -> Count:
    """Some tank cars on the first track."""
    starts = [20 + 14.0 * index for index in range(cars)]
    railcars = tuple(
        Railcar(
            id=f"c{index + 1}", track="T1", start_m=start, end_m=start + 12.5, offset_m=0.0, width_m=3.0, type="tank",
            subtype=None, type_probabilities={"tank": 0.75, "covered": 0.25}, confidence=0.9, zone="North yard",
            footprint=box(10 + start, 78.5, 22.5 + start, 81.5),
        )
        for index, start in enumerate(starts)
    )  # fmt: skip
    tally = Tally(
        "North yard", cars, cars, cars + 1, 0.9, Qualifier.ABOUT, {"tank": Interval(cars, cars, cars + 1)}, 590.0, 10.0,
        0.0, 12.5 * cars,
    )  # fmt: skip
    everything = Tally(
        None, cars, cars, cars + 1, 0.9, Qualifier.ABOUT, {"tank": Interval(cars, cars, cars + 1)}, 590.0, 10.0, 0.0,
        12.5 * cars,
    )  # fmt: skip
    return Count(
        scene=scene,
        railcars=railcars,
        strings=(),
        tracks=(
            TrackCoverage("T1", 300.0, 290.0, 10.0, 0.0, 12.5 * cars),
            TrackCoverage("T2", 300.0, 300.0, 0.0, 0.0, 0.0),
        ),
        tallies=(tally, everything),
        provenance=Provenance("0.1.0", "by-hand/1", {}, {scene.filename: scene.sha256}),
        notices=(),
    )


def seen_in(scene: Scene, cars: int = CARS) -> Observation:
    """What such a count says of the yard."""
    return Observation(
        id=f"m-{scene.id}", klass="railcar", quantity=Quantity(cars, cars, cars + 1, Qualifier.ABOUT),
        when=scene.acquired, by="machine", recorded_at=datetime(2025, 1, 2, tzinfo=UTC), zone="North yard",
        scene_id=scene.id, visible_m=590.0, hidden_m=10.0, outside_m=0.0,
    )  # fmt: skip


def make_workspace(folder: Path) -> Path:
    """Three scenes; the first two are counted."""
    with create_workspace(folder, SITE):
        pass
    images = folder / "images"
    images.mkdir()
    for number, (day, dtype) in enumerate([("2024-03-05", "uint8"), ("2024-06-18", "uint16"), ("2024-10-09", "uint8")]):
        image = write_image(images / f"yard-{day}.tif", number, dtype=dtype, nodata_columns=0 if number else 100)
        add_images(folder, [image], told=Told(acquired=f"{day}T02:15Z", credit="© Nobody", licence="CC0-1.0"))
    with open_workspace(folder) as store:
        for scene in list(store.scenes())[:2]:
            store.save_count(count_of(scene), COUNT_STEP, [seen_in(scene)])
    return folder
