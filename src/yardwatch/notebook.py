"""Series, tallies, ribbons and lineage as they should look in a Jupyter notebook.

::

    import yardwatch.notebook

After that, a cell that ends in one of these values shows it as the report does; `show` shows it anywhere in a cell.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yardwatch.claims.lineage import Lineage
from yardwatch.errors import MisuseError
from yardwatch.model.claim import Claim, Source
from yardwatch.model.railcar import Count, Tally
from yardwatch.model.ribbon import Ribbon
from yardwatch.model.series import Series
from yardwatch.report import Followed, lineage_html, ribbon_html, series_html, tally_html

__all__ = ["SHOWN", "Told", "as_html", "enable", "show"]


@dataclass(frozen=True, slots=True)
class Told:
    """A lineage with the claims and sources that it is about, for showing it."""

    lineage: Lineage
    """Which claim repeats which."""
    claims: Sequence[Claim]
    """The claims."""
    sources: Sequence[Source]
    """Their sources."""


_SHOWN: Mapping[type, Callable[[Any], str]] = {
    Series: series_html,
    Followed: series_html,
    Count: tally_html,
    Tally: tally_html,
    Ribbon: ribbon_html,
    Told: lambda told: lineage_html(told.lineage, told.claims, told.sources),
}

SHOWN = tuple(_SHOWN)
"""The kinds of values that are shown."""


def as_html(value: object) -> str:
    """A value as a piece of HTML that needs nothing else.

    Parameters
    ----------
    value : Series, Followed, Count, Tally, Ribbon, Told or a sequence of series
        What is to be shown.

    Raises
    ------
    MisuseError
        If it is something else.
    """
    if type(value) in _SHOWN:
        return _SHOWN[type(value)](value)
    if isinstance(value, list | tuple) and value and all(isinstance(one, Series | Followed) for one in value):
        return series_html(value)
    kinds = ", ".join(kind.__name__ for kind in SHOWN)
    raise MisuseError(f"a {type(value).__name__} has no picture; give one of {kinds}, or a sequence of series")


def show(value: object) -> object:
    """A value as something that a notebook shows, whether or not `enable` was called."""
    return _Shown(as_html(value))


def enable(shell: Any = None) -> bool:  # noqa: ANN401 -- of IPython, which need not be there
    """Let a running notebook show our values by themselves; False if none is running.

    Parameters
    ----------
    shell : IPython's shell, optional
        The one that is running unless given.
    """
    shell = shell or _running_shell()
    if shell is None:
        return False
    formatter = shell.display_formatter.formatters["text/html"]
    for kind, shown in _SHOWN.items():
        formatter.for_type(kind, shown)
    return True


@dataclass(frozen=True, slots=True)
class _Shown:
    """A piece of HTML by the name that notebooks ask for."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


def _running_shell() -> Any:  # noqa: ANN401 -- of IPython
    """IPython's shell if one runs in this process; it is not imported for that."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


enable()
