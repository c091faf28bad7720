"""Train the sleeper network on simulated sites (needs the extra ``train``).

Run as ``python -m yardwatch.pipeline.training_sleepers``.
"""

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from yardwatch.change.sleeper_layers import SLEEPER_LAYERS, sleeper_layers
from yardwatch.pipeline.training_loop import Pace, trained
from yardwatch.pipeline.training_making import say
from yardwatch.pipeline.training_sites import TrackExample, make_sites, make_yards

__all__ = ["SleeperNet", "export_sleepers", "main", "train_sleepers"]

_WIDTHS = (24, 32)
_FAR, _FARTHER = (1, 4, 16), (1, 2, 4, 8, 16, 32)
_BATCH, _PIECES = 8, 288
_DATES, _USUAL_DATES = (2, 7), (5, 6, 7)
_RATE, _DECAY = 3e-3, 1e-2
_SEEN, _LEAST, _MOST = -3, 1e-3, 3.0
_FLIPPED = np.concatenate([np.arange(21).reshape(3, 7)[:, ::-1].ravel(), [21]])

Draw = tuple[NDArray[np.float32], NDArray[np.int64]]


class SleeperNet(nn.Module):
    """Looks along the track at each date, then at the mean of what it saw before and since each."""

    def __init__(self) -> None:
        super().__init__()
        one, two = _WIDTHS
        self.first = _layer(SLEEPER_LAYERS, one, 3)
        self.along = nn.Sequential(*(_Wider(one, far) for far in _FAR))
        self.weight = nn.Conv2d(one - _SEEN, 1, 1)
        self.both = _layer(4 * one + 4, two, 1)
        self.farther = nn.Sequential(*(_Wider(two, far) for far in _FARTHER))
        self.out = nn.Conv2d(two, 1, 1)
        nn.init.constant_(self.out.bias, -3.0)

    def forward(self, track: Tensor) -> Tensor:
        """Logits, shape (batch, dates - 1, n), of layers (batch, dates, 47, n)."""
        layers = track.transpose(1, 2)
        looks, seen = self.along(self.first(layers)), layers[:, _SEEN:]
        weight = torch.sigmoid(self.weight(torch.cat([looks, seen], 1))) * seen[:, :1] + _LEAST
        looks = looks * weight
        old, new = looks[:, :, :-1], looks[:, :, 1:]
        many, total = weight.cumsum(2)[:, :, :-1], looks.cumsum(2)[:, :, :-1]
        left, rest = weight.sum(2, keepdim=True) - many, looks.sum(2, keepdim=True) - total
        known = torch.cat([many, left, weight[:, :, :-1], weight[:, :, 1:]], 1).clamp(0, _MOST)
        return self.out(self.farther(self.both(torch.cat([total / many, rest / left, old, new, known], 1))))[:, 0]


class _Wider(nn.Module):
    def __init__(self, width: int, far: int) -> None:
        super().__init__()
        self.layer = _layer(width, width, 3, far)

    def forward(self, features: Tensor) -> Tensor:
        return features + self.layer(features)


def _layer(inputs: int, outputs: int, kernel: int, far: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, (1, kernel), padding=(0, far * (kernel // 2)), dilation=(1, far), bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU())


def loss(output: Tensor, renewed: Tensor) -> Tensor:
    """Cross entropy of never or the date; `renewed` is −1 where there is no track."""
    never = torch.zeros_like(output[:, :1])
    return functional.cross_entropy(torch.cat([never, output], 1), renewed, ignore_index=-1)


def train_sleepers(tracks: Sequence[TrackExample], *, pace: Pace, seed: int) -> SleeperNet:
    """Train a network until steps or minutes run out."""
    pools = [[one for one in tracks if bool(one.renewed.any()) is new] for new in (True, False)]

    def lesson(net: SleeperNet, rng: np.random.Generator) -> Tensor:
        dates = int(rng.choice(_USUAL_DATES)) if rng.random() < 0.7 else int(rng.integers(_DATES[0], _DATES[1] + 1))
        fit = [[one for one in pool if len(one.pieces.seen) >= dates] for pool in pools]
        chosen = (fit[int(rng.integers(2))] for _ in range(_BATCH))
        layers, renewed = zip(*(_drawn(pool[int(rng.integers(len(pool)))], dates, rng) for pool in chosen), strict=True)
        return loss(net(torch.from_numpy(np.stack(layers))), torch.from_numpy(np.stack(renewed)))

    return trained(SleeperNet, lesson, pace=pace, seed=seed)


def export_sleepers(net: SleeperNet, path: Path) -> str:
    """Write the network as ONNX and give its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        net,
        (torch.zeros(1, 5, SLEEPER_LAYERS, 64),),
        str(path),
        input_names=["track"],
        output_names=["renewed"],
        dynamic_axes={"track": {1: "dates", 3: "pieces"}, "renewed": {1: "steps", 2: "pieces"}},
        dynamo=False,
    )
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Simulate, train, export."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("src/yardwatch/change/weights/sleepers.onnx"))
    parser.add_argument("--sites", type=int, default=290)
    parser.add_argument("--yards", type=int, default=72)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder that keeps the sites, which take longest")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    how = {"seed": options.seed, "processes": options.processes, "keep": options.keep}
    groups = [*(site.tracks for site in make_sites(options.sites, **how)), *make_yards(options.yards, **how)]
    tracks = [track for group in groups for track in group]
    net = train_sleepers(tracks, pace=Pace(options.steps, _RATE, decay=_DECAY), seed=options.seed)
    say(export_sleepers(net, options.out))


def _drawn(
    example: TrackExample, dates: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """A track at some of its dates, turned about, in a light not quite taken out, more of it hidden at times."""
    kept = np.sort(rng.choice(len(example.pieces.seen), dates, replace=False))
    when = (example.renewed[None] > kept[:, None]).sum(0)
    renewed = np.where((example.renewed > 0) & (when < dates), when, 0)
    last = int(example.renewed.max())
    if rng.random() < 0.3 and last:
        kept = np.concatenate([rng.permutation(kept[kept < last]), rng.permutation(kept[kept >= last])])
    one = example.pieces
    levels = one.levels[kept] + rng.normal(0, 0.04, (dates, 1, 1)) + rng.normal(0, 0.03, (dates, 22, 1))
    seen, beside = one.seen[kept].copy(), one.beside[kept]
    if rng.random() < 0.5:
        _hide(seen, rng)
    start = int(rng.integers(0, max(1, seen.shape[1] - _PIECES + 1)))
    part = slice(start, start + _PIECES, 1)
    levels, seen, beside, renewed = levels[..., part], seen[..., part], beside[..., part], renewed[part]
    if rng.random() < 0.5:
        levels, beside = levels[:, _FLIPPED], beside[:, ::-1]
    if rng.random() < 0.5:
        levels, seen, beside, renewed = levels[..., ::-1], seen[..., ::-1], beside[..., ::-1], renewed[::-1]
    layers = sleeper_layers(replace(one, levels=levels.astype(np.float32), seen=seen, beside=beside))
    missing = _PIECES - layers.shape[-1]
    return np.pad(layers, ((0, 0), (0, 0), (0, missing))), np.pad(renewed, (0, missing), constant_values=-1)


def _hide(seen: NDArray[np.bool_], rng: np.random.Generator) -> None:
    """Let longer trains stand there at some dates."""
    for date in seen:
        if rng.random() < 0.4:
            start = int(rng.integers(len(date)))
            date[start : start + int(rng.integers(5, 60))] = False


if __name__ == "__main__":
    main()
