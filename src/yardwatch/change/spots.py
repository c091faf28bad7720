"""Connected cells that changed alike, as polygons, whole across the borders of tiles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from shapely import MultiPolygon, Polygon, STRtree

from yardwatch.change.lattice import Tile

__all__ = ["Seen", "Spot", "joined", "joined_spot", "polygons_of", "spots_in", "traced"]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was seen of each cell of a tile."""

    group: NDArray[np.uint8]
    """Cells of one group that touch are one spot; 0 for nothing. Shape (rows, columns)."""
    votes: NDArray[np.float32]
    """For each label what speaks for it, 0 to 1, shape (labels, rows, columns)."""
    traits: NDArray[np.float32]
    """Whatever helps to tell what it is, shape (traits, rows, columns)."""
    strength: NDArray[np.float32]
    """How sure it is that a cell changed, 0 to 1, shape (rows, columns)."""


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """Connected cells of one group."""

    shape: Polygon
    """Outline along the edges of cells, counted in cells of the lattice: x to the right, y down."""
    group: int
    """The group of its cells."""
    cells: int
    """Number of its cells."""
    votes: tuple[float, ...]
    """Mean of the votes of its cells for each label."""
    traits: tuple[float, ...]
    """Mean of the traits of its cells."""
    peak: float
    """Strength of its surest cell."""


def spots_in(seen: Seen, tile: Tile, *, least_cells: int) -> list[Spot]:
    """Spots in the core of a tile; small ones only where they may go on in the next tile."""
    group = seen.group[tile.core]
    votes, traits = seen.votes[(slice(None), *tile.core)], seen.traits[(slice(None), *tile.core)]
    strength = seen.strength[tile.core]
    top, left = tile.row + tile.core[0].start, tile.column + tile.core[1].start
    spots = []
    for number in np.unique(group[group > 0]).tolist():
        labels, _ = ndimage.label(group == number)
        for index, where in enumerate(ndimage.find_objects(labels), 1):
            inside = labels[where] == index
            cells = int(inside.sum())
            if cells < least_cells and not _on_edge(where, group.shape):
                continue
            shape = traced(inside, where[0].start + top, where[1].start + left)[0]
            means = [tuple(v[(slice(None), *where)][:, inside].mean(1).tolist()) for v in (votes, traits)]
            spots.append(Spot(shape, number, cells, means[0], means[1], float(strength[where][inside].max())))
    return spots


def joined(spots: Iterable[Spot], *, least_cells: int, least_peak: float = 0.0) -> list[Spot]:
    """Spots with those put together that tile borders had cut; then the small and the faint ones are left out."""
    whole: list[Spot] = []
    by_group: dict[int, list[Spot]] = {}
    for spot in spots:
        by_group.setdefault(spot.group, []).append(spot)
    for group in by_group.values():
        whole.extend(_joined_group(group))
    return [spot for spot in whole if spot.cells >= least_cells and spot.peak >= least_peak]


def traced(mask: NDArray[np.bool_], top: int = 0, left: int = 0) -> list[Polygon]:
    """Outlines of all cells of a mask along their edges, cells joined by their sides; counted from (`left`, `top`)."""
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, start = np.nonzero(edges == 1)
    _, end = np.nonzero(edges == -1)
    boxes = shapely.box(start + left, row + top, end + left, row + top + 1)
    return polygons_of(shapely.union_all(boxes)) if len(boxes) else []


def polygons_of(shape: shapely.Geometry) -> list[Polygon]:
    """The polygons in a geometry."""
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    if isinstance(shape, MultiPolygon) or hasattr(shape, "geoms"):
        return [polygon for part in shape.geoms for polygon in polygons_of(part)]
    return []


def _on_edge(where: tuple[slice, slice], shape: tuple[int, int]) -> bool:
    return any(part.start == 0 or part.stop == size for part, size in zip(where, shape, strict=True))


def _joined_group(spots: Sequence[Spot]) -> list[Spot]:
    """Spots of one group, those that share an edge made one."""
    shapes = [spot.shape for spot in spots]
    tree = STRtree(shapes)
    first, second = tree.query(shapes, predicate="touches")
    keep = first < second
    first, second = first[keep], second[keep]
    if len(first):
        shared = shapely.length(shapely.intersection(np.array(shapes)[first], np.array(shapes)[second])) > 0
        first, second = first[shared], second[shared]
    leader = list(range(len(spots)))

    def root(index: int) -> int:
        while leader[index] != index:
            leader[index] = leader[leader[index]]
            index = leader[index]
        return index

    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        leader[root(one)] = root(other)
    families: dict[int, list[Spot]] = {}
    for index, spot in enumerate(spots):
        families.setdefault(root(index), []).append(spot)
    return [family[0] if len(family) == 1 else joined_spot(family) for family in families.values()]


def joined_spot(family: Sequence[Spot], reach: float = 0.0) -> Spot:
    """One spot of several, with the gaps between them filled up to twice `reach` cells."""
    cells = np.array([spot.cells for spot in family])
    weights = cells / cells.sum()
    shape = shapely.union_all([spot.shape.buffer(reach, join_style="mitre") for spot in family])
    shape = max(polygons_of(shape), key=lambda polygon: polygon.area)
    if reach:
        shape = max(polygons_of(shape.buffer(-reach, join_style="mitre")), key=lambda polygon: polygon.area)
    return replace(
        family[0],
        shape=shape,
        cells=int(cells.sum()),
        votes=tuple((weights @ np.array([spot.votes for spot in family])).tolist()),
        traits=tuple((weights @ np.array([spot.traits for spot in family])).tolist()),
        peak=max(spot.peak for spot in family),
    )
