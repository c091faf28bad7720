"""Making simulated examples in several processes, and telling how far it has come."""

import sys
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from typing import TypeVar

import numpy as np

__all__ = ["made_of", "say"]

Made = TypeVar("Made")


def made_of(
    one: Callable[[np.random.SeedSequence], Made],
    seeds: Sequence[np.random.SeedSequence],
    *,
    processes: int,
    what: str,
    every: int = 50,
) -> Iterator[Made]:
    """What is made of each seed, in their order, whatever the number of processes.

    Parameters
    ----------
    one : callable
        Makes one example of one seed; processes of their own must be able to import it.
    seeds : sequence of numpy.random.SeedSequence
        One for each example.
    processes : int
        How many work at once.
    what : str
        Plural of what is made, to tell how far it is.
    every : int
        It is told each time that so many more are there.
    """
    with get_context("spawn").Pool(processes) as pool:
        for done, example in enumerate(pool.imap(one, seeds, chunksize=2), 1):
            yield example
            if done % every == 0:
                say(f"simulated {done} of {len(seeds)} {what}")


def say(text: str) -> None:
    """A line on standard error, at once."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
