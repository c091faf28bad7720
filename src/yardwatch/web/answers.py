"""Answers: JSON as it is, and pages of lists."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query
from starlette.responses import Response

__all__ = ["Answer", "Offset", "Page", "PageAsked", "page_of", "paged"]

T = TypeVar("T")

_MOST_ROWS = 1000
_LARGEST_OFFSET = 10_000_000


class Answer(Response):
    """JSON, written as it is: no number that is not finite, no encoder that guesses."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:  # noqa: ANN401 -- any JSON
        """The bytes of a document; lone halves of surrogate pairs become question marks."""
        text = json.dumps(content, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class PageAsked:
    """Which part of a list is asked for."""

    limit: int
    """How many."""
    offset: int
    """After leaving out how many."""


Offset = Annotated[int, Query(ge=0, le=_LARGEST_OFFSET, description="How many to leave out first.")]
"""Where a page begins."""


def _page(
    limit: Annotated[int, Query(ge=1, le=_MOST_ROWS, description="Length of the page.")] = 200, offset: Offset = 0
) -> PageAsked:
    return PageAsked(limit, offset)


Page = Annotated[PageAsked, Depends(_page)]
"""The page that a request asks for."""


def paged(things: Sequence[T], page: PageAsked, facts: Callable[[T], object]) -> dict[str, object]:
    """A part of a list that is there as a whole; `facts` are worked out only for that part."""
    chosen = things[page.offset : page.offset + page.limit]
    return page_of([facts(thing) for thing in chosen], page, len(things))


def page_of(items: Sequence[object], page: PageAsked, total: int) -> dict[str, object]:
    """A part of a list of which there are `total`."""
    after = page.offset + len(items)
    return {"items": list(items), "total": total, "next_offset": after if items and after < total else None}
