"""Method, references, provenance and sign-off: what lets a reader check the rest."""

from collections.abc import Iterator

from yardwatch.model.frame import crs_name
from yardwatch.model.railcar import Count
from yardwatch.model.scene import Scene
from yardwatch.report.blocks import Block, Item, Items, Link, Paragraph, Row, Runs, Section, Table, Words
from yardwatch.report.ledger import name, words
from yardwatch.report.parts.common import Made, begun, cell, made_section
from yardwatch.report.told_claims import Reference, references
from yardwatch.report.words import credit_line, image_words, instant_words, thousands

__all__ = ["method_section", "provenance_section", "references_section", "signed_section"]

_COUNTED = (
    "Railcars stand on tracks, so they are counted along lines. Each track drawn for the site is straightened into a "
    "ribbon: a strip of pixels along the track and a few metres to each side. For every column of the ribbon the "
    "method weighs how much it looks like a car, a gap between cars or empty track, beside what empty track looks "
    "like in the same image. A semi-Markov model, which knows how long railcars of each type are, then finds the row "
    "of cars and gaps that explains all columns best, and how much probability other numbers of cars have. A car that"
    " two tracks claim is counted once. A type is said only as finely as the image carries it, by the rule under "
    "“types” in the provenance. The interval is calibrated on simulated scenes: there it holds the true number with "
    "the stated probability. How often it held on real scenes with labels stands under the name “interval” in the "
    "provenance. Stretches that could not be seen are left out of the count and reported beside it."
)
_NOT_COUNTED = (
    "No image was counted by Yardwatch for this report. The numbers in it are those that the named sources published, "
    "with the qualifiers they gave them."
)
_BY_HAND = "No image was counted. The entries in this report were written down by the people named beside them."
_APART = (
    "What was seen, what was said and what is concluded are kept apart. An observation is what somebody saw in an "
    "image; a claim is what somebody said; an assessment is our conclusion and names the observations and claims "
    "under it. A lower bound stays a lower bound in every calculation. An uncertain date stays uncertain: nothing is "
    "dated more finely than the gap between two images."
)
_LEVELS = (
    "Changes of level are found by exact search over all ways to divide the dates, under a count likelihood; intervals "
    "hold by that model. Intervals of shares hold for a fair sample of dates. Images bought because something happened "
    "are no fair sample."
)
_NUMBERS = (
    "Every number in the text and in tables of results leads to the row of the observation it stands on, or stands in "
    "it; from there a link leads to the image with its hash, or to the source."
)


def method_section(made: Made) -> Section | None:
    """How the numbers came about."""
    case = made.told is not None
    said = [_COUNTED if made.counts else _NOT_COUNTED if case else _BY_HAND]
    said += [_APART] if case else []
    said += [_LEVELS] if made.told is not None and made.told.charts else []
    blocks = [Paragraph(made.ledger.tracer.fixed(one)) for one in (*said, _NUMBERS)]
    return made_section("method", "Method", blocks, kind="methods")


def references_section(made: Made) -> Section | None:
    """The sources, in the order in which they are cited."""
    if made.report.case is None:
        return None
    listed = tuple(_reference(one) for one in references(made.case, made.ledger.numbers))
    return made_section("references", "References", (Items(listed, ordered=True, kind="references"),) if listed else ())


def _reference(one: Reference) -> Item:
    source = one.source
    title: Runs = (Words(", "), name(one.title)) if one.title else ()
    when = (Words(f", {one.published}", "date"),) if source.published else words(", no date")
    address: Runs = ()
    if source.url:
        address = (Words(" "), Link(source.url, url=one.link) if one.link else name(source.url))
    said = (
        Words(source.publisher, "strong"),
        *title,
        *when,
        Words(". "),
        Words(f"{begun(one.grade)}.", "soft"),
        *address,
    )
    return Item((Paragraph(said),), f"s-{one.number}", one.number)


def provenance_section(made: Made) -> Section | None:
    """The files with their hashes, what was done to them, and the end of the audit log."""
    counted = {count.scene.id: count for count in made.counts}
    scenes = sorted(made.ledger.scenes.values(), key=lambda scene: scene.id not in counted)
    blocks = [*(_facts(made, one, counted.get(one.id)) for one in scenes), *_audit(made)]
    return made_section("provenance", "Provenance", blocks, kind="methods")


def _facts(made: Made, scene: Scene, count: Count | None) -> Table:
    tag: Runs = (Words(" "), Words("simulated", "tag")) if scene.simulated else ()
    rows = [_fact(key, value) for key, value in _scene_facts(scene)]
    if count is not None:
        rows += [_fact(key, value) for key, value in _count_facts(scene, count)]
    anchor = made.ledger.scene(scene.id)
    rows[0] = Row(rows[0].cells, anchor)
    caption = (Words(image_words(scene.acquired), "strong"), *tag)
    return Table(caption, (), tuple(rows), kind="facts")


def _fact(key: str, value: Runs) -> Row:
    return Row((cell(key, name=True), cell(value)))


def _scene_facts(scene: Scene) -> Iterator[tuple[str, Runs]]:
    yield "File", (name(scene.filename),)
    yield "SHA-256", (Words(scene.sha256, "mono"),)
    bands = f"{scene.bands} band" + ("" if scene.bands == 1 else "s")
    size = f"{thousands(scene.grid.width)} × {thousands(scene.grid.height)} pixels, {bands}, {scene.dtype}"
    said = f"{size}; ground sample distance {scene.gsd_m:.2f} m; {crs_name(scene.grid.crs)}"
    yield "Image", (Words(said), *((Words("; "), name(scene.sensor)) if scene.sensor else ()))
    if scene.sun_elevation_deg is not None or scene.off_nadir_deg is not None:
        yield "Geometry", words(_geometry(scene))
    yield "Rights", words(credit_line(scene.rights))


def _geometry(scene: Scene) -> str:
    parts = []
    if scene.sun_elevation_deg is not None:
        azimuth = f" at {scene.sun_azimuth_deg:.0f}°" if scene.sun_azimuth_deg is not None else ""
        parts.append(f"sun {scene.sun_elevation_deg:.0f}° high{azimuth}")
    if scene.off_nadir_deg is not None:
        parts.append(f"view {scene.off_nadir_deg:.0f}° off nadir")
    return "; ".join(parts)


def _count_facts(scene: Scene, count: Count) -> Iterator[tuple[str, Runs]]:
    made = count.provenance
    parameters = ", ".join(f"{key} = {value}" for key, value in sorted(made.parameters.items()))
    said = f"{made.method}, Yardwatch {made.version}"
    yield "Method", words(f"{said}; {parameters}" if parameters else said)
    for key, sha256 in sorted(made.inputs.items()):
        if sha256 != scene.sha256:
            yield "Input", (name(key), Words(" "), Words(sha256, "mono"))


def _audit(made: Made) -> Iterator[Block]:
    """The end of the log, by which it can be told later whether the log was shortened."""
    head = made.imprint.head if made.imprint else made.report.audit_head
    if head is None:
        yield Paragraph(words("This is a draft: it is no edition, and no end of the audit log is printed in it."))
        return
    rows = (
        _fact("Entries", words(thousands(head.sequence))),
        _fact("Hash of the last", (Words(head.sha256, "mono"),)),
        _fact("To check", words("yardwatch audit DIR --against the line below, kept elsewhere")),
        _fact("Line", (Words(str(head), "mono"),)),
    )
    yield Table((Words("End of the audit log", "strong"),), (), rows, kind="facts")


def signed_section(made: Made) -> Section | None:
    """Which edition this is, and who has let it go out."""
    imprint = made.imprint
    if imprint is None:
        return made_section("signed", "Sign-off", (Paragraph(words("Draft: not published, not signed off.")),))
    readers = "public" if imprint.public else "internal"
    edition = f"Edition {imprint.number} ({readers}), published {instant_words(imprint.published_at)}"
    blocks = [Paragraph((Words(edition, "own"), Words(" by "), name(imprint.by), Words(".")))]
    signed = imprint.sign_off
    if signed is None:
        blocks.append(Paragraph(words("No second person has signed it off.")))
    else:
        said = "Sign-off by a second person was waived by " if signed.waived else "Signed off by a second person, "
        why: Runs = (Words(": "), name(signed.why)) if signed.why else ()
        when = Words(f", {instant_words(signed.at)}", "date")
        blocks.append(Paragraph((Words(said), name(signed.by), when, *why, Words("."))))
    return made_section("signed", "Sign-off", blocks)
