"""The part of a workspace on disk that changes what is drawn of its site."""

import sqlite3
from abc import abstractmethod
from collections.abc import Sequence

from yardwatch.model.correction import Correction
from yardwatch.model.redrawing import Redrawn, redrawn_site
from yardwatch.model.site import Place, Track, Zone
from yardwatch.workspace.correction_rows import replace_correction
from yardwatch.workspace.database import Database
from yardwatch.workspace.site_rows import read_site, redraw_place, redraw_track, redraw_zone

__all__ = ["Redrawing"]

_ZONE_COLUMNS = (
    ("tracks", "zone"), ("railcars", "zone"), ("tallies", "zone"), ("observations", "zone"), ("claims", "zone"),
    ("changes", "zone"),
)  # fmt: skip
_TRACK_COLUMNS = (
    ("railcars", "track"), ("strings", "track"), ("track_coverage", "track"), ("corrections", "track"),
)  # fmt: skip


class Redrawing:
    """Draws the site anew; what was counted, seen and decided keeps to the zones and tracks it is of."""

    _database: Database

    def redraw(
        self, changes: Sequence[Redrawn], *, moved: Sequence[Correction] = (), recount: bool, by: str | None = None
    ) -> None:
        """Change the drawing, all of it or nothing; names of zones and tracks change wherever they are used.

        Parameters
        ----------
        changes : sequence of Redrawn
            One after the other.
        moved : sequence of Correction
            Decisions of persons that lie elsewhere on their track now, with their place there.
        recount : bool
            Whether all scenes are to be counted again by the next run.
        by : str, optional
            Who draws, for the log.

        Raises
        ------
        MisuseError
            If something is not there, has another's name, or has no sound geometry.
        """
        with self._database.writing("site", by=by) as connection:
            redrawn_site(read_site(self._database), changes)
            srs_id = self._srs_id(connection)
            for change in changes:
                _draw(connection, change, srs_id)
            for correction in moved:
                replace_correction(connection, correction)
            if recount:
                connection.execute("DELETE FROM finished_steps WHERE step LIKE 'count/%'")

    def speaks_of(self, zone: str) -> int:
        """How many observations and claims are about a zone or place."""
        query = (
            "SELECT (SELECT count(*) FROM observations WHERE zone = ?) + (SELECT count(*) FROM claims WHERE zone = ?)"
        )
        return self._database.rows(lambda row: int(row[0]), query, zone, zone)[0]

    @staticmethod
    @abstractmethod
    def _srs_id(connection: sqlite3.Connection) -> int:
        """How the file refers to the CRS of its layers."""


def _draw(connection: sqlite3.Connection, change: Redrawn, srs_id: int) -> None:
    after = change.after
    match change.kind:
        case "zone":
            assert after is None or isinstance(after, Zone)  # noqa: S101 -- looked at by redrawn_site
            redraw_zone(connection, change.before, after, srs_id=srs_id)
            if change.before is not None and after is None:
                connection.execute("UPDATE tracks SET zone = NULL WHERE zone = ?", (change.before,))
            _rename(connection, "zone", _ZONE_COLUMNS, change)
        case "track":
            assert after is None or isinstance(after, Track)  # noqa: S101 -- looked at by redrawn_site
            redraw_track(connection, change.before, after, srs_id=srs_id)
            _rename(connection, "track", _TRACK_COLUMNS, change)
        case _:
            assert after is None or isinstance(after, Place)  # noqa: S101 -- looked at by redrawn_site
            redraw_place(connection, change.before, after, srs_id=srs_id)


def _rename(connection: sqlite3.Connection, member: str, columns: Sequence[tuple[str, str]], change: Redrawn) -> None:
    """Use the new name of a zone or track wherever the old one stood, also within decisions."""
    old, new = change.before, change.after.name if change.after else None
    if old is None or new is None or old == new:
        return
    for table, column in columns:
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (new, old))  # noqa: S608 - ours
    for side in ("before", "after"):
        connection.execute(
            f"UPDATE corrections SET {side} = json_set({side}, '$.{member}', ?) "  # noqa: S608 - our own columns
            f"WHERE json_extract({side}, '$.{member}') = ?",
            (new, old),
        )
    if member == "zone":
        _rename_verdicts(connection, old, new)


def _rename_verdicts(connection: sqlite3.Connection, old: str, new: str) -> None:
    """The verdicts on zones of each comparison are one cell."""
    connection.execute(
        "UPDATE comparisons SET zones = (SELECT json_group_array(CASE WHEN json_extract(value, '$.zone') = ?1 "
        "THEN json_set(value, '$.zone', ?2) ELSE json(value) END) FROM json_each(comparisons.zones)) "
        "WHERE EXISTS (SELECT 1 FROM json_each(comparisons.zones) WHERE json_extract(value, '$.zone') = ?1)",
        (old, new),
    )
