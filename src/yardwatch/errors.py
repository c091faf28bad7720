"""Every error and notice of Yardwatch, in one tree.

::

    YardwatchError
    ├── MisuseError            a caller passed what the function cannot take
    ├── InputError             a file or feature from outside is bad
    │   ├── ImageError         an image cannot be read, or not safely
    │   │   └── GeoreferenceError   where the image lies is unknown or contradictory
    │   ├── SiteError          a site file or one of its features is bad
    │   ├── DocumentError      a text, HTML, PDF or DOCX file cannot be read
    │   ├── TableError         a CSV or XLSX file, or a row in it, is bad
    │   ├── DateError          a date is neither an instant with zone nor EDTF
    │   └── LimitError         the input asks for more memory or time than is allowed
    └── WorkspaceError         the workspace is missing, busy, newer than this program or damaged
        ├── WorkspaceMissingError
        └── WorkspaceBusyError

Each message is one line: what, what is wrong with it, and what to do about it.
"""

from dataclasses import dataclass

__all__ = [
    "DateError",
    "DocumentError",
    "GeoreferenceError",
    "ImageError",
    "InputError",
    "LimitError",
    "MisuseError",
    "Notice",
    "SiteError",
    "TableError",
    "WorkspaceBusyError",
    "WorkspaceError",
    "WorkspaceMissingError",
    "YardwatchError",
]


class YardwatchError(Exception):
    """Base of every error that Yardwatch raises on purpose."""


class MisuseError(YardwatchError, ValueError):
    """A caller passed a value that the function cannot take."""


class InputError(YardwatchError):
    """A file, or a feature in it, that came from outside is bad.

    Parameters
    ----------
    subject : str
        The file, or the feature in the file, e.g. ``site.geojson: track "T1"``.
    problem : str
        What is wrong with it.
    remedy : str
        What the user can do about it.
    """

    def __init__(self, subject: str, problem: str, remedy: str) -> None:
        self.subject = one_line(subject)
        self.problem = one_line(problem)
        self.remedy = one_line(remedy)
        super().__init__(f"{self.subject}: {self.problem}; {self.remedy}")

    def __reduce__(self) -> tuple[type["InputError"], tuple[str, str, str]]:
        """Carry all three parts across a process border."""
        return type(self), (self.subject, self.problem, self.remedy)


class ImageError(InputError):
    """An image cannot be read, or not safely."""


class GeoreferenceError(ImageError):
    """Where an image lies is unknown, or two statements of it contradict each other."""


class SiteError(InputError):
    """A site file, or a zone or track in it, is bad."""


class TableError(InputError):
    """A CSV or XLSX file, or a row in it, is bad."""


class DocumentError(InputError):
    """A text, HTML, PDF or DOCX file cannot be read, or not safely."""


class DateError(InputError):
    """A date is neither an instant with a zone nor an EDTF date."""


class LimitError(InputError):
    """The input asks for more memory, time or vertices than is allowed."""


class WorkspaceError(YardwatchError):
    """The workspace cannot be used; the message says why and what to do."""


class WorkspaceMissingError(WorkspaceError):
    """There is no workspace in that folder."""


class WorkspaceBusyError(WorkspaceError):
    """Another process holds the workspace for longer than we are willing to wait."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning that travels with a result instead of interrupting it."""

    code: str
    """Stable word for programs, e.g. ``gsd_too_coarse``."""
    message: str
    """What was noticed, with the value."""
    remedy: str
    """What the user can do about it."""


def one_line(text: str, limit: int = 400) -> str:
    """`text` on one line without control characters, cut at `limit` characters."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
