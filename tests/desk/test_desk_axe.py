"""Barriers that axe-core finds on the pages of the desk."""

from pathlib import Path

import pytest

AXE = Path(__file__).resolve().parents[2] / "desk" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = {
    "site": "main canvas",
    "ribbons": "[data-row] canvas",
    "compare": "main canvas, main img, main .empty",
    "work": "main h1, main h2, main table, main .empty",
}
_SERIOUS = {"serious", "critical"}
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ['violations'] });
  const where = (one) => one.nodes.slice(0, 4).map((node) => node.html.slice(0, 160));
  return found.violations.map((one) => [one.id, one.impact, where(one)]);
}"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_page_has_a_serious_barrier(serve, copied_demo, open_desk, dark):
    """On every page, and in the list of keys."""
    if not AXE.is_file():
        pytest.skip("needs: axe-core (make desk)")
    desk = open_desk(serve(copied_demo), dark=dark)
    page, found = desk.page, {}
    page.wait_for_selector("main canvas")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for name, there in PAGES.items():
        page.evaluate(f"location.hash = '#/{name}'")
        page.wait_for_selector(f"nav a[aria-current=page][href^='#/{name}']")
        page.locator(there).first.wait_for()
        page.wait_for_timeout(1000)
        found[name] = page.evaluate(RUN)
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    found["keys"] = page.evaluate(RUN)
    serious = {name: bad for name, seen in found.items() if (bad := [one for one in seen if one[1] in _SERIOUS])}
    assert not serious, serious
