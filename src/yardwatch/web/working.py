"""One job in a child process, which ends with this one however that ends."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import yardwatch
from yardwatch.errors import one_line

__all__ = ["Outcome", "Work"]

_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended."""

    result: object = None
    """What came of it."""
    problem: Mapping[str, object] | None = None
    """Why nothing did: code, detail and remedy."""
    ended: bool = False
    """Whether it was ended before it was done."""


class Work:
    """A job that is about to be done."""

    def __init__(self, folder: Path, kind: str, params: Mapping[str, object]) -> None:
        self._asked = {"folder": str(folder), "kind": kind, "params": dict(params)}
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._ended = False

    def do(self, tell: Callable[[tuple[str, int, int]], None]) -> Outcome:
        """Do it, and wait until it is done or ended."""
        with self._lock:
            if self._ended:
                return Outcome(ended=True)
            self._process = _started()
        outcome = self._followed(self._process, tell)
        self._process.wait()
        return Outcome(ended=True) if self._was_ended() and outcome.result is None else outcome

    def end(self) -> None:
        """End it, gently first; what it finished stays."""
        with self._lock:
            self._ended = True
            process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        threading.Timer(_PATIENCE_S, _kill, (process,)).start()

    def _was_ended(self) -> bool:
        with self._lock:
            return self._ended

    def _followed(self, process: "subprocess.Popen[bytes]", tell: Callable[[tuple[str, int, int]], None]) -> Outcome:
        assert process.stdin is not None  # noqa: S101 -- opened as a pipe
        assert process.stdout is not None  # noqa: S101 -- opened as a pipe
        outcome = Outcome(problem=_DIED)
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(self._asked).encode() + b"\n")
            process.stdin.flush()  # and it stays open: when it closes, the child knows that we are gone
        for line in process.stdout:
            message = json.loads(line)
            if "progress" in message:
                what, done, of = message["progress"]
                tell((one_line(str(what), 200), int(done), int(of)))
            else:
                outcome = Outcome(message.get("result"), message.get("problem"))
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.stdout.close()
        return outcome


_DIED = {
    "code": "internal",
    "detail": "the process that did the work died",
    "remedy": "resume it; if it dies again, run the command in a terminal to see why",
}


def _started() -> "subprocess.Popen[bytes]":
    root = str(Path(yardwatch.__file__).parents[1])
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "yardwatch.web.work"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path},
    )


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(OSError):
        process.kill()
