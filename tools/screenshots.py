"""Pictures of the desk's pages for the docs, taken of an invented yard: docs/img/desk-*.jpg.

Usage: python tools/screenshots.py [--demo DIR] [--out DIR]      (make screenshots)

DIR is a workspace that ``yardwatch demo`` made; without it, one is made first, which takes a minute.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

_CHECKOUT = Path(__file__).resolve().parent.parent
_FLAGS = (
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)  # fmt: skip
_PATIENCE_MS = 120_000


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--demo", type=Path, help="a workspace that yardwatch demo made")
    parser.add_argument("--out", type=Path, default=_CHECKOUT / "docs" / "img")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "demo"
        if told.demo:
            shutil.copytree(told.demo, folder)
        else:
            subprocess.run([sys.executable, "-m", "yardwatch", "demo", str(folder)], check=True)
        with _served(folder) as link, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(_FLAGS))
            for name, (place, act) in _PAGES.items():
                _picture(browser, link, place, act, told.out / f"desk-{name}.jpg")
                print(f"{told.out / f'desk-{name}.jpg'}")
            browser.close()


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    words = [sys.executable, "-u", "-m", "yardwatch", "serve", str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout or ():
                if found := re.search(r"http://\S+#token=\S+", line):
                    yield found[0]
                    break
            else:
                sys.exit("the server printed no link")
        finally:
            process.terminate()


def _picture(browser: Browser, link: str, place: str, act: Callable[[Page], None], path: Path) -> None:
    address, _, token = link.partition("#token=")
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB")
    page.set_default_timeout(_PATIENCE_MS)
    page.goto(f"{address}?token={token}{place}")
    act(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(8000)  # what came last is drawn
    page.screenshot(path=path, type="jpeg", quality=68)
    page.close()


def _site(page: Page) -> None:
    page.locator("[data-ready]").wait_for()
    page.get_by_role("button", name=re.compile("^roof 1 ")).click()


def _ribbons(page: Page) -> None:
    page.locator("[data-row] canvas").first.wait_for()


def _compare(page: Page) -> None:
    page.locator("[data-ready]").nth(1).wait_for()
    page.locator(".bar select").nth(0).select_option(index=0)
    page.locator(".bar select").nth(1).select_option(index=1)
    page.locator("[data-ready]").nth(1).wait_for()


def _work(page: Page) -> None:
    page.get_by_role("button", name="Make the report").click()
    page.get_by_role("link", name=re.compile("^report-")).wait_for()
    page.get_by_role("button", name="Count and compare all that is new").click()
    page.locator("tr[data-job=run][data-state=done]").wait_for()
    page.get_by_role("button", name="Dismiss").first.wait_for(state="detached")


_PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "site": ("#/site", _site),
    "ribbons": ("#/ribbons", _ribbons),
    "compare": ("#/compare", _compare),
    "work": ("#/work", _work),
}

if __name__ == "__main__":
    main()
