"""Train the change network on simulated pairs (needs the extra ``train``).

Run as ``python -m yardwatch.pipeline.training_change``; ``make train-change`` does.
"""

import argparse
import hashlib
import json
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from yardwatch.change.evidence import NETWORK_LABELS, network_input, tone_of
from yardwatch.pipeline.training_loop import ENDLESS_MIN, Pace, trained
from yardwatch.pipeline.training_making import say
from yardwatch.pipeline.training_pairs import CROP_MARGIN_PX, IGNORED, PairExample, make_pairs
from yardwatch.simulate.pairs import sensed

__all__ = ["ChangeNet", "export_change", "main", "train_change"]

_CROP_PX, _BATCH = 128, 16
_PEAK_RATE, _LEAST_RATE = 3e-3, 1e-6
_WIDTHS = (16, 32, 64, 96)
_OUTPUTS = len(NETWORK_LABELS) + 2
_CLASS_WEIGHTS = (1.0, 2.0, 2.0, 2.0, 4.0, 8.0)
_SAME_SHARE = 0.08
_Values = TypeVar("_Values", bound=np.generic)
_BUILT, _RAZED = NETWORK_LABELS.index("built"), NETWORK_LABELS.index("razed")


class ChangeNet(nn.Module):
    """One encoder for both pictures, one decoder that looks at both and at their difference on every scale."""

    def __init__(self, outputs: int = _OUTPUTS) -> None:
        super().__init__()
        a, b, c, d = _WIDTHS
        self.stages = nn.ModuleList(
            [
                nn.Sequential(_layer(3, a, stride=2, kernel=5), _layer(a, a)),
                nn.Sequential(_layer(a, b, stride=2), _layer(b, b), _layer(b, b)),
                nn.Sequential(_layer(b, c, stride=2), _layer(c, c), _layer(c, c)),
                nn.Sequential(_layer(c, d, stride=2), _layer(d, d, dilation=2), _layer(d, d, dilation=4), _layer(d, d)),
            ]
        )
        self.merges = nn.ModuleList(_layer(3 * width, width, kernel=1) for width in _WIDTHS)
        self.ups = nn.ModuleList(
            [
                nn.Sequential(_layer(below + own, own, kernel=1), _layer(own, own))
                for own, below in ((a, b), (b, c), (c, d))
            ]
        )
        self.out = nn.Conv2d(a, outputs, 3, padding=1)

    def forward(self, pair: Tensor) -> Tensor:
        """Logits of labels, then of roofs before and after, shape (batch, outputs, n, m); pairs (batch, 6, n, m)."""
        number = pair.shape[0]
        features = torch.cat([pair[:, :3], pair[:, 3:]])
        merged = []
        for stage, merge in zip(self.stages, self.merges, strict=True):
            features = stage(features)
            before, after = features[:number], features[number:]
            merged.append(merge(torch.cat([before, after, after - before], 1)))
        deepest = merged.pop()
        for own, up in zip(reversed(merged), reversed(self.ups), strict=True):
            wider = functional.interpolate(deepest, scale_factor=2.0, mode="bilinear", align_corners=False)
            deepest = up(torch.cat([own, wider], 1))
        out = self.out(deepest)
        return functional.interpolate(out, scale_factor=2.0, mode="bilinear", align_corners=False)


def _layer(inputs: int, outputs: int, *, stride: int = 1, kernel: int = 3, dilation: int = 1) -> nn.Sequential:
    padding = dilation * (kernel // 2)
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


def batch(examples: list[PairExample], rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Random cuts through random cameras, turned, mirrored, swapped; some are of a place where nothing changed."""
    parts = [_cut(example, rng) for example in examples]
    inputs, labels, roofs = (np.stack(part) for part in zip(*parts, strict=True))
    return torch.from_numpy(inputs), torch.from_numpy(labels.astype(np.int64)), torch.from_numpy(roofs)


def loss(output: Tensor, labels: Tensor, roofs: Tensor) -> Tensor:
    """Loss of the labels, of their overlap for structures, and of the roofs."""
    kinds, tops = output[:, : len(NETWORK_LABELS)], output[:, len(NETWORK_LABELS) :]
    known = labels != IGNORED
    pixels = functional.cross_entropy(kinds, labels, weight=torch.tensor(_CLASS_WEIGHTS), ignore_index=IGNORED)
    said = kinds.softmax(1)[:, _BUILT : _RAZED + 1].sum(1)[known]
    true = ((labels == _BUILT) | (labels == _RAZED)).float()[known]
    overlap = 1 - (2 * (said * true).sum() + 50) / (said.sum() + true.sum() + 50)
    kept = roofs != IGNORED
    return pixels + 0.5 * overlap + 0.5 * functional.binary_cross_entropy_with_logits(tops[kept], roofs[kept])


def train_change(examples: list[PairExample], *, pace: Pace, seed: int, begun: ChangeNet | None = None) -> ChangeNet:
    """Train a network, or train on one that was begun, until steps or minutes run out."""

    def lesson(net: ChangeNet, rng: np.random.Generator) -> Tensor:
        chosen = [examples[index] for index in rng.integers(len(examples), size=_BATCH)]
        inputs, labels, roofs = batch(chosen, rng)
        with torch.autocast("cpu", torch.bfloat16):
            output = net(inputs.to(memory_format=torch.channels_last))
        return loss(output.float(), labels, roofs)

    return trained(lambda: (begun or ChangeNet()).to(memory_format=torch.channels_last), lesson, pace=pace, seed=seed)


def export_change(net: ChangeNet, path: Path) -> str:
    """Write the network as ONNX and give its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        net.to(memory_format=torch.contiguous_format),
        (torch.zeros(1, 6, 64, 64),),
        str(path),
        input_names=["pair"],
        output_names=["evidence"],
        dynamic_axes={"pair": {0: "batch", 2: "rows", 3: "columns"}, "evidence": {0: "batch", 2: "rows", 3: "columns"}},
        dynamo=False,
    )
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Simulate, train, export."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("src/yardwatch/change/weights/changes.onnx"))
    parser.add_argument("--pairs", type=int, default=6000)
    parser.add_argument("--histories", type=int, default=150)
    parser.add_argument("--steps", type=int, default=9000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=ENDLESS_MIN)
    options = parser.parse_args()
    examples = make_pairs(options.pairs, histories=options.histories, seed=options.seed, processes=options.processes)
    pace = Pace(options.steps, _PEAK_RATE, least=_LEAST_RATE, minutes=options.minutes)
    net = train_change(examples, pace=pace, seed=options.seed)
    digest = export_change(net, options.out)
    made = {name: getattr(options, name) for name in ("pairs", "histories", "steps", "seed")}
    say(json.dumps(made | {"sha256": digest}))


def _cut(
    example: PairExample, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.float32]]:
    top, left = rng.integers(1, CROP_MARGIN_PX, 2)
    rows, columns = slice(top, top + _CROP_PX), slice(left, left + _CROP_PX)
    labels, roofs = example.labels[rows, columns], example.roofs[:, rows, columns].astype(np.float32)
    pictures = np.asarray(example.pictures, np.float32) / np.float32(255)
    before, after = pictures[:3, rows, columns], pictures[3:, rows, columns]
    if rng.random() < _SAME_SHARE:
        down, right = rng.integers(-1, 2, 2)
        after = pictures[:3, top + down : top + down + _CROP_PX, left + right : left + right + _CROP_PX]
        labels, roofs = np.zeros_like(labels), roofs[[0, 0]]
    elif rng.random() < 0.5:
        before, after, roofs = after, before, roofs[::-1]
        swapped = [labels == _BUILT, labels == _RAZED, labels == IGNORED]
        labels = np.select(swapped, [_RAZED, _BUILT, IGNORED], 0).astype(np.uint8)
    shots = sensed(rng, before), sensed(rng, after)
    ready = network_input(*shots, (tone_of(shots[0]), tone_of(shots[1])))
    ready = ready * rng.uniform(0.75, 1.3) + rng.normal(0, 0.15, (6, 1, 1)).astype(np.float32)
    turns, mirrored = int(rng.integers(4)), rng.random() < 0.5
    return turned(ready, turns, mirrored), turned(labels, turns, mirrored), turned(roofs, turns, mirrored)


def turned(values: NDArray[_Values], turns: int, mirrored: bool) -> NDArray[_Values]:
    """Pictures turned by quarters and mirrored."""
    turned = np.rot90(values, turns, axes=(-2, -1))
    return np.ascontiguousarray(turned[..., ::-1] if mirrored else turned)


if __name__ == "__main__":
    main()
