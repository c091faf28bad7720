"""How wide the columns of a table are: as its words ask for, within the width of the page."""

from collections.abc import Sequence

from yardwatch.report.blocks import Cell, Row, Runs, Words

__all__ = ["column_widths"]

_CHAR_CM, _PADDING_CM = 0.0195, 0.56
"""Width of a character for each point of its height, and what stands empty beside a word."""
_LONGEST_WORD, _LONGEST_DATE, _LONGEST_NAME, _LONGEST_LINE = 26, 18, 14, 60
_BREAKS = str.maketrans(dict.fromkeys("-–/_", " "))


def column_widths(rows: Sequence[Row], *, size_pt: float, total_cm: float) -> tuple[float, ...]:
    """Width of each column, centimetres, which add up to `total_cm`.

    Each has room for its longest word; what is left goes to those whose lines are longest.

    Parameters
    ----------
    rows : sequence of Row
        The whole table with its headings.
    size_pt : float
        Height of the type, points.
    total_cm : float
        Width of the table.
    """
    columns = max(len(row.cells) for row in rows)
    cells = [[row.cells[at] for row in rows if at < len(row.cells)] for at in range(columns)]
    char_cm = _CHAR_CM * size_pt
    least = [char_cm * max(map(_word, own), default=1) + _PADDING_CM for own in cells]
    wanted = [char_cm * max(map(_line, own), default=1) + _PADDING_CM for own in cells]
    wanted = [max(pair) for pair in zip(least, wanted, strict=True)]
    if sum(wanted) <= total_cm:
        return tuple(total_cm * one / sum(wanted) for one in wanted)
    if sum(least) >= total_cm:
        return tuple(total_cm * one / sum(least) for one in least)
    share = (total_cm - sum(least)) / (sum(wanted) - sum(least))
    return tuple(low + share * (high - low) for low, high in zip(least, wanted, strict=True))


def _word(cell: Cell) -> int:
    """Characters of its longest word; a plain date is one word."""
    words = _text(cell.runs).translate(_BREAKS).split()
    dates = [len(one.text) for one in cell.runs if isinstance(one, Words) and one.style == "date"]
    dated = max((one for one in dates if one <= _LONGEST_DATE), default=1)
    named = min(_LONGEST_NAME, _line(cell)) if cell.head else 1
    return max(dated, named, min(_LONGEST_WORD, max(map(len, words), default=1)))


def _line(cell: Cell) -> int:
    lines = _text(cell.runs).split("\n")
    return min(_LONGEST_LINE, max(map(len, lines)))


def _text(runs: Runs) -> str:
    return "".join(f"\n{one.text}" if isinstance(one, Words) and one.style == "line" else one.text for one in runs)
