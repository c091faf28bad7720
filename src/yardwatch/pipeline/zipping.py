"""Zip files: written so that the same content gives the same bytes, and unpacked as something from a stranger."""

import os
import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from yardwatch.errors import InputError, LimitError

__all__ = ["unpack_zip", "write_zip"]

_NO_TIME = (1980, 1, 1, 0, 0, 0)
_PACKED = frozenset({".tif", ".tiff", ".png", ".jpg", ".jpeg", ".pdf", ".docx", ".onnx"})
_MODE = 0o100644 << 16
_MOST_FILES = 100_000
_MOST_BYTES = 64 * 10**9
_MOST_RATIO = 1000
_CHUNK_BYTES = 1 << 20
_REMEDY = "unpack only packages that yardwatch export wrote"


def write_zip(root: Path, out: Path) -> tuple[str, ...]:
    """Put all files of a folder into a zip, in the order of their names and without their times; gives the names."""
    files = sorted((path.relative_to(root).as_posix(), path) for path in root.rglob("*") if path.is_file())
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(part, "w", allowZip64=True) as archive:
            for name, path in files:
                info = zipfile.ZipInfo(name, _NO_TIME)
                info.create_system, info.external_attr = 3, _MODE
                packed = path.suffix.lower() in _PACKED
                info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
                info.file_size = path.stat().st_size
                with path.open("rb") as source, archive.open(info, "w") as target:
                    shutil.copyfileobj(source, target, _CHUNK_BYTES)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return tuple(name for name, _ in files)


def unpack_zip(path: Path, folder: Path) -> None:
    """Unpack a zip from anybody into an empty folder; nothing is written outside of it.

    Raises
    ------
    InputError
        If it is no zip, is damaged, or holds a name that leads elsewhere.
    LimitError
        If it holds too much.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
            _check_size(path, found)
            for info in found:
                _unpack(archive, info, path, folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InputError(str(path), f"is no sound zip ({error})", _REMEDY) from None


def _check_size(path: Path, found: list[zipfile.ZipInfo]) -> None:
    whole = sum(info.file_size for info in found)
    packed = max(1, sum(info.compress_size for info in found))
    if len(found) > _MOST_FILES or whole > _MOST_BYTES or whole > _MOST_RATIO * packed + _CHUNK_BYTES:
        raise LimitError(str(path), f"would unpack to {len(found)} files of {whole} bytes", _REMEDY)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, folder: Path) -> None:
    name = PurePosixPath(info.filename)
    kind = info.external_attr >> 28
    if name.is_absolute() or ".." in name.parts or "\\" in info.filename or ":" in info.filename or kind == 0o12:
        raise InputError(str(path), f"holds {info.filename!r}, which leads out of it", _REMEDY)
    target = folder / name
    if info.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    left = info.file_size
    with archive.open(info) as source, target.open("xb") as file:
        while chunk := source.read(_CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise LimitError(str(path), f"holds {info.filename!r}, which is larger than it says", _REMEDY)
            file.write(chunk)
