"""Train the step network on simulated sites (needs the extra ``train``).

Run as ``python -m yardwatch.pipeline.training_steps``.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from yardwatch.change.layers import LAYERS, STEP_LABELS, Stack, step_layers
from yardwatch.pipeline.training_loop import ENDLESS_MIN, Pace, trained
from yardwatch.pipeline.training_making import say
from yardwatch.pipeline.training_sites import SiteExample, make_sites

__all__ = ["StepNet", "export_steps", "main", "train_steps"]

_WIDTHS = (24, 40, 64, 96)
_CROP, _BATCH = 128, 12
_LEAST_DATES = 4
_RATE, _KEPT = 3e-3, 0.998
_ROOF = STEP_LABELS.index("concealment")
_FALSE_CARS, _AS_FAR = 0.35, (4.0, 14.0)
_WEIGHTS = (1.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0)

Cut = tuple[NDArray[np.float32], NDArray[np.uint8]]


class StepNet(nn.Module):
    """Four scales down and up again, with what each saw on the way down beside it on the way up."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d = _WIDTHS
        self.one = nn.Sequential(_layer(LAYERS, a), _layer(a, a))
        self.two = nn.Sequential(_layer(a, b, stride=2), _layer(b, b))
        self.three = nn.Sequential(_layer(b, c, stride=2), _layer(c, c))
        self.four = nn.Sequential(_layer(c, d, stride=2), _layer(d, d, dilation=2), _layer(d, d, dilation=4))
        self.up3 = nn.Sequential(_layer(c + d, c, kernel=1), _layer(c, c))
        self.up2 = nn.Sequential(_layer(b + c, b, kernel=1), _layer(b, b))
        self.up1 = nn.Sequential(_layer(a + b, a, kernel=1), _layer(a, a))
        self.out = nn.Conv2d(a, len(STEP_LABELS), 3, padding=1)

    def forward(self, layers: Tensor) -> Tensor:
        """Logits of the labels, shape (batch, 7, n, m), of layers (batch, 28, n, m)."""
        first = self.one(layers)
        second = self.two(first)
        third = self.three(second)
        third = self.up3(torch.cat([third, _wider(self.four(third))], 1))
        second = self.up2(torch.cat([second, _wider(third)], 1))
        return self.out(self.up1(torch.cat([first, _wider(second)], 1)))


def _layer(inputs: int, outputs: int, *, stride: int = 1, kernel: int = 3, dilation: int = 1) -> nn.Sequential:
    padding = dilation * (kernel // 2)
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


def _wider(features: Tensor) -> Tensor:
    return functional.interpolate(features, scale_factor=2.0, mode="bilinear", align_corners=False)


def loss(output: Tensor, labels: Tensor) -> Tensor:
    """Loss of the labels, and of the overlap of all that changed."""
    cells = functional.cross_entropy(output, labels, weight=torch.tensor(_WEIGHTS))
    said, true = 1 - output.softmax(1)[:, 0], (labels > 0).float()
    return cells + 0.5 * (1 - (2 * (said * true).sum() + 50) / (said.sum() + true.sum() + 50))


def train_steps(examples: list[SiteExample], *, pace: Pace, seed: int) -> StepNet:
    """Train a network until steps or minutes run out."""

    def lesson(net: StepNet, rng: np.random.Generator) -> Tensor:
        cuts = [_cut(examples[int(rng.integers(len(examples)))], rng) for _ in range(_BATCH)]
        layers, labels = (np.stack(parts) for parts in zip(*cuts, strict=True))
        with torch.autocast("cpu", torch.bfloat16):
            output = net(torch.from_numpy(layers).to(memory_format=torch.channels_last))
        return loss(output.float(), torch.from_numpy(labels.astype(np.int64)))

    return trained(lambda: StepNet().to(memory_format=torch.channels_last), lesson, pace=pace, seed=seed)


def export_steps(net: StepNet, path: Path) -> str:
    """Write the network as ONNX and give its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    axes = {0: "batch", 2: "rows", 3: "columns"}
    torch.onnx.export(
        net.to(memory_format=torch.contiguous_format),
        (torch.zeros(1, LAYERS, 64, 64),),
        str(path),
        input_names=["layers"],
        output_names=["labels"],
        dynamic_axes={"layers": axes, "labels": axes},
        dynamo=False,
    )
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Simulate, train, export."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("src/yardwatch/change/weights/steps.onnx"))
    parser.add_argument("--sites", type=int, default=400)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=ENDLESS_MIN)
    options = parser.parse_args()
    examples = make_sites(options.sites, seed=options.seed, processes=options.processes)
    pace = Pace(options.steps, _RATE, minutes=options.minutes, kept=_KEPT)
    net = train_steps(examples, pace=pace, seed=options.seed)
    say(export_steps(net, options.out))


def _cut(example: SiteExample, rng: np.random.Generator) -> Cut:
    """One step at a square piece of a site, some dates left out, turned, mirrored and a little misplaced."""
    dates = np.arange(len(example.labels))
    if len(dates) > _LEAST_DATES and rng.random() < 0.4:
        dates = np.sort(rng.choice(dates, int(rng.integers(_LEAST_DATES, len(dates))), replace=False))
    date = int(rng.integers(1, len(dates)))
    labels = np.zeros(example.labels.shape[1:], np.uint8)
    for number in range(dates[date - 1] + 1, dates[date] + 1):
        labels = np.where(example.labels[number] > 0, example.labels[number], labels)
    top, left = _corner(labels, rng)
    place = slice(top, top + _CROP), slice(left, left + _CROP)
    stack = example.stack
    values = np.stack([_sensed(stack.values[number], top, left, rng) for number in dates])
    values = (values + rng.normal(0, 0.15, (1, 3, 1, 1))) * rng.uniform(0.8, 1.25)
    cargo = stack.cargo[place] & (rng.random() > 0.15)
    cars = _with_false_cars(stack.cars[dates][:, *place], (example.labels[:, *place] == _ROOF).any(0), rng)
    seen = Stack(values.astype(np.float32), cars, stack.corridor[place], cargo)
    turns, mirror = int(rng.integers(4)), int(rng.choice([1, -1]))
    layers = np.rot90(step_layers(seen, date), turns, (-2, -1))[..., ::mirror]
    return np.ascontiguousarray(layers), np.ascontiguousarray(np.rot90(labels[place], turns)[..., ::mirror])


def _with_false_cars(cars: NDArray[np.bool_], roofs: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Cars of other dates where a roof is or will be: a counter at times takes its edge for some."""
    places = np.argwhere(roofs)
    if not len(places) or rng.random() > _FALSE_CARS:
        return cars
    row, column = places[int(rng.integers(len(places)))]
    rows, columns = np.ogrid[: cars.shape[1], : cars.shape[2]]
    near = np.hypot(rows - row, columns - column) < rng.uniform(*_AS_FAR)
    others = [cars[int(rng.integers(len(cars)))] & near & (rng.random() < 0.5) for _ in cars]
    return cars | np.stack(others)


def _corner(labels: NDArray[np.uint8], rng: np.random.Generator) -> tuple[int, int]:
    """Where to cut: more often than not where something changed."""
    middle = rng.integers(0, np.array(labels.shape))
    if labels.any() and rng.random() < 0.6:
        places = np.argwhere(labels)
        middle = places[int(rng.integers(len(places)))]
    corner = np.clip(middle - rng.integers(_CROP, size=2), 2, np.array(labels.shape) - _CROP - 3)
    return int(corner[0]), int(corner[1])


def _sensed(values: NDArray[np.float32], top: int, left: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """A piece of one date, at times a cell beside where it should lie, its light not quite taken out."""
    down, right = rng.integers(-1, 2, 2) if rng.random() < 0.2 else (0, 0)
    piece = values[:, top + down : top + down + _CROP, left + right : left + right + _CROP]
    return np.asarray(piece * rng.normal(1, 0.06) + rng.normal(0, 0.05, (3, 1, 1)))


if __name__ == "__main__":
    main()
