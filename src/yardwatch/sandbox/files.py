"""Which paths may be opened at all: plain files of this machine, nothing that a decoder could take for an order."""

import stat
from pathlib import Path

from yardwatch.errors import InputError

__all__ = ["plain_file"]


def plain_file(path: str | Path, *, error: type[InputError]) -> Path:
    """The absolute path of a regular, non-empty file.

    Raises
    ------
    InputError
        Of the kind `error`, if it is anything else: an address, a virtual path, a folder, a pipe, a device, missing.
    """
    text = str(path)
    if "://" in text or text.startswith("/vsi") or "\0" in text:
        raise error(text, "is not a file on this machine", "download it and give the path of the file")
    try:
        real = Path(text).resolve(strict=True)
        facts = real.stat()
        if stat.S_ISREG(facts.st_mode):
            with real.open("rb"):
                pass
    except (OSError, RuntimeError) as problem:
        reason = getattr(problem, "strerror", None) or "cannot be opened"
        raise error(text, f"cannot be opened ({reason})", "check the path and the rights on the file") from None
    if not stat.S_ISREG(facts.st_mode):
        raise error(text, "is not a regular file", "give the path of a file, not of a folder, pipe or device")
    if facts.st_size == 0:
        raise error(text, "is empty", "copy or download it again")
    return real
