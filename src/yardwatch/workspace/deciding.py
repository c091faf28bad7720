"""The part of a workspace on disk that keeps what persons decided about railcars and networks."""

from collections.abc import Sequence

from yardwatch.model.correction import Correction
from yardwatch.model.network import NetworkChoice
from yardwatch.workspace.cells import cell
from yardwatch.workspace.correction_rows import read_choices, read_corrections, write_choice, write_correction
from yardwatch.workspace.correction_rules import check_choice, check_correction
from yardwatch.workspace.database import Database
from yardwatch.workspace.scene_rows import read_scene_ids
from yardwatch.workspace.site_rows import read_site

__all__ = ["Deciding"]

_IDS = "SELECT fid, id FROM corrections"


class Deciding:
    """Keeps decisions, each in one transaction with those made with it; what is kept is never changed."""

    _database: Database

    def correct(self, corrections: Sequence[Correction]) -> None:
        """Keep a person's decisions on railcars, in their order, all or none.

        Raises
        ------
        WorkspaceError
            If the scene of one is not kept.
        MisuseError
            If one is unsound, about an unknown track, or has an id that is taken.
        """
        with self._database.writing("correct", by=_persons(corrections)) as connection:
            site, scene_ids = read_site(self._database), read_scene_ids(self._database)
            taken = set(self._database.rows(lambda row: cell(row, "id", str), _IDS))
            for correction in corrections:
                check_correction(correction, site, scene_ids, taken)
                taken.add(correction.id)
                write_correction(connection, correction)

    def corrections(self) -> Sequence[Correction]:
        """All decisions of persons on railcars, in the order in which they were made."""
        return read_corrections(self._database)

    def choose_network(self, choice: NetworkChoice) -> None:
        """Keep which network is used from now on.

        Raises
        ------
        MisuseError
            If nobody is named or the time has no zone.
        """
        check_choice(choice)
        with self._database.writing("choose network", by=choice.by) as connection:
            write_choice(connection, choice)

    def network_choices(self) -> Sequence[NetworkChoice]:
        """All choices of a network, in the order in which they were made; the last one holds."""
        return read_choices(self._database)


def _persons(corrections: Sequence[Correction]) -> str:
    return ", ".join(dict.fromkeys(correction.by for correction in corrections))
