"""Where an image lies: its own word, its world file, or what the user says, and none against another."""

from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from yardwatch.errors import GeoreferenceError, MisuseError, Notice
from yardwatch.model.frame import LOCAL_CRS, crs_name, frame_around
from yardwatch.model.grid import Grid

__all__ = ["place"]

_GIVE_CRS = "give its coordinate system with --crs EPSG:n"
_GEOREFERENCE = "place it with yardwatch georeference, or put a world file beside it"


def place(
    facts: dict[str, Any],
    *,
    subject: str,
    stated_crs: str | None,
    site_crs: str | None,
    local_gsd_m: float | None = None,
) -> tuple[Grid, tuple[Notice, ...]]:
    """The grid of an image from what its file says (`facts`), the user and the site.

    With `local_gsd_m` an image of which nothing is said lies in `LOCAL_CRS`, with pixels of that size.

    Raises
    ------
    GeoreferenceError
        If that does not say where the image lies, or says two things.
    """
    transform = facts["transform"] or facts.get("world")
    if transform is None and local_gsd_m is not None and _nowhere(facts, stated_crs):
        local = (local_gsd_m, 0.0, 0.0, 0.0, local_gsd_m, 0.0)
        return Grid(LOCAL_CRS, local, facts["width"], facts["height"]), ()
    if transform is None:
        raise GeoreferenceError(subject, _missing(facts), _remedy(facts))
    own = facts["crs"] if facts["transform"] else facts["crs"] or facts.get("projection")
    crs, notices = _choose(own, stated_crs, None if facts["transform"] else site_crs, subject)
    try:
        grid = Grid(crs, tuple(transform), facts["width"], facts["height"])
        x, y = grid.to_crs([0, grid.width], [0, grid.height])
        frame_around(crs, x, y)
    except MisuseError as error:
        raise GeoreferenceError(subject, f"does not lie on the Earth ({error})", _GEOREFERENCE) from None
    return grid, notices


def _nowhere(facts: dict[str, Any], stated_crs: str | None) -> bool:
    """Whether nobody says anything of where the image lies."""
    said = facts["crs"] or facts.get("projection") or facts["control_points"] or facts["rational_polynomials"]
    return not said and stated_crs is None


def _choose(own: str | None, stated: str | None, assumed: str | None, subject: str) -> tuple[str, tuple[Notice, ...]]:
    """The CRS by the file, else by the user, else by the site with a notice."""
    if own is not None:
        parsed = _parsed(own, subject, "its coordinate system", _GIVE_CRS)
        if stated is not None and not _same(parsed, _parsed(stated, subject, f"--crs {stated}", "give it as EPSG:n")):
            problem = f"is in {crs_name(own)}, which --crs {stated} contradicts"
            raise GeoreferenceError(subject, problem, "leave --crs out or correct the file")
        return _short(parsed), ()
    if stated is not None:
        return _short(_parsed(stated, subject, f"--crs {stated}", "give it as EPSG:n")), ()
    if assumed is not None:
        message = f"{subject} does not say its coordinate system; that of the site ({crs_name(assumed)}) is taken"
        return assumed, (Notice("crs_assumed", message, _GIVE_CRS),)
    raise GeoreferenceError(subject, "does not say its coordinate system", _GIVE_CRS)


def _parsed(text: str, subject: str, what: str, remedy: str) -> CRS:
    try:
        crs = CRS.from_user_input(text).to_2d()
    except CRSError:
        raise GeoreferenceError(subject, f"{what} is not a coordinate system", remedy) from None
    if not (crs.is_projected or crs.is_geographic):
        raise GeoreferenceError(subject, f"{what} ({crs.name}) is not tied to the Earth", remedy)
    return crs


def _same(one: CRS, other: CRS) -> bool:
    return one.equals(other, ignore_axis_order=True) or (one.to_authority() or one) == (other.to_authority() or other)


def _short(crs: CRS) -> str:
    authority = crs.to_authority()
    return ":".join(authority) if authority else crs.to_wkt()


def _missing(facts: dict[str, Any]) -> str:
    if facts["rational_polynomials"]:
        return "is placed only by rational polynomials (RPC)"
    if facts["control_points"]:
        return "is placed only by ground control points"
    return "does not say where it lies"


def _remedy(facts: dict[str, Any]) -> str:
    if facts["rational_polynomials"]:
        return "orthorectify it first (gdalwarp -rpc), or place it with yardwatch georeference"
    if facts["control_points"]:
        return "warp it first (gdalwarp), or place it with yardwatch georeference"
    return _GEOREFERENCE
