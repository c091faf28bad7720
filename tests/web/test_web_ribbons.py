"""The routes by which counts are checked."""

import pytest

DECIDE = "/api/scenes/{}/ribbons/decisions"


@pytest.fixture
def scene(desk):
    """Id of a counted scene with cars."""
    counted = [one for one in desk.get("/api/scenes").json()["items"] if one["counted"]]
    return next(one["id"] for one in counted if desk.get(f"/api/scenes/{one['id']}/ribbons/cars").json()["total"])


def first_car(desk, scene):
    return desk.get(f"/api/scenes/{scene}/ribbons/cars").json()["items"][0]


def total(answer):
    return next(one for one in answer["tallies"] if one["zone"] is None)


def test_the_list_of_tracks_comes_in_pages_with_the_tallies(desk, scene):
    """One track a page where one is asked for."""
    page = desk.get(f"/api/scenes/{scene}/ribbons", params={"limit": 1}).json()
    assert len(page["items"]) == 1
    assert page["total"] == page["tracks"]
    assert total(page)["value"] is not None
    assert {"name", "occupied", "version", "centre_m", "checked_by"} <= set(page["items"][0])


def test_a_decision_is_answered_with_what_stands_now(desk, scene):
    """One car fewer, its ghost beside; a wrong one keeps nothing."""
    before = total(desk.get(f"/api/scenes/{scene}/ribbons").json())["value"]
    car = first_car(desk, scene)
    asked = {"decisions": [{"act": "delete", "railcar": car["id"]}], "by": "Ann", "note": "a shed"}
    answer = desk.post(DECIDE.format(scene), json=asked)
    assert answer.status_code == 200
    assert total(answer.json())["value"] == before - 1
    assert [one["state"] for one in answer.json()["cars"] if one["id"] == car["id"]] == ["deleted"]
    again = desk.post(DECIDE.format(scene), json=asked)
    assert again.status_code == 422
    kept = desk.get(DECIDE.format(scene)).json()
    assert [(one["act"], one["by"], one["note"]) for one in kept["items"]] == [("delete", "Ann", "a shed")]


def test_undo_gives_the_count_as_it_was(desk, scene):
    """And is on record."""
    before = desk.get(f"/api/scenes/{scene}/ribbons").json()["tallies"]
    desk.post(DECIDE.format(scene), json={"decisions": [{"act": "delete", "railcar": first_car(desk, scene)["id"]}]})
    undone = desk.post(f"/api/scenes/{scene}/ribbons/undo", json={})
    assert undone.json()["tallies"] == before
    assert [one["act"] for one in desk.get(DECIDE.format(scene)).json()["items"]] == ["undo", "delete"]


def test_a_second_person_signs_the_count_off(desk, scene):
    """Whoever checked it cannot."""
    tracks = [one["name"] for one in desk.get(f"/api/scenes/{scene}/ribbons").json()["items"]]
    checked = [{"act": "check", "track": name} for name in tracks]
    assert desk.post(DECIDE.format(scene), json={"decisions": checked, "by": "Ann"}).status_code == 200
    assert desk.post(f"/api/scenes/{scene}/ribbons/sign-off", json={"by": "Ann"}).status_code == 422
    signed = desk.post(f"/api/scenes/{scene}/ribbons/sign-off", json={"by": "Bob"}).json()
    assert signed["signed_by"] == ["Bob"]


@pytest.mark.parametrize(
    "asked",
    [
        {"decisions": []},
        {"decisions": [{"act": "explode"}]},
        {"decisions": [{"act": "add", "start_m": 1e300, "end_m": 2, "track": "x"}]},
        {"decisions": [{"act": "accept", "railcar": "c0001", "more": 1}]},
        {"decisions": [{"act": "sign", "track": "x"}]},
        {},
    ],
)
def test_a_request_that_is_not_understood_is_a_problem_not_an_error(desk, scene, asked):
    """With a code and a remedy."""
    answer = desk.post(DECIDE.format(scene), json=asked)
    assert answer.status_code == 422
    assert answer.json()["remedy"]


def test_a_scene_without_a_count_is_not_there(desk):
    """Neither is one that nobody knows."""
    uncounted = [one["id"] for one in desk.get("/api/scenes").json()["items"] if not one["counted"]]
    for name in (*uncounted, "nowhere"):
        assert desk.get(f"/api/scenes/{name}/ribbons").status_code == 404


def test_a_picture_of_a_track_is_kept_for_ever_under_its_version(desk, scene):
    """A track or a stretch that is not there is a problem."""
    track = desk.get(f"/api/scenes/{scene}/ribbons").json()["items"][0]
    address = f"/api/scenes/{scene}/ribbons/picture.webp"
    asked = {"track": track["name"], "centre": track["centre_m"], "v": track["version"]}
    answer = desk.get(address, params=asked)
    if answer.status_code == 200:
        assert answer.headers["content-type"] == "image/webp"
        assert "immutable" in answer.headers["cache-control"]
        unchanged = desk.get(address, params=asked, headers={"If-None-Match": answer.headers["etag"]})
        assert unchanged.status_code == 304
    else:
        assert answer.json()["code"] == "bad_input", "the file of an invented scene may be missing"
    assert desk.get(address, params=asked | {"tile": 9999}).status_code == 422
    assert desk.get(address, params=asked | {"track": "no such"}).status_code == 422
