"""What changed between scenes, for lists and maps."""

from collections.abc import Mapping, Sequence

from yardwatch.model.change import Comparison
from yardwatch.model.site import Coordinates
from yardwatch.pipeline.changed import change_facts, comparison_document
from yardwatch.pipeline.deskwork import DeskStore
from yardwatch.pipeline.documents import Json
from yardwatch.pipeline.lonlat import Shown

__all__ = ["changes_found", "comparison_facts", "comparison_found"]


def comparison_facts(found: Comparison, numbers: Mapping[str, int]) -> dict[str, Json]:
    """What a list says of a comparison; `numbers` of changes by kind."""
    alignment = found.alignment
    return {
        "before": found.before.id,
        "after": found.after.id,
        "accepted": found.compared,
        "reason": alignment.reason if alignment else None,
        "changes": sum(numbers.values()),
        "by_kind": dict(numbers),
        "zones": [{"zone": one.zone, "verdict": one.verdict.value} for one in found.zones],
    }


def comparison_found(store: DeskStore, before: str, after: str, *, lonlat: bool) -> dict[str, Json] | None:
    """The document of `yardwatch change` on two scenes of a workspace; None if they were not compared."""
    found = store.comparison_of(before, after)
    if found is None:
        return None
    document = comparison_document(found)
    if not lonlat or found.crs is None:
        return document
    shown = Shown(found.crs, lonlat=True)
    return document | {
        "written_in": "lonlat",
        "changes": _shown(document["changes"], [one.polygon for one in found.changes], shown),
        "hidden": _shown(document["hidden"], [one.polygon for one in found.hidden], shown),
    }


def changes_found(
    store: DeskStore, equal: Mapping[str, str], *, lonlat: bool, rows: tuple[int, int]
) -> tuple[list[dict[str, Json]], int]:
    """Some changes, and how many there are; `rows`: how many to leave out first, and how many to give."""
    crs = store.site().crs
    shown = Shown(crs, lonlat)
    found, total = store.find_changes(equal, limit=rows[1], offset=rows[0])
    return [
        change_facts(change, crs)
        | {"polygon": shown.geometry("Polygon", change.polygon), "before": before, "after": after}
        for before, after, change in found
    ], total


def _shown(facts: Json, outlines: Sequence[tuple[Coordinates, ...]], shown: Shown) -> list[Json]:
    """What is said of each thing, with its outline as it is to be shown."""
    assert isinstance(facts, list)  # noqa: S101 -- a list of ours
    return [{**fact, "polygon": shown.geometry("Polygon", rings)} for fact, rings in zip(facts, outlines, strict=True)]
