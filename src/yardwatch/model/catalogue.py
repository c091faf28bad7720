"""The railcar catalogue: how long cars are, by type and railway."""

from dataclasses import dataclass

__all__ = ["CATALOGUE", "COUPLER_GAP_M", "CarModel"]

COUPLER_GAP_M = 1.1
"""Usual distance between the bodies of two coupled cars, metres (automatic coupler, SA-3)."""


@dataclass(frozen=True, slots=True)
class CarModel:
    """A kind of railcar as built."""

    name: str
    """Model designation."""
    type: str
    """One of `yardwatch.model.railcar.CAR_TYPES`."""
    subtype: str | None
    """``gondola``, ``ore``, ``hopper``, ``autorack`` …"""
    railway: str
    """``russian``, ``chinese``, ``european``, ``north_american``."""
    over_couplers_m: float
    """Length over coupler faces (or buffers): the pitch of a coupled string, metres."""
    body_m: float
    """Length of the body, metres; over couplers less the coupler gap."""
    width_m: float
    """Width of the body, metres."""
    height_m: float
    """Height of its top over the rail, metres."""
    source: str
    """Where the figures come from."""


CATALOGUE: tuple[CarModel, ...] = ()
