"""The child's limits bite, and what it dies of is told in one line."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.imagery.making import SQUARE, TRACK, line, noise, polygon, write_image, write_site

from yardwatch.errors import DateError, ImageError, LimitError, SiteError
from yardwatch.imagery.scenes import SceneFile, open_scene
from yardwatch.imagery.sites import read_site
from yardwatch.sandbox.child import Limits

linux = pytest.mark.skipif(sys.platform != "linux", reason="this limit can only be set on Linux")


def limits(*, memory_mb: float = 100, cpu_s: float = 20, wall_s: float = 30) -> Limits:
    return Limits(memory_bytes=int(memory_mb * 2**20), cpu_s=cpu_s, wall_s=wall_s)


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    """An image that takes a while: 200 MB of pixels in a small file."""
    pixels = np.tile(noise(1, 512, 512), (1, 28, 28))
    folder = tmp_path_factory.mktemp("large")
    options = {"compress": "deflate", "zlevel": 1, "tiled": True, "blockxsize": 4096, "blockysize": 4096}
    return write_image(folder / "large.tif", pixels, **options)


@linux
def test_memory_beyond_the_limit_is_refused(large):
    """A child with too little memory says so instead of taking more."""
    with (
        open_scene(large, limits=limits(memory_mb=8)) as reader,
        pytest.raises(LimitError, match=r"large\.tif: .*memory"),
    ):
        reader.sample(np.array([1.0]), np.array([1.0]))


def test_processor_time_beyond_the_limit_ends_the_child(large):
    """The second that is running may be used up, no more."""
    with (
        open_scene(large, limits=limits(cpu_s=0.01)) as reader,
        pytest.raises(LimitError, match=r"not read within 0\.01 s"),
    ):
        look_often(reader)


def look_often(reader: SceneFile) -> None:
    """Decode all of it again and again."""
    for _ in range(10):
        reader.picture()


def test_time_by_the_clock_beyond_the_limit_ends_the_child(tmp_path):
    """A parser that hangs does not hang the user."""
    path = write_site(tmp_path / "site.geojson", [line("T1", TRACK)])
    with pytest.raises(LimitError, match=r"site\.geojson: was not read within 0\.01 s"):
        read_site(path, limits=limits(wall_s=0.01))


@linux
def test_a_child_that_is_killed_is_told_of(tmp_path):
    """Whoever kills it, the user reads which file was being read."""
    path = write_image(tmp_path / "image.tif", noise(1, 8, 8))
    before = children()
    with open_scene(path) as reader:
        (child,) = children() - before
        os.kill(child, signal.SIGKILL)
        with pytest.raises(LimitError, match=r"image\.tif: needs more memory"):
            reader.sample(np.array([1.0]), np.array([1.0]))


@linux
def test_a_closed_scene_leaves_no_process_behind(tmp_path):
    """Also when opening failed."""
    good = write_image(tmp_path / "good.tif", noise(1, 8, 8))
    placeless = write_image(tmp_path / "bad.tif", noise(1, 8, 8), crs=None)
    before = children()
    with open_scene(good):
        assert len(children() - before) == 1
    with pytest.raises(ImageError):
        open_scene(placeless)
    assert children() == before


def children() -> set[int]:
    """Ids of the processes that this one has started and that still run."""
    listed = [task / "children" for task in Path("/proc/self/task").iterdir()]
    return {int(pid) for path in listed for pid in path.read_text().split()}


def test_errors_of_the_child_arrive_unchanged(tmp_path):
    """Kind, subject, problem and remedy."""
    feature = polygon("Y", SQUARE, conceals_from="last summer")
    with pytest.raises(DateError) as caught:
        read_site(write_site(tmp_path / "s.geojson", [feature]))
    assert 'zone "Y" conceals_from' in caught.value.subject
    assert "EDTF" in caught.value.remedy


def test_it_works_from_a_bare_interpreter_in_a_folder_full_of_traps(tmp_path):
    """A `numpy.py` beside the images is not run, GDAL settings of the user do not count, standard error stays empty."""
    write_image(tmp_path / "image.tif", noise(1, 8, 8))
    for module in ("numpy", "rasterio", "json"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit('trapped')")
    program = (
        "import sys; sys.path.remove('') if '' in sys.path else None\n"
        "from yardwatch.imagery.scenes import open_scene\n"
        "with open_scene('image.tif') as reader: print(reader.picture().shape)"
    )
    environment = os.environ | {"GDAL_SKIP": "GTiff", "CPL_DEBUG": "ON"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("(8, 8, 4)\n", "")


@pytest.mark.parametrize(
    "name", ["https://example.org/a.tif", "/vsicurl/http://127.0.0.1:9/x.tif", "GTIFF_DIR:1:a.tif"]
)
def test_addresses_and_orders_are_not_files(name):
    """Nothing is looked for outside this machine, and no name is taken for an order to the decoder."""
    with pytest.raises(ImageError):
        open_scene(name)
    with pytest.raises(SiteError):
        read_site(name)


def test_only_regular_files_are_opened(tmp_path):
    """A pipe would make us wait for ever, a device give us no end of bytes."""
    os.mkfifo(tmp_path / "pipe.tif")
    with socket.socket(socket.AF_UNIX) as endpoint:
        endpoint.bind(str(tmp_path / "socket.tif")[-100:] if len(str(tmp_path)) > 90 else str(tmp_path / "socket.tif"))
        for name in (tmp_path / "pipe.tif", "/dev/zero", tmp_path, tmp_path / "socket.tif"):
            with pytest.raises(ImageError, match="regular file"):
                open_scene(name)
    with pytest.raises(ImageError, match="No such file"):
        open_scene(tmp_path / "missing.tif")
