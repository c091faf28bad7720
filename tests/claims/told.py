"""Claims, sources and events for the tests of lineage, drift, grading and reconciling."""

import csv
import re

from yardwatch.model.claim import Claim, ClaimQualifier, Source
from yardwatch.model.dates import parse_when
from yardwatch.model.event import Event


def when(text):
    """A date, or None for an empty cell."""
    return parse_when(text) if text else None


def source(name, publisher=None, published="2024-03-02", **more):
    """A source whose publisher is called as it is."""
    return Source(name, title=publisher or name, publisher=publisher or name, published=when(published), **more)


def claim(name, by, quote="7 railcars", value=None, **more):
    """A claim about the railcars of an invented yard on one day."""
    facts = {"kind": "quantity", "place_text": "Northfield yard", "measure": "railcars", "when": when("2024-03-01")}
    facts |= {"unit": "railcar"} if value is not None else {}
    return Claim(name, source_id=by, quote=quote, value=value, **(facts | more))


def case_record(folder, *, with_copies=True):
    """The claims and sources of the case record, one source for each outlet and date, and its events.

    "copies" becomes an attribution, as an outlet would make it; the claims' ids are their line numbers.
    """
    sources, claims = {}, []
    rows = list(csv.DictReader((folder / "claims.csv").read_text(encoding="utf-8").splitlines()))
    for number, row in enumerate(rows, 1):
        key = f"{row['outlet']} {row['published']}".strip()
        sources[key] = Source(
            key, row["outlet"], row["outlet"], published=when(row["published"]), url=row["url"] or None
        )
        measure, place = re.split(r" (?:at|in|of) (?:the )?", row["subject"], maxsplit=1)
        claims.append(
            Claim(
                id=f"c{number}",
                source_id=key,
                kind="quantity" if row["value"] else "status",
                quote=row["words"],
                place_text=place,
                measure=measure,
                value=float(row["value"]) if row["value"] else None,
                unit=row["unit"] or None,
                qualifier=ClaimQualifier(row["qualifier"]) if row["qualifier"] else None,
                when=when(row["image_date"]),
                attributed_to=(row["copies"] or None) if with_copies else None,
            )
        )
    return claims, list(sources.values()), case_events(folder)


def case_events(folder):
    """The events of the case record; a comma in the words of a source splits its cell in one row."""
    rows = list(csv.reader((folder / "events.csv").read_text(encoding="utf-8").splitlines()))[1:]
    return [
        Event(f"e{n}", title, when(date), kind, place, ",".join(source_words), when(told))
        for n, (date, title, place, kind, *source_words, told) in enumerate(rows, 1)
    ]
