"""What the user says of an image, as it is written on a command line or in a form."""

from dataclasses import dataclass

from yardwatch.imagery.scenes import Stated
from yardwatch.model.dates import parse_when
from yardwatch.model.scene import Republish

__all__ = ["Told"]


@dataclass(frozen=True, slots=True)
class Told:
    """Facts about an image in words; None where nothing was said."""

    crs: str | None = None
    """CRS of an image that states none."""
    gsd: float | None = None
    """Native resolution, metres."""
    acquired: str | None = None
    """An instant with zone or an EDTF date."""
    credit: str | None = None
    """Credit line."""
    licence: str | None = None
    """Licence."""
    may_republish: str | None = None
    """``yes`` or ``no``."""

    def stated(self) -> Stated:
        """The same, read.

        Raises
        ------
        DateError
            If `acquired` is no date.
        """
        return Stated(
            crs=self.crs,
            gsd_m=self.gsd,
            acquired=parse_when(self.acquired, subject="--acquired") if self.acquired is not None else None,
            credit=self.credit,
            licence=self.licence,
            may_republish=Republish(self.may_republish) if self.may_republish else None,
        )
