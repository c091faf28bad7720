"""The child process that does one job: told on standard input what to do, tells on standard output how it goes."""

import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from yardwatch.errors import WorkspaceBusyError, YardwatchError
from yardwatch.pipeline.longwork import LONG_WORK

__all__: list[str] = []

_EVERY_S = 0.2
_BUSY_PATIENCE_S = 20.0


def main() -> None:
    """Do the job that the first line of standard input names."""
    asked = json.loads(_first_line())
    _end_with_parent()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    teller = _Teller(lambda message: print(json.dumps(message), file=out, flush=True))
    try:
        result = _patiently(lambda: LONG_WORK[asked["kind"]].do(Path(asked["folder"]), asked["params"], teller.tell))
    except YardwatchError as error:
        detail, _, remedy = str(error).partition("; ")
        teller.say({"problem": {"code": type(error).__name__, "detail": detail, "remedy": remedy or "try again"}})
    except MemoryError:
        detail, remedy = "not enough memory", "give a smaller image or a machine with more"
        teller.say({"problem": {"code": "memory", "detail": detail, "remedy": remedy}})
    else:
        teller.say({"result": result})


class _Teller:
    """Tells how the work goes, not too often."""

    def __init__(self, say: Callable[[Mapping[str, Any]], None]) -> None:
        self.say = say
        self._last = 0.0

    def tell(self, what: str, done: int, of: int) -> None:
        now = time.monotonic()
        if now - self._last >= _EVERY_S or done == of:
            self._last = now
            self.say({"progress": [what, done, of]})


def _patiently(work: Callable[[], object]) -> object:
    """Do it, and wait a little for a process that was ended and still holds the workspace."""
    until = time.monotonic() + _BUSY_PATIENCE_S
    while True:
        try:
            return work()
        except WorkspaceBusyError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def _first_line() -> bytes:
    line = b""
    while not line.endswith(b"\n") and (more := os.read(0, 2**16)):
        line += more
    return line


def _end_with_parent() -> None:
    """End this process once standard input closes: the server is gone, and the next one takes the work up."""

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main()
