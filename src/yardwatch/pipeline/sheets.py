"""The pictures of one counted scene, for a report."""

from yardwatch.model.ports import SceneReader
from yardwatch.model.railcar import Count
from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.model.site import Site, frame_of
from yardwatch.railcars.ribbon import plan_ribbon
from yardwatch.report import Inset, Sheet, Unseen, grid_of_picture, inset_windows, unseen_on

__all__ = ["occupied_ribbons", "sheet_of"]

_INSET_PX = 1600


def sheet_of(reader: SceneReader, site: Site, count: Count, ribbons: tuple[Ribbon, ...]) -> Sheet:
    """The scene, its busy zones from close by, and its tracks straightened."""
    grid = count.scene.grid
    picture = reader.picture()
    insets = []
    for zone, window in inset_windows(site, count):
        closer = reader.picture(window, longest_px=_INSET_PX)
        insets.append(Inset(zone, closer, grid_of_picture(grid, closer, window)))
    place = grid_of_picture(grid, picture)
    return Sheet(count, picture, place, ribbons, unseen=_unseen(site, count, ribbons), insets=tuple(insets))


def _unseen(site: Site, count: Count, ribbons: tuple[Ribbon, ...]) -> tuple[Unseen, ...]:
    """Where track was hidden, as the count says, and where it lies outside the image, as the ribbons say."""
    hidden = [Unseen(track.name, *stretch, "hidden") for track in count.tracks for stretch in track.hidden_stretches]
    missing = [part for ribbon in ribbons for part in unseen_on(ribbon, site, count.scene) if part.kind == "outside"]
    return (*hidden, *missing)


def occupied_ribbons(reader: SceneReader, site: Site, count: Count) -> tuple[Ribbon, ...]:
    """The tracks on which cars were counted, straightened to be looked at."""
    frame, spec = frame_of(site), RibbonSpec()
    ribbons = []
    for name in dict.fromkeys(car.track for car in count.railcars):
        plan = plan_ribbon(name, site.line(site.track(name)), count.scene.grid, frame, spec=spec)
        if plan is not None:
            pixels = reader.sample(plan.column, plan.row, footprint_px=plan.footprint_px)
            ribbons.append(plan.ribbon(pixels))
    return tuple(ribbons)
