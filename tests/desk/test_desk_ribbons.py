"""Counts checked by keyboard in a real browser."""

import re

from yardwatch.pipeline import check_tracks
from yardwatch.workspace import open_workspace

HERE = "#car-here"


def go_to_ribbons(desk):
    """The ribbons page with the cursor on its first car."""
    page = desk.page
    page.evaluate("location.hash = '#/ribbons'")
    until(page, "document.querySelector('#car-here')?.textContent.includes('car 1 of')")
    page.wait_for_selector("[data-row] canvas")
    until(page, "location.hash.includes('scene=')")
    return page


def tally(page):
    """Value and bounds of the scene as they are shown."""
    numbers = [int(one) for one in re.findall(r"\d+", page.inner_text("[data-testid=tally]"))]
    return tuple(numbers[:3])


def until(page, condition, *given):
    """Wait for a condition in the page, without `eval`, which its content policy forbids."""
    for _ in range(900):
        if page.evaluate(condition, *given):
            return
        page.wait_for_timeout(100)
    raise AssertionError(condition)


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def settle(page):
    """Wait until the server has answered all decisions."""
    until(page, "!document.querySelector('[data-testid=saving]')")


def wait_for_tally(page, holds):
    """Wait until what is shown satisfies a condition, and give it."""
    for _ in range(600):
        if holds(found := tally(page)):
            return found
        page.wait_for_timeout(100)
    raise AssertionError(f"the tally stayed at {tally(page)}")


def decided(desk):
    """Act and person of each decision that is kept."""
    with open_workspace(desk.served.folder) as store:
        return [(one.act.value, one.by) for one in store.corrections()]


def test_cars_are_corrected_by_keyboard_and_the_tally_moves(desk):
    """Accept, delete, split, add and retype; the number goes with each, and every decision is kept with who made it."""
    page = go_to_ribbons(desk)
    page.fill("input[placeholder='unknown person']", "Ann Analyst")
    page.keyboard.press("Escape")
    page.focus("[role=listbox]")
    value = tally(page)[0]
    press(page, "Space", "x")
    wait_for_tally(page, lambda now: now[0] == value - 1)
    press(page, "s")
    wait_for_tally(page, lambda now: now[0] == value)
    press(page, "j")
    wait_for_tally(page, lambda now: now[0] == value - 1)
    press(page, "3")
    settle(page)
    until(page, "document.querySelector('.said').textContent.includes('tank car')")
    kept = decided(desk)
    assert {by for _, by in kept} == {"Ann Analyst"}
    assert [act for act, _ in kept] == ["accept", "delete", "change", "add", "delete", "change", "change"]


def test_a_decision_is_taken_back_and_both_stay_on_record(desk):
    """The tally is the machine's again."""
    page = go_to_ribbons(desk)
    before = tally(page)
    press(page, "x")
    wait_for_tally(page, lambda now: now[0] == before[0] - 1)
    press(page, "z")
    wait_for_tally(page, lambda now: now == before)
    assert [act for act, _ in decided(desk)] == ["delete", "undo"]


def test_bounds_close_in_as_tracks_are_checked_and_a_second_person_signs_off(desk):
    """Once every track is checked the number is certain; whoever checked cannot sign; a reload keeps all."""
    page = go_to_ribbons(desk)
    value, low, high = tally(page)
    width = high - low
    press(page, "c")
    narrower = wait_for_tally(page, lambda now: now[2] - now[1] < width)
    assert narrower[1] <= value <= narrower[2]
    scene = re.search("scene=([^&]+)", page.evaluate("location.hash"))[1]
    check_tracks(desk.served.folder, scene, by="Ann Analyst")
    page.reload()
    page.wait_for_selector("text=8 of 8 tracks")
    value, *bounds = [int(one) for one in re.findall(r"\d+", page.inner_text("[data-testid=tally]"))]
    assert value > 0
    assert not bounds, "a number that is certain has no bounds"
    sign(page, "Ann Analyst")
    page.wait_for_selector("text=a second person signs it off")
    sign(page, "Bob Second")
    page.wait_for_selector("text=Signed off by Bob Second")
    page.reload()
    page.wait_for_selector("text=Signed off by Bob Second")
    with open_workspace(desk.served.folder) as store:
        assert sum(one.act.value == "sign" for one in store.corrections()) == 8


def sign(page, name):
    if not page.locator("dialog[open]").count():
        page.click("[data-testid=sign-off]")
    page.fill("dialog[open] input", name)
    page.click("dialog[open] button[type=submit]")


def test_the_cursor_is_announced_and_always_in_view(desk):
    """Wherever the arrow keys lead."""
    page = go_to_ribbons(desk)
    said = page.inner_text(HERE)
    press(page, "ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown")
    until(page, "text => document.querySelector('#car-here').textContent !== text", said)
    inside = """() => {
      const row = document.querySelector('.row.here').getBoundingClientRect();
      const list = document.querySelector('[role=listbox]').getBoundingClientRect();
      return row.top >= list.top - 1 && row.bottom <= list.bottom + 1;
    }"""
    until(page, inside)
    assert page.get_attribute("[role=listbox]", "aria-activedescendant") == "car-here"


def test_the_same_place_is_shown_on_the_map_and_the_date_before_beneath(desk):
    """At a key each."""
    page = go_to_ribbons(desk)
    pictures = page.locator("[data-row='0'] .strip").count()
    press(page, "b")
    until(page, f"document.querySelectorAll(\"[data-row='0'] .strip\").length === {pictures + 1}")
    press(page, "b", "m")
    until(page, "location.hash.startsWith('#/site?') && location.hash.includes('at=')")


def test_a_car_is_added_with_the_mouse(desk):
    """By dragging along free track."""
    page = go_to_ribbons(desk)
    value = tally(page)[0]
    until(page, "document.querySelector('.said')")
    free = page.evaluate(
        """async () => {
          const scene = new URLSearchParams(location.hash.split('?')[1]).get('scene');
          const all = await (await fetch(`/api/scenes/${scene}/ribbons/cars?limit=1000`)).json();
          const on = all.items.filter((car) => car.track === 'track 2').map((car) => car.start_m);
          return Math.min(...on);
        }"""
    )
    assert free > 20, "track 2 of the demo begins with free track"
    box = page.locator(".row:has(h2:has-text('track 2')) .strip").first.bounding_box()
    height = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 12, height)
    page.mouse.down()
    page.mouse.move(box["x"] + 70, height, steps=4)
    page.mouse.up()
    wait_for_tally(page, lambda now: now[0] == value + 1)
    assert [act for act, _ in decided(desk)] == ["add"]


def test_pictures_of_tracks_are_straightened_from_the_scene(desk):
    """They are loaded, and have the size that the scale of a ribbon gives."""
    page = go_to_ribbons(desk)
    until(page, "document.querySelector(\"[data-row='0'] img\")?.naturalWidth === 800")
    assert page.evaluate("document.querySelector(\"[data-row='0'] img\").naturalHeight") == 41
