"""The whole report as one HTML file that needs nothing else."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from yardwatch.errors import MisuseError
from yardwatch.model.frame import crs_name
from yardwatch.model.observation import Observation
from yardwatch.model.railcar import Count
from yardwatch.report import words
from yardwatch.report.case import case_told, klass_words
from yardwatch.report.charts import key_svg
from yardwatch.report.contents import Report, Sheet
from yardwatch.report.dates import date_words
from yardwatch.report.maps import site_map_svg
from yardwatch.report.palette import CarStyle, car_style
from yardwatch.report.sections import Figure, orientation, section, told
from yardwatch.report.svg import element
from yardwatch.report.swiping import changes_told
from yardwatch.report.told_claims import claims_told, references
from yardwatch.report.told_events import events_told

__all__ = ["render_html"]

_MACHINE = "machine"


def render_html(report: Report, *, full_sheets: int = 3) -> str:
    """The report as one self-contained HTML document.

    The same report gives the same document, byte for byte.

    Parameters
    ----------
    report : Report
        What is told; scenes in any order.
    full_sheets : int
        How many scenes, newest first, are shown with pictures and ribbons; the others have a line in the series.

    Raises
    ------
    MisuseError
        If `full_sheets` is negative, or a car stands on a track that the site does not have.
    """
    if full_sheets < 0:
        raise MisuseError(f"full_sheets is {full_sheets}; give 0 or more")
    shown = sorted(report.sheets, key=lambda sheet: _age(sheet.count), reverse=True)[:full_sheets]
    case = case_told(report)
    counts = sorted([*(sheet.count for sheet in report.sheets), *report.further], key=_age, reverse=True)
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            site=report.site,
            counts=counts,
            newest=told(report.site, counts[0]) if counts else None,
            sections=[section(report.site, sheet) for sheet in shown],
            span=_span(counts),
            site_map=_site_map(report, shown),
            hand=[one.observation for one in case.hand] if case else _by_people(report),
            case=case,
            told=report.case,
            claims=claims_told(report.case, case.numbers) if report.case and case else None,
            events=events_told(report.case, case.numbers) if report.case and case else None,
            references=references(report.case, case.numbers) if report.case and case else (),
            anchors={one.observation.id: one.cite for one in case.hand} if case else {},
            scenes={count.scene.id: count.scene for count in counts},
            simulated=_simulated(counts),
            changes_told=[changes_told(pair) for pair in report.before_after],
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("yardwatch.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=_made_plain,
    )  # fmt: skip
    made.filters.update(
        crs=crs_name, credit=words.credit_line, distance=words.distance, instant=words.instant_words,
        joined=words.joined, quantity=words.quantity_words, short=words.tally_short, metres=words.thousands,
        when=words.when_words, swatch=_swatch, style=car_style, railcars=words.railcars,
        begun=_begun, image=words.image_words, day=date_words, klass=klass_words, sign=_sign,
    )  # fmt: skip
    return made


def _by_people(report: Report) -> list[Observation]:
    return [seen for seen in report.observations if seen.by != _MACHINE]


def _made_plain(value: object) -> object:
    """Take control and direction characters out of whatever text reaches the page."""
    return words.plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _begun(sentence: str) -> str:
    """A sentence with a capital letter and without its full stop."""
    return sentence[:1].upper() + sentence[1:].rstrip(".")


def _sign(kind: str) -> Markup:
    """A sign of the charts, for the legend."""
    return Markup(key_svg(kind))  # noqa: S704 -- made of constants


def _age(count: Count) -> tuple[bool, datetime, str]:
    """Sorts counts by date; undated ones are the oldest."""
    when = count.scene.acquired
    moment = (when.latest or when.earliest) if when else None
    return moment is not None, moment or datetime.min.replace(tzinfo=UTC), count.scene.id


def _span(counts: Sequence[Count]) -> str:
    """The dates of the imagery in words."""
    if not counts:
        return "no imagery"
    if len(counts) == 1:
        return words.when_words(counts[0].scene.acquired)
    dated = [count.scene.acquired for count in counts if count.scene.acquired]
    if not dated:
        return f"{len(counts)} images, dates not known"
    undated = len(counts) - len(dated)
    rest = f", {undated} without a date" if undated else ""
    return f"{len(counts)} images, {words.when_words(dated[-1])} to {words.when_words(dated[0])}{rest}"


def _simulated(counts: Sequence[Count]) -> str:
    """What the banner says; empty if every image was taken rather than rendered."""
    rendered = sum(count.scene.simulated for count in counts)
    if not rendered:
        return ""
    if rendered == len(counts):
        return "SIMULATED: invented place, rendered pictures. Nothing here was observed."
    return f"SIMULATED IN PART: {rendered} of {len(counts)} images were rendered; they are marked where they are shown."


def _site_map(report: Report, shown: Sequence[Sheet]) -> Figure | None:
    site = report.site
    located = [place for place in site.places if place.point is not None]
    if not (site.zones or site.tracks or located):
        return None
    drawn = ["zones, numbered as in the list, and tracks"] if site.zones or site.tracks else []
    drawn += ["places that are not drawn yet, as points with a circle for how far off they may be"] if located else []
    caption = f"{site.name}: {words.joined(drawn)}. {orientation(site)}"
    if not shown:
        return Figure(Markup(site_map_svg(site)), caption, "")  # noqa: S704 -- escaped where it is made
    scene = shown[0].count.scene
    svg = Markup(site_map_svg(site, sheet=shown[0]))  # noqa: S704 -- escaped where it is made
    caption += f" Picture: {words.when_words(scene.acquired)}, paled."
    return Figure(svg, caption, words.credit_line(scene.rights))


def _swatch(style: CarStyle) -> Markup:
    """A small car in the colour of a type, for the legend."""
    body = {"x": 2, "y": 2, "width": 26, "height": 12, "rx": 1}
    drawn = element(
        "svg",
        element("rect", **body, fill="#7c8288", stroke=style.casing, stroke_width=3.6),
        element("rect", **body, fill="none", stroke=style.colour, stroke_width=2),
        viewBox="0 0 30 16", width=30, height=16, aria_hidden="true",
    )  # fmt: skip
    return Markup(drawn)  # noqa: S704 -- made of constants
