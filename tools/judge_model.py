"""Two small classifiers, cross-validated by group, and how well they tell two kinds apart."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

Reals = NDArray[np.float64]
Fit = Callable[[Reals, Reals, Reals], Callable[[Reals], Reals]]
"""Features, 1 for real and 0 for simulated, weights → what scores features."""

LOOSE, FIRM = 3.0, 1000.0
"""Ridges: the firm one trusts little but what all features say together, the best where few scenes are known."""
ROUNDS = 80
RATE = 0.1
CUTS = 12
CLIP = 5.0
FOLDS = 5


def auc(scores: Reals, real: NDArray[np.bool_]) -> float:
    """Probability that a real one scores higher than a simulated one."""
    ranks = stats.rankdata(scores)
    number = int(real.sum())
    return float((ranks[real].sum() - number * (number + 1) / 2) / (number * (len(real) - number)))


def by_scene(scores: Reals, real: NDArray[np.bool_], scenes: NDArray[np.str_]) -> dict[str, float]:
    """AUC in each scene that has real ones, and their mean."""
    found = {str(one): auc(scores[scenes == one], real[scenes == one]) for one in np.unique(scenes[real])}
    return found | {"mean": float(np.mean(list(found.values())))}


def beside_simulated(values: Reals, real: NDArray[np.bool_], scenes: NDArray[np.str_]) -> Reals:
    """Features counted in spreads from the simulated ones of the same resolution, so that resolution tells nothing."""
    ready = np.empty_like(values)
    for scene in np.unique(scenes):
        own = values[(scenes == scene) & ~real]
        ready[scenes == scene] = (values[scenes == scene] - np.median(own, axis=0)) / (own.std(0) + 1e-9)
    return np.clip(ready, -CLIP, CLIP)


def folds(groups: NDArray[np.str_]) -> NDArray[np.str_]:
    """A fold for each, the same for all of a group."""
    order = {group: str(number % FOLDS) for number, group in enumerate(np.unique(groups).tolist())}
    return np.array([order[group] for group in groups.tolist()])


def cross_validated(
    fit: Fit, values: Reals, real: NDArray[np.bool_], scenes: NDArray[np.str_], held_out: NDArray[np.str_]
) -> Reals:
    """Scores of all, those of each fold by a fit that never saw it."""
    scores = np.zeros(len(values))
    for fold in np.unique(held_out):
        held = held_out == fold
        weights = balanced(real[~held], scenes[~held])
        scores[held] = fit(values[~held], real[~held].astype(float), weights)(values[held])
    return scores


def balanced(real: NDArray[np.bool_], scenes: NDArray[np.str_]) -> Reals:
    """Weights by which real and simulated of a scene count the same, and a scene as the root of its real ones."""
    weights = np.zeros(len(real))
    for scene in set(scenes.tolist()):
        of_scene = scenes == scene
        for kind in (True, False):
            chosen = of_scene & (real == kind)
            weights[chosen] = float(real[of_scene].sum()) ** 0.5 / max(int(chosen.sum()), 1)
    return weights / weights.mean()


def logistic(values: Reals, real: Reals, weights: Reals, *, ridge: float = LOOSE) -> Callable[[Reals], Reals]:
    """Ridge logistic regression on standardised features."""
    middle, spread = values.mean(0), values.std(0) + 1e-9
    ready = np.column_stack([np.clip((values - middle) / spread, -4, 4), np.ones(len(values))])

    def cost(slopes: Reals) -> tuple[float, Reals]:
        scores = ready @ slopes
        away = special.expit(scores) - real
        punished = np.append(slopes[:-1], 0.0)
        total = (weights * (np.logaddexp(0, scores) - real * scores)).sum() + ridge * (punished**2).sum()
        return float(total), ready.T @ (weights * away) + 2 * ridge * punished

    slopes = optimize.minimize(cost, np.zeros(ready.shape[1]), jac=True, method="L-BFGS-B").x
    return lambda new: np.clip((new - middle) / spread, -4, 4) @ slopes[:-1] + slopes[-1]


def stumps(values: Reals, real: Reals, weights: Reals) -> Callable[[Reals], Reals]:
    """Gradient boosting of one-question trees: also finds what is too much and too little alike."""
    cuts = np.quantile(values, np.linspace(0, 1, CUTS + 2)[1:-1], axis=0)
    above = (values[:, None, :] > cuts[None]).reshape(len(values), -1).astype(float)
    scores, chosen = np.zeros(len(values)), []
    mass = above.T @ weights
    for _ in range(ROUNDS):
        slope = weights * (real - special.expit(scores))
        upper = above.T @ slope
        lower = slope.sum() - upper
        gain = upper**2 / (mass + 20) + lower**2 / (weights.sum() - mass + 20)
        best = int(gain.argmax())
        steps = 4 * RATE * lower[best] / (weights.sum() - mass[best] + 20), 4 * RATE * upper[best] / (mass[best] + 20)
        scores = scores + np.where(above[:, best] > 0, steps[1], steps[0])
        chosen.append((best, steps))

    def score(new: Reals) -> Reals:
        total = np.zeros(len(new))
        for best, steps in chosen:
            cut, feature = divmod(best, new.shape[1])
            total += np.where(new[:, feature] > cuts[cut, feature], steps[1], steps[0])
        return total

    return score


FITS: dict[str, Fit] = {"logistic": logistic, "firm logistic": partial(logistic, ridge=FIRM), "boosted": stumps}
"""The classifiers by name."""
