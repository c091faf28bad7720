"""What everything in a document is called and where it stands, so that sentences can lead to it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256

from yardwatch.model.observation import Observation
from yardwatch.model.quantity import Quantity
from yardwatch.model.railcar import Count, Tally
from yardwatch.report.blocks import Cell, Link, Number, Row, Run, Runs, Words
from yardwatch.report.contents import CaseFindings, Report
from yardwatch.report.dates import date_words
from yardwatch.report.numbering import Cite, Numbers, numbers_of
from yardwatch.report.tracing import Ground, Subject, Tracer
from yardwatch.report.words import bounds, klass_words, numeral, quantity_words, tally_short, thousands

__all__ = ["Ledger", "cites", "joined_runs", "name", "words"]

_MACHINE = "machine"
_NO_CASE = CaseFindings()


class Ledger:
    """The numbers of all observations, claims, events, sources and scenes of a report, and the rows that tell them.

    Observations of people and publications are O1, O2 …; what a machine saw is M1, M2 …: the tallies of each scene,
    with the zones of the site, and whatever else it saw.
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        self.numbers: Numbers = numbers_of(report, report.case or _NO_CASE)
        self.known = {one.id: one for one in report.observations}
        counts = {count.scene.id: count for count in (*(sheet.count for sheet in report.sheets), *report.further)}
        pairs = (scene for pair in report.before_after for scene in (pair.comparison.before, pair.comparison.after))
        self.counts: dict[str, Count] = counts
        self.scenes = {one.id: one for one in (*(count.scene for count in counts.values()), *pairs)}
        self._places = {name: index for index, name in enumerate(self.scenes, 1)}
        self._machine = _machine_rows(report, counts)
        self._own = {one: key for key, seen in self._machine.items() for one in seen}
        self._labels = {key: index for index, key in enumerate(self._machine, 1)}
        self.tracer = Tracer(_names(report))

    def observation(self, name: str) -> Cite:
        """An observation as ``O3``, or as ``M3`` if a machine saw it."""
        if name in self.numbers.observations:
            return self.numbers.observation(name)
        key = self._own.get(name)
        return self._machine_cite(key) if key else Cite(name, None)

    def scene(self, scene_id: str) -> str:
        """The anchor of a scene in the provenance; empty if it is not there."""
        return f"p-{self._places[scene_id]}" if scene_id in self._places else ""

    def ground(self, name: str) -> Ground | None:
        """The row of an observation; None if the report does not have it."""
        cite, seen = self.observation(name), self.known.get(name)
        if cite.anchor is None:
            return None
        return Ground(cite.anchor, (name,), _values(seen.quantity) if seen else frozenset())

    def rows(self) -> dict[str, Ground]:
        """Id of every observation, claim and event to the row that tells it."""
        found = {one: ground for one in self.known if (ground := self.ground(one)) is not None}
        found |= {one: Ground(self.numbers.claim(one).anchor or "") for one in self.numbers.claims}
        return found | {one: Ground(self.numbers.event(one).anchor or "") for one in self.numbers.events}

    def tally(self, scene_id: str, tally: Tally) -> Ground:
        """The row of a tally."""
        key = (scene_id, tally.zone)
        cite = self._machine_cite(key)
        texts = {thousands(tally.value)} if tally.value is not None else set()
        texts |= {bounds(tally.low, tally.high), tally_short(tally)} if tally.high is not None else set()
        return Ground(cite.anchor or "", self._machine.get(key, ()), frozenset(texts))

    def tally_subject(self, scene_id: str, tally: Tally, *, part: str = "tally") -> Subject:
        """What a sentence on a tally is about."""
        where = f"{tally.zone}" if tally.zone is not None else "whole site"
        scene = self.scenes[scene_id]
        zone = tally.zone if tally.zone is not None else "*"
        return Subject(
            f"{part}/{scene_id}/{zone}", f"{where}, {date_words(scene.acquired)}", (self.tally(scene_id, tally),)
        )

    def tally_number(self, scene_id: str, tally: Tally) -> Number:
        """A tally in a cell of a table, leading to its row."""
        subject, ground = self.tally_subject(scene_id, tally), self.tally(scene_id, tally)
        return Number(subject.key, tally_short(tally), ground.anchor, subject.place, ground.observations)

    def subject(
        self, key: str, place: str, observations: Iterable[str], *, others: Sequence[Cite] = (), anchor: str = "",
        assessment: str | None = None,
    ) -> Subject:  # fmt: skip
        """What a sentence is about that stands on observations, or else on claims and events."""
        ids = tuple(observations)
        grounds = [ground for one in ids if (ground := self.ground(one)) is not None]
        grounds += [Ground(cite.anchor) for cite in others if cite.anchor is not None]
        stamped = f"{key}/{self._stamp((*ids, *(cite.label for cite in others)))}"
        return Subject(stamped, place, tuple(grounds), anchor, assessment)

    def traced(self, sentence: str, subject: Subject) -> Runs:
        """A sentence whose numbers lead to what they stand on."""
        return self.tracer.runs(sentence, subject)

    def entry(self, anchor: str) -> Row | None:
        """The row of the list of records for an anchor that the document has nowhere else; None if it cannot have."""
        letter, _, digits = anchor.partition("-")
        ways = {"o": self._seen, "m": self._machine_at, "c": self._claim, "e": self._event}
        return ways[letter](int(digits), anchor) if letter in ways and digits.isdigit() else None

    def _seen(self, wanted: int, _anchor: str) -> Row | None:
        found = next((one for one, own in self.numbers.observations.items() if own == wanted), None)
        return self.observed(self.known[found]) if found in self.known else None

    def _machine_at(self, wanted: int, _anchor: str) -> Row | None:
        key = next((one for one, own in self._labels.items() if own == wanted), None)
        return self._machine_row(key) if key is not None else None

    def _claim(self, wanted: int, anchor: str) -> Row | None:
        for one in self._case.claims:
            if self.numbers.claims[one.id] == wanted:
                where, source = one.zone or one.place_text or "–", self.cite(self.numbers.source(one.source_id))
                row = _row(f"C{wanted}", anchor, date_words(one.when), where, "claim", "", source)
                return replace(row, cells=(*row.cells[:4], Cell((Words(one.quote, "quote"),)), row.cells[5]))
        return None

    def _event(self, wanted: int, anchor: str) -> Row | None:
        for one in self._case.events:
            if self.numbers.events[one.id] == wanted:
                said = Words(one.source or "–", "name")
                return _row(f"E{wanted}", anchor, date_words(one.when), one.place or "–", "event", one.title, said)
        return None

    def observed(self, one: Observation) -> Row:
        """The row of an observation by people in the list of records."""
        cite = self.numbers.observation(one.id)
        said: Run = Words(one.by, "name")
        if one.source_id is not None:
            said = self.cite(self.numbers.source(one.source_id))
        elif one.scene_id in self._places:
            said = Link(one.by, self.scene(one.scene_id or ""))
        where = one.zone if one.zone is not None else "whole site"
        row = _row(cite.label, cite.anchor or "", date_words(one.when), where, klass_words(one.klass), "", said)
        return replace(row, cells=(*row.cells[:4], Cell((self.amount(one),)), row.cells[5]), observation=one.id)

    def amount(self, one: Observation) -> Number:
        """How many were seen, in the row of the observation itself."""
        said = quantity_words(one.quantity)
        said = f"{said} {one.unit}" if one.unit and one.quantity.high != 0 else said
        place = f"{one.zone or 'whole site'}, {date_words(one.when)}"
        return Number(f"observation/{one.id}", said, "", place, (one.id,))

    def cite(self, cite: Cite) -> Run:
        """A short reference as a link, if there is something to lead to."""
        return Link(cite.label, cite.anchor) if cite.anchor else Words(cite.label, "name")

    @property
    def _case(self) -> CaseFindings:
        return self.report.case or _NO_CASE

    def _machine_cite(self, key: tuple[str, str | None]) -> Cite:
        found = self._labels.get(key)
        return Cite(f"M{found}", f"m-{found}") if found else Cite(key[0], None)

    def _machine_row(self, key: tuple[str, str | None]) -> Row | None:
        """A tally, or something else that a machine saw."""
        cite, (owner, zone) = self._machine_cite(key), key
        if owner not in self.counts:
            one = self.known[owner]
            by: Run = (
                Link("scene", self.scene(one.scene_id or "")) if one.scene_id in self._places else Words("machine")
            )
            row = _row(cite.label, cite.anchor or "", date_words(one.when), one.zone or "whole site",
                       klass_words(one.klass), "", by)  # fmt: skip
            return replace(row, cells=(*row.cells[:4], Cell((self.amount(one),)), row.cells[5]), observation=one.id)
        count = self.counts[owner]
        tally = next((one for one in count.tallies if one.zone == zone), None)
        if tally is None:
            return None
        place = f"{zone or 'whole site'}, {date_words(count.scene.acquired)}"
        own = self._machine[key]
        number = Number(f"tally/{owner}/{zone if zone is not None else '*'}", tally_short(tally), "", place, own)
        row = _row(cite.label, cite.anchor or "", date_words(count.scene.acquired), zone or "whole site", "railcar", "",
                   Link(count.scene.filename, self.scene(owner)))  # fmt: skip
        metres = Number(f"{number.id}/seen", f"{thousands(tally.visible_m)}", "", place, own)
        seen = (Words("; "), metres, Words(" m of track seen"))
        cells = (*row.cells[:4], Cell((number, *seen)), row.cells[5])
        return replace(row, cells=cells, observation=own[0] if own else None)

    def _stamp(self, ids: Iterable[str]) -> str:
        """Names the evidence: what was worked out from other observations is another number, not a corrected one."""
        named = sorted(self._evidence(one) for one in ids)
        return sha256("\n".join(named).encode("utf-8", "replace")).hexdigest()[:8]

    def _evidence(self, name: str) -> str:
        """A machine's observation by its scene, since it is made anew when the scene is counted again."""
        one = self.known.get(name)
        return f"{one.scene_id}/{one.zone}/{one.klass}" if one is not None and one.scene_id is not None else name


def words(text: str) -> Runs:
    """Plain words."""
    return (Words(text),)


def name(text: str) -> Words:
    """A name from outside."""
    return Words(text, "name")


def joined_runs(parts: Sequence[Runs], *, between: str = ", ") -> Runs:
    """Several pieces with something between them."""
    found: list[Run] = []
    for index, part in enumerate(parts):
        found += [Words(between), *part] if index else part
    return tuple(found)


def cites(ledger: Ledger, all_: Sequence[Cite]) -> Runs:
    """References with commas between them."""
    return joined_runs([(ledger.cite(one),) for one in all_])


def _row(label: str, anchor: str, when: str, where: str, what: str, amount: str, said: Run) -> Row:
    cells = (
        Cell((Words(label),)),
        Cell((Words(when, "date"),)),
        Cell((Words(where, "name"),)),
        Cell((Words(what, "name"),), head=True),
        Cell((Words(amount, "name"),)),
        Cell((said,)),
    )
    return Row(cells, anchor)


def _machine_rows(report: Report, counts: dict[str, Count]) -> dict[tuple[str, str | None], tuple[str, ...]]:
    """Scene and zone of each tally, or an observation's own id, to the ids of the observations that say so."""
    rows: dict[tuple[str, str | None], tuple[str, ...]] = {
        (count.scene.id, tally.zone): () for count in counts.values() for tally in count.tallies
    }
    for one in report.observations:
        key = (one.scene_id or "", one.zone)
        if one.klass == "railcar" and key in rows and (one.by == _MACHINE or one.provenance is not None):
            rows[key] = (*rows[key], one.id)
        elif one.by == _MACHINE:
            rows[(one.id, None)] = (one.id,)
    return rows


def _values(quantity: Quantity) -> frozenset[str]:
    """The numbers of a quantity as they are printed."""
    found = {numeral(value) for value in (quantity.value, quantity.low, quantity.high) if value is not None}
    if quantity.low is not None and quantity.high is not None:
        found.add(f"{numeral(quantity.low)}–{numeral(quantity.high)}")
    return frozenset(found)


def _names(report: Report) -> list[str]:
    site = report.site
    found = [site.name, *site.aliases]
    found += [name for zone in site.zones for name in (zone.name, *zone.aliases)]
    found += [name for place in site.places for name in (place.name, *place.aliases)]
    found += [track.name for track in site.tracks]
    found += [scene.filename for scene in (count.scene for count in report.further)]
    found += [sheet.count.scene.filename for sheet in report.sheets]
    case = report.case or _NO_CASE
    found += [source.publisher for source in case.sources] + [source.title for source in case.sources]
    found += [event.title for event in case.events] + [one.series.extent or "" for one in case.followed]
    return [*found, *(one.zone for one in report.observations if one.zone)]
