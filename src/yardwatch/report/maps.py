"""The site map and the annotated scene, north up and true to scale."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from yardwatch.model.frame import Floats
from yardwatch.model.grid import Grid, Window
from yardwatch.model.ports import Picture
from yardwatch.model.railcar import Count, Railcar
from yardwatch.model.site import Coordinates, Place, Site, Zone, frame_of, label_point
from yardwatch.report.contents import Inset, Sheet
from yardwatch.report.palette import car_style
from yardwatch.report.raster import grid_of_picture, jpeg_uri, north_up
from yardwatch.report.svg import element, path_data, titled
from yardwatch.report.view import WIDTH, Box, Labels, View, cased, corner_mark, halo_text, north_arrow, scale_bar

__all__ = ["annotated_scene_svg", "inset_windows", "insets_of", "scene_view", "site_map_svg"]

_PIXELS = 1500
_SURE = 0.8
_CLOSE_M = 300.0
_INSET_M = 240.0
_SMALLEST_LETTER = 8.5
_MOST_INSETS = 6
_COARSEST_INSET_M = 1.5
_INK, _WHITE, _ZONE, _TRACK = "#10151a", "#ffffff", "#ffe9a8", "#3b2f7a"
_SANS = "Helvetica Neue, Arial, Liberation Sans, sans-serif"


def site_map_svg(site: Site, *, sheet: Sheet | None = None) -> str:
    """All zones and places, numbered in the order of the site, and all tracks; over the picture of `sheet` if given."""
    box = _box([*_rings(site), *_circles(site)])
    view = View.around(box, margin_m=0.04 * max(box[2] - box[0], box[3] - box[1]) + 10)
    labels = Labels(view.height)
    parts = [_ground(view), *([_backdrop(site, view, sheet.picture, sheet.picture_grid, veil=0.25)] if sheet else [])]
    parts += [_zone_outline(site, view, zone) for zone in site.zones]
    parts += [_track_line(site, view, name) for name in _names(site)]
    _take_furniture(labels, view)
    parts += [_zone_number(site, view, index, zone, labels) for index, zone in enumerate(site.zones, 1)]
    located = [place for place in site.places if place.point is not None]
    parts += [_place(site, view, index, place) for index, place in enumerate(located, 1 + len(site.zones))]
    parts += _place_names(site, view, labels)
    parts += _track_names(site, view, labels)
    words = f"Map of {site.name}: {len(site.zones)} zones, {len(site.tracks)} tracks"
    words += f" and {len(site.places)} places that are not drawn" if site.places else ""
    return _figure(view, words, [*parts, *_furniture(view, sheet)])


def annotated_scene_svg(site: Site, sheet: Sheet, *, inset: Inset | None = None) -> str:
    """A scene with its tracks and the cars counted on them, outlined in the colour of their type.

    Parameters
    ----------
    site : Site
        Whose tracks are drawn.
    sheet : Sheet
        The scene with its count.
    inset : Inset, optional
        Draw this closer picture rather than the whole.
    """
    picture, grid = (inset.picture, inset.grid) if inset else (sheet.picture, sheet.picture_grid)
    view = scene_view(site, sheet, inset=inset)
    labels = Labels(view.height)
    _take_furniture(labels, view)
    parts = [_ground(view), _backdrop(site, view, picture, grid)]
    parts += [_zone_outline(site, view, zone, dash="7 5") for zone in site.zones]
    parts += [_track_line(site, view, name, over_picture=True) for name in _names(site)]
    parts += list(_hidden(site, view, sheet))
    parts += list(_cars(site, view, sheet.count))
    parts += list(_string_ends(site, view, sheet.count, labels))
    words = f"{sheet.count.scene.filename}: tracks and {len(sheet.count.railcars)} counted railcars"
    return _figure(view, words, [*parts, *_furniture(view, sheet)])


def scene_view(site: Site, sheet: Sheet, *, inset: Inset | None = None) -> View:
    """What part of the ground the annotated scene shows: the tracks in the image with a margin."""
    if inset:
        return View.around(_box([_local(site, inset.grid.outline(), inset.grid.crs)]), margin_m=0, least_m=40)
    inside = [points for name in _names(site) if len(points := _inside(site, name, sheet.picture_grid))]
    outline = _local(site, sheet.picture_grid.outline(), sheet.picture_grid.crs)
    box = _box(inside or [outline])
    return View.around(box, margin_m=5 + 0.02 * (box[2] - box[0])).kept_in(_box([outline]))


def inset_windows(site: Site, count: Count, *, grid: Grid | None = None) -> tuple[tuple[str | None, Window], ...]:
    """The windows of an image worth a closer picture, by zone: where cars stand, if the whole is too wide to see them.

    Parameters
    ----------
    site : Site
        Whose zones and tracks they are.
    count : Count
        Says where cars stand.
    grid : Grid, optional
        Of the image the windows are for; the scene's own unless given.
    """
    image = grid or count.scene.grid
    tracks = [_inside(site, name, image) for name in _names(site)]
    width_m = np.ptp(np.concatenate(tracks)[:, 0]) if any(map(len, tracks)) else 0.0
    if width_m <= _CLOSE_M or not count.railcars:
        return ()
    zones = [zone.name for zone in site.zones] + [None]
    parts = [(zone, box, cars) for zone in zones for box, cars in _tiles(site, count, zone)]
    busiest = sorted(range(len(parts)), key=lambda index: -parts[index][2])[:_MOST_INSETS]
    windows = [(parts[index][0], _window(site, parts[index][1], image)) for index in sorted(busiest)]
    return tuple((zone, window) for zone, window in windows if window is not None)


def insets_of(site: Site, sheet: Sheet) -> tuple[Inset, ...]:
    """The closer pictures of a sheet: its own, or those cut from its picture where that is fine enough."""
    if sheet.insets or sheet.picture_grid.pixel_m(frame_of(site)) > _COARSEST_INSET_M:
        return sheet.insets
    return tuple(
        Inset(zone, part := _cut(sheet.picture, window), grid_of_picture(sheet.picture_grid, part, window))
        for zone, window in inset_windows(site, sheet.count, grid=sheet.picture_grid)
    )


def _tiles(site: Site, count: Count, zone: str | None) -> Iterator[tuple[Box, int]]:
    """Boxes no longer than an inset round the cars of a zone, with how many stand in each."""
    cars = [car for car in count.railcars if car.zone == zone]
    if not cars:
        return
    bodies = _bodies(site, cars)
    middles = np.array([body.mean(0) for body in bodies])
    axis = int(np.ptp(middles[:, 1]) > np.ptp(middles[:, 0]))
    along = middles[:, axis] - middles[:, axis].min()
    tile_m = max(1.0, along.max() / max(1, math.ceil(along.max() / _INSET_M)))
    tiles = np.minimum(along // tile_m, max(0, math.ceil(along.max() / tile_m) - 1)).astype(int)
    for tile, number in sorted(Counter(tiles.tolist()).items()):
        yield _box([body for body, own in zip(bodies, tiles, strict=True) if own == tile]), number


def _window(site: Site, box: Box, grid: Grid) -> Window | None:
    """The pixels that a view round a box shows, as far as there are any."""
    view = View.around(box, margin_m=20)
    east, south = view.west_m + view.width_m, view.north_m - view.height_m
    corners = [view.west_m, east, east, view.west_m], [south, south, view.north_m, view.north_m]
    columns, rows = grid.to_pixel(*frame_of(site).to_crs(*corners, crs=grid.crs))
    left, right = (int(np.clip(edge, 0, grid.width)) for edge in (np.floor(columns.min()), np.ceil(columns.max())))
    top, bottom = (int(np.clip(edge, 0, grid.height)) for edge in (np.floor(rows.min()), np.ceil(rows.max())))
    return Window(left, top, right - left, bottom - top) if right - left > 1 and bottom - top > 1 else None


def _cut(picture: Picture, window: Window) -> Picture:
    return picture[window.row : window.row + window.height, window.column : window.column + window.width]


def _figure(view: View, words: str, parts: list[str]) -> str:
    size = f"0 0 {WIDTH:.0f} {view.height:.0f}"
    return element(
        "svg", titled(words), *parts, xmlns="http://www.w3.org/2000/svg", viewBox=size, width=WIDTH,
        height=round(view.height), role="img", font_family=_SANS, class_="map",
    )  # fmt: skip


def _ground(view: View) -> str:
    return element("rect", x=0, y=0, width=WIDTH, height=view.height, fill="#f2f0ea")


def _backdrop(site: Site, view: View, picture: Picture, grid: Grid, *, veil: float = 0.0) -> str:
    """The picture turned north up and cut to the view."""
    pixel_m = max(view.width_m / _PIXELS, 0.7 * grid.pixel_m(frame_of(site)))
    size = (max(1, round(view.width_m / pixel_m)), max(1, round(view.height_m / pixel_m)))
    corner = (view.west_m, view.north_m)
    moved = north_up(picture, grid, frame=frame_of(site), west_north_m=corner, pixel_m=pixel_m, size=size)
    return element(
        "image", href=jpeg_uri(moved, veil=veil), x=0, y=0, width=WIDTH, height=view.height, preserveAspectRatio="none"
    )


def _zone_outline(site: Site, view: View, zone: Zone, *, dash: str | None = None) -> str:
    d = " ".join(path_data(view.at(*_local(site, ring).T), closed=True) for ring in zone.rings)
    return element("g", titled(zone.name), cased(d, stroke=_ZONE, casing=_INK, width=2.0, dash=dash, opacity=0.6))


def _zone_number(site: Site, view: View, index: int, zone: Zone, labels: Labels) -> str:
    ((x, y),) = view.at(*_local(site, (label_point(zone),)).T)
    labels.take(x, y, 34, 34)
    disc = element("circle", cx=x, cy=y, r=15, fill=_INK, stroke=_ZONE, stroke_width=2.2)
    digits = element(
        "text", str(index), x=x, y=y, fill=_WHITE, font_size=16, font_weight="700", text_anchor="middle",
        dominant_baseline="central",
    )  # fmt: skip
    return element("g", titled(zone.name), disc, digits)


def _place(site: Site, view: View, index: int, place: Place) -> str:
    """A numbered point, in a circle as wide as the point may be off."""
    if place.point is None:
        return ""
    ((x, y),) = view.at(*_local(site, (place.point,)).T)
    circle = ""
    if place.precision_m:
        radius = place.precision_m * view.scale
        circle = element(
            "circle", cx=x, cy=y, r=radius, fill=_TRACK, fill_opacity=0.1, stroke=_TRACK, stroke_width=1.2,
            stroke_dasharray="5 4",
        )  # fmt: skip
    disc = element("circle", cx=x, cy=y, r=13, fill=_INK, stroke=_WHITE, stroke_width=2)
    digits = element(
        "text", str(index), x=x, y=y, fill=_WHITE, font_size=14, font_weight="700", text_anchor="middle",
        dominant_baseline="central",
    )  # fmt: skip
    return element("g", titled(place.name), circle, disc, digits)


def _place_names(site: Site, view: View, labels: Labels) -> list[str]:
    """Names beside the points, where there is room."""
    at = [(place, *view.at(*_local(site, (place.point,)).T)[0]) for place in site.places if place.point is not None]
    for _, x, y in at:
        labels.take(x, y, 28, 28)
    written = []
    for place, x, y in at:
        name = place.name if len(place.name) <= 36 else place.name[:35] + "…"
        wide = 8.6 * len(name) + 6
        spots = [(x, y + 27), (x, y - 27), (x + 20 + wide / 2, y), (x - 20 - wide / 2, y)]
        spot = next(((east, south) for east, south in spots if labels.free(east, south, wide, 19)), None)
        if spot:
            written.append(halo_text(name, *spot, size=15))
    return written


def _track_line(site: Site, view: View, name: str, *, over_picture: bool = False) -> str:
    d = path_data(view.at(*_local(site, site.track(name).coordinates).T))
    stroke, width, opacity = (_WHITE, 1.1, 0.55) if over_picture else (_TRACK, 1.6, 0.9)
    return element(
        "path", titled(name), d=d, fill="none", stroke=stroke, stroke_width=width, stroke_opacity=opacity,
        stroke_linejoin="round",
    )  # fmt: skip


def _hidden(site: Site, view: View, sheet: Sheet) -> Iterator[str]:
    for part in sheet.unseen:
        if part.kind == "hidden":
            along = np.append(np.arange(part.start_m, part.end_m, 5.0), part.end_m)
            points = view.at(*site.line(site.track(part.track)).points(along))
            words = titled(f"{part.track}: hidden")
            yield element(
                "g", words, cased(path_data(points), stroke=_WHITE, casing=_INK, width=4, dash="3 5", opacity=1)
            )


def _cars(site: Site, view: View, count: Count) -> Iterator[str]:
    width = float(np.clip(0.45 * view.scale, 0.9, 2.2))
    for index, (car, points) in enumerate(zip(count.railcars, _bodies(site, count.railcars), strict=True), 1):
        middle = points[:-1].mean(0)
        if view.holds(*middle):
            yield _car(view, index, car, points, middle, width)


def _car(view: View, index: int, car: Railcar, points: Floats, middle: Floats, width: float) -> str:
    style = car_style(car.type)
    dash = "4 3" if car.confidence < _SURE else None
    outline = cased(
        path_data(view.at(*points[:-1].T), closed=True),
        stroke=style.colour,
        casing=style.casing,
        width=width,
        dash=dash,
    )
    ((x, y),) = view.at(*middle[:, None])
    size = min(11.0, 1.1 * car.width_m * view.scale)
    letter = [halo_text(style.letter, x, y, size=size, fill=_WHITE, halo=_INK)] if size >= _SMALLEST_LETTER else []
    return element("g", titled(f"{index}: {style.name}, track {car.track}"), outline, *letter)


def _string_ends(site: Site, view: View, count: Count, labels: Labels) -> Iterator[str]:
    """The number of the first and last car of each string, beyond its ends."""
    numbers = {car.id: index for index, car in enumerate(count.railcars, 1)}
    lines = {name: site.line(site.track(name)) for name in {string.track for string in count.strings}}
    beyond_m = 13 / view.scale
    for string in count.strings:
        line = lines[string.track]
        ends = [(string.start_m - beyond_m, string.railcars[0]), (string.end_m + beyond_m, string.railcars[-1])]
        for chainage_m, car in ends[: 2 if len(string.railcars) > 1 else 1]:
            ((x, y),) = view.at(*line.points([chainage_m]))
            digits = str(numbers[car])
            if labels.free(x, y, 7 * len(digits) + 3, 12):
                yield halo_text(digits, x, y, size=11.5)


def _track_names(site: Site, view: View, labels: Labels) -> list[str]:
    """Names at the ends of the tracks, where there is room."""
    written = []
    for track in site.tracks:
        line = site.line(track)
        for chainage_m in (0.012 * line.length_m, 0.988 * line.length_m):
            ((x, y),) = view.at(*line.points([chainage_m]))
            words = track.name if len(track.name) <= 12 else track.name[:11] + "…"
            x = float(np.clip(x, 4.5 * len(words), WIDTH - 4.5 * len(words)))
            if 0 <= x <= WIDTH and labels.free(x, y, 8 * len(words) + 4, 14):
                written.append(halo_text(words, x, y, size=12, fill=_WHITE, halo=_TRACK))
                break
    return written


def _furniture(view: View, sheet: Sheet | None) -> list[str]:
    mark = [corner_mark("SIMULATED")] if sheet and sheet.count.scene.simulated else []
    return [scale_bar(view), north_arrow(), *mark]


def _take_furniture(labels: Labels, view: View) -> None:
    labels.take(150, view.height - 25, 300, 50)
    labels.take(WIDTH - 36, 44, 60, 60)
    labels.take(110, 26, 220, 40)


def _inside(site: Site, name: str, grid: Grid) -> Floats:
    """Points of a track that lie in an image, local metres, every 5 m."""
    line = site.line(site.track(name))
    x, y = line.points(np.append(np.arange(0, line.length_m, 5.0), line.length_m))
    columns, rows = grid.to_pixel(*frame_of(site).to_crs(x, y, crs=grid.crs))
    within = (columns >= 0) & (columns <= grid.width) & (rows >= 0) & (rows <= grid.height)
    return np.column_stack([x, y])[within]


def _local(site: Site, points: Coordinates, crs: str | None = None) -> Floats:
    """Points in the site's CRS (or another) as local metres, shape (n, 2)."""
    x, y = np.array(points, float).T
    frame = frame_of(site)
    if crs is not None and crs != site.crs:
        frame = type(frame)(crs, frame.longitude_deg, frame.latitude_deg)
    return np.column_stack(frame.to_local(x, y))


def _bodies(site: Site, cars: Sequence[Railcar]) -> list[Floats]:
    """Outlines of cars in local metres."""
    if not cars:
        return []
    every = _local(site, tuple(point for car in cars for point in car.footprint))
    return np.split(every, np.cumsum([len(car.footprint) for car in cars])[:-1])


def _rings(site: Site) -> list[Floats]:
    rings = [zone.rings[0] for zone in site.zones] + [track.coordinates for track in site.tracks]
    return [_local(site, ring) for ring in rings]


def _circles(site: Site) -> list[Floats]:
    """For each place with a point the corners around the circle in which it lies."""
    found = []
    for place in site.places:
        if place.point is not None:
            reach_m = place.precision_m or 0.0
            found.append(_local(site, (place.point,)) + np.array([[-reach_m, -reach_m], [reach_m, reach_m]]))
    return found


def _names(site: Site) -> Iterable[str]:
    return (track.name for track in site.tracks)


def _box(parts: list[Floats]) -> Box:
    points = np.concatenate(parts)
    (west, south), (east, north) = points.min(0), points.max(0)
    return float(west), float(south), float(east), float(north)
