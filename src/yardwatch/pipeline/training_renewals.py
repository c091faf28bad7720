"""Train the network for renewed ground on simulated quarters (needs the extra ``train``).

Run as ``python -m yardwatch.pipeline.training_renewals``.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor, nn
from torch.nn import functional

from yardwatch.change.evidence import network_input, tone_of
from yardwatch.change.renewed import RENEWAL_USES
from yardwatch.pipeline.training_change import ChangeNet, export_change, turned
from yardwatch.pipeline.training_loop import ENDLESS_MIN, Pace, trained
from yardwatch.pipeline.training_making import made_of, say
from yardwatch.simulate.pairs import sensed
from yardwatch.simulate.renewals import LAND_USES, random_renewal

__all__ = ["RenewalExample", "main", "make_renewals", "train_renewals"]

_SIDE_PX, _CROP_PX = 176, 144
_FINEST_M, _COARSEST_M = 1.3, 3.5
_UNSURE = 255
_SAME_SHARE = 0.12
_OUTPUTS = 1 + 2 * len(RENEWAL_USES)
_BATCH, _LOOKED_AT = 12, 48
_PEAK_RATE, _LEAST_RATE = 2e-3, 1e-6
_BENT_PX, _UNEVEN, _KNOTS = 0.6, 0.12, 4
_WEIGHTS = Path("src/yardwatch/change/weights")


@dataclass(frozen=True, slots=True, eq=False)
class RenewalExample:
    """A simulated quarter before any camera."""

    pictures: NDArray[np.uint8]
    """Before and after, shape (6, n, n)."""
    renewed: NDArray[np.uint8]
    """1, 0 or 255 where one may argue, shape (n, n)."""
    uses: NDArray[np.uint8]
    """Use of the ground before and after, index into `LAND_USES`, shape (2, n, n)."""


def make_renewals(number: int, *, seed: int, processes: int) -> list[RenewalExample]:
    """Simulate quarters; the same for the same seed and any number of processes."""
    seeds = np.random.SeedSequence(seed).spawn(number)
    return list(made_of(_quarter, seeds, processes=processes, what="quarters", every=200))


def _quarter(seed: np.random.SeedSequence) -> RenewalExample:
    rng = np.random.default_rng(seed)
    pixel_m = float(np.exp(rng.uniform(np.log(_FINEST_M), np.log(_COARSEST_M))))
    quarter = random_renewal(rng, size_px=_SIDE_PX, pixel_m=pixel_m)
    pictures = (255 * np.concatenate([quarter.before, quarter.after])).round().astype(np.uint8)
    return RenewalExample(pictures, quarter.renewed, quarter.uses)


def batch(examples: list[RenewalExample], rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Random cuts through random cameras, turned, mirrored, swapped; some are of a place where nothing changed."""
    parts = [_cut(example, rng) for example in examples]
    inputs, renewed, uses = (np.stack(part) for part in zip(*parts, strict=True))
    return torch.from_numpy(inputs), torch.from_numpy(renewed), torch.from_numpy(uses.astype(np.int64))


def loss(output: Tensor, renewed: Tensor, uses: Tensor) -> Tensor:
    """Loss of the renewed ground, of its overlap, and of the uses before and after."""
    known = renewed != _UNSURE
    said, true = output[:, 0][known], (renewed == 1).float()[known]
    chance = said.sigmoid()
    overlap = 1 - (2 * (chance * true).sum() + 50) / (chance.sum() + true.sum() + 50)
    kinds = len(LAND_USES)
    telling = functional.cross_entropy(output[:, 1 : 1 + kinds], uses[:, 0])
    telling = telling + functional.cross_entropy(output[:, 1 + kinds :], uses[:, 1])
    return functional.binary_cross_entropy_with_logits(said, true) + 0.5 * overlap + 0.2 * telling


def train_renewals(examples: list[RenewalExample], *, pace: Pace, seed: int, eyes: Path | None = None) -> ChangeNet:
    """Train a network until steps or minutes run out, with the eyes of a change network in ONNX to begin with."""

    def make() -> ChangeNet:
        net = ChangeNet(_OUTPUTS)
        if eyes:
            lend_eyes(net, eyes, batch(examples[:_LOOKED_AT], np.random.default_rng(seed))[0])
        return net.to(memory_format=torch.channels_last)

    def lesson(net: ChangeNet, rng: np.random.Generator) -> Tensor:
        chosen = [examples[index] for index in rng.integers(len(examples), size=_BATCH)]
        inputs, renewed, uses = batch(chosen, rng)
        with torch.autocast("cpu", torch.bfloat16):
            output = net(inputs.to(memory_format=torch.channels_last))
        return loss(output.float(), renewed, uses)

    return trained(make, lesson, pace=pace, seed=seed)


def lend_eyes(net: ChangeNet, weights: Path, pairs: Tensor) -> None:
    """Give a network the layers of a change network in ONNX, all but the last.

    There each convolution has taken in the normalisation that followed it. Here the normalisation is set to undo
    itself on some pairs, so that the layers do what they did.
    """
    graph = onnx.load(weights).graph
    stored = {one.name: torch.tensor(onnx.numpy_helper.to_array(one)) for one in graph.initializer}
    layers = iter([[stored[name] for name in node.input[1:]] for node in graph.node if node.op_type == "Conv"])

    def lend(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if isinstance(layer, nn.Sequential) and isinstance(layer[1], nn.BatchNorm2d):
            kernel, offset = next(layers)
            layer[0].weight.copy_(kernel)
            seen = layer[0](inputs[0])
            layer[1].weight.copy_((seen.var((0, 2, 3), correction=0) + layer[1].eps).sqrt())
            layer[1].bias.copy_(seen.mean((0, 2, 3)) + offset)

    hooks = [layer.register_forward_pre_hook(lend) for layer in net.modules()]
    with torch.no_grad():
        net.train()(pairs)
    for hook in hooks:
        hook.remove()


def main() -> None:
    """Simulate, train, export."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=_WEIGHTS / "renewals.onnx")
    parser.add_argument("--quarters", type=int, default=3000)
    parser.add_argument("--steps", type=int, default=9000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=ENDLESS_MIN)
    parser.add_argument("--eyes", type=Path, default=_WEIGHTS / "changes.onnx", help="a change network to begin with")
    options = parser.parse_args()
    examples = make_renewals(options.quarters, seed=options.seed, processes=options.processes)
    pace = Pace(options.steps, _PEAK_RATE, least=_LEAST_RATE, minutes=options.minutes)
    net = train_renewals(examples, pace=pace, seed=options.seed, eyes=options.eyes)
    digest = export_change(net, options.out)
    made = {name: getattr(options, name) for name in ("quarters", "steps", "seed")}
    say(json.dumps(made | {"sha256": digest}))


def _cut(
    example: RenewalExample, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.uint8]]:
    top, left = rng.integers(1, _SIDE_PX - _CROP_PX - 1, 2)
    rows, columns = slice(top, top + _CROP_PX), slice(left, left + _CROP_PX)
    renewed, uses = example.renewed[rows, columns], example.uses[:, rows, columns]
    pictures = np.asarray(example.pictures, np.float32) / np.float32(255)
    before, after = pictures[:3, rows, columns], pictures[3:, rows, columns]
    if rng.random() < _SAME_SHARE:
        down, right = rng.integers(-1, 2, 2)
        after = pictures[:3, top + down : top + down + _CROP_PX, left + right : left + right + _CROP_PX]
        renewed, uses = np.zeros_like(renewed), uses[[0, 0]]
    elif rng.random() < 0.5:
        before, after, uses = after, before, uses[::-1]
    shots = _shot(rng, before), _shot(rng, after)
    ready = network_input(*shots, (tone_of(shots[0]), tone_of(shots[1])))
    ready = ready * rng.uniform(0.75, 1.3) + rng.normal(0, 0.15, (6, 1, 1)).astype(np.float32)
    turns, mirrored = int(rng.integers(4)), rng.random() < 0.5
    return turned(ready, turns, mirrored), turned(renewed, turns, mirrored), turned(uses, turns, mirrored)


def _shot(rng: np.random.Generator, picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """A picture of years ago or now: its own tone curve in each colour, and often bent, unevenly lit, or not sharp."""
    curve = np.exp(rng.normal(0, 0.2, (3, 1, 1))).astype(np.float32)
    out = np.clip(picture, 0.003, 1) ** curve
    if rng.random() < 0.5:
        out = _bent(rng, out)
    if rng.random() < 0.5:
        out = ndimage.gaussian_filter(out, (0, *[rng.uniform(0.3, 1.2)] * 2))
    return sensed(rng, out)


def _bent(rng: np.random.Generator, picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """A picture that lies some way off here and there, in haze that is thicker here than there."""
    side = picture.shape[-1]
    knots = torch.from_numpy(rng.normal(0, 1, (1, 3, _KNOTS, _KNOTS)).astype(np.float32))
    waves = functional.interpolate(knots, size=(side, side), mode="bicubic", align_corners=True)[0]
    across = torch.linspace(-1, 1, side)
    straight = torch.stack(torch.meshgrid(across, across, indexing="xy"), -1)
    places = straight + waves[:2].permute(1, 2, 0) * float(rng.uniform(0, 2 * _BENT_PX * 2 / side))
    shown = functional.grid_sample(
        torch.from_numpy(picture)[None], places[None], padding_mode="reflection", align_corners=True
    )
    return np.asarray((shown[0] * torch.exp(waves[2] * float(rng.uniform(0, 2 * _UNEVEN)))).numpy(), np.float32)


if __name__ == "__main__":
    main()
