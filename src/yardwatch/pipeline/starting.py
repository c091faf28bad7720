"""Start a workspace for a site."""

from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from yardwatch.errors import Notice
from yardwatch.imagery.sites import read_site
from yardwatch.model.site import Site
from yardwatch.pipeline.documents import Json, crs_code, document, made_by
from yardwatch.workspace import create_workspace

__all__ = ["Started", "start_workspace"]


@dataclass(frozen=True, slots=True)
class Started:
    """A new workspace."""

    folder: Path
    """Where it is."""
    site: Site
    """What it watches."""
    document: dict[str, Json]
    """The JSON for programs."""
    notices: tuple[Notice, ...]
    """What was noticed in the site file."""


def start_workspace(folder: Path, site_file: Path) -> Started:
    """Read a site and make a workspace for it.

    Raises
    ------
    InputError
        If the site is bad.
    WorkspaceError
        If there is a workspace already, or none can be made there.
    """
    site, notices = read_site(site_file)
    with site_file.open("rb") as stream:
        inputs = {site_file.name: file_digest(stream, "sha256").hexdigest()}
    with create_workspace(folder, site) as store:
        body: dict[str, Json] = {"workspace": str(store.folder), "site": _site_facts(site)}
        return Started(store.folder, site, document(made_by("init", inputs), notices, body), notices)


def _site_facts(site: Site) -> dict[str, Json]:
    return {
        "name": site.name,
        "aliases": list(site.aliases),
        "crs": crs_code(site.crs),
        "zones": [{"name": zone.name, "role": zone.role, "aliases": list(zone.aliases)} for zone in site.zones],
        "tracks": [{"name": track.name, "length_m": round(site.line(track).length_m, 3)} for track in site.tracks],
    }
