"""Values look in a notebook as they do in a report."""

from datetime import UTC, datetime

import pytest

from yardwatch import notebook
from yardwatch.claims.lineage import trace
from yardwatch.errors import MisuseError
from yardwatch.model.claim import Claim, Source
from yardwatch.model.dates import parse_when
from yardwatch.model.observation import Observation
from yardwatch.model.quantity import parse_quantity
from yardwatch.trends.series import build_series

SEEN = Observation(
    "o1", "railcar", parse_quantity("about 73"), parse_when("2024-06-17"), "somebody", datetime(2024, 7, 1, tzinfo=UTC)
)


class Formatter:
    """Takes formatters as IPython's does."""

    def __init__(self):
        self.known = {}

    def for_type(self, kind, shown):
        self.known[kind] = shown


class Shell:
    """A shell with the one part that is used."""

    def __init__(self):
        self.display_formatter = self
        self.formatters = {"text/html": Formatter()}


def test_series_and_lineage_are_shown_as_html():
    """One piece that needs nothing else."""
    series = build_series([SEEN])
    sources = [Source("a", "A", "A"), Source("b", "B", "B")]
    claims = [Claim("c1", "a", "quantity", "7 cars"), Claim("c2", "b", "quantity", "7 cars", copied_from="c1")]
    told = notebook.Told(trace(claims, sources), claims, sources)
    for value in (series[0], series, told):
        html = notebook.show(value)._repr_html_()
        assert html == notebook.as_html(value)
        assert "<svg" in html
        assert "<script" not in html


def test_a_running_notebook_shows_values_by_themselves():
    """Each kind is made known to it once it is asked."""
    shell = Shell()
    assert notebook.enable(shell)
    known = shell.formatters["text/html"].known
    assert set(known) == set(notebook.SHOWN)
    (series,) = build_series([SEEN])
    assert known[type(series)](series) == notebook.as_html(series)


def test_without_a_notebook_nothing_happens():
    """Nothing is imported for it either."""
    assert notebook.enable() is False


def test_ipython_itself_takes_the_formatters():
    """Where it is installed."""
    pytest.importorskip("IPython")
    from IPython.core.formatters import HTMLFormatter  # noqa: PLC0415 -- may not be there

    shell = Shell()
    shell.formatters["text/html"] = HTMLFormatter()
    notebook.enable(shell)
    (series,) = build_series([SEEN])
    assert "<svg" in shell.formatters["text/html"](series)


def test_what_has_no_picture_is_named():
    """With what has one."""
    with pytest.raises(MisuseError, match="int has no picture"):
        notebook.as_html(3)
