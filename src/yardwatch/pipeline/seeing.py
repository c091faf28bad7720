"""From a machine's count to observations of the same kind as a person's."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from yardwatch.model.observation import Observation
from yardwatch.model.quantity import Qualifier, Quantity
from yardwatch.model.railcar import Count, Tally

__all__ = ["MACHINE", "observations_of"]

MACHINE = "machine"
"""Who looked, where a program did."""


def observations_of(count: Count, *, step: str, recorded_at: datetime) -> tuple[Observation, ...]:
    """What a count says of each zone: all railcars, and each type that was found.

    The ids follow from scene, step, zone and class, so that counting a scene again replaces what was said before.
    The cars that stand in no zone are in the observation of the whole site, whose zone is None.
    """
    seen = _Seen(count, step, recorded_at)
    return tuple(observation for tally in count.tallies for observation in seen.in_zone(tally))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What all observations of one count have in common."""

    count: Count
    step: str
    recorded_at: datetime

    def in_zone(self, tally: Tally) -> list[Observation]:
        every = Quantity(tally.value, tally.low, tally.high, tally.qualifier)
        found = [self._observation("railcar", every, tally)]
        for name, interval in tally.by_type.items():
            firm = interval.low == interval.high and tally.qualifier is Qualifier.EXACT
            qualifier = Qualifier.EXACT if firm else _loose(tally.qualifier)
            quantity = Quantity(interval.value, interval.low, interval.high, qualifier)
            found.append(self._observation(f"railcar:{name}", quantity, tally))
        return found

    def _observation(self, klass: str, quantity: Quantity, tally: Tally) -> Observation:
        scene = self.count.scene
        return Observation(
            id=_id(scene.id, self.step, tally.zone, klass),
            klass=klass,
            quantity=quantity,
            when=scene.acquired,
            by=MACHINE,
            recorded_at=self.recorded_at,
            zone=tally.zone,
            scene_id=scene.id,
            visible_m=tally.visible_m,
            hidden_m=tally.hidden_m,
            outside_m=tally.outside_m,
            provenance=self.count.provenance,
        )


def _loose(qualifier: Qualifier) -> Qualifier:
    return Qualifier.ABOUT if qualifier is Qualifier.EXACT else qualifier


def _id(*parts: str | None) -> str:
    return "m-" + sha256(repr(parts).encode("utf-8", "replace")).hexdigest()[:20]
