"""Whether this machine has what Yardwatch needs."""

import os
import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import pyproj
import rasterio
import shapely

from yardwatch._version import __version__
from yardwatch.errors import YardwatchError
from yardwatch.imagery.sites import read_site
from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.railcars.network import shipped_network

__all__ = ["Check", "Health", "examine"]

_SITE = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"kind": "track", "name": "T1"}, '
    '"geometry": {"type": "LineString", "coordinates": [[10.0, 50.0], [10.01, 50.0]]}}]}'
)
_LEAST_MEMORY_GB = 1.0
_LEAST_DISK_GB = 0.5


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    """What."""
    found: str
    """What was found, in words."""
    ok: bool
    """Whether it is as it must be."""
    remedy: str | None = None
    """What to do, where it is not."""


@dataclass(frozen=True, slots=True)
class Health:
    """All that was looked at."""

    checks: tuple[Check, ...]
    """In the order of the table."""

    @property
    def ok(self) -> bool:
        """Whether nothing that is needed is missing."""
        return all(check.ok for check in self.checks)

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        checks: list[Json] = [
            {"name": check.name, "found": check.found, "ok": check.ok, "remedy": None if check.ok else check.remedy}
            for check in self.checks
        ]
        return document(made_by("doctor"), (), {"ok": self.ok, "checks": checks})


def examine(folder: Path) -> Health:
    """Look at the program, its libraries, the machine and the folder that results would go to."""
    return Health(
        (
            Check("yardwatch", __version__, ok=True),
            Check("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}", ok=True),
            Check("GDAL", rasterio.__gdal_version__, ok=True),
            Check("GEOS", shapely.geos_version_string, ok=True),
            _try("PROJ", _proj, "set PROJ_DATA to a folder that holds proj.db, or install pyproj anew"),
            _try("SQLite with R-tree", _rtree, "use a Python whose SQLite has the R-tree module"),
            _try("evidence network", _network, "install yardwatch anew, with onnxruntime"),
            _try("safe reading of files", _child, "run on Linux or macOS, and let programs start others"),
            _memory(),
            _disk(folder),
            _try("writing here", lambda: _written(folder), "go to a folder in which you may write"),
        )
    )


def _try(name: str, find: Callable[[], str], remedy: str) -> Check:
    try:
        return Check(name, find(), ok=True)
    except (YardwatchError, OSError, RuntimeError, sqlite3.Error) as error:
        return Check(name, f"no: {error}", ok=False, remedy=remedy)


def _proj() -> str:
    pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32652", always_xy=True).transform(130.6, 42.4)
    return str(pyproj.__proj_version__)


def _rtree() -> str:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE boxes USING rtree(id, west, east, south, north)")
    finally:
        connection.close()
    return sqlite3.sqlite_version


def _network() -> str:
    """Let the network that ships with the package read a ribbon."""
    size = RibbonSpec().offsets_m.size
    ribbon = Ribbon("", np.arange(64.0), RibbonSpec().offsets_m, np.zeros((1, size, 64), np.float32))
    network = shipped_network()
    network.read([ribbon], gsd_m=0.5)
    return f"{network.name} on onnxruntime {onnxruntime.__version__}"


def _child() -> str:
    """Read a small site, which a child process with limits does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.geojson"
        path.write_text(_SITE, "utf-8")
        read_site(path)
    return "a child process with limits answers"


def _memory() -> Check:
    total_gb = _total_memory_bytes() / 1e9
    if not total_gb:
        return Check("memory", "not known", ok=True)
    ok = total_gb >= _LEAST_MEMORY_GB
    return Check("memory", f"{total_gb:.1f} GB", ok=ok, remedy=f"use a machine with {_LEAST_MEMORY_GB:.0f} GB or more")


def _total_memory_bytes() -> int:
    if sys.platform == "win32" or "SC_PHYS_PAGES" not in os.sysconf_names:
        return 0
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _disk(folder: Path) -> Check:
    try:
        free_gb = shutil.disk_usage(folder).free / 1e9
    except OSError as error:
        return Check("free disk", f"no: {error}", ok=False, remedy="go to a folder that is there")
    return Check("free disk", f"{free_gb:.1f} GB", ok=free_gb >= _LEAST_DISK_GB, remedy="make room on the disk")


def _written(folder: Path) -> str:
    with tempfile.TemporaryFile(dir=folder):
        return str(folder.absolute())
