"""Tiles of scenes: a few images are held open in child processes, and the tiles made last are remembered."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from yardwatch.model.scene import Scene
from yardwatch.pipeline.tiling import Square, TileReader, open_tiles, tile_of

__all__ = ["Tiles", "version_of"]

_REMEMBERED_BYTES = 64 * 2**20
_FORM_VERSION = 1


def version_of(scene: Scene) -> str:
    """A word that is another when the scene's tiles are: its file, where it lies, and how we make tiles."""
    said = repr((_FORM_VERSION, scene.sha256, scene.grid))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


class Tiles:
    """Makes tiles for many threads.

    Parameters
    ----------
    folder : Path
        The workspace.
    most_open : int
        How many images are held open at one time, each by a child process.
    each : int
        How many of them may be of one scene.
    """

    def __init__(self, folder: Path, *, most_open: int, each: int = 2) -> None:
        self._folder = folder
        self._most_open, self._each = max(1, most_open), max(1, each)
        self._idle: OrderedDict[int, _Held] = OrderedDict()
        self._busy: dict[int, _Held] = {}
        self._change = threading.Condition()
        self._remembered = _Remembered(_REMEMBERED_BYTES)

    def tile(self, scene: Scene, square: Square, form: str) -> bytes:
        """A tile of a scene, encoded.

        Raises
        ------
        ImageError
            If the file is gone, has changed or cannot be decoded.
        LimitError
            If that takes more memory or time than is allowed.
        """
        key = (version_of(scene), square, form)
        found = self._remembered.get(key)
        if found is None:
            with self.reader(scene) as reader:
                found = tile_of(reader, square, form=form)
            self._remembered.put(key, found)
        return found

    def close(self) -> None:
        """End the child processes that are idle; those at work end with their tile."""
        with self._change:
            self._most_open = 0
            idle = list(self._idle.values())
            self._idle.clear()
        for held in idle:
            held.close()

    @contextmanager
    def reader(self, scene: Scene) -> Iterator[TileReader]:
        """The open file of a scene, for this thread alone until it is given back.

        Raises
        ------
        ImageError
            If the file is gone, has changed or cannot be read.
        """
        held = self._take(scene)
        try:
            if held.reader is None:
                held.open(self._folder, scene)
            assert held.reader is not None  # noqa: S101 -- opened
            yield held.reader
        except BaseException:
            self._give_up(held)
            raise
        self._put_back(held)

    def _take(self, scene: Scene) -> "_Held":
        """One that is idle, or a new one once there may be one more."""
        version = version_of(scene)
        with self._change:
            while True:
                idle = next((one for one in reversed(self._idle.values()) if one.version == version), None)
                if idle is not None:
                    del self._idle[id(idle)]
                    break
                busy = sum(one.version == version for one in self._busy.values())
                if busy < self._each and len(self._busy) < max(1, self._most_open):
                    idle = _Held(version)
                    break
                self._change.wait()
            self._busy[id(idle)] = idle
            crowded = len(self._idle) + len(self._busy) > self._most_open and self._idle
            eldest = self._idle.popitem(last=False)[1] if crowded else None
        if eldest is not None:
            eldest.close()
        return idle

    def _put_back(self, held: "_Held") -> None:
        with self._change:
            del self._busy[id(held)]
            keep = self._most_open > 0
            if keep:
                self._idle[id(held)] = held
            self._change.notify()
        if not keep:
            held.close()

    def _give_up(self, held: "_Held") -> None:
        with self._change:
            self._busy.pop(id(held), None)
            self._change.notify()
        held.close()


class _Held:
    """One image that is held open, or is about to be."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.reader: TileReader | None = None
        self._stack = ExitStack()

    def open(self, folder: Path, scene: Scene) -> None:
        self.reader = self._stack.enter_context(open_tiles(folder, scene))

    def close(self) -> None:
        self._stack.close()


class _Remembered:
    """What was made last, up to so many bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._held: OrderedDict[object, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object) -> bytes | None:
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: object, value: bytes) -> None:
        with self._lock:
            self._bytes += len(value) - len(self._held.pop(key, b""))
            self._held[key] = value
            while self._bytes > self._most_bytes:
                self._bytes -= len(self._held.popitem(last=False)[1])
