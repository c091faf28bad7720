"""An invented case: what people saw at a yard and said of it, for the tests of its report."""

from datetime import UTC, datetime
from functools import lru_cache

from yardwatch.claims.drift import drifts
from yardwatch.claims.grading import Grade
from yardwatch.claims.lineage import statements, trace
from yardwatch.claims.reconcile import reconcile
from yardwatch.model.assessment import Assessment, Confidence, Likelihood
from yardwatch.model.claim import Claim, ClaimQualifier, ClaimStatus, Source
from yardwatch.model.dates import parse_when
from yardwatch.model.event import Event
from yardwatch.model.observation import Observation
from yardwatch.model.quantity import parse_quantity
from yardwatch.model.series import How, Look
from yardwatch.model.site import Place, Site
from yardwatch.report import CaseFindings, Followed, Report
from yardwatch.trends.changepoints import find_changes
from yardwatch.trends.compare import compare
from yardwatch.trends.events import EventTest, Verdict
from yardwatch.trends.jumps import jumps_of, largest_jump
from yardwatch.trends.milestones import milestone
from yardwatch.trends.presence import presence
from yardwatch.trends.records import highest_since
from yardwatch.trends.series import build_series, total

MADE_AT = datetime(2025, 2, 1, 9, 0, tzinfo=UTC)
PLACES = (
    Place("Port yard", (3.0000, 45.0000), 200.0, "an invented map", ("The yard",)),
    Place("Port facility", (3.0100, 45.0020), None),
    Place("Old siding"),
)
SEEN = (
    ("2023-01-10", "Port yard", "railcar", "3", "gazette", None),
    ("2023-03-02", "Port yard", "railcar", "2..4", "gazette", None),
    ("2023-05~", "Port yard", "railcar", "at least 5", "gazette", "two strings in shadow"),
    ("2023-07-20", "Port yard", "railcar", "none", "courier", None),
    ("2023-09-24", "Port yard", "railcar", "4", "courier", None),
    ("2023-10-05", "Port facility", "railcar", "about 73", "gazette", None),
    ("2024-06-17", "Port facility", "railcar:ore", "about 175", "courier", None),
    ("2024-06-17", "Port facility", "railcar:tank", "about 66", "courier", None),
    ("2024-06-17", "Port facility", "railcar:box", "about 14", "courier", None),
    ("2024-06-18", "Old siding", "railcar", "at most 6", None, "seen by ourselves"),
    ("2024-06-20", "Old siding", "no image", "unknown", None, "no pass that day"),
)


def sources() -> tuple[Source, ...]:
    """Two outlets, one of which has no title of its own, and one that nobody quotes."""
    return (
        Source(
            "gazette", "Cars pile up", "Port Gazette", parse_when("2023-10-06"), "https://gazette.example/a?b=1", "B"
        ),
        Source("courier", "Courier", "Courier", parse_when("2023-10-07~"), None),
        Source("idle", "Unquoted", "Idle Press", None, "javascript:alert(1)"),
    )


@lru_cache(maxsize=1)
def observations() -> tuple[Observation, ...]:
    """What was published, what our own people saw, and what a machine counted."""
    seen = [
        Observation(
            f"obs-{index}", klass, parse_quantity(number), parse_when(date), source or "A. Nalyst", MADE_AT, zone=zone,
            note=note, source_id=source,
        )
        for index, (date, zone, klass, number, source, note) in enumerate(SEEN)
    ]  # fmt: skip
    machine = Observation(
        "count-1", "railcar", parse_quantity("7"), parse_when("2024-07-01"), "machine", MADE_AT, zone="Port yard",
        visible_m=700.0, hidden_m=300.0, outside_m=0.0,
    )  # fmt: skip
    return (*seen, machine)


def claims() -> tuple[Claim, ...]:
    """One claim, a copy that turns an estimate into an upper bound, and one about something else."""
    common = {"place_text": "Port", "measure": "railcar", "unit": "railcar", "when": parse_when("2023-10-05")}
    return (
        Claim(
            "first", "gazette", "quantity", "approximately 73", value=73, qualifier=ClaimQualifier.ABOUT,
            status=ClaimStatus.ACCEPTED, zone="Port facility", **common,
        ),
        Claim(
            "copy", "courier", "quantity", "up to 73", value=73, high=73, qualifier=ClaimQualifier.UP_TO,
            copied_from="first", zone="Port facility", **common,
        ),
        Claim("works", "courier", "plan", "a second bridge by 2026", place_text="Port", measure="bridge"),
    )  # fmt: skip


def events() -> tuple[Event, ...]:
    """One exact, one uncertain, one planned; one names no source."""
    return (
        Event("meet", "Two ministers meet", parse_when("2023-09-13"), "summit", "Far City", "gazette"),
        Event("open", "The line opens again", parse_when("2023-11-01~/2023-11-10~"), "reopening"),
        Event("quay", "New quay done", parse_when("2024-12"), "milestone", "Port", "Courier", parse_when("2024-01")),
    )


def tests() -> tuple[EventTest, ...]:
    """One change and one for which the dates do not suffice."""
    common = {"series": "railcar in Port yard", "before": 4, "after": 1, "set_aside": 0}
    return (
        EventTest(
            "meet", "Two ministers meet", verdict=Verdict.CHANGE, reason="Numbers step up.", ratio=6.1, ratio_low=2.0,
            ratio_high=19.0, lag_days=(3.0, 22.0), p=0.004, p_adjusted=0.008, smallest_ratio=4.2, **common,
        ),
        EventTest(
            "open", "The line opens again", verdict=Verdict.INSUFFICIENT, smallest_ratio=9.5,
            reason="1 usable date after; 5 are needed on each side.", **common,
        ),
    )  # fmt: skip


def assessments() -> tuple[Assessment, ...]:
    """One with a likelihood, one without."""
    return (
        Assessment(
            "level", "Did railcars at Port yard rise?", "It is likely that more railcars stood at Port yard.",
            Likelihood.LIKELY, "The share of the posterior above gives 0.71.", Confidence.LOW, "One extent, few dates.",
            observations=("obs-4", "obs-5", "count-1"), claims=("first",), events=("meet",),
            alternatives=("The two dates show different extents.",), would_change=("An image of the whole facility.",),
        ),
        Assessment(
            "none", "Did the opening matter?", "The record is insufficient to say.", None, "No probability is given.",
            Confidence.LOW, "Confidence is low: one date after.", events=("open",),
        ),
    )  # fmt: skip


def invented_case() -> CaseFindings:
    """All of it, worked out as a pipeline would."""
    said, told, happened = claims(), sources(), events()
    looks = (Look(parse_when("2023-08-01"), How.UNUSABLE, "Port yard", note="cloud"),)
    series = build_series(observations(), looks=looks)
    parts = [one for one in series if one.klass.startswith("railcar:")]
    yard, facility = (next(o for o in series if o.extent == name and o.klass == "railcar") for name in PORTS)
    lineage = trace(said, told)
    jump = largest_jump(jumps_of((yard, facility)))
    assert jump is not None
    return CaseFindings(
        sources=told,
        claims=said,
        events=happened,
        followed=(
            Followed(yard, presence(yard), highest_since(yard), find_changes(yard), largest_jump(jumps_of((yard,)))),
            *(Followed(one) for one in series if one is not yard),
            Followed(total(parts, klass="railcar")),
        ),
        jumps=(jump,),
        comparisons=(compare(yard, facility, tolerance_days=20),),
        tested=tests(),
        milestones=(milestone(happened[2], ()),),
        lineage=lineage,
        statements=statements(said, lineage),
        drifts=drifts(said, told, lineage, events=happened),
        reconciliations=tuple(reconcile(claim, observations()) for claim in said),
        grades={"first": Grade("2", "2", by_person=False, why="It agrees.")},
        assessments=assessments(),
        looks=looks,
        wanting_source=("quay",),
    )


PORTS = ("Port yard", "Port facility")


def invented_report(case: CaseFindings | None = None, *, places: tuple[Place, ...] = PLACES) -> Report:
    """The report of the case, without an image."""
    site = Site("Port Invented", "EPSG:4326", (), (), places=places)
    seen = observations()
    return Report(site, "The case of Port Invented", MADE_AT, "0.1.0", observations=seen, case=case or invented_case())
