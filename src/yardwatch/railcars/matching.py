"""Whether two strings of cars may be the same train, from the order of their lengths and colours."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats
from yardwatch.model.railcar import Railcar

__all__ = ["FEWEST_CARS", "TrainMatch", "match_trains"]

FEWEST_CARS = 6
"""Shorter strings are not matched: their order says too little."""

_LENGTH_SE_M = 0.7
_COLOUR_SE = 0.8
_LEAST_SPREAD_M = 1.0
_GAP = -3.0
_ALIKE_M = 0.8
_ALIKE_COLOUR = 0.5


@dataclass(frozen=True, slots=True)
class TrainMatch:
    """The best alignment of two strings, and how surely it is no chance."""

    pairs: tuple[tuple[int, int], ...]
    """Indices of the cars that are taken for the same, in the order of the first string."""
    reversed: bool
    """Whether the second runs the other way round."""
    score: float
    """Log-likelihood ratio of the alignment."""
    p: float
    """Share of strings made of the same cars in another order that align as well or better, the given one counted in;
    of cars put in any order and of blocks of like cars put in any order, the larger."""


def match_trains(
    one: Sequence[Railcar], other: Sequence[Railcar], *, rng: np.random.Generator, permutations: int = 999
) -> TrainMatch:
    """Align two strings of cars locally and say how often chance does as well.

    A Smith–Waterman alignment (DOI 10.1016/0022-2836(81)90087-5) whose scores are log-likelihood ratios: lengths and
    colours of one car measured twice, against those of any two cars of the two strings. A car that only one string has
    costs 3. Colours are held against their string's median, so that other light does not matter; they count only where
    every car was measured. The second string is tried in both directions.

    The significance is exact for the question whether the *order* agrees. It is asked twice: against the same cars in
    any order, and against the same blocks of like cars in any order, since trains are made up in blocks. A block train
    of equal cars therefore matches nothing: its order says nothing.

    Parameters
    ----------
    one, other : sequence of Railcar
        Cars of a string in order of chainage, six or more each.
    rng : numpy.random.Generator
        Shuffles.
    permutations : int
        How many orders are tried of each kind; the smallest `TrainMatch.p` is 1 / (permutations + 1).

    Raises
    ------
    MisuseError
        If a string has fewer than six cars.
    """
    if min(len(one), len(other)) < FEWEST_CARS:
        raise MisuseError(f"strings of {len(one)} and {len(other)} cars; give strings of {FEWEST_CARS} cars or more")
    scores = _scores(one, other)
    straight, back = _align(scores[None])[0], _align(scores[None, :, ::-1])[0]
    reversed_ = bool(back > straight)
    best = max(straight, back)
    orders = [rng.permutation(len(other)) for _ in range(permutations)]
    blocks = _blocks(other)
    block_orders = [np.concatenate([blocks[i] for i in rng.permutation(len(blocks))]) for _ in range(permutations)]
    p = max(_share(scores, orders, best), _share(scores, block_orders, best))
    pairs = _traced(scores[:, ::-1] if reversed_ else scores)
    if reversed_:
        pairs = [(first, len(other) - 1 - second) for first, second in pairs]
    return TrainMatch(tuple(pairs), reversed_, float(best), p)


def _scores(one: Sequence[Railcar], other: Sequence[Railcar]) -> Floats:
    """Log-likelihood ratio of each pair, shape (m, n)."""
    lengths = [np.array([car.end_m - car.start_m for car in cars]) for cars in (one, other)]
    spread = max(float(np.std(np.concatenate(lengths))), _LEAST_SPREAD_M)
    apart = lengths[0][:, None] - lengths[1][None, :]
    total = _ratio(apart, _LENGTH_SE_M, np.hypot(_LENGTH_SE_M, spread))
    mine, theirs = _colours(one), _colours(other)
    if mine is not None and theirs is not None:
        spread = max(float(np.std(np.concatenate([mine, theirs]))), _COLOUR_SE)
        differences = np.sqrt(((mine[:, None] - theirs[None]) ** 2).mean(2))
        total = total + _ratio(differences, _COLOUR_SE, np.hypot(_COLOUR_SE, spread))
    return np.asarray(total)


def _ratio(difference: Floats, same: float, different: float) -> Floats:
    """Log of two normal densities of a difference: with the error of one car, and with the spread of all."""
    ratio: Floats = np.log(different / same) - 0.25 * (difference / same) ** 2 + 0.25 * (difference / different) ** 2
    return ratio


def _colours(cars: Sequence[Railcar]) -> Floats | None:
    """Colours beside their median, shape (n, 3); None if one was not measured."""
    found = [car.look.colour for car in cars if car.look is not None]
    if len(found) < len(cars):
        return None
    colours = np.array(found)
    return np.asarray(colours - np.median(colours, axis=0))


def _align(scores: Floats) -> Floats:
    """Best local scores of many score tables, shape (k, m, n), at once; shape (k,)."""
    number, rows, columns = scores.shape
    before = np.zeros((number, columns + 1))
    best = np.zeros(number)
    for row in range(rows):
        now = np.zeros((number, columns + 1))
        steps = np.maximum(before[:, :-1] + scores[:, row], before[:, 1:] + _GAP)
        for column in range(columns):
            now[:, column + 1] = np.maximum(np.maximum(steps[:, column], now[:, column] + _GAP), 0.0)
        best = np.maximum(best, now.max(1))
        before = now
    return best


def _share(scores: Floats, orders: Sequence[NDArray[np.int64]], best: float) -> float:
    """Share of orders of the second string, with the given one, that align as well or better in either direction."""
    tables = np.stack([scores[:, order] for order in orders])
    reached = np.maximum(_align(tables), _align(tables[:, :, ::-1]))
    return float((1 + (reached >= best - 1e-9).sum()) / (1 + len(orders)))


def _blocks(cars: Sequence[Railcar]) -> list[NDArray[np.int64]]:
    """Runs of cars of like length and colour, as indices."""
    colours = _colours(cars)
    blocks: list[list[int]] = [[0]]
    for index in range(1, len(cars)):
        first = blocks[-1][0]
        longer_m = (cars[index].end_m - cars[index].start_m) - (cars[first].end_m - cars[first].start_m)
        like = colours is None or float(np.sqrt(np.mean((colours[index] - colours[first]) ** 2))) <= _ALIKE_COLOUR
        if abs(longer_m) <= _ALIKE_M and like:
            blocks[-1].append(index)
        else:
            blocks.append([index])
    return [np.array(block) for block in blocks]


def _traced(scores: Floats) -> list[tuple[int, int]]:
    """The pairs of the best local alignment."""
    rows, columns = scores.shape
    total = np.zeros((rows + 1, columns + 1))
    for row in range(rows):
        for column in range(columns):
            total[row + 1, column + 1] = max(
                0.0,
                total[row, column] + scores[row, column],
                total[row, column + 1] + _GAP,
                total[row + 1, column] + _GAP,
            )
    row, column = (int(place) for place in np.unravel_index(total.argmax(), total.shape))
    pairs: list[tuple[int, int]] = []
    while row and column and total[row, column] > 0:
        if np.isclose(total[row, column], total[row - 1, column - 1] + scores[row - 1, column - 1]):
            row, column = row - 1, column - 1
            pairs.append((row, column))
        elif np.isclose(total[row, column], total[row - 1, column] + _GAP):
            row -= 1
        else:
            column -= 1
    return pairs[::-1]
