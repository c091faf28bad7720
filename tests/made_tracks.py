"""An invented stretch of railway as a picture in memory, for tests of tracing and drafting."""

from functools import lru_cache

import numpy as np

from yardwatch.model.frame import Frame, frame_around
from yardwatch.model.line import Line
from yardwatch.simulate import (
    SITE_CRS,
    SITE_ORIGIN_M,
    Conditions,
    Sensor,
    YardPlan,
    place_consists,
    random_style,
    render,
)
from yardwatch.simulate.reading import ArrayReader

GSD_M = 0.4


@lru_cache(maxsize=4)
def made_tracks(
    *, curved: bool, tracks: int = 4, occupancy: float = 0.0
) -> tuple[ArrayReader, Frame, tuple[Line, ...]]:
    """A picture of tracks 5 m apart, a frame, and the tracks in its metres; straight or on a curve of 200 m."""
    rng = np.random.default_rng(11)
    along = np.arange(-30.0, 270.0 if not curved else 390.0, 3.0)
    shapes = []
    for index in range(tracks):
        if curved:
            radius = 200.0 + 5.0 * index
            angle = along / 200.0
            shapes.append(np.column_stack([radius * np.sin(angle), 200.0 - radius * np.cos(angle)]))
        else:
            shapes.append(np.column_stack([along, 0.1 * along - 5.0 * index]))
    whole = np.vstack(shapes)
    corner, far = whole.min(0) - 20, whole.max(0) + 20
    plan = YardPlan(
        name="stretch (invented)",
        tracks=tuple(Line.through(*(shape - corner).T) for shape in shapes),
        track_names=tuple(f"track {index + 1}" for index in range(tracks)),
        bounds_m=(0.0, 0.0, *map(float, far - corner)),
        style=random_style(rng, tracks=tracks),
    )
    if occupancy:
        plan = place_consists(rng, plan, occupancy=occupancy)
    rendered = render(plan, rng=rng, conditions=Conditions(sensor=Sensor(gsd_m=GSD_M)), stamp=False)
    x, y = SITE_ORIGIN_M
    width, height = far - corner
    frame = frame_around(SITE_CRS, [x, x + width], [y, y + height])
    lines = tuple(Line.through(*frame.to_local(*(line.vertices_m + np.array([x, y])).T)) for line in plan.tracks)
    return ArrayReader(rendered.pixels, rendered.grid, gsd_m=GSD_M), frame, lines


def away_m(points: np.ndarray, line: Line) -> np.ndarray:
    """How far points lie from a track, metres."""
    return np.abs(line.locate(*points.T)[1])
