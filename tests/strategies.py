"""Hypothesis strategies for the nouns; each gives values that the rooms could really hand on."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from yardwatch.errors import Notice
from yardwatch.model.claim import CLAIM_KINDS, CREDIBILITY, RELIABILITY, Claim, ClaimQualifier, ClaimStatus, Source
from yardwatch.model.dates import When, parse_when
from yardwatch.model.event import Event
from yardwatch.model.grid import Grid
from yardwatch.model.observation import Observation
from yardwatch.model.provenance import Provenance
from yardwatch.model.quantity import Qualifier, Quantity
from yardwatch.model.railcar import CAR_TYPES, Count, Interval, Railcar, String, Tally, TrackCoverage
from yardwatch.model.scene import Republish, Rights, Scene
from yardwatch.model.site import ROLES, Coordinates, Place, Site, Track, Zone, ZoneStatus

words = st.text(min_size=1, max_size=12)
"""Any text, in any script, with quotes, newlines and control characters."""

hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
metres = st.floats(0, 1e5)
stretches = st.lists(st.tuples(metres, metres), max_size=2).map(tuple)
fractions = st.floats(0, 1)
whole = st.integers(0, 1_000_000)
amounts = st.one_of(whole, st.floats(0, 1e9))
"""Numbers of things, and of metres or shares of something."""

instants = st.datetimes(datetime(1960, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds

edtf_dates = st.sampled_from([
    "2024-12-03", "2024-12", "2019", "2024-10-21~", "2024-10-21~/2024-11-10~", "2002/..", "../2015-06", "199X",
    "2016-21",
])  # fmt: skip


@st.composite
def whens(draw: st.DrawFn) -> When:
    """An instant to the microsecond, or an uncertain date."""
    return parse_when(draw(st.one_of(instants.map(datetime.isoformat), edtf_dates)))


@st.composite
def rings(draw: st.DrawFn) -> Coordinates:
    """A closed ring in UTM metres."""
    x, y = draw(st.floats(4e5, 6e5)), draw(st.floats(4e6, 5e6))
    width, height = draw(st.floats(1, 5e3)), draw(st.floats(1, 5e3))
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))


@st.composite
def zones(draw: st.DrawFn, name: st.SearchStrategy[str] = words) -> Zone:
    """A zone, perhaps with a hole."""
    (x0, y0), _, (x1, y1), *_ = outer = draw(rings())
    hole = tuple((x0 + (x - x0) / 2, y0 + (y - y0) / 2) for x, y in outer)
    middle = tuple((x + (x1 - x0) / 4, y + (y1 - y0) / 4) for x, y in hole)
    return Zone(
        name=draw(name),
        role=draw(st.one_of(st.sampled_from(sorted(ROLES)), words)),
        rings=(outer, middle) if draw(st.booleans()) else (outer,),
        aliases=tuple(draw(st.lists(words, max_size=2))),
        status=tuple(draw(st.lists(st.builds(ZoneStatus, words, st.none() | whens()), max_size=2))),
        conceals_from=draw(st.none() | whens()),
    )


@st.composite
def tracks(draw: st.DrawFn, name: st.SearchStrategy[str] = words) -> Track:
    """A track of two to six points."""
    points = st.tuples(st.floats(4e5, 6e5), st.floats(4e6, 5e6))
    return Track(
        name=draw(name),
        coordinates=tuple(draw(st.lists(points, min_size=2, max_size=6))),
        gauge_mm=draw(st.none() | st.sampled_from([1435, 1520])),
        zone=draw(st.none() | words),
    )


@st.composite
def places(draw: st.DrawFn, name: st.SearchStrategy[str] = words) -> Place:
    """A place, perhaps without a point."""
    return Place(
        name=draw(name),
        point=draw(st.none() | st.tuples(st.floats(4e5, 6e5), st.floats(4e6, 5e6))),
        precision_m=draw(st.none() | metres),
        source=draw(st.none() | words),
        aliases=tuple(draw(st.lists(words, max_size=2))),
    )


@st.composite
def sites(draw: st.DrawFn, *, crs: str = "EPSG:32652") -> Site:
    """A site whose zones, places and tracks have names of their own."""
    zone_names = draw(st.lists(words, min_size=1, max_size=3, unique=True))
    place_names = draw(st.lists(words.filter(lambda name: name not in zone_names), max_size=2, unique=True))
    track_names = draw(st.lists(words, max_size=3, unique=True))
    return Site(
        name=draw(words),
        crs=crs,
        zones=tuple(draw(zones(st.just(name))) for name in zone_names),
        tracks=tuple(draw(tracks(st.just(name))) for name in track_names),
        aliases=tuple(draw(st.lists(words, max_size=2))),
        places=tuple(draw(places(st.just(name))) for name in place_names),
    )


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """A grid in UTM or in degrees, north up or turned."""
    if draw(st.booleans()):
        step = draw(st.floats(0.1, 30))
        turned = draw(st.floats(-0.05, 0.05))
        west, north = draw(st.floats(4e5, 6e5)), draw(st.floats(4e6, 5e6))
        crs, transform = "EPSG:32652", (step, turned, west, turned, -step, north)
    else:
        crs, transform = "EPSG:4326", (5e-6, 0.0, draw(st.floats(128, 132)), 0.0, -5e-6, draw(st.floats(40, 44)))
    return Grid(crs, transform, draw(st.integers(1, 20_000)), draw(st.integers(1, 20_000)))


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """A scene whose id ends with the start of its hash, so that two never share one by chance."""
    digest = draw(hashes)
    return Scene(
        id=f"{draw(words)}_{digest}",
        filename=draw(words),
        sha256=digest,
        grid=draw(grids()),
        gsd_m=draw(st.floats(0.05, 60)),
        bands=draw(st.integers(1, 8)),
        dtype=draw(st.sampled_from(["uint8", "uint16", "float32"])),
        acquired=draw(st.none() | whens()),
        sensor=draw(st.none() | words),
        sun_azimuth_deg=draw(st.none() | st.floats(0, 360)),
        sun_elevation_deg=draw(st.none() | st.floats(-10, 90)),
        off_nadir_deg=draw(st.none() | st.floats(0, 60)),
        rights=Rights(draw(st.none() | words), draw(st.none() | words), draw(st.sampled_from(Republish))),
        simulated=draw(st.booleans()),
    )


provenances = st.builds(
    Provenance,
    version=words,
    method=words,
    parameters=st.dictionaries(
        words, st.one_of(st.none(), st.booleans(), words, st.integers(), st.floats(allow_nan=False)), max_size=3
    ),
    inputs=st.dictionaries(words, hashes, max_size=2),
)
"""Parameters of every plain kind, infinite numbers among them."""

quantities = st.builds(
    Quantity, st.none() | amounts, st.none() | amounts, st.none() | amounts, st.sampled_from(Qualifier)
)  # fmt: skip


@st.composite
def observations(
    draw: st.DrawFn,
    site: Site,
    scene_id: st.SearchStrategy[str | None],
    source_id: st.SearchStrategy[str | None] = st.none(),  # noqa: B008 - a strategy is a value
) -> Observation:
    """An observation in a zone or place of a site or in the whole of it."""
    return Observation(
        id=str(draw(st.uuids())),
        klass=draw(words),
        quantity=draw(quantities),
        when=draw(st.none() | whens()),
        by=draw(words),
        recorded_at=draw(instants),
        zone=draw(st.none() | st.sampled_from([extent.name for extent in site.extents])),
        scene_id=draw(scene_id),
        note=draw(st.none() | words),
        visible_m=draw(st.none() | metres),
        hidden_m=draw(st.none() | metres),
        outside_m=draw(st.none() | metres),
        provenance=draw(st.none() | provenances),
        unit=draw(st.none() | words),
        source_id=draw(source_id),
    )


sources = st.builds(
    Source,
    id=st.uuids().map(str),
    title=words,
    publisher=words,
    published=st.none() | whens(),
    url=st.none() | words,
    reliability=st.sampled_from(sorted(RELIABILITY)),
    sha256=st.none() | hashes,
)


@st.composite
def claims(
    draw: st.DrawFn,
    site: Site,
    source_id: st.SearchStrategy[str],
    copied_from: st.SearchStrategy[str | None] = st.none(),  # noqa: B008 - a strategy is a value
) -> Claim:
    """A claim of a zone or place of a site, or of something else."""
    span = draw(st.none() | st.tuples(whole, whole).map(sorted))
    return Claim(
        id=str(draw(st.uuids())),
        source_id=draw(source_id),
        kind=draw(st.sampled_from(CLAIM_KINDS)),
        quote=draw(words),
        place_text=draw(st.none() | words),
        zone=draw(st.none() | st.sampled_from([extent.name for extent in site.extents])),
        measure=draw(st.none() | words),
        value=draw(st.none() | amounts),
        low=draw(st.none() | amounts),
        high=draw(st.none() | amounts),
        unit=draw(st.none() | words),
        type=draw(st.none() | words),
        qualifier=draw(st.none() | st.sampled_from(ClaimQualifier)),
        negated=draw(st.booleans()),
        hedged=draw(st.booleans()),
        when=draw(st.none() | whens()),
        attributed_to=draw(st.none() | words),
        via=draw(st.none() | words),
        copied_from=draw(copied_from),
        credibility=draw(st.sampled_from(sorted(CREDIBILITY))),
        start=None if span is None else span[0],
        end=None if span is None else span[1],
        status=draw(st.sampled_from(ClaimStatus)),
    )


events = st.builds(
    Event,
    id=st.uuids().map(str),
    title=words,
    when=whens(),
    kind=words,
    place=st.none() | words,
    source=st.none() | words,
    source_date=st.none() | whens(),
)


railcars = st.builds(
    Railcar,
    id=words,
    track=words,
    start_m=metres,
    end_m=metres,
    offset_m=st.floats(-5, 5),
    width_m=st.floats(2, 4),
    type=st.sampled_from(CAR_TYPES),
    subtype=st.none() | words,
    type_probabilities=st.dictionaries(st.sampled_from(CAR_TYPES), fractions),
    confidence=fractions,
    zone=st.none() | words,
    footprint=rings(),
)

tallies = st.builds(
    Tally,
    zone=st.none() | words,
    value=st.none() | whole,
    low=whole,
    high=st.none() | whole,
    level=fractions,
    qualifier=st.sampled_from(Qualifier),
    by_type=st.dictionaries(st.sampled_from(CAR_TYPES), st.builds(Interval, whole, whole, whole)),
    visible_m=metres,
    hidden_m=metres,
    outside_m=metres,
    occupied_m=metres,
)

notices = st.builds(Notice, words, words, words)


@st.composite
def counts(draw: st.DrawFn, scene: Scene) -> Count:
    """A count of a scene; its parts need not agree with one another."""
    return Count(
        scene=scene,
        railcars=tuple(draw(st.lists(railcars, max_size=4))),
        strings=tuple(draw(st.lists(st.builds(String, words, metres, metres, st.lists(words).map(tuple)), max_size=2))),
        tracks=tuple(draw(st.lists(st.builds(TrackCoverage, words, *5 * [metres], stretches), max_size=2))),
        tallies=tuple(draw(st.lists(tallies, max_size=3))),
        provenance=draw(provenances),
        notices=tuple(draw(st.lists(notices, max_size=2))),
    )
