"""Train the network for renewed ground on simulated quarters (needs the extra ``train``).

Run as ``python -m yardwatch.pipeline.training_renewals``.
"""

import argparse
import json
import time
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor, nn
from torch.nn import functional

from yardwatch.change.evidence import network_input, tone_of
from yardwatch.change.renewed import RENEWAL_USES
from yardwatch.pipeline.training_change import ChangeNet, export_change, rate, say, turned
from yardwatch.simulate.pairs import sensed
from yardwatch.simulate.renewals import LAND_USES, random_renewal

__all__ = ["RenewalExample", "main", "make_renewals", "train_renewals"]

_SIDE_PX, _CROP_PX = 176, 144
_FINEST_M, _COARSEST_M = 1.3, 3.5
_UNSURE = 255
_SAME_SHARE = 0.12
_OUTPUTS = 1 + 2 * len(RENEWAL_USES)
_PEAK_RATE = 2e-3


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
    examples: list[RenewalExample] = []
    with get_context("spawn").Pool(processes) as pool:
        for example in pool.imap(_quarter, np.random.SeedSequence(seed).spawn(number), chunksize=8):
            examples.append(example)
            if len(examples) % 200 == 0:
                say(f"simulated {len(examples)} of {number} quarters")
    return examples


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


def train_renewals(
    examples: list[RenewalExample], *, steps: int, seed: int, size: int = 12, minutes: float = 1e9,
    begun: ChangeNet | None = None,
) -> ChangeNet:  # fmt: skip
    """Train a network, or train on one that was begun, until steps or minutes run out."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = (begun or ChangeNet(_OUTPUTS)).train().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), lr=_PEAK_RATE, weight_decay=1e-3)
    started, mean = time.monotonic(), 0.0
    for step in range(steps):
        gone = max(step / steps, (time.monotonic() - started) / (60 * minutes))
        if gone >= 1:
            say(f"time is up at step {step}")
            break
        optimiser.param_groups[0]["lr"] = rate(gone, step, peak=_PEAK_RATE)
        chosen = [examples[index] for index in rng.integers(len(examples), size=size)]
        inputs, renewed, uses = batch(chosen, rng)
        with torch.autocast("cpu", torch.bfloat16):
            output = net(inputs.to(memory_format=torch.channels_last))
        value = loss(output.float(), renewed, uses)
        optimiser.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        mean = 0.98 * mean + 0.02 * value.item() if step else value.item()
        if step % 50 == 0:
            say(f"step {step} of {steps}: loss {mean:.3f}, {time.monotonic() - started:.0f} s")
    return net.eval()


def begun_from(changes: ChangeNet) -> ChangeNet:
    """A network for renewed ground whose eyes are those of a change network."""
    net = ChangeNet(_OUTPUTS)
    known = {name: value for name, value in changes.state_dict().items() if not name.startswith("out.")}
    net.load_state_dict(known, strict=False)
    return net


def main() -> None:
    """Simulate, train, export."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("src/yardwatch/change/weights/renewals.onnx"))
    parser.add_argument("--quarters", type=int, default=2200)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--begun", type=Path, help="a change network to begin with: what training_change left")
    options = parser.parse_args()
    examples = make_renewals(options.quarters, seed=options.seed, processes=options.processes)
    begun = None
    if options.begun:
        changes = ChangeNet()
        changes.load_state_dict(torch.load(options.begun))
        begun = begun_from(changes)
    net = train_renewals(examples, steps=options.steps, seed=options.seed, minutes=options.minutes, begun=begun)
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
    """A picture of years ago or now: its own tone curve in each colour, and often less sharp than its pixels."""
    curve = np.exp(rng.normal(0, 0.2, (3, 1, 1))).astype(np.float32)
    out = np.clip(picture, 0.003, 1) ** curve
    if rng.random() < 0.5:
        out = ndimage.gaussian_filter(out, (0, *[rng.uniform(0.3, 1.2)] * 2))
    return sensed(rng, out)


if __name__ == "__main__":
    main()
