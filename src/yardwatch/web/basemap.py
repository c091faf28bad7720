"""A map from outside under the scenes, only where whoever serves the workspace asks for one."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from yardwatch.errors import MisuseError

__all__ = ["Basemap"]


@dataclass(frozen=True, slots=True)
class Basemap:
    """Tiles of another server."""

    url: str
    """Address with ``{z}``, ``{x}`` and ``{y}``."""
    credit: str | None = None
    """Whom to name on the map."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        named = all(mark in self.url for mark in ("{z}", "{x}", "{y}"))
        host = parts.hostname or ""
        if parts.scheme not in {"https", "http"} or not named or not host or set(host) & set("{}*;, '\""):
            raise MisuseError(f"{self.url[:100]!r} is no basemap; give https://HOST/…/{{z}}/{{x}}/{{y}}.png")

    @property
    def origin(self) -> str:
        """The server that pages may ask, and no other."""
        parts = urlsplit(self.url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}"
