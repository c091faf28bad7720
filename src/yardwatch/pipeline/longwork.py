"""The work that takes long, by name: what a server does in the background."""

from collections.abc import Callable, Mapping
from pathlib import Path

from yardwatch.errors import MisuseError
from yardwatch.model.ports import Progress
from yardwatch.pipeline.documents import Json
from yardwatch.pipeline.running import run_workspace

__all__ = ["LONG_WORK", "Params", "check_work", "title_of"]

Params = Mapping[str, Json]
"""What is asked for, as it came in a request."""


def _run(folder: Path, _: Params, progress: Progress) -> Json:
    """Count all scenes that are new and compare them."""
    return run_workspace(folder, progress=progress).document


LONG_WORK: Mapping[str, Callable[[Path, Params, Progress], Json]] = {"run": _run}
"""Name of each kind of long work to what does it."""

_TITLES = {"run": "Count and compare all that is new"}


def check_work(kind: str, params: Params) -> None:
    """Make sure that some work can be done as it is asked for.

    Raises
    ------
    MisuseError
        If there is no such kind, or something is missing.
    """
    if kind not in LONG_WORK:
        raise MisuseError(f"there is no work of kind {kind!r}; there is: {', '.join(LONG_WORK)}")
    for name in _NEEDS.get(kind, ()):
        needed(params, name)


def title_of(kind: str, params: Params) -> str:
    """What some work does, for people."""
    return _TITLES[kind].format(**params)


def needed(params: Params, name: str) -> str:
    """What must be said.

    Raises
    ------
    MisuseError
        If it is not.
    """
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise MisuseError(f"{name} is missing; name it in params")
    return value


_NEEDS: Mapping[str, tuple[str, ...]] = {}
