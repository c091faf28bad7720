"""Who may do what."""

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["PersonAtDesk", "Role"]


class Role(IntEnum):
    """What a person may do; each includes those before it."""

    READER = 1
    """Look at everything."""
    ANALYST = 2
    """Decide on railcars, observe, add scenes and claims, run jobs."""
    EDITOR = 3
    """Change the site, judge claims, sign off."""

    @property
    def word(self) -> str:
        """The role in words."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class PersonAtDesk:
    """Whoever asks."""

    name: str
    """The name, as it is kept beside what they decide; empty for whoever holds the link of a desk for one."""
    role: Role
    """What they may do."""
    how: str
    """How they came in: ``token``, ``password`` or ``proxy``."""

    def named(self, said: str | None) -> str | None:
        """The name to keep: the one they are signed in by, or, at a desk for one, what they say."""
        return self.name or said
