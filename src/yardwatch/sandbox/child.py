"""Foreign files are decoded in a child process with little memory, little time and no way to write."""

import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yardwatch
from yardwatch import errors
from yardwatch.errors import InputError, LimitError
from yardwatch.sandbox._wire import Message, read_message, write_message

__all__ = ["Child", "Limits", "ask_once"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a child may use for one request; a limit that the system cannot set is left out."""

    memory_bytes: int
    """Memory beyond what the child holds once its libraries are loaded."""
    cpu_s: float
    """Processor time, seconds; rounded up to whole ones."""
    wall_s: float
    """Time by the clock, seconds."""


_FOREIGN_SETTINGS = ("GDAL_", "CPL_", "VSI_", "OGR_", "AWS_", "AZURE_", "GS_", "OSS_", "SWIFT_", "PYTHON")
_KEPT_SETTINGS = ("PYTHONPATH", "PYTHONHOME", "PYTHONUTF8")
_SETTINGS = {
    "GDAL_CACHEMAX": "16",
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_GEOREF_SOURCES": "INTERNAL",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_MAX_DATASET_POOL_SIZE": "2",
    "GDAL_NUM_THREADS": "1",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_TIFF_INTERNAL_MASK": "YES",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_TRIM_THRESHOLD_": "268435456",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PROJ_NETWORK": "OFF",
    "VSI_CACHE": "FALSE",
}


class Child:
    """A child process that answers requests about one file, one at a time.

    Parameters
    ----------
    subject : str
        The file, as it is to be named in errors.
    handlers : str
        Path of the module that answers: it has ``new_handlers()``, which gives a function for each operation.
    limits : Limits
        What each request may use.
    error : type of InputError
        What is raised if the child dies of the file.
    """

    def __init__(self, subject: str, *, handlers: str, limits: Limits, error: type[InputError] = InputError) -> None:
        self._subject = subject
        self._handlers = handlers
        self._limits = limits
        self._error = error
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-B", "-m", "yardwatch.sandbox._worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=_environment(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def ask(self, operation: str, payload: bytes | memoryview = b"", **arguments: Any) -> Message:  # noqa: ANN401 -- JSON
        """Send a request and wait for its answer.

        Raises
        ------
        InputError
            What the child raised, unchanged.
        LimitError
            If the child used up its memory or time.
        InputError
            Of the kind that was asked for, if the child died of the file.
        """
        self.send(operation, payload, **arguments)
        return self.receive()

    def send(
        self,
        operation: str,
        payload: bytes | memoryview = b"",
        *,
        cpu_s: float | None = None,
        **arguments: Any,  # noqa: ANN401 -- JSON
    ) -> None:
        """Send a request without waiting, so that something else can be done meanwhile.

        It may use `cpu_s` seconds of processor time instead of what the limits say.
        """
        assert self._process.stdin is not None  # noqa: S101 -- opened as a pipe above
        limits = self._limits
        header = {
            "handlers": self._handlers,
            "operation": operation,
            "subject": self._subject,
            "memory_bytes": limits.memory_bytes,
            "cpu_s": limits.cpu_s if cpu_s is None else cpu_s,
            "arguments": arguments,
        }
        try:
            write_message(self._process.stdin, header, payload)
        except (OSError, ValueError):
            raise self._obituary() from None

    def receive(self) -> Message:
        """Wait for the answer to what was sent; raises like `ask`."""
        assert self._process.stdout is not None  # noqa: S101 -- opened as a pipe above
        source = _Timed(self._process.stdout.fileno(), time.monotonic() + self._limits.wall_s)
        try:
            header, payload = read_message(source)
        except TimeoutError:
            self.close(at_once=True)
            raise self._too_slow(f"{self._limits.wall_s:g} s") from None
        except (EOFError, OSError, ValueError):
            raise self._obituary() from None
        if "error" in header:
            raise _revived(header["error"], header["parts"])
        return header, payload

    def close(self, *, at_once: bool = False) -> None:
        """End the child; a second call does nothing."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        if at_once:
            self._process.kill()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _obituary(self) -> InputError:
        """The error that tells what the child died of."""
        self.close()
        code = self._process.returncode
        if code == -signal.SIGXCPU:
            return self._too_slow(f"{self._limits.cpu_s:g} s of processor time")
        if code in {-signal.SIGKILL, -signal.SIGABRT}:
            return LimitError(self._subject, "needs more memory than is allowed", "use a smaller or simpler file")
        return self._error(self._subject, "cannot be decoded: its reader died", "save it anew with another program")

    def _too_slow(self, spent: str) -> LimitError:
        return LimitError(self._subject, f"was not read within {spent}", "use a smaller or simpler file")


def ask_once(
    subject: str,
    operation: str,
    *,
    handlers: str,
    limits: Limits,
    error: type[InputError] = InputError,
    **arguments: Any,  # noqa: ANN401 -- JSON
) -> dict[str, Any]:
    """Have one request answered by a child of its own; raises like `Child.ask`."""
    with Child(subject, handlers=handlers, limits=limits, error=error) as child:
        return child.ask(operation, **arguments)[0]


class _Timed:
    """Reads from a pipe until a moment."""

    def __init__(self, descriptor: int, until: float) -> None:
        self._descriptor = descriptor
        self._until = until

    def fill(self, view: memoryview) -> None:
        while len(view):
            ready, _, _ = select.select([self._descriptor], [], [], max(0.0, self._until - time.monotonic()))
            if not ready:
                raise TimeoutError
            count = os.readv(self._descriptor, [view])
            if count == 0:
                raise EOFError
            view = view[count:]


def _environment() -> dict[str, str]:
    """The settings of this process without those that could steer a decoder, and with ours."""
    own = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT_SETTINGS or not name.startswith(_FOREIGN_SETTINGS)
    }
    root = str(Path(yardwatch.__file__).parents[1])
    path = [root, *filter(None, [own.get("PYTHONPATH")])]
    return own | _SETTINGS | {"PYTHONPATH": os.pathsep.join(path)}


def _revived(name: str, parts: list[str]) -> InputError:
    """The error of our tree that a child reported."""
    kind = getattr(errors, name, None)
    if not (isinstance(kind, type) and issubclass(kind, InputError)):
        kind = InputError
    return kind(*parts)
