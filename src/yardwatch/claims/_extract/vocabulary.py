"""Lists of words, written as they are read."""

__all__ = ["words"]


def words(text: str) -> frozenset[str]:
    """The words of a text, once each."""
    return frozenset(text.split())
