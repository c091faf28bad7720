"""The versions of a site: what each edit did, beside the workspace, so that it can be undone."""

import hashlib
import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from yardwatch.errors import MisuseError, WorkspaceError, one_line
from yardwatch.model.redrawing import Redrawn, redrawn_site
from yardwatch.model.site import Site
from yardwatch.pipeline.deskwork import DeskStore
from yardwatch.pipeline.shapes import kind_of_shape, shape_cells, shape_of_cells

__all__ = ["HISTORY_FILE", "SiteHistory", "SiteVersion"]

HISTORY_FILE = "site-history.jsonl"
"""Name of the file in the folder of the workspace."""

Cells = Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class SiteVersion:
    """One version of a site."""

    version: int
    """Counted from 1."""
    at: str
    """When it was drawn, or first seen where another program drew it; UTC."""
    by: str | None
    """Who drew it, if known."""
    note: str | None
    """Why, in words."""
    did: tuple[str, ...]
    """What was done, in words."""
    outside: bool
    """Whether it was drawn outside the desk, as in QGIS."""
    digest: str
    """Hash of the site as it was then."""
    changes: tuple[tuple[str, Cells, Cells], ...] = ()
    """Kind, what there was before, and what there is since."""


class SiteHistory:
    """The versions of the site of one workspace, in a file of lines that is only added to.

    Each line holds what became of the zones, tracks and places that changed; the first holds them all. What another
    program drew is noticed when the site is next looked at. The audit log holds the hash of the file.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / HISTORY_FILE
        self._lock = threading.RLock()
        self._versions: list[SiteVersion] | None = None

    def version(self, store: DeskStore) -> int:
        """The number of the version that the site is, which is noted as a new one where it is none of the kept."""
        site = store.site()
        with self._lock:
            if self._versions is None:
                store.see_file(self._path)
            versions = self._read()
            if not versions:
                self._append(store, "first seen", _differences(_empty(site), site), outside=True)
            elif versions[-1].digest != _digest(site):
                self._append(store, "drawn outside the desk", _differences(self._rebuilt(site), site), outside=True)
            return len(self._read())

    def versions(self) -> Sequence[SiteVersion]:
        """All that are kept, newest first."""
        with self._lock:
            return list(reversed(self._read()))

    def add(
        self, store: DeskStore, changes: Sequence[tuple[str, Cells, Cells]], *, did: Sequence[str],
        by: str | None = None, note: str | None = None,
    ) -> None:  # fmt: skip
        """Note what an edit did, and the site that it left in the workspace."""
        with self._lock:
            self._append(store, did, changes, outside=False, by=by, note=note)

    def back_to(self, version: int) -> tuple[Redrawn, ...]:
        """The changes that lead from the newest version back to another.

        Raises
        ------
        MisuseError
            If there is no such version.
        """
        with self._lock:
            versions = self._read()
        if not 1 <= version <= len(versions):
            raise MisuseError(f"the site has no version {version}; it has 1 to {len(versions)}")
        undone: list[Redrawn] = []
        for one in reversed(versions[version:]):
            undone += [_redrawn(kind, after, before) for kind, before, after in reversed(one.changes)]
        return tuple(undone)

    def _rebuilt(self, site: Site) -> Site:
        """The newest version that is kept, in the name and CRS of a site."""
        found = _empty(site)
        for one in self._read():
            found = redrawn_site(found, [_redrawn(*change) for change in one.changes])
        return found

    def _append(
        self, store: DeskStore, did: str | Sequence[str], changes: Iterable[tuple[str, Cells, Cells]], *, outside: bool,
        by: str | None = None, note: str | None = None,
    ) -> None:  # fmt: skip
        versions = self._read()
        said = (did,) if isinstance(did, str) else tuple(did)
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        new = SiteVersion(len(versions) + 1, now, by, note, said, outside, _digest(store.site()), tuple(changes))
        line = json.dumps(asdict(new), ensure_ascii=False) + "\n"
        store.extend_file("site version", self._path, line, by=by)
        versions.append(new)

    def _read(self) -> list[SiteVersion]:
        if self._versions is None:
            self._versions = _versions_in(self._path)
        return self._versions


def _versions_in(path: Path) -> list[SiteVersion]:
    """The versions in a file; a last line that was cut off by a crash is left out."""
    if not path.exists():
        return []
    try:
        lines = path.read_text("utf-8").splitlines(keepends=True)
        return [_version(json.loads(line)) for line in lines if line.endswith("\n")]
    except (OSError, ValueError, TypeError, KeyError) as error:
        problem = one_line(str(error), 100)
        raise WorkspaceError(
            f"{path}: is damaged ({problem}); put it aside: only undoing earlier edits is lost"
        ) from None


def _version(held: Mapping[str, object]) -> SiteVersion:
    changes = tuple((str(kind), before, after) for kind, before, after in held["changes"])  # type: ignore[attr-defined]
    return SiteVersion(**(dict(held) | {"did": tuple(held["did"]), "changes": changes}))  # type: ignore[arg-type]


def _empty(site: Site) -> Site:
    return Site(site.name, site.crs, (), ())


def _differences(before: Site, after: Site) -> list[tuple[str, Cells, Cells]]:
    """What is another in one site than in the other, what goes first; by name, so a new name is a new thing."""
    old, new = _by_name(before), _by_name(after)
    gone = [(key[0], old[key], None) for key in old if key not in new]
    other = [(key[0], old.get(key), cells) for key, cells in new.items() if old.get(key) != cells]
    return [*gone, *other]


def _by_name(site: Site) -> dict[tuple[str, str], Mapping[str, object]]:
    return {(kind_of_shape(one), one.name): shape_cells(one) for one in (*site.extents, *site.tracks)}


def _redrawn(kind: str, before: Cells, after: Cells) -> Redrawn:
    return Redrawn(
        kind, None if before is None else str(before["name"]), None if after is None else shape_of_cells(after)
    )


def _digest(site: Site) -> str:
    return hashlib.sha256(json.dumps(sorted(map(repr, _by_name(site).items()))).encode()).hexdigest()[:32]
