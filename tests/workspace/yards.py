"""An invented yard with a scene, a count and observations, for the tests of this room."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

from yardwatch.errors import Notice
from yardwatch.model.alignment import Alignment
from yardwatch.model.change import Change, Comparison, Hidden, Verdict, ZoneVerdict
from yardwatch.model.claim import Claim, ClaimQualifier, Source
from yardwatch.model.dates import parse_when
from yardwatch.model.event import Event
from yardwatch.model.grid import Grid
from yardwatch.model.observation import Observation
from yardwatch.model.provenance import Provenance
from yardwatch.model.quantity import Qualifier, Quantity, parse_quantity
from yardwatch.model.railcar import Count, Interval, Railcar, String, Tally, TrackCoverage
from yardwatch.model.scene import Scene
from yardwatch.model.site import Coordinates, Place, Site, Track, Zone, ZoneStatus

EAST_M, NORTH_M = 500_000.0, 4_600_000.0


def box(west_m: float, south_m: float, east_m: float, north_m: float) -> Coordinates:
    """A closed ring, in metres from the yard's corner."""
    x = (EAST_M + west_m, EAST_M + east_m)
    y = (NORTH_M + south_m, NORTH_M + north_m)
    return ((x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1]), (x[0], y[0]))


SITE = Site(
    name="Invented Junction",
    crs="EPSG:32652",
    zones=(
        Zone(
            name="North yard",
            role="rail_yard",
            rings=(box(0, 0, 1000, 100), box(400, 40, 420, 60)),
            aliases=("Old yard",),
            status=(ZoneStatus("in use", parse_when("2002/..")),),
            conceals_from=parse_when("2024-05"),
        ),
        Zone(name="Sheds", role="warehouse", rings=(box(0, 200, 300, 300),)),
    ),
    tracks=(Track("T1", ((EAST_M, NORTH_M + 50), (EAST_M + 900, NORTH_M + 55)), 1520, "North yard"),),
    aliases=("Somewhere",),
    places=(
        Place("Old bridge", (EAST_M + 2000, NORTH_M + 10), 300.0, "an invented map", ("Ford",)),
        Place("Quarry", aliases=("Pit",)),
    ),
)

MACHINE = Provenance("0.1.0", "ribbon-hsmm/1", {"step_m": 0.25, "types": True}, {"image.tif": "ab" * 32})


def scene(number: int, acquired: str | None = "2024-12-03T02:15Z") -> Scene:
    """The scene with a number; different numbers are different images."""
    digest = f"{number:064x}"
    return Scene(
        id=f"image-{number}",
        filename=f"image {number}.tif",
        sha256=digest,
        grid=Grid("EPSG:32652", (0.5, 0.0, EAST_M, 0.0, -0.5, NORTH_M + 400), 2400, 1000),
        gsd_m=0.5,
        bands=3,
        dtype="uint8",
        acquired=None if acquired is None else parse_when(acquired),
    )


def count(of: Scene, cars: int = 2) -> Count:
    """A count of some tank cars on the one track."""
    starts = [10 + 14.0 * index for index in range(cars)]
    railcars = tuple(
        Railcar(
            id=f"r{index + 1}",
            track="T1",
            start_m=start,
            end_m=start + 12.9,
            offset_m=0.1,
            width_m=3.0,
            type="tank",
            subtype=None,
            type_probabilities={"tank": 0.75, "covered": 0.25},
            confidence=0.9,
            zone="North yard",
            footprint=box(start, 48.5, start + 12.9, 51.5),
        )
        for index, start in enumerate(starts)
    )
    tally = Tally(
        "North yard", cars, cars, cars + 1, 0.9, Qualifier.ABOUT, {"tank": Interval(cars, cars, cars + 1)},
        880.0, 20.0, 0.0, 12.9 * cars,
    )  # fmt: skip
    return Count(
        scene=of,
        railcars=railcars,
        strings=(String("T1", 10.0, 14.0 * cars, tuple(car.id for car in railcars)),),
        tracks=(TrackCoverage("T1", 900.0, 880.0, 20.0, 0.0, 12.9 * cars),),
        tallies=(tally, replace(tally, zone=None)),
        provenance=MACHINE,
        notices=(Notice("track_hidden", "20 m of T1 are hidden", "use another scene"),),
    )


def by_machine(of: Scene, cars: int = 2) -> Observation:
    """The observation that comes with such a count."""
    return Observation(
        id=f"count:{of.id}",
        klass="railcar",
        quantity=Quantity(cars, cars, cars + 1, Qualifier.ABOUT),
        when=of.acquired,
        by="machine",
        recorded_at=datetime(2025, 1, 2, 3, 4, 5, 678901, UTC),
        zone="North yard",
        scene_id=of.id,
        visible_m=880.0,
        hidden_m=20.0,
        outside_m=0.0,
        provenance=MACHINE,
    )


def by_person(name: str, date: str | None = "2024-10-21~", zone: str | None = "Sheds") -> Observation:
    """What a person saw without having the image here."""
    return Observation(
        id=name,
        klass="spare bogies",
        quantity=parse_quantity("at least 7"),
        when=None if date is None else parse_when(date),
        by="J. Doe",
        recorded_at=datetime(2025, 1, 2, tzinfo=UTC),
        zone=zone,
        note="stacked, =HYPERLINK(1)",
    )


SOURCE = Source(
    "gazette", "Cars at the junction", "Invented Gazette", parse_when("2024-12-18~"), "https://example.org/1"
)

EVENT = Event("opening", "The bridge opens", parse_when("2025-06/2025-07"), "milestone", "Old bridge", "a minister")


def claim(name: str = "first", **about: object) -> Claim:
    """What the invented gazette says of the quarry."""
    known = {
        "source_id": SOURCE.id,
        "kind": "quantity",
        "quote": "approximately 225 railcars, =HYPERLINK(1)",
        "zone": "Quarry",
        "value": 225,
        "unit": "railcar",
        "qualifier": ClaimQualifier.ABOUT,
        "when": parse_when("2024-12-03"),
    }
    return Claim(name, **{**known, **about})


def comparison() -> Comparison:
    """What changed between the first two scenes."""
    zone = SITE.zones[0]
    change = Change(
        "change-1", "built", (zone.rings[0],), zone.name, 812.5, 20.25, 40.0, 1.0, 20.0, 1.0, 0.75, None,
        parse_when("2024-01-01"), parse_when("2024-02-01"),
    )  # fmt: skip
    return Comparison(
        before=scene(1),
        after=scene(2),
        crs=SITE.crs,
        alignment=Alignment(True, None, scene(2).grid, (1.5, -0.25), 0.21, 87, 0.04),
        changes=(change, replace(change, id="change-2", kind="razed", zone=None, earliest=None)),
        zones=(ZoneVerdict(zone.name, Verdict.CHANGED, 30.0, 0.9),),
        hidden=(Hidden("cloud", (zone.rings[0],), 812.5),),
        provenance=Provenance("1.0", "changes/1", {"cell_m": 0.75}, {"one.tif": "a" * 64}),
        notices=(Notice("undated", "it has no date", "give one"),),
    )


def without_comparisons(database: sqlite3.Connection) -> None:
    """Take from a workspace's file what keeps comparisons, as if it had been made before there were any."""
    for later in ("editions", "sign_offs", "audit_outbox"):
        database.execute(f"DROP TABLE {later}")
        database.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (later,))
    database.execute("DROP TABLE changes")
    database.execute("DROP TABLE comparisons")
    database.execute("DROP TABLE rtree_changes_geom")
    database.execute("DELETE FROM gpkg_extensions WHERE table_name = 'changes'")
    database.execute("DELETE FROM gpkg_geometry_columns WHERE table_name = 'changes'")
    database.execute("DELETE FROM gpkg_contents WHERE table_name IN ('changes', 'comparisons')")
    database.execute("DELETE FROM layer_styles WHERE f_table_name = 'changes'")
