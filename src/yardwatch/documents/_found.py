"""What reading a document gave, and words for what went wrong (child process only)."""

from dataclasses import dataclass, field

from yardwatch.errors import DocumentError, LimitError

__all__ = ["MOST_CHARACTERS", "Found", "cleaned", "damaged", "too_large"]

MOST_CHARACTERS = 4_000_000
"""Longest main text that is returned."""

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "\u00a0": " ", "\u202f": " ", "\u2009": " "}
)
_AGAIN = "save it anew, or copy its text into a .txt file"


@dataclass(slots=True)
class Found:
    """Text and facts of a document."""

    kind: str
    """``text``, ``html``, ``pdf`` or ``docx``."""
    text: str
    """Main text, not yet cleaned."""
    title: str | None = None
    """Title in the metadata."""
    publisher: str | None = None
    """Publisher in the metadata."""
    published: str | None = None
    """Date of publication in the metadata, as written there."""
    notices: list[tuple[str, str, str]] = field(default_factory=list)
    """Code, message and remedy of what was noticed."""


def cleaned(text: str) -> str:
    """Text with plain line ends and spaces, without characters that cannot be seen."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").translate(_LIGATURES)
    return "".join(c for c in plain if c.isprintable() or c in "\n\t" or c.isspace()).strip("\n")


def damaged(subject: str, kind: str) -> DocumentError:
    """The error for a file that cannot be read as what it is."""
    return DocumentError(subject, f"is not {kind} that can be read", _AGAIN)


def too_large(subject: str, problem: str) -> LimitError:
    """The error for a file that asks for too much."""
    return LimitError(subject, problem, _AGAIN)
