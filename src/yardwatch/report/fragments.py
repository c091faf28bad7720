"""Small pieces of a report for a notebook or another page: each one HTML element that needs nothing else."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from markupsafe import Markup

from yardwatch.claims.drift import Drift
from yardwatch.claims.lineage import Lineage
from yardwatch.model.claim import Claim, Source
from yardwatch.model.event import Event
from yardwatch.model.railcar import Count, Railcar, Tally
from yardwatch.model.ribbon import Ribbon
from yardwatch.model.series import Series
from yardwatch.report.charts import axis_for, matter_of, place_of, series_svg
from yardwatch.report.contents import Followed, Unseen
from yardwatch.report.dates import date_words
from yardwatch.report.raster import display_limits
from yardwatch.report.ribbons import ribbon_rows, ribbon_svg
from yardwatch.report.svg import element, text
from yardwatch.report.trees import Told, grown, lineage_svg
from yardwatch.report.words import railcars, tally_words

__all__ = ["lineage_html", "ribbon_html", "series_html", "tally_html"]


def series_html(series: Series | Followed | Sequence[Series | Followed], *, events: Sequence[Event] = ()) -> str:
    """Charts of one or several series on one time axis, with the events in them told below.

    Parameters
    ----------
    series : Series or Followed, or several of them
        Each gets a chart of its own; change points are drawn where a `Followed` has them.
    events : sequence of Event
        Numbered by date, from 1 on.
    """
    given = (series,) if isinstance(series, Series | Followed) else tuple(series)
    followed = [one if isinstance(one, Followed) else Followed(one) for one in given]
    axis = axis_for([one.series for one in followed])
    numbered = tuple(enumerate(sorted(events, key=lambda event: (event.when.text, event.id)), 1))
    parts = []
    for one in followed:
        heading = element("h4", text(f"{place_of(one.series)}: {matter_of(one.series)}"))
        parts.append(element("figure", heading, series_svg(one, axis=axis, events=numbered)))
    shown = [(index, event) for index, event in numbered if axis.span(event.when) is not None]
    told = [element("li", text(f"{date_words(event.when)}: {event.title}"), value=index) for index, event in shown]
    return _framed(*parts, *([element("ol", *told)] if told else []))


def tally_html(tally: Tally | Count, *, gsd_m: float | None = None) -> str:
    """A tally in words with its parts; of a count, every zone and then the whole site.

    Parameters
    ----------
    tally : Tally or Count
        What was counted.
    gsd_m : float, optional
        Ground sample distance in metres; needed for a tally alone where the image carries no count, and zero otherwise.
    """
    scale_m = tally.scene.gsd_m if isinstance(tally, Count) else gsd_m or 0.0
    tallies = sorted(tally.tallies, key=lambda one: one.zone is None) if isinstance(tally, Count) else [tally]
    rows = [_tally_row(one, scale_m) for one in tallies]
    head = element("tr", *(element("th", text(words), scope="col") for words in ("Zone", "Railcars", "", "Not seen")))
    caption = []
    if isinstance(tally, Count):
        simulated = ", simulated" if tally.scene.simulated else ""
        caption = [element("caption", text(f"{tally.scene.filename}, {date_words(tally.scene.acquired)}{simulated}"))]
    return _framed(element("table", *caption, element("thead", head), element("tbody", *rows)))


def ribbon_html(
    ribbon: Ribbon,
    cars: Sequence[Railcar] = (),
    *,
    dtype: str = "uint16",
    unseen: Sequence[Unseen] = (),
    simulated: bool = False,
) -> str:
    """One straightened track with the cars on it, in as many rows as it needs.

    Parameters
    ----------
    ribbon : Ribbon
        The track's pixels.
    cars : sequence of Railcar
        Those on other tracks are left out; the others are numbered from 1 on.
    dtype : str
        Pixel type of the file, which says how bright the pixels may be.
    unseen : sequence of Unseen
        What to hatch and to grey.
    simulated : bool
        Mark the picture as simulated.
    """
    own = [car for car in cars if car.track == ribbon.track]
    length_m = float(ribbon.chainages_m[-1]) + ribbon.step_m / 2
    limits = display_limits((ribbon,), dtype=dtype)
    hidden = [part for part in unseen if part.track == ribbon.track]
    rows = []
    for start_m, end_m in ribbon_rows(length_m, own):
        held = {n: car for n, car in enumerate(own, 1) if start_m <= (car.start_m + car.end_m) / 2 < end_m}
        rows.append(ribbon_svg(ribbon, held, row=(start_m, end_m), limits=limits, unseen=hidden, simulated=simulated))
    return _framed(element("figure", element("h4", text(f"{ribbon.track}: {railcars(len(own))}")), *rows))


def lineage_html(
    lineage: Lineage, claims: Sequence[Claim], sources: Sequence[Source], *, drifts: Sequence[Drift] = ()
) -> str:
    """Trees of who repeats whom, with what changed on the way; claims are numbered as given."""
    known = {source.id: source for source in sources}
    told = {claim.id: Told(f"C{index}", claim, known.get(claim.source_id)) for index, claim in enumerate(claims, 1)}
    trees = [element("figure", lineage_svg(root, lineage, told, drifts)) for root in grown(lineage)]
    origins = lineage.independent(lineage.claims)
    plural = "origin" if len(origins) == 1 else "origins"
    said = f"{len(lineage.claims)} claims of {len(origins)} independent {plural}."
    return _framed(*trees, element("p", text(said)))


def _tally_row(tally: Tally, gsd_m: float) -> str:
    said = tally_words(tally, gsd_m=gsd_m)
    bounds = "; ".join(part for part in (said.interval, said.bound) if part)
    cells = [element("td", text(words) or "–") for words in (said.head, bounds, said.unseen)]
    return element("tr", element("th", text(tally.zone or "Whole site"), scope="row"), *cells)


def _framed(*parts: str) -> str:
    return str(element("div", _style(), *parts, class_="yardwatch"))


@lru_cache(maxsize=1)
def _style() -> Markup:
    """The look of the pieces, which holds within them only."""
    sheet = files("yardwatch.report").joinpath("templates", "fragment.css").read_text("utf-8")
    return Markup(element("style", sheet))  # noqa: S704 -- a file of ours
