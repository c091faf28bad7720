"""Maps in a browser whose graphics fail: they are made anew, where the other was, and what is the matter is said."""

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="needs: playwright")
expect = sync_api.expect
expect.set_options(timeout=240_000)

TROUBLE = "The map cannot be drawn"
GRAPHICS = """
  window.contexts = [];
  window.refused = 0;
  const get = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    if (kind !== "webgl2") return get.call(this, kind, ...more);
    if (window.refusing) { window.refused += 1; return null; }
    const context = get.call(this, kind, ...more);
    window.contexts.push(context);
    if (window.contexts.length <= window.lostAtOnce) lose(context);
    return context;
  };
  const lose = (context) => context.getExtension("WEBGL_lose_context").loseContext();
  window.loseAll = () => window.contexts.forEach((context) => context.isContextLost() || lose(context));
"""
"""Lets a page lose or be refused what maps are drawn with; a browser does so when its graphics process fails."""
NO_FRAMES_BEFORE_THE_LOSS = """
  window.lostAtOnce = 1;
  const ask = window.requestAnimationFrame.bind(window);
  let lost = false;
  window.addEventListener("webglcontextlost", () => (lost = true), true);
  const frame = (then) => ask((now) => (lost ? then(now) : frame(then)));
  window.requestAnimationFrame = (then) => frame(then);
"""


@pytest.fixture
def failing_desk(chromium, serve, copied_demo, open_desk):
    """Opens the desk with graphics that fail: ``failing_desk(script, place)``; ``script`` says when."""
    served = serve(copied_demo)

    def open_at(script, place):
        desk = open_desk(served, place, before=GRAPHICS + script)
        return desk.page

    return open_at


def drawn(page, count=1):
    """Wait until maps are ready on contexts that the browser has not taken away."""
    expect(page.locator("[data-ready]")).to_have_count(count)
    page.wait_for_function("count => window.contexts.filter((one) => !one.isContextLost()).length === count", arg=count)
    expect(page.locator("[data-ready] canvas")).to_have_count(count)


def test_a_map_that_loses_its_graphics_before_it_starts_is_made_anew(failing_desk):
    """MapLibre itself then never starts: it has no style yet that it could restore."""
    page = failing_desk(NO_FRAMES_BEFORE_THE_LOSS, "#/site")
    drawn(page)
    assert page.evaluate("window.contexts.length") == 2
    expect(page.get_by_text(TROUBLE)).to_have_count(0)


def test_maps_that_lose_their_graphics_are_drawn_again_where_they_were(failing_desk):
    """Both of the compare page, moved before; they stay together afterwards."""
    page = failing_desk("", "#/compare")
    drawn(page, 2)
    maps = page.locator(".stage [data-view]")
    begun = maps.first.get_attribute("data-view")
    page.locator(".stage canvas").first.focus()
    page.keyboard.press("ArrowUp")
    expect(maps.first).not_to_have_attribute("data-view", begun)
    page.wait_for_timeout(1500)
    moved = maps.first.get_attribute("data-view")
    page.evaluate("loseAll()")
    drawn(page, 2)
    assert page.evaluate("window.contexts.length") == 4
    for one in (maps.first, maps.last):
        expect(one).to_have_attribute("data-view", moved)
    page.locator(".stage canvas").first.focus()
    page.keyboard.press("ArrowDown")
    expect(maps.first).not_to_have_attribute("data-view", moved)
    page.wait_for_timeout(1500)
    expect(maps.last).to_have_attribute("data-view", maps.first.get_attribute("data-view"))


@pytest.mark.parametrize("place", ["#/site", "#/compare"])
def test_a_browser_that_offers_no_graphics_is_told_of_and_asked_again(failing_desk, place):
    """By itself and at a press; the map is there as soon as the browser gives way."""
    page = failing_desk("window.refusing = true;", place)
    told = page.get_by_role("alert").filter(has_text=TROUBLE).first
    expect(told).to_contain_text("the browser offers no WebGL 2")
    again = told.get_by_role("button", name="Try again")
    asked = "button => { const before = window.refused; button.click(); return window.refused - before; }"
    assert again.evaluate(asked) == 1
    before = page.evaluate("window.refused")
    page.wait_for_function("before => window.refused > before", arg=before)
    page.evaluate("window.refusing = false")
    drawn(page, 2 if "compare" in place else 1)
    expect(page.get_by_text(TROUBLE)).to_have_count(0)
