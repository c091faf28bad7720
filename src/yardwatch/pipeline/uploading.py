"""Take in files that came over the web: images with what lies beside them, and files for later work."""

import re
import shutil
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from yardwatch.errors import InputError, MisuseError, one_line
from yardwatch.pipeline.adding import Additions, add_to
from yardwatch.pipeline.deskwork import DeskStore
from yardwatch.pipeline.told import Told

__all__ = ["UPLOADS", "Upload", "keep_map", "keep_upload", "receive", "take_in", "upload_path"]

UPLOADS = "uploads"
"""Name of the folder in which files wait for later work; nothing in it is evidence."""

_MAPS = "maps"

_IMAGES = frozenset({".tif", ".tiff", ".png", ".jpg", ".jpeg"})
_BESIDE = frozenset({".prj", ".wld", ".tfw", ".tifw", ".pgw", ".pngw", ".jgw", ".jpgw", ".jpegw", ".json"})
_KEPT = frozenset({".json", ".geojson", ".osm", ".xml", ".kml", ".kmz", ".gpkg"})
_MOST_KEPT_BYTES = 64 * 2**20
_MOST_KEPT = 50
_ID = re.compile(r"u-[0-9a-f]{16}\.[a-z]{3,7}")
_PIECE_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes in."""

    name: str
    """Its name, as whoever sends it says."""
    stream: BinaryIO
    """What it holds."""


def receive(folder: Path, uploads: Sequence[Upload]) -> Path:
    """Put images and what lies beside them into a folder of their own in a workspace; gives that folder.

    Raises
    ------
    InputError, MisuseError
        If there is no image among the files, or one has a name that cannot be used.
    """
    named = [(_safe(upload.name, _IMAGES | _BESIDE), upload) for upload in uploads]
    if not any(Path(name).suffix in _IMAGES for name, _ in named):
        raise MisuseError(f"there is no image among the files; send one with {', '.join(sorted(_IMAGES))}")
    if len({name for name, _ in named}) < len(named):
        raise MisuseError("two of the files have one name; send them one after the other")
    batch = folder / "images" / f"upload-{uuid4().hex[:12]}"
    batch.mkdir(parents=True)
    try:
        for name, upload in named:
            _write(batch / name, upload.stream)
    except BaseException:
        shutil.rmtree(batch, ignore_errors=True)
        raise
    return batch


def take_in(store: DeskStore, batch: Path, *, told: Told) -> Additions:
    """Add the images that were received to a workspace; files of those that are not added are removed.

    Raises
    ------
    InputError
        If what is said of them is not understood.
    """
    try:
        images = sorted(path for path in batch.iterdir() if path.suffix in _IMAGES)
        found = add_to(store, images, stated=told.stated())
        for image in found.images:
            if image.status != "added":
                image.path.unlink(missing_ok=True)
        added = {image.path for image in found.images if image.status == "added"}
        if added:
            store.log_files("side files", sorted(path for path in batch.iterdir() if path not in added))
        else:
            shutil.rmtree(batch, ignore_errors=True)
    except BaseException:
        shutil.rmtree(batch, ignore_errors=True)
        raise
    return found


def keep_upload(folder: Path, upload: Upload) -> dict[str, str | int]:
    """Keep a file for later work in the folder ``uploads`` of a workspace, the newest 50; gives its id, name and size.

    Raises
    ------
    InputError
        If it is too large or of no kind that is needed.
    """
    place = folder / UPLOADS
    place.mkdir(exist_ok=True)
    suffix = Path(_safe(upload.name, _KEPT)).suffix
    name = f"u-{uuid4().hex[:16]}{suffix}"
    size = _write(place / name, upload.stream, most_bytes=_MOST_KEPT_BYTES, subject=upload.name)
    for old in sorted(place.glob("u-*"), key=lambda path: path.stat().st_mtime)[:-_MOST_KEPT]:
        old.unlink(missing_ok=True)
    return {"id": name, "name": Path(upload.name).name, "size": size}


def upload_path(folder: Path, upload_id: str) -> Path:
    """The file that was kept under an id.

    Raises
    ------
    MisuseError
        If there is none any more.
    """
    places = [folder / place / upload_id for place in (_MAPS, UPLOADS)] if _ID.fullmatch(upload_id) else []
    for path in places:
        if path.is_file():
            return path
    raise MisuseError(f"there is no uploaded file {upload_id[:40]!r}; send it again")


def keep_map(store: DeskStore, path: Path) -> None:
    """Keep an uploaded map from which something was drafted for good, in the folder ``maps``, and on record."""
    kept = store.folder / _MAPS / path.name
    if path != kept:
        kept.parent.mkdir(exist_ok=True)
        path.replace(kept)
        store.log_files("map", [kept])


def _safe(name: str, allowed: frozenset[str]) -> str:
    """A name that is one in any file system: plain letters, digits, dash, point and underscore."""
    base = Path(name.replace("\\", "/")).name
    plain = unicodedata.normalize("NFKD", base).encode("ascii", "ignore").decode()
    stem, point, suffix = plain.rpartition(".")
    suffix = f".{suffix.lower()}"
    if not point or suffix not in allowed:
        raise InputError(
            one_line(name, 100) or "a file", "is of no kind that is taken in", f"send {', '.join(sorted(allowed))}"
        )
    return (re.sub(r"[^A-Za-z0-9_.]+", "-", stem).strip("-._")[:100] or "image") + suffix


def _write(path: Path, stream: BinaryIO, *, most_bytes: int | None = None, subject: str = "") -> int:
    """Write a stream into a new file; gives its size."""
    size = 0
    with path.open("xb") as file:
        while piece := stream.read(_PIECE_BYTES):
            size += len(piece)
            if most_bytes is not None and size > most_bytes:
                file.close()
                path.unlink()
                raise InputError(
                    one_line(subject, 100), f"is larger than {most_bytes >> 20} MiB", "send the part you need"
                )
            file.write(piece)
    return size
