"""What the report's tests share: one invented yard, drawn once."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from invented_yard import MADE_AT, count_of, invented_scene, invented_site, pixels_of, railcars_on, sheet_of

from yardwatch.errors import Notice
from yardwatch.model.dates import parse_when
from yardwatch.model.observation import Observation
from yardwatch.model.quantity import parse_quantity
from yardwatch.model.railcar import Railcar
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site
from yardwatch.report import Report, Sheet


@pytest.fixture(scope="session")
def site() -> Site:
    return invented_site()


@pytest.fixture(scope="session")
def cars(site: Site) -> tuple[Railcar, ...]:
    return railcars_on(site)


@pytest.fixture(scope="session")
def pixels(site: Site, cars: tuple[Railcar, ...]) -> np.ndarray:
    return pixels_of(site, cars)


@pytest.fixture(scope="session")
def sheet(site: Site, cars: tuple[Railcar, ...], pixels: np.ndarray) -> Sheet:
    return sheet_of(site, count_of(site, invented_scene(), cars), pixels)


@pytest.fixture(scope="session")
def hand() -> tuple[Observation, ...]:
    """Four things seen by people, one looked for in vain, and one by the machine."""
    said = [
        ("railcar:tank", "at least 7", "North yard", None),
        ("container", "none", "Depot", "looked at the whole apron"),
        ("spare bogies", "2..3", None, None),
        ("stacks of sleepers", "some", "Depot", None),
    ]
    seen = [
        Observation(
            f"o{index}", klass, parse_quantity(number), parse_when("2024-12-03"), "A. Nalyst", MADE_AT, zone=zone,
            scene_id="scene-1", note=note,
        )
        for index, (klass, number, zone, note) in enumerate(said)
    ]  # fmt: skip
    machine = Observation("m1", "railcar", parse_quantity("about 999"), None, "machine", MADE_AT)
    return (*seen, machine)


@pytest.fixture(scope="session")
def report(site: Site, sheet: Sheet, hand: tuple[Observation, ...]) -> Report:
    notice = Notice("crs_assumed", "port_1.tif says no CRS, the site's was taken", "give --crs")
    return Report(site, "Railcars at Port Invented", MADE_AT, "0.1.0", (sheet,), hand, (notice,))


@pytest.fixture(scope="session")
def reported(site: Site, cars: tuple[Railcar, ...], pixels: np.ndarray) -> Callable[..., Report]:
    """Makes a report of one count whose parts are replaced."""

    def make(*, scene: Scene | None = None, **changes: object) -> Report:
        count = count_of(site, scene or invented_scene(), cars)
        count = replace(count, **changes)  # type: ignore[arg-type]
        return Report(site, "Port Invented", MADE_AT, "0.1.0", (sheet_of(site, count, pixels),))

    return make
