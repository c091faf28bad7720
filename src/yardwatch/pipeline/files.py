"""Writing files so that they are there whole or not at all."""

import io
import os
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from yardwatch.errors import MisuseError
from yardwatch.model.ports import Picture

__all__ = ["check_target", "png", "write_all"]


def write_all(contents: Mapping[Path, bytes]) -> None:
    """Write some files: all are prepared beside their targets before the first is put in place.

    Folders that are missing are made. A reader sees the old file or the new one, never a part. A link is followed;
    what is no file, such as ``/dev/stdout``, is written to as it is, last.

    Raises
    ------
    OSError
        If one cannot be written; then no target has been touched, unless the last step of all failed.
    """
    whole = {path.resolve(): content for path, content in contents.items() if not _is_stream(path)}
    staged = {path: path.with_name(f".{path.name[:80]}.{os.getpid()}.part") for path in whole}
    try:
        for path, part in staged.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(part, whole[path])
        for path, part in staged.items():
            part.replace(path)
    finally:
        for part in staged.values():
            _forget(part)
    for path, content in contents.items():
        if _is_stream(path):
            path.write_bytes(content)


def check_target(path: Path, *, inputs: tuple[Path, ...] = ()) -> None:
    """See, before any work is done, that a file can be written and that it is none of the inputs.

    Raises
    ------
    MisuseError
        If it is a folder, its folder is missing, or it is an input.
    """
    if path.is_dir():
        raise MisuseError(f"{path}: is a folder; name a file")
    if not path.parent.is_dir():
        raise MisuseError(f"{path}: its folder does not exist; make it first")
    if any(_same(path, source) for source in inputs):
        raise MisuseError(f"{path}: is another file of this command and would be overwritten; name another")


def png(picture: Picture) -> bytes:
    """A picture as a PNG file."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _same(path: Path, other: Path) -> bool:
    if path.exists() and other.exists():
        return path.samefile(other)
    return path.resolve() == other.resolve()


def _is_stream(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _forget(path: Path) -> None:
    if path.parent.is_dir():
        path.unlink(missing_ok=True)
