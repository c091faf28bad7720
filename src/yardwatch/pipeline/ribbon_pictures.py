"""Pictures of straightened tracks in tiles, kept in the folder of a workspace's small pictures."""

import io
import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from PIL import Image

from yardwatch.errors import MisuseError
from yardwatch.imagery.scenes import SceneFile
from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site, frame_of
from yardwatch.pipeline.files import write_all
from yardwatch.pipeline.reopening import reopened
from yardwatch.railcars.ribbon import plan_ribbon
from yardwatch.report.raster import Limits, display_limits, ribbon_picture

__all__ = ["HALF_WIDTH_M", "STEP_M", "TILE_M", "RibbonPictures", "picture_version", "scene_version"]

STEP_M = 0.2
"""Width of a pixel of a picture on the ground, metres."""

TILE_M = 160.0
"""Length of track in one picture, metres."""

HALF_WIDTH_M = 4.0
"""How far a picture reaches to each side of its middle, metres."""

_FARTHEST_M = 2.0
_QUALITY = 82
_COARSE = RibbonSpec(step_m=2.0, half_width_m=4.0)
_TRACKS_FOR_TONE = 40
_OPEN = 2
_FORM = "1"


def scene_version(scene: Scene) -> str:
    """Changes when the pictures of a scene would: with its file and where it lies."""
    return _short(_FORM, scene.sha256, scene.grid.crs, *map(repr, scene.grid.transform))


def picture_version(scene: Scene, site: Site, track: str, centre_m: float) -> str:
    """Changes when the picture of a track in a scene would: also when the track is drawn anew."""
    return _short(scene_version(scene), site.crs, repr(site.track(track).coordinates), f"{centre_m:.2f}")


class RibbonPictures:
    """Straightens tracks when a picture is first asked for; may be used by several threads.

    Parameters
    ----------
    folder : Path
        Where pictures are kept, e.g. ``chips/ribbons`` of a workspace; it can be emptied at any time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._open: OrderedDict[str, _Open] = OrderedDict()

    def tile(self, store: WorkspaceStore, scene: Scene, track: str, number: int, *, centre_m: float = 0.0) -> bytes:
        """A picture (WebP) of one stretch of a track, left of the track on top, chainage growing to the right.

        Parameters
        ----------
        store : WorkspaceStore
            Where scene and site are kept.
        scene : Scene
            The scene.
        track : str
            Name of the track.
        number : int
            Which stretch: from ``number * TILE_M`` on. What lies outside the image is transparent.
        centre_m : float
            Offset of the middle of the picture from the drawn track, metres, positive to the left; 2 at most.

        Raises
        ------
        MisuseError
            If there is no such track or stretch, or the middle lies too far off.
        ImageError
            If the file of the scene is gone or has changed.
        """
        site = store.site()
        length_m = site.line(site.track(track)).length_m
        last = max(0, int(np.ceil(length_m / TILE_M)) - 1)
        if not 0 <= number <= last:
            raise MisuseError(f"{track}: has no stretch {number}; its stretches are 0 to {last}")
        if not abs(centre_m) <= _FARTHEST_M:
            raise MisuseError(f"a middle {centre_m:g} m beside the track is too far; give {_FARTHEST_M:g} m at most")
        place = self._folder / _short(scene.id) / f"{picture_version(scene, site, track, centre_m)}-{number}.webp"
        if (found := _kept(place)) is not None:
            return found
        with self._lock:
            if (found := _kept(place)) is not None:
                return found
            tiles = self._straightened(store, site, scene, track, centre_m)
            name = place.name.rpartition("-")[0]
            write_all({place.with_name(f"{name}-{at}.webp"): content for at, content in enumerate(tiles)})
        return tiles[number]

    def close(self) -> None:
        """Let go of all files."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].stack.close()

    def _straightened(
        self, store: WorkspaceStore, site: Site, scene: Scene, track: str, centre_m: float
    ) -> list[bytes]:
        """All pictures of a track."""
        reader = self._reader(store, site, scene)
        limits = self._limits(reader, site, scene)
        line = site.line(site.track(track))
        number = max(1, int(np.ceil(line.length_m / TILE_M)))
        wide = RibbonSpec(step_m=STEP_M, half_width_m=HALF_WIDTH_M + _FARTHEST_M)
        plan = plan_ribbon(track, line, scene.grid, frame_of(site), spec=wide)
        columns, rows = round(TILE_M / STEP_M), 2 * round(HALF_WIDTH_M / STEP_M) + 1
        whole = np.zeros((rows, number * columns, 4), np.uint8)
        if plan is not None:
            ribbon = plan.ribbon(reader.sample(plan.column, plan.row, footprint_px=plan.footprint_px))
            top = round((float(ribbon.offsets_m[0]) - centre_m - HALF_WIDTH_M) / STEP_M)
            first = round(float(ribbon.chainages_m[0]) / STEP_M - 0.5)
            picture = ribbon_picture(ribbon, limits)[top : top + rows]
            whole[:, first : first + picture.shape[1]] = picture[:, : whole.shape[1] - first]
        return [_webp(whole[:, at * columns : (at + 1) * columns]) for at in range(number)]

    def _limits(self, reader: SceneFile, site: Site, scene: Scene) -> Limits:
        """Black and white of the whole scene, the same for all its tracks."""
        place = self._folder / _short(scene.id) / f"{scene_version(scene)}-tone.json"
        if (found := _kept(place)) is not None:
            return tuple((int(band), float(low), float(high)) for band, low, high in json.loads(found))
        tracks = site.tracks[:: max(1, len(site.tracks) // _TRACKS_FOR_TONE)]
        limits = display_limits(_coarse(reader, site, scene, [track.name for track in tracks]), dtype=scene.dtype)
        if not limits:
            limits = display_limits(_coarse(reader, site, scene, [track.name for track in site.tracks]))
        write_all({place: json.dumps(limits).encode()})
        return limits or ((0, 0.0, 255.0),) * 3

    def _reader(self, store: WorkspaceStore, site: Site, scene: Scene) -> SceneFile:
        """The file of a scene, kept open; opened anew when it or its place has changed."""
        stamp = (scene_version(scene), _stamp(store.source_of(scene.id)))
        kept = self._open.get(scene.id)
        if kept is not None and kept.stamp == stamp:
            self._open.move_to_end(scene.id)
            return kept.reader
        if kept is not None:
            self._open.pop(scene.id).stack.close()
        stack = ExitStack()
        reader = stack.enter_context(reopened(store, site, scene))
        self._open[scene.id] = _Open(stamp, reader, stack)
        while len(self._open) > _OPEN:
            self._open.popitem(last=False)[1].stack.close()
        return reader


@dataclass(frozen=True, slots=True)
class _Open:
    """A file that is kept open."""

    stamp: tuple[str, tuple[int, int]]
    reader: SceneFile
    stack: ExitStack


def _coarse(reader: SceneFile, site: Site, scene: Scene, names: Sequence[str]) -> list[Ribbon]:
    ribbons = []
    for name in names:
        plan = plan_ribbon(name, site.line(site.track(name)), scene.grid, frame_of(site), spec=_COARSE)
        if plan is not None:
            ribbons.append(plan.ribbon(reader.sample(plan.column, plan.row, footprint_px=1.0)))
    return ribbons


def _webp(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(buffer, "WEBP", quality=_QUALITY, method=2)
    return buffer.getvalue()


def _kept(place: Path) -> bytes | None:
    try:
        return place.read_bytes()
    except OSError:
        return None


def _stamp(source: str) -> tuple[int, int]:
    try:
        found = Path(source).stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _short(*parts: str) -> str:
    return sha256(repr(parts).encode()).hexdigest()[:16]
