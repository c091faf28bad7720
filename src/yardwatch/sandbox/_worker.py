"""The child process: confines itself, then answers requests from its parent until the pipe closes."""

import contextlib
import io
import math
import os
import resource
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from yardwatch.errors import InputError
from yardwatch.sandbox._wire import Message, read_message, write_message

__all__: list[str] = []

_OPEN_FILES = 64
_OURS = "yardwatch."
_Handler = Callable[..., tuple[dict[str, Any], bytes | memoryview]]


class _Pipe:
    """Whole buffers from a file."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file

    def fill(self, view: memoryview) -> None:
        while len(view):
            count = self._file.readinto(view)
            if not count:
                raise EOFError
            view = view[count:]


def main() -> None:
    """Serve until the parent goes away."""
    requests = _Pipe(io.FileIO(os.dup(0), "rb"))
    replies = io.FileIO(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    handlers: dict[str, _Handler] = {}
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            _serve(read_message(requests), handlers, replies)


def _serve(request: Message, handlers: dict[str, _Handler], replies: io.FileIO) -> None:
    """Answer one request, with the result or with an error of our tree."""
    header, payload = request
    subject, operation = header["subject"], header["operation"]
    if not handlers:
        handlers.update(_handlers_of(header["handlers"]))
        _confine(header["memory_bytes"])
    _allow_time(header["cpu_s"])
    try:
        answer, body = handlers[operation](subject, payload, **header["arguments"])
    except InputError as error:
        answer, body = {"error": type(error).__name__, "parts": [error.subject, error.problem, error.remedy]}, b""
    except MemoryError:
        parts = [subject, "needs more memory than is allowed", "use a smaller or simpler file"]
        answer, body = {"error": "LimitError", "parts": parts}, b""
    write_message(replies, answer, body)


def _handlers_of(module: str) -> dict[str, _Handler]:
    """Load what answers the requests, and nothing else, before this process is confined."""
    if not module.startswith(_OURS):
        raise EOFError
    found: dict[str, _Handler] = import_module(module).new_handlers()
    return found


def _confine(memory_bytes: int) -> None:
    """Take away what a decoder never needs: memory without end, written files, core dumps, many open files."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    held = _held_bytes()
    if held is not None:
        _limit(resource.RLIMIT_DATA, held + memory_bytes)


def _allow_time(cpu_s: float) -> None:
    """Let this request use `cpu_s` of processor time beyond what is used already."""
    _limit(resource.RLIMIT_CPU, math.ceil(time.process_time() + cpu_s), keep_hard=True)


def _limit(which: int, value: int, *, keep_hard: bool = False) -> None:
    hard = resource.getrlimit(which)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(which, (value, hard if keep_hard else value))


def _held_bytes() -> int | None:
    """Private memory held now; None where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    for line in status.splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return None


if __name__ == "__main__":
    main()
    os._exit(0)
