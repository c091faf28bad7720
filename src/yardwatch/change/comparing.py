"""Compare two scenes of one place, tile by tile, and say what changed."""

from dataclasses import dataclass, replace

import numpy as np
from shapely import Polygon

from yardwatch.change.evidence import ChangeNetwork
from yardwatch.change.hiding import CAUSES, find_hidden, shadow_direction
from yardwatch.change.kinds import Clues, classify
from yardwatch.change.lattice import Lattice, share_ground
from yardwatch.change.network import shipped_change_network
from yardwatch.change.places import Places
from yardwatch.change.renewed import RenewalNetwork, shipped_renewal_network
from yardwatch.change.seers import ROAD, STRUCTURE, Pair, Seer, fit_band_seer, fit_structure_seer
from yardwatch.change.sizes import EDGE_SE_CELLS, regularised, size_of
from yardwatch.change.spots import Seen, Spot, joined, spots_in
from yardwatch.errors import MisuseError
from yardwatch.model.alignment import Alignment
from yardwatch.model.change import Change, Hidden, ZoneVerdict
from yardwatch.model.frame import frame_around
from yardwatch.model.ports import Progress, SceneReader
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site, frame_of

__all__ = ["BANDS_FROM_M", "RENEWED_FROM_M", "Found", "compare"]

BANDS_FROM_M = 4.0
"""From this ground sample distance on, band statistics are used; below it, structure."""
RENEWED_FROM_M = 1.5
"""With cells coarser than this, ground put to another use is looked for beside single structures."""

_FINEST_CELL_M = 0.75
_CORE, _MARGIN = 448, 32
_WINDOW, _WINDOWS = 96, 36
_LEAST_CELLS = {"bands": 4, "structure": 24}
_LEAST_PEAK = {"bands": 0.0, "structure": 0.6}
_LEAST_M2, _LEAST_STRUCTURE_M2 = 12.0, 50.0
_HIDDEN_M2 = 100.0
_DETECTABLE = {"bands": 4.0, "structure": 120.0}


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a comparison found, in the CRS of the site or else of the earlier scene."""

    changes: tuple[Change, ...]
    """Largest first."""
    zones: tuple[ZoneVerdict, ...]
    """One for each zone of the site."""
    hidden: tuple[Hidden, ...]
    """Where nothing can be said."""
    changed_px: tuple[Polygon, ...]
    """Outlines of the changes as they were seen, in pixels of the earlier scene."""
    hidden_px: tuple[Polygon, ...]
    """Outlines of what was hidden, in pixels of the earlier scene."""
    method: str
    """Name and version of what saw the changes."""
    cell_m: float
    """Side of the cells that were compared, metres."""


def compare(
    before: SceneReader,
    after: SceneReader,
    *,
    site: Site | None = None,
    alignment: Alignment | None = None,
    network: ChangeNetwork | None = None,
    renewals: RenewalNetwork | None = None,
    progress: Progress | None = None,
) -> Found:
    """What changed between two scenes.

    From 4 m ground sample distance on by IR-MAD over all bands that both have, below by a network that knows
    structures, and from 1.5 m on by a second one that knows ground put to another use. Memory does not grow with the
    scenes, only with what is found in them.

    Parameters
    ----------
    before, after : SceneReader
        The scenes; what is found is drawn on the earlier one's grid.
    site : Site, optional
        Its zones get verdicts, and what stands on its tracks is a train, not a building.
    alignment : Alignment, optional
        How the later scene lies on the earlier one; as it says itself if not given.
    network : ChangeNetwork, optional
        The shipped one unless given.
    renewals : RenewalNetwork, optional
        The shipped one unless given.
    progress : callable, optional
        Told of each tile.

    Raises
    ------
    MisuseError
        If the alignment was not accepted, or the scenes share no ground.
    """
    if alignment is not None and not alignment.accepted:
        raise MisuseError(f"the scenes were not aligned ({alignment.reason}); there is nothing to compare")
    by_bands = max(before.scene.gsd_m, after.scene.gsd_m) >= BANDS_FROM_M
    lattice = _lattice(before, after, site, alignment, by_bands=by_bands)
    seer = _seer(lattice, (before, after), (network, renewals), by_bands=by_bands)
    sort = "bands" if by_bands else "structure"
    least = max(_LEAST_CELLS[sort], round(_LEAST_M2 / lattice.cell_m**2))
    eight_bit = before.scene.dtype == after.scene.dtype == "uint8"
    spots: list[Spot] = []
    veiled: list[Spot] = []
    tiles = list(lattice.tiles(_CORE, _MARGIN))
    for number, tile in enumerate(tiles):
        if progress:
            progress("comparing", number, len(tiles))
        pair = lattice.read(before, after, tile)
        hidden = find_hidden(*pair, cell_m=lattice.cell_m, eight_bit=eight_bit and not by_bands)
        seen = seer.see(*pair)
        spots += spots_in(replace(seen, group=np.where(hidden > 0, 0, seen.group)), tile, least_cells=least)
        veiled += spots_in(Seen(hidden, seen.votes[:0], seen.traits[:0], seen.strength), tile, least_cells=1)
    places = Places(lattice, site)
    large = _large(joined(spots, least_cells=least, least_peak=_LEAST_PEAK[sort]), lattice.cell_m)
    changed = _changes(large, places, (before.scene, after.scene))
    hidden_spots = joined(veiled, least_cells=round(_HIDDEN_M2 / lattice.cell_m**2))
    detectable_m2 = max(_DETECTABLE[sort] * lattice.cell_m**2, _LEAST_M2)
    return Found(
        changes=tuple(replace(change, id=f"change-{number}") for number, (change, _) in enumerate(changed, 1)),
        zones=places.verdicts([shape for _, shape in changed], [s.shape for s in hidden_spots], detectable_m2),
        hidden=tuple(
            Hidden(CAUSES[spot.group], places.rings(spot.shape), places.area_m2(spot.shape)) for spot in hidden_spots
        ),
        changed_px=tuple(places.in_pixels(shape) for _, shape in changed),
        hidden_px=tuple(places.in_pixels(spot.shape) for spot in hidden_spots),
        method=seer.name,
        cell_m=lattice.cell_m,
    )


def _lattice(
    before: SceneReader, after: SceneReader, site: Site | None, alignment: Alignment | None, *, by_bands: bool
) -> Lattice:
    """Cells as fine as both scenes carry; a network sees them no finer than it was taught."""
    first = before.scene.grid
    later = alignment.grid if alignment else after.scene.grid
    frame = frame_of(site) if site else frame_around(first.crs, *np.array(first.outline()).T)
    pixel_m = first.pixel_m(frame)
    finest_m = max(before.scene.gsd_m, after.scene.gsd_m, pixel_m)
    cell_m = finest_m if by_bands else max(finest_m, _FINEST_CELL_M)
    if not share_ground(first, later):
        raise MisuseError(f"{before.scene.filename} and {after.scene.filename} share no ground")
    return Lattice(first, later, frame, max(1.0, cell_m / pixel_m))


def _seer(
    lattice: Lattice,
    scenes: tuple[SceneReader, SceneReader],
    networks: tuple[ChangeNetwork | None, RenewalNetwork | None],
    *,
    by_bands: bool,
) -> Seer:
    samples: list[Pair] = [lattice.read(*scenes, tile) for tile in lattice.windows(_WINDOW, _WINDOWS)]
    if by_bands:
        return fit_band_seer(samples)
    first, second = (shadow_direction(reader.scene, lattice.cell_m) for reader in scenes)
    network, renewals = networks
    if lattice.cell_m > RENEWED_FROM_M:
        return fit_structure_seer(
            samples, network or shipped_change_network(), (first, second), renewals or shipped_renewal_network()
        )
    return fit_structure_seer(samples, network or shipped_change_network(), (first, second))


def _large(spots: list[Spot], cell_m: float) -> list[Spot]:
    """Spots without small ones taken for structures, most of which are grass, trees and vehicles."""
    return [spot for spot in spots if spot.group != STRUCTURE or spot.cells * cell_m**2 >= _LEAST_STRUCTURE_M2]


def _changes(spots: list[Spot], places: Places, scenes: tuple[Scene, Scene]) -> list[tuple[Change, Polygon]]:
    """Changes with the outlines they were seen with, largest first; what is nothing to report is left out."""
    found = []
    edge_se_m = EDGE_SE_CELLS * places.cell_m
    for spot in spots:
        outline = places.in_metres(spot.shape)
        box = size_of(outline, edge_se_m=edge_se_m, ribbon=False)
        filled = min(1.0, box.area_m2 / max(box.length_m * box.width_m, 1e-9))
        ribbon = size_of(outline, edge_se_m=edge_se_m, ribbon=True)
        seen = ribbon if spot.group == ROAD else box
        kind = classify(spot, Clues(seen.length_m, seen.width_m, filled, places.on_tracks(outline)))
        if kind is None:
            continue
        shape = regularised(outline, tolerance_m=0.75 * places.cell_m, rectangles=spot.group == STRUCTURE)
        size = size_of(shape, edge_se_m=edge_se_m, ribbon=kind.name == "road")
        change = Change(
            id="",
            kind=kind.name,
            polygon=places.rings_of_metres(shape),
            zone=places.zone_at(shape),
            area_m2=size.area_m2,
            area_m2_se=size.area_m2_se,
            length_m=size.length_m,
            length_m_se=size.length_m_se,
            width_m=size.width_m,
            width_m_se=size.width_m_se,
            confidence=float(np.clip(kind.confidence, 0, 1)),
            phase=None,
            earliest=scenes[0].acquired,
            latest=scenes[1].acquired,
        )
        found.append((change, spot.shape))
    return sorted(found, key=lambda pair: -pair[0].area_m2)
