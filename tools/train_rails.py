"""Train the finder of rails on simulated ribbons, with nothing but NumPy: ``python tools/train_rails.py [OUT.npz]``."""

import argparse
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.railcars.rails import BLOCK_M, REACH_M, RailFinder, rail_features, rail_windows
from yardwatch.simulate import random_ribbon

_SPEC = RibbonSpec(half_width_m=14.0)
_LENGTH_M = 150.0
_BLUR_M = 0.3
_SLOPE = 0.03
_HIDDEN = (64, 32)
_SHIPPED = Path(__file__).parents[1] / "src/yardwatch/railcars/weights/rails.npz"
Pixels = NDArray[np.float32]
Layers = list[tuple[Pixels, Pixels]]


def examples(seed: int, ribbons: int, *, share: float, length_m: float = _LENGTH_M) -> tuple[Pixels, Pixels, NDArray]:
    """Inputs, labels, and for each the ribbon, block and distance to the middle track, of so many ribbons."""
    inputs, labels, places = [], [], []
    for number in range(ribbons):
        rng = np.random.default_rng((seed, number))
        made = random_ribbon(rng, length_m=length_m, spec=_SPEC)
        slope = float(rng.normal(0, _SLOPE)) if rng.random() < 0.6 else 0.0
        ribbon = Ribbon(made.ribbon.track, made.ribbon.chainages_m, made.ribbon.offsets_m, _askew(made.ribbon, slope))
        if rng.random() < 0.15:
            ribbon.pixels[:] = ribbon.pixels.mean(0)
        features, _ = rail_features(ribbon)
        windows = rail_windows(features, gsd_m=made.conditions.sensor.gsd_m)
        offsets = ribbon.offsets_m[::-1]
        offsets = offsets[np.abs(offsets) <= _SPEC.half_width_m - REACH_M + 1e-6]
        middles = (BLOCK_M / _SPEC.step_m * (np.arange(len(windows)) + 0.5)).astype(int)
        tracks = np.vstack([made.middle_m[None], made.beside_m])[:, middles]
        away = np.abs(offsets[None, None, :] - tracks[:, :, None]).min(0)
        kept = rng.random(away.shape) < share
        inputs.append(windows[kept].astype(np.float16))
        labels.append(np.exp(-0.5 * (away[kept] / _BLUR_M) ** 2).astype(np.float32))
        block, place = np.nonzero(kept)
        places.append(np.column_stack([np.full(len(block), number), block, offsets[place] - tracks[0, block]]))
    return np.concatenate(inputs), np.concatenate(labels), np.concatenate(places)


def _askew(ribbon: Ribbon, slope: float) -> Pixels:
    """The same seen along a line that crosses it at a slope, block by block, as a line drawn roughly does."""
    columns = round(BLOCK_M / ribbon.step_m)
    along = (np.arange(ribbon.pixels.shape[2]) % columns - (columns - 1) / 2) * slope
    rows = np.clip(np.arange(ribbon.pixels.shape[1])[:, None] + along, 0, ribbon.pixels.shape[1] - 1.001)
    low = rows.astype(int)
    part = (rows - low).astype(np.float32)
    column = np.arange(ribbon.pixels.shape[2])[None, :]
    return ribbon.pixels[:, low, column] * (1 - part) + ribbon.pixels[:, low + 1, column] * part


def fit(inputs: Pixels, labels: Pixels, *, rounds: int, rng: np.random.Generator) -> Layers:
    """Layers that give the log-odds of the labels: Adam on the cross entropy, the rate falling to nought."""
    sizes = [inputs.shape[1], *_HIDDEN, 1]
    layers = [
        [rng.normal(0, np.sqrt(2 / a), (a, b)).astype(np.float32), np.zeros(b, np.float32)] for a, b in pairwise(sizes)
    ]
    moments = [[[np.zeros_like(part), np.zeros_like(part)] for part in layer] for layer in layers]
    batch, step = 512, 0
    steps = rounds * (len(inputs) // batch)
    for _ in range(rounds):
        order, loss = rng.permutation(len(inputs)), 0.0
        for start in range(0, len(order) - batch + 1, batch):
            step += 1
            rate = 2e-3 * 0.5 * (1 + np.cos(np.pi * step / steps))
            some = order[start : start + batch]
            values, wanted = inputs[some].astype(np.float32), labels[some]
            if rng.random() < 0.5:
                values = _mirrored(values)
            loss += _step(layers, moments, values, wanted, rate, step)
        print(f"loss {loss / (len(order) // batch):.4f}", flush=True)
    return [(weights, bias) for weights, bias in layers]


def _mirrored(values: Pixels) -> Pixels:
    """Left and right exchanged: a track has no side."""
    size = round(2 * REACH_M / _SPEC.step_m) + 1
    whole = values.shape[1] // size * size
    turned = values[:, :whole].reshape(len(values), -1, size)[:, :, ::-1].reshape(len(values), whole)
    return np.concatenate([turned, values[:, whole:]], axis=1)


def _step(layers: list, moments: list, values: Pixels, wanted: Pixels, rate: float, step: int) -> float:
    held = [values]
    for number, (weights, bias) in enumerate(layers, 1):
        values = values @ weights + bias
        if number < len(layers):
            values = np.maximum(values, 0)
        held.append(values)
    log_odds = held[-1][:, 0]
    likely = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    back = ((likely - wanted) / len(wanted))[:, None]
    for index in range(len(layers) - 1, -1, -1):
        weights = layers[index][0]
        found = held[index].T @ back + 1e-5 * weights, back.sum(0)
        back = (back @ weights.T) * (held[index] > 0)
        for part, slope, moment in zip(layers[index], found, moments[index], strict=True):
            moment[0] += 0.1 * (slope - moment[0])
            moment[1] += 0.001 * (slope**2 - moment[1])
            part[:] = part - rate * (moment[0] / (1 - 0.9**step)) / (np.sqrt(moment[1] / (1 - 0.999**step)) + 1e-8)
    return float(np.mean(np.logaddexp(0, log_odds) - wanted * log_odds))


def judged(finder: RailFinder, seed: int, ribbons: int) -> None:
    """Print how far the likeliest place lies from the middle track, by one block and by ten."""
    inputs, labels, places = examples(seed, ribbons, share=1.0)
    log_odds = finder.judge(inputs.astype(np.float32))
    print(f"held out: cross entropy {np.mean(np.logaddexp(0, log_odds) - labels * log_odds):.4f}")
    near = np.abs(places[:, 2]) < 2.2
    for blocks in (1, 5, 30):
        errors = []
        for number in range(ribbons):
            mine = near & (places[:, 0] == number)
            for first in range(0, int(places[mine, 1].max()) + 1, blocks):
                these = mine & (places[:, 1] >= first) & (places[:, 1] < first + blocks)
                bins = np.round(places[these, 2] / 0.25).astype(int) + 9
                total = np.bincount(bins, log_odds[these], 19) / np.maximum(1, np.bincount(bins, minlength=19))
                errors.append(abs(int(np.argmax(total[1:18])) - 8) * 0.25)
        within = np.mean(np.array(errors) <= 0.5)
        print(f"over {blocks * BLOCK_M:g} m: within 0.5 m {within:.1%}, mean {np.mean(errors):.2f} m")


def main() -> None:
    """Make examples, fit, judge on ribbons not trained on, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", nargs="?", type=Path, default=_SHIPPED)
    parser.add_argument("--ribbons", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=8)
    asked = parser.parse_args()
    start = time.monotonic()
    inputs, labels, _ = examples(1, asked.ribbons, share=0.25)
    print(f"{len(inputs)} examples of {inputs.shape[1]} inputs in {time.monotonic() - start:.0f} s", flush=True)
    layers = fit(inputs, labels, rounds=asked.rounds, rng=np.random.default_rng(0))
    judged(RailFinder(layers, name="trained"), 2, 100)
    arrays = {f"weights_{i}": weights.astype(np.float16) for i, (weights, _) in enumerate(layers)}
    arrays |= {f"bias_{i}": bias for i, (_, bias) in enumerate(layers)}
    np.savez_compressed(asked.out, **arrays)
    print(f"{asked.out}: {asked.out.stat().st_size / 1e3:.0f} kB after {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
