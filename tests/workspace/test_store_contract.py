"""What every store of a workspace must do, asked of each of them."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yards import EVENT, SITE, SOURCE, by_machine, by_person, claim, count, scene

import strategies
from yardwatch.errors import MisuseError, WorkspaceBusyError, WorkspaceError
from yardwatch.model.claim import Claim, ClaimStatus
from yardwatch.model.dates import When, parse_when
from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.quantity import Qualifier, Quantity, parse_quantity
from yardwatch.model.review import Review
from yardwatch.model.site import Site
from yardwatch.workspace import GeoPackageStore, MemoryStore, create_workspace

Store = GeoPackageStore | MemoryStore
Maker = Callable[[Site], AbstractContextManager[Store]]

STEP = "count/1"
REVIEWED_AT = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(params=["geopackage", "memory"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Maker:
    """Makes empty stores for a site, each in a folder of its own."""
    made = 0

    def on_disk(site: Site) -> GeoPackageStore:
        nonlocal made
        made += 1
        return create_workspace(tmp_path / f"workspace {made}", site)

    return MemoryStore if request.param == "memory" else on_disk


@pytest.fixture
def store(make: Maker) -> Iterator[WorkspaceStore]:
    """An empty store of the invented yard."""
    with make(SITE) as made:
        yield made


def test_a_store_gives_back_its_site(store):
    """Zones with holes, aliases, status and dates, places with or without a point, tracks with gauge: as they were."""
    assert store.site() == SITE


def test_an_empty_store_has_nothing(store):
    """No scene, nothing pending, no count, no observation; nothing that others said."""
    assert [*store.scenes(), *store.pending(STEP), *store.counts(), *store.observations()] == []
    assert [*store.sources(), *store.claims(), *store.events(), *store.reviews()] == []


def test_a_scene_is_given_back_as_it_was_added(store):
    """With its grid, its date, its rights."""
    assert store.add_scene(scene(1), "image.tif") is True
    assert list(store.scenes()) == [scene(1)]


def test_the_same_image_added_twice_is_one_scene(store):
    """The hash says so, whatever the name; what was kept first stays."""
    store.add_scene(scene(1), "image.tif")
    again = replace(scene(1), id="another", filename="copy.tif", gsd_m=9.0)
    assert store.add_scene(again, "copy.tif") is False
    assert list(store.scenes()) == [scene(1)]


def test_another_image_with_the_same_id_is_refused(store):
    """Ids name files, so two images must not share one."""
    store.add_scene(scene(1), "image.tif")
    with pytest.raises(MisuseError, match=r"image-1.*rename"):
        store.add_scene(replace(scene(2), id="image-1"), "other.tif")
    assert list(store.scenes()) == [scene(1)]


def test_scenes_come_by_date_and_undated_ones_last(store):
    """The first possible instant counts; an open beginning is dated by its end."""
    dates = [None, "2024-12", "2019-01-05T00:00Z", "../2020", "2024-11-30"]
    for number, date in enumerate(dates):
        store.add_scene(scene(number, date), f"{number}.tif")
    order = [found.acquired and found.acquired.text for found in store.scenes()]
    assert order == ["2019-01-05T00:00:00Z", "../2020", "2024-11-30", "2024-12", None]


def test_a_source_is_found_again_as_an_absolute_path(store, tmp_path):
    """Wherever the program is run from next time."""
    image = tmp_path / "images" / "a b.tif"
    store.add_scene(scene(1), str(image.parent / ".." / "images" / image.name))
    assert Path(store.source_of("image-1")) == image


def test_a_file_that_moved_is_found_again_by_adding_it_again(store, tmp_path):
    """The kept place gives way to the new one only when nothing is there any more."""
    old, new = tmp_path / "old.tif", tmp_path / "new.tif"
    old.touch()
    store.add_scene(scene(1), str(old))
    store.add_scene(scene(1), str(new))
    assert Path(store.source_of("image-1")) == old
    old.rename(new)
    assert store.add_scene(scene(1), str(new)) is False
    assert Path(store.source_of("image-1")) == new


def test_the_source_of_an_unknown_scene_is_an_error_with_a_remedy(store):
    """It names the scene and the command that adds one."""
    with pytest.raises(WorkspaceError, match=r"'nowhere'.*yardwatch scene add"):
        store.source_of("nowhere")


def test_a_scene_is_pending_until_its_step_is_saved(store):
    """Each step by itself."""
    for number in (1, 2):
        store.add_scene(scene(number), f"{number}.tif")
    store.save_count(count(scene(1)), STEP, [])
    assert list(store.pending(STEP)) == [scene(2)]
    assert list(store.pending("count/2")) == [scene(1), scene(2)]


def test_a_count_is_given_back_as_it_was_saved(store):
    """Cars, strings, coverage, tallies by type, provenance and notices."""
    store.add_scene(scene(1), "image.tif")
    store.save_count(count(scene(1)), STEP, [by_machine(scene(1))])
    assert list(store.counts()) == [count(scene(1))]
    assert list(store.observations()) == [by_machine(scene(1))]


def test_a_count_without_any_car_is_a_result_too(store):
    """Looked and saw nothing."""
    store.add_scene(scene(1), "image.tif")
    store.save_count(count(scene(1), cars=0), STEP, [])
    assert store.counts()[0].railcars == ()
    assert list(store.pending(STEP)) == []


def test_a_count_saved_again_replaces_the_machine_and_nothing_of_a_person(store):
    """By the same step: one count, the new observation under the same id, the person's beside it."""
    store.add_scene(scene(1), "image.tif")
    person = replace(by_person("seen"), scene_id="image-1")
    store.save_count(count(scene(1), 2), STEP, [by_machine(scene(1), 2)])
    store.add_observation(person)
    store.save_count(count(scene(1), 5), STEP, [by_machine(scene(1), 5)])
    assert list(store.counts()) == [count(scene(1), 5)]
    assert sorted(store.observations(), key=lambda seen: seen.id) == [by_machine(scene(1), 5), person]


def test_of_two_steps_the_count_saved_last_is_the_latest(store):
    """Observations of both are kept; which made which stands in their provenance."""
    store.add_scene(scene(1), "image.tif")
    store.save_count(count(scene(1), 2), "count/1", [by_machine(scene(1), 2)])
    newer = replace(by_machine(scene(1), 3), id="newer")
    store.save_count(count(scene(1), 3), "count/2", [newer])
    assert list(store.counts()) == [count(scene(1), 3)]
    assert len(store.observations()) == 2
    store.save_count(count(scene(1), 4), "count/1", [])
    assert list(store.counts()) == [count(scene(1), 4)]
    assert list(store.observations()) == [newer]


def test_counts_come_by_date_of_their_scene(store):
    """Not in the order in which they were made."""
    late, early = scene(1, "2024-05"), scene(2, "2023-05")
    for one in (late, early):
        store.add_scene(one, f"{one.id}.tif")
        store.save_count(count(one), STEP, [])
    assert [found.scene for found in store.counts()] == [early, late]


def test_a_count_of_an_unknown_scene_is_refused(store):
    """With the command that adds it."""
    with pytest.raises(WorkspaceError, match=r"image-1.*yardwatch scene add"):
        store.save_count(count(scene(1)), STEP, [])
    assert list(store.counts()) == []


def test_a_count_of_another_image_with_that_id_is_refused(store):
    """The hash must be the kept one's."""
    store.add_scene(scene(1), "image.tif")
    with pytest.raises(MisuseError, match="another image"):
        store.save_count(count(replace(scene(2), id="image-1")), STEP, [])


@pytest.mark.parametrize(
    "flaw",
    [{"scene_id": "image-2"}, {"zone": "Nowhere"}, {"id": "taken"}, {"recorded_at": datetime(2025, 1, 1)}],  # noqa: DTZ001
    ids=["scene", "zone", "id", "naive"],
)
def test_a_count_is_saved_whole_or_not_at_all(store, flaw):
    """One bad observation, and the count before stays with its observations and its mark."""
    for number in (1, 2):
        store.add_scene(scene(number), f"{number}.tif")
    store.add_observation(by_person("taken"))
    store.save_count(count(scene(1), 2), STEP, [by_machine(scene(1), 2)])
    before = list(store.counts()), list(store.observations()), list(store.pending("count/2"))
    good, bad = replace(by_machine(scene(1), 5), id="good"), replace(by_machine(scene(1), 5), **flaw)
    for step in (STEP, "count/2"):
        with pytest.raises(MisuseError):
            store.save_count(count(scene(1), 5), step, [good, bad])
    assert (list(store.counts()), list(store.observations()), list(store.pending("count/2"))) == before


def test_a_railcar_without_a_footprint_is_refused(store):
    """It could not be drawn; the message names the car."""
    store.add_scene(scene(1), "image.tif")
    whole = count(scene(1), 2)
    broken = replace(whole, railcars=(whole.railcars[0], replace(whole.railcars[1], footprint=((0.0, 0.0),))))
    with pytest.raises(MisuseError, match="railcar r2"):
        store.save_count(broken, STEP, [])
    assert list(store.pending(STEP)) == [scene(1)]


def test_observations_come_by_date_and_undated_ones_last(store):
    """Of equal date in the order in which they were kept."""
    for name, date in [("c", None), ("b", "2024-05"), ("a", "2024-05"), ("z", "2019")]:
        store.add_observation(by_person(name, date))
    assert [seen.id for seen in store.observations()] == ["z", "b", "a", "c"]


def test_looking_and_seeing_nothing_is_kept(store):
    """Zero is not nothing, and a zone is not needed."""
    nothing = replace(by_person("none", zone=None), quantity=parse_quantity("none"))
    store.add_observation(nothing)
    assert list(store.observations()) == [nothing]


@pytest.mark.parametrize(
    ("flaw", "message"),
    [
        ({"zone": "Nowhere"}, "no zone or place.*North yard, Sheds, Old bridge, Quarry"),
        ({"zone": "Old yard"}, "no zone"),
        ({"zone": "Pit"}, "no zone"),
        ({"quantity": Quantity(float("nan"), None, None, Qualifier.ABOUT)}, "nan cannot be kept exactly"),
        ({"quantity": Quantity(7, 2**53 + 1, None, Qualifier.ABOUT)}, "cannot be kept exactly"),
        ({"quantity": Quantity(7, None, 10**400, Qualifier.ABOUT)}, "cannot be kept exactly"),
        ({"id": "first"}, "give it another"),
        ({"when": When("2024-05", None, None, is_instant=False)}, "parse_when"),
        ({"when": When("soon", None, None, is_instant=False)}, "parse_when"),
    ],
)
def test_an_observation_that_refers_to_nothing_is_refused(store, flaw, message):
    """It says what is wrong and what would be right."""
    store.add_observation(by_person("first"))
    with pytest.raises(MisuseError, match=message):
        store.add_observation(replace(by_person("second"), **flaw))
    assert [seen.id for seen in store.observations()] == ["first"]


def test_an_observation_of_an_unknown_scene_is_refused(store):
    """With the command that adds one."""
    with pytest.raises(WorkspaceError, match=r"'nowhere'.*yardwatch scene add"):
        store.add_observation(replace(by_person("a"), scene_id="nowhere"))


def test_an_observation_may_be_of_a_place_that_nobody_has_drawn(store):
    """With a point or without."""
    for place in ("Old bridge", "Quarry"):
        store.add_observation(by_person(place, zone=place))
    assert [seen.zone for seen in store.observations()] == ["Old bridge", "Quarry"]


def test_shares_and_metres_are_kept_to_the_last_bit(store):
    """And whole numbers come back whole, so that nobody reads 7.0 cars."""
    share = replace(by_person("share"), quantity=Quantity(1 / 3, 0.25, 1, Qualifier.ABOUT), unit="fraction")
    cars = by_person("cars")
    for seen in (share, cars):
        store.add_observation(seen)
    assert list(store.observations()) == [share, cars]
    assert isinstance(store.observations()[1].quantity.value, int)


def test_a_date_without_an_image_is_kept_as_such(store):
    """Looked for and not to be had is neither zero nor nothing."""
    unknown = replace(by_person("none", "2024-02"), klass="no image", quantity=parse_quantity("unknown"))
    store.add_observation(unknown)
    assert list(store.observations()) == [unknown]


def test_an_observation_names_the_source_that_published_it(store):
    """Which must be kept."""
    theirs = replace(by_person("theirs"), source_id=SOURCE.id)
    with pytest.raises(WorkspaceError, match=r"'gazette'.*yardwatch source add"):
        store.add_observation(theirs)
    store.add_source(SOURCE)
    store.add_observation(theirs)
    assert list(store.observations()) == [theirs]


def test_what_others_said_is_given_back_as_it_was_kept(store):
    """A source, its claim, a copy of that, and an event."""
    copy = claim("copy", copied_from="first")
    for add, record in [
        (store.add_source, SOURCE), (store.add_claim, claim()), (store.add_claim, copy), (store.add_event, EVENT),
    ]:  # fmt: skip
        assert add(record) is True
        assert add(record) is False
    assert (list(store.sources()), list(store.events())) == ([SOURCE], [EVENT])
    assert list(store.claims()) == [claim(), copy]


@pytest.mark.parametrize("kind", ["source", "claim", "event"])
def test_something_else_under_the_same_id_is_refused(store, kind):
    """It is neither kept twice nor written over in silence."""
    store.add_source(SOURCE)
    store.add_claim(claim())
    store.add_event(EVENT)
    add, other = {
        "source": (store.add_source, replace(SOURCE, title="Another")),
        "claim": (store.add_claim, claim(quote="exactly 225 railcars")),
        "event": (store.add_event, replace(EVENT, title="Another")),
    }[kind]
    with pytest.raises(MisuseError, match=f"{kind} {other.id}: .*another id, or change the kept one by a review"):
        add(other)
    assert [*store.sources(), *store.claims(), *store.events()] == [SOURCE, claim(), EVENT]


def test_a_source_a_claim_and_an_event_may_share_an_id(store):
    """Each kind has its own."""
    store.add_source(replace(SOURCE, id="same"))
    store.add_claim(claim("same", source_id="same"))
    store.add_event(replace(EVENT, id="same"))
    assert len([*store.sources(), *store.claims(), *store.events()]) == 3


def test_what_others_said_comes_by_date_and_undated_last(store):
    """Sources by publication, claims by what they claim, events by when they happened."""
    dates = [None, "2024-05", "2019"]
    for number, date in enumerate(dates):
        when = date and parse_when(date)
        store.add_source(replace(SOURCE, id=f"s{number}", published=when))
        store.add_claim(claim(f"c{number}", source_id=f"s{number}", when=when))
        store.add_event(replace(EVENT, id=f"e{number}", when=when or parse_when("2030")))
    assert [source.id for source in store.sources()] == ["s2", "s1", "s0"]
    assert [said.id for said in store.claims()] == ["c2", "c1", "c0"]
    assert [event.id for event in store.events()] == ["e2", "e1", "e0"]


@pytest.mark.parametrize(
    ("flaw", "error", "message"),
    [
        ({"source_id": "nobody"}, WorkspaceError, "source 'nobody' is not in the workspace; add it with"),
        ({"copied_from": "nothing"}, WorkspaceError, "claim second: copies claim 'nothing'.*add that one first"),
        ({"copied_from": "second"}, WorkspaceError, "add that one first"),
        ({"zone": "Nowhere"}, MisuseError, "no zone or place"),
        ({"kind": "rumour"}, MisuseError, "'rumour' is not a kind of claim; use one of quantity"),
        ({"credibility": "7"}, MisuseError, "Admiralty"),
        ({"value": float("inf")}, MisuseError, "inf cannot be kept exactly"),
        ({"start": 5}, MisuseError, "from 5 to None is no span"),
        ({"start": 5, "end": 4}, MisuseError, "from 5 to 4 is no span"),
        ({"start": -1, "end": -1}, MisuseError, "no span"),
        ({"when": When("soon", None, None, is_instant=False)}, MisuseError, "parse_when"),
    ],
)
def test_a_claim_that_cannot_be_meant_is_refused(store, flaw, error, message):
    """It says what is wrong and what would be right; nothing of it is kept."""
    store.add_source(SOURCE)
    store.add_claim(claim())
    with pytest.raises(error, match=message):
        store.add_claim(claim("second", **flaw))
    assert list(store.claims()) == [claim()]


def test_a_source_or_an_event_that_cannot_be_meant_is_refused(store):
    """A grade that is none, a date that is none."""
    with pytest.raises(MisuseError, match="source gazette: 'G' is not an Admiralty grade of a source"):
        store.add_source(replace(SOURCE, reliability="G"))
    with pytest.raises(MisuseError, match=r"event opening.*parse_when"):
        store.add_event(replace(EVENT, source_date=When("soon", None, None, is_instant=False)))
    assert [*store.sources(), *store.events()] == []


def test_a_review_keeps_both_versions(store):
    """What the person left is what counts; what was before stands beside it, with who, when and why."""
    store.add_source(SOURCE)
    store.add_claim(claim())
    accepted, graded = claim(status=ClaimStatus.ACCEPTED, credibility="2"), replace(SOURCE, reliability="B")
    assert store.review(accepted, by="J. Doe", reviewed_at=REVIEWED_AT, note="read it") is True
    assert store.review(graded, by="J. Doe", reviewed_at=REVIEWED_AT) is True
    assert [*store.sources(), *store.claims()] == [graded, accepted]
    assert list(store.reviews()) == [
        Review(claim(), accepted, "J. Doe", REVIEWED_AT, "read it"),
        Review(SOURCE, graded, "J. Doe", REVIEWED_AT),
    ]


def test_a_review_that_changes_nothing_leaves_no_trace(store):
    """So a form that is sent twice is one decision."""
    store.add_event(EVENT)
    moved = replace(EVENT, when=parse_when("2025-08"))
    assert store.review(moved, by="J. Doe", reviewed_at=REVIEWED_AT) is True
    assert store.review(moved, by="J. Doe", reviewed_at=REVIEWED_AT) is False
    assert len(store.reviews()) == 1


def test_what_is_read_once_more_does_not_undo_a_person(store):
    """A claim that was judged is the same claim when its article is read again."""
    store.add_source(SOURCE)
    store.add_claim(claim())
    for status in (ClaimStatus.REJECTED, ClaimStatus.ACCEPTED):
        store.review(claim(status=status), by="J. Doe", reviewed_at=REVIEWED_AT)
    assert store.add_claim(claim()) is False
    assert list(store.claims()) == [claim(status=ClaimStatus.ACCEPTED)]


@pytest.mark.parametrize(
    ("changed", "about", "error", "message"),
    [
        (claim("third"), {}, WorkspaceError, "review of claim third: it is not in the workspace; add it first"),
        (claim("first", copied_from="second"), {}, MisuseError, "claim first: copies second, which in the end copies"),
        (claim("first", copied_from="first"), {}, MisuseError, "in the end copies it"),
        (claim("first", zone="Nowhere"), {}, MisuseError, "no zone or place"),
        (claim("first", hedged=True), {"by": " "}, MisuseError, "nobody is named"),
        (claim("first", hedged=True), {"reviewed_at": datetime(2025, 1, 2)}, MisuseError, "has no zone"),  # noqa: DTZ001
    ],
)
def test_a_review_that_cannot_be_meant_is_refused(store, changed, about, error, message):
    """And nothing has changed."""
    store.add_source(SOURCE)
    both = [claim(), claim("second", copied_from="first")]
    for said in both:
        store.add_claim(said)
    with pytest.raises(error, match=message):
        store.review(changed, **{"by": "J. Doe", "reviewed_at": REVIEWED_AT, **about})
    assert list(store.claims()) == both
    assert list(store.reviews()) == []


def test_only_one_at_a_time_may_work(store):
    """Not even the one who does, again; afterwards the next may, also after a failure."""
    with pytest.raises(RuntimeError, match="failed"), store.working():  # noqa: PT012
        with pytest.raises(WorkspaceBusyError, match="wait until"), store.working():
            pass
        raise RuntimeError("failed")
    with store.working():
        store.add_observation(by_person("while working"))


@settings(max_examples=15)
@given(data=st.data())
def test_whatever_is_kept_comes_back_equal(data):
    """Exactly: every float to the last bit, every text in any script, every date as written."""
    site = data.draw(strategies.sites())
    image = data.draw(strategies.scenes())
    counted = data.draw(strategies.counts(image))
    machine = data.draw(st.lists(strategies.observations(site, st.just(image.id)), max_size=2))
    source = data.draw(strategies.sources)
    person = data.draw(
        strategies.observations(site, st.sampled_from([None, image.id]), st.sampled_from([None, source.id]))
    )
    said = data.draw(strategies.claims(site, st.just(source.id)))
    copy = data.draw(strategies.claims(site, st.just(source.id), st.sampled_from([None, said.id])))
    judged = replace(data.draw(strategies.claims(site, st.just(source.id))), id=said.id, quote=f"{said.quote}!")
    event = data.draw(strategies.events)
    with ExitStack() as stack:
        for store in _both(stack, site):
            store.add_scene(image, "image.tif")
            store.save_count(counted, STEP, machine)
            store.add_source(source)
            store.add_observation(person)
            for record in (said, copy):
                store.add_claim(record)
            store.add_event(event)
            store.review(judged, by="J. Doe", reviewed_at=REVIEWED_AT)
            assert store.site() == site
            assert list(store.scenes()) == [image]
            assert list(store.counts()) == [counted]
            assert (list(store.sources()), list(store.events())) == ([source], [event])
            assert _by_id(store.claims()) == _by_id([judged, copy])
            assert [(review.before, review.after) for review in store.reviews()] == [(said, judged)]
            assert {seen.id: seen for seen in store.observations()} == {seen.id: seen for seen in [*machine, person]}


def _by_id(claims: Sequence[Claim]) -> dict[str, Claim]:
    return {said.id: said for said in claims}


def _both(stack: ExitStack, site: Site) -> list[Store]:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    return [stack.enter_context(create_workspace(folder, site)), stack.enter_context(MemoryStore(site))]


def test_a_date_is_the_same_however_it_was_first_written(store):
    """An instant given in another zone comes back in UTC, and equal."""
    when = parse_when("2024-12-03T11:15:30.123456+09:00")
    store.add_observation(replace(by_person("a"), when=when))
    assert store.observations()[0].when == when
