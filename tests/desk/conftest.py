"""The desk in a real browser: one Chromium for all tests, and servers over copies of an invented yard."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "src" / "yardwatch" / "web" / "static" / "index.html"
FLAGS = (
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)  # fmt: skip
PATIENCE_S = 240.0
"""How long anything may take; the machine may be busy with other things."""


@dataclass
class Served:
    """A server over one workspace."""

    folder: Path
    process: subprocess.Popen[str]
    link: str
    port: int

    def end(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server and wait for it."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()

    @property
    def address(self) -> str:
        """Without the token."""
        return f"http://127.0.0.1:{self.port}/"


@dataclass
class Desk:
    """A page of a browser at a server, and what went wrong in it."""

    served: Served
    page: object
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """Debian's Chromium, started once."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("needs: chromium (apt-get install chromium)")
    if not BUILT.is_file():
        pytest.skip("needs: the built front end (make desk)")
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs: playwright")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The counted workspace of ``yardwatch demo``; made once, also for several processes. Do not change it.

    ``YARDWATCH_DEMO`` may name one that was made before, to save its minute.
    """
    if before := os.environ.get("YARDWATCH_DEMO"):
        return Path(before)
    alone = os.environ.get("PYTEST_XDIST_WORKER") is None
    base = tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent
    folder, done = base / "desk-demo", base / "desk-demo.done"
    try:
        (base / "desk-demo.claimed").mkdir()
    except FileExistsError:
        return _made_elsewhere(folder, done)
    try:
        _yardwatch("demo", str(folder))
        done.write_text("made")
    except BaseException:
        done.write_text("failed")
        raise
    return folder


def _made_elsewhere(folder: Path, done: Path) -> Path:
    until = time.monotonic() + 600
    while not done.exists() and time.monotonic() < until:
        time.sleep(0.5)
    assert done.read_text() == "made", "another process could not make the demo workspace"
    return folder


@pytest.fixture
def uncounted_workspace(demo_workspace: Path, tmp_path: Path) -> Path:
    """The same yard with two of its scenes, none of them counted."""
    folder = tmp_path / "uncounted"
    _yardwatch("init", str(folder), "--site", str(demo_workspace / "site.geojson"))
    images = sorted(demo_workspace.glob("images/*.tif"))[:2]
    _yardwatch("scene", "add", str(folder), *map(str, images), "--credit", "Simulated by Yardwatch; an invented place")
    return folder


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Serves a workspace: ``serve(folder)``, ``serve(folder, port=…)`` where another server was, ``more`` options."""
    started: list[Served] = []

    def start(folder: Path, *, port: int | None = None, more: Sequence[str] = ()) -> Served:
        words = ["serve", str(folder), *(["--port", str(port)] if port else []), *more]
        process = subprocess.Popen(
            [sys.executable, "-m", "yardwatch", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        link = _link_of(process)
        served = Served(folder, process, link, int(re.search(r":(\d+)/", link)[1]))
        started.append(served)
        return served

    yield start
    for served in started:
        served.end()


def _link_of(process: subprocess.Popen[str]) -> str:
    for line in process.stdout:
        if found := re.search(r"http://127\S+", line):
            return found[0]
    raise AssertionError(f"the server ended with code {process.wait()} and printed no link")


@pytest.fixture
def copied_demo(demo_workspace: Path, tmp_path: Path) -> Path:
    """A copy of the demo workspace that a test may change."""
    return Path(shutil.copytree(demo_workspace, tmp_path / "demo"))


@pytest.fixture
def open_desk(chromium: object) -> Iterator[Callable[..., Desk]]:
    """Opens the desk of a server in a context of its own: ``open_desk(served, "#/site")``; errors fail the test.

    The script ``before`` runs ahead of those of the page.
    """
    opened: list[tuple[object, Desk]] = []

    def open_at(
        served: Served, place: str = "", *, width: int = 1280, height: int = 800, dark: bool = False, before: str = ""
    ) -> Desk:
        size = {"width": width, "height": height}
        context = chromium.new_context(viewport=size, color_scheme="dark" if dark else "light", locale="en-GB")
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        page.add_init_script(before)
        desk = Desk(served, page)
        opened.append((context, desk))
        page.on("pageerror", lambda error: desk.errors.append(str(error)))
        page.on("console", lambda said: desk.errors.append(said.text) if _is_bad(said) else None)
        page.on("request", lambda asked: desk.outside.append(asked.url) if _is_outside(asked.url) else None)
        token = served.link.partition("#token=")[2]
        page.goto(f"{served.address}{f'?token={token}' if token else ''}{place}")
        return desk

    yield open_at
    for context, _ in opened:
        context.close()
    for _, desk in opened:
        assert not desk.errors, desk.errors
        assert not desk.outside, desk.outside


@pytest.fixture
def desk(serve: Callable[..., Served], copied_demo: Path, open_desk: Callable[..., Desk]) -> Desk:
    """The desk of a copy of the demo workspace, signed in, at its first page."""
    return open_desk(serve(copied_demo))


def _is_bad(said: object) -> bool:
    """An error in the console that is not the browser's note of an answer such as 404."""
    return said.type == "error" and not said.text.startswith("Failed to load resource")


def _is_outside(url: str) -> bool:
    return url.startswith(("http:", "https:", "ws:")) and not re.match(r"https?://127\.0\.0\.1:\d+/", url)


def _yardwatch(*words: str) -> None:
    ran = subprocess.run([sys.executable, "-m", "yardwatch", *words], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
