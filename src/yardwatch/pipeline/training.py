"""Train the evidence network on simulated ribbons (needs the extra ``train``).

Run as ``python -m yardwatch.pipeline.training``; ``make train`` does.
"""

import argparse
import hashlib
import json
import time
from collections.abc import Iterator
from copy import deepcopy
from multiprocessing import get_context
from pathlib import Path
from threading import Semaphore
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from yardwatch.model.ribbon import Ribbon
from yardwatch.pipeline.training_cars import toned
from yardwatch.pipeline.training_examples import COLUMNS, Example, make_examples, make_yard_examples
from yardwatch.pipeline.training_making import say
from yardwatch.railcars.evidence import TYPES, network_input

__all__ = ["RibbonNet", "export", "main", "midway", "train"]

_ROWS = 41
_INPUTS = 7
_STEADY = 0.998
_RATE, _RATE_GOING_ON = 3e-3, 1e-3
_TYPES, _TYPES_GOING_ON = 0.3, 0.5
_AHEAD = 8
_POOL: list[Example] = []
Batch = tuple[NDArray[np.float16], dict[str, NDArray[Any]]]
_OUTPUTS = 4 + 2 + len(TYPES) + 1


class RibbonNet(nn.Module):
    """Two-dimensional layers that fold the width away, then dilated ones that look 25 m both ways."""

    def __init__(self, width: int = 96) -> None:
        super().__init__()
        self.fold = nn.Sequential(
            *_layer(nn.Conv2d(_INPUTS, 16, (3, 5), stride=(2, 1), padding=(1, 2)), 16),
            *_layer(nn.Conv2d(16, 32, 3, stride=(2, 2), padding=1), 32),
            *_layer(nn.Conv2d(32, 48, 3, stride=(2, 1), padding=1), 48),
            *_layer(nn.Conv2d(48, width, (6, 3), padding=(0, 1)), width),
        )
        self.along = nn.ModuleList(_Residual(width, dilation) for dilation in (1, 2, 4, 8, 16, 32, 1, 2, 4))
        self.out = nn.Conv1d(width, 2 * _OUTPUTS, 1)

    def forward(self, ribbon: Tensor) -> Tensor:
        """Evidence, shape (batch, 15, n), of ribbons, shape (batch, 7, 41, n)."""
        features = self.fold(ribbon)[:, :, 0]
        for layer in self.along:
            features = layer(features)
        paired = self.out(features)
        batch, _, half = paired.shape
        return paired.reshape(batch, _OUTPUTS, 2, half).transpose(2, 3).reshape(batch, _OUTPUTS, 2 * half)


class _Residual(nn.Module):
    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.step = nn.Sequential(
            nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation, bias=False),
            nn.BatchNorm1d(width),
            nn.ReLU(),
        )

    def forward(self, features: Tensor) -> Tensor:
        return features + self.step(features)


def _layer(convolution: nn.Conv2d, channels: int) -> list[nn.Module]:
    return [convolution, nn.BatchNorm2d(channels), nn.ReLU()]


def batch(examples: list[Example], rng: np.random.Generator) -> tuple[Tensor, dict[str, Tensor]]:
    """Random cuts of some examples, shifted sideways, mirrored, and changed in tone and colour."""
    inputs, truth = _stacked(examples, rng)
    return torch.from_numpy(inputs).float(), {name: torch.from_numpy(values) for name, values in truth.items()}


def _stacked(examples: list[Example], rng: np.random.Generator) -> Batch:
    parts = [_cut(example, rng) for example in examples]
    inputs = np.stack([pixels for pixels, _ in parts]).astype(np.float16)
    return inputs, {name: np.stack([truth[name] for _, truth in parts]) for name in parts[0][1]}


def _batch(job: tuple[int, int, int]) -> Batch:
    """The batch of one step, made beside the training."""
    seed, step, size = job
    rng = np.random.default_rng((seed, step))
    return _stacked([_POOL[index] for index in rng.integers(len(_POOL), size=size)], rng)


def loss(output: Tensor, truth: dict[str, Tensor], *, types: float = _TYPES) -> Tensor:
    """Sum of the losses of state, ends, type and offset; that of the type counts `types` times."""
    body = truth["type"] >= 0
    state = functional.cross_entropy(output[:, :4], truth["state"], weight=torch.tensor([1.0, 2.0, 1.0, 1.0]))
    weight = torch.tensor(4.0)
    begin = functional.binary_cross_entropy_with_logits(output[:, 4], truth["begin"], pos_weight=weight)
    end = functional.binary_cross_entropy_with_logits(output[:, 5], truth["end"], pos_weight=weight)
    kinds = functional.cross_entropy(output[:, 6 : 6 + len(TYPES)], truth["type"], ignore_index=-1, reduction="sum")
    aside = functional.smooth_l1_loss(output[:, -1], truth["offset_m"])
    return state + begin + end + 0.3 * aside + types * kinds / body.sum().clamp(min=1)


def train(
    examples: list[Example],
    *,
    steps: int,
    seed: int,
    size: int = 12,
    minutes: float = 1e9,
    start: RibbonNet | None = None,
) -> RibbonNet:
    """Train a network, or go on with `start` at a lower rate; reproducible for a seed unless time runs out first."""
    torch.manual_seed(seed)
    _POOL[:] = examples
    ahead = Semaphore(_AHEAD)
    with get_context("fork").Pool(1) as pool:
        jobs = ((seed, step, size) for step in range(steps) if ahead.acquire())
        return _fit(pool.imap(_batch, jobs), ahead, steps=steps, minutes=minutes, start=start)


def _fit(
    batches: Iterator[Batch], ahead: Semaphore, *, steps: int, minutes: float, start: RibbonNet | None
) -> RibbonNet:
    """On one thread, as the next batch is made on another; the layers run in half precision, the loss does not."""
    torch.set_num_threads(1)
    net = (RibbonNet() if start is None else deepcopy(start)).train()
    steady = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(_STEADY), use_buffers=True)
    rate, types = (_RATE, _TYPES) if start is None else (_RATE_GOING_ON, _TYPES_GOING_ON)
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=rate, total_steps=steps)
    started, mean = time.monotonic(), 0.0
    for step, (inputs, truth) in enumerate(batches):
        ahead.release()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = net(torch.from_numpy(inputs).float())
        value = loss(output.float(), {name: torch.from_numpy(values) for name, values in truth.items()}, types=types)
        optimiser.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        steady.update_parameters(net)
        mean = 0.98 * mean + 0.02 * value.item() if step else value.item()
        if step % 100 == 0:
            say(f"step {step} of {steps}: loss {mean:.3f}, {time.monotonic() - started:.0f} s")
        if time.monotonic() - started > 60 * minutes:
            say(f"time is up at step {step}")
            break
    return cast("RibbonNet", steady.module).eval()


def midway(one: RibbonNet, other: RibbonNet) -> RibbonNet:
    """The network whose weights are the mean of those of two: what was learned last counts, and less is forgotten.

    Wortsman et al. 2022, doi:10.1109/CVPR52688.2022.00780.
    """
    mean, others = deepcopy(one), other.state_dict()
    mean.load_state_dict(
        {
            name: (value + others[name]) / 2 if value.is_floating_point() else others[name]
            for name, value in one.state_dict().items()
        }
    )
    return mean


def export(net: RibbonNet, path: Path) -> str:
    """Write the network as ONNX and give its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        net,
        (torch.zeros(1, _INPUTS, _ROWS, 256),),
        str(path),
        input_names=["ribbon"],
        output_names=["evidence"],
        dynamic_axes={"ribbon": {0: "batch", 3: "columns"}, "evidence": {0: "batch", 2: "columns"}},
        dynamo=False,
    )
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Simulate, train, export."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("src/yardwatch/railcars/weights/ribbons.onnx"))
    parser.add_argument("--ribbons", type=int, default=6000)
    parser.add_argument("--steps", type=int, default=11000)
    parser.add_argument(
        "--yards", type=int, default=1600, help="whole yards, whose ribbons are added for the last steps"
    )
    parser.add_argument("--yard-steps", type=int, default=3000)
    parser.add_argument("--hard-ribbons", type=int, default=2000, help="with dusty cars and flats, for the very last")
    parser.add_argument("--hard-yards", type=int, default=3200, help="the same, with lines that leave the rails, too")
    parser.add_argument("--hard-steps", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    chance = {"seed": options.seed, "processes": options.processes}
    examples = make_examples(options.ribbons, **chance)
    net = train(examples, steps=options.steps, seed=options.seed)
    if options.yards:
        examples += make_yard_examples(options.yards, **chance)
        net = midway(net, train(examples, steps=options.yard_steps, seed=options.seed + 1, start=net))
    if options.hard_yards:
        examples += make_examples(options.hard_ribbons, **chance, hard=True)
        examples += make_yard_examples(options.hard_yards, **chance, hard=True)
        once = train(examples, steps=options.hard_steps, seed=options.seed + 2, start=net)
        net = midway(once, train(examples, steps=options.hard_steps, seed=options.seed + 3, start=once))
    digest = export(net, options.out)
    say(json.dumps({name: value for name, value in vars(options).items() if name != "out"} | {"sha256": digest}))


def _cut(example: Example, rng: np.random.Generator) -> tuple[NDArray[np.float32], dict[str, NDArray[Any]]]:
    spare = (example.pixels.shape[1] - _ROWS) // 2
    first = int(rng.integers(0, max(1, example.pixels.shape[2] - COLUMNS + 1)))
    columns = slice(first, first + COLUMNS)
    drift = np.interp(np.arange(COLUMNS), [0, COLUMNS - 1], rng.normal(0, 1.6, 2) + rng.uniform(-5, 5)).round()
    shift = np.clip(drift, -spare, spare).astype(int)
    rows = spare + shift[None, :] + np.arange(_ROWS)[:, None]
    pixels = example.pixels[:, rows, np.arange(first, first + COLUMNS)[None, :]].astype(np.float32)
    truth: dict[str, NDArray[Any]] = {
        "state": example.state[columns],
        "begin": example.begin[columns],
        "end": example.end[columns],
        "type": example.type[columns],
        "offset_m": example.offset_m[columns] + np.float32(0.25) * shift.astype(np.float32),
    }
    pixels = toned(pixels, rng)
    offsets = 0.25 * np.arange(_ROWS // 2, -_ROWS // 2, -1, dtype=float)
    ribbon = Ribbon("", 0.25 * np.arange(COLUMNS, dtype=float), offsets, pixels)
    _cut_off(ribbon, truth, rng)
    calm = _calm(truth["state"], rng)
    [ready], _ = network_input([ribbon], gsd_m=example.gsd_m * rng.uniform(0.85, 1.15), calm=[calm])
    contrast = rng.uniform(0.6, 1.4)
    ready[:3] = (ready[:3] * contrast + rng.normal(0, 0.3)) * ready[3]
    ready[5] *= contrast
    if rng.random() < 0.5:
        ready, truth["offset_m"] = ready[:, ::-1], -truth["offset_m"]
    if rng.random() < 0.5:
        ready = ready[:, :, ::-1]
        truth = {name: values[::-1] for name, values in truth.items()}
        truth["begin"], truth["end"] = truth["end"], truth["begin"]
    return np.ascontiguousarray(ready), {name: np.ascontiguousarray(values) for name, values in truth.items()}


def _cut_off(ribbon: Ribbon, truth: dict[str, NDArray[Any]], rng: np.random.Generator) -> None:
    """Now and then no data beyond a line across the ribbon, as at the edge of an image."""
    if rng.random() > 0.15:
        return
    columns, rows = np.arange(COLUMNS), np.arange(_ROWS) - _ROWS // 2
    place = float(rng.choice([rng.uniform(0, 120), rng.uniform(COLUMNS - 120, COLUMNS)]))
    beyond = (columns[None, :] - place + rows[:, None] * rng.normal(0, 2)) * (1 if place > COLUMNS / 2 else -1) > 0
    ribbon.pixels[:, beyond] = np.nan
    hidden = beyond[_ROWS // 2 - 6 : _ROWS // 2 + 7].mean(0) > 0.5
    truth["state"] = np.where(hidden, 3, truth["state"])
    truth["type"] = np.where(hidden, -1, truth["type"])
    truth["begin"], truth["end"] = (np.where(hidden, 0, truth[name]).astype(np.float32) for name in ("begin", "end"))


def _calm(state: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Half of the time: some of the empty stretches, with a mistake now and then, as a first reading finds them."""
    if rng.random() < 0.5:
        return np.zeros(len(state), bool)
    calm = ndimage.binary_erosion(state == 0, iterations=int(rng.integers(4, 20)))
    first = int(rng.integers(0, len(state)))
    calm[first : first + int(rng.integers(0, len(state) // 2))] = False
    if rng.random() < 0.05:
        first = int(rng.integers(0, len(state)))
        calm[first : first + int(rng.integers(20, 80))] = True
    return np.asarray(calm, bool)


if __name__ == "__main__":
    main()
