"""Train the type network on pictures of simulated cars (needs the extra ``train``).

Run as ``python -m yardwatch.pipeline.training_types``.
"""

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from yardwatch.pipeline.training_cars import CarPicture, drawn_picture, make_pictures
from yardwatch.pipeline.training_loop import Pace, trained
from yardwatch.pipeline.training_making import say
from yardwatch.railcars.evidence import TYPES
from yardwatch.railcars.telling import SHOWN_COLUMNS, SHOWN_ROWS

__all__ = ["TypeNet", "export_types", "main", "train_types"]

_WIDTHS = (24, 40, 64, 80)
_BATCH, _RATE = 64, 2e-3
_SURE = 0.02


class TypeNet(nn.Module):
    """Four layers of convolution, the mean and the largest along the body of each row of what is left, two layers."""

    def __init__(self) -> None:
        super().__init__()
        one, two, three, four = _WIDTHS
        self.look = nn.Sequential(
            _layer(6, one, (2, 1)), _layer(one, two, (2, 2)), _layer(two, three, (2, 2)), _layer(three, four, (1, 2))
        )
        self.tell = nn.Sequential(
            nn.Linear(four * 5 * 2 + 2, 96), nn.ReLU(), nn.Dropout(0.2), nn.Linear(96, len(TYPES))
        )

    def forward(self, car: Tensor) -> Tensor:
        """Logits, shape (batch, 8), of cars, shape (batch, 6, 33, 112)."""
        body = functional.max_pool2d(car[:, 5:6], (1, 8), (1, 8))[:, :, :1]
        seen = self.look(car) * body
        mean = seen.sum(3) / body.sum(3).clamp(min=1)
        known = torch.cat([car[:, 4, 0, 0:1], car[:, 5, 0].sum(1, keepdim=True) / 60], 1)
        return self.tell(torch.cat([mean.flatten(1), seen.amax(3).flatten(1), known], 1))


def _layer(inputs: int, outputs: int, stride: tuple[int, int]) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU())


def train_types(pictures: Sequence[CarPicture], *, pace: Pace, seed: int) -> TypeNet:
    """Train a network until steps or minutes run out."""

    def lesson(net: TypeNet, rng: np.random.Generator) -> Tensor:
        chosen = [pictures[index] for index in rng.integers(len(pictures), size=_BATCH)]
        shown = torch.from_numpy(np.stack([drawn_picture(one, rng) for one in chosen]))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = net(shown)
        return functional.cross_entropy(
            output.float(), torch.tensor([one.type for one in chosen]), label_smoothing=_SURE
        )

    return trained(TypeNet, lesson, pace=pace, seed=seed)


def export_types(net: TypeNet, path: Path) -> str:
    """Write the network as ONNX and give its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        net,
        (torch.zeros(2, 6, SHOWN_ROWS, SHOWN_COLUMNS),),
        str(path),
        input_names=["car"],
        output_names=["type"],
        dynamic_axes={"car": {0: "cars"}, "type": {0: "cars"}},
        dynamo=False,
    )
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Simulate, train, export."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("src/yardwatch/railcars/weights/types.onnx"))
    parser.add_argument("--ribbons", type=int, default=5000)
    parser.add_argument("--steps", type=int, default=18000)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    pictures = make_pictures(options.ribbons, seed=options.seed, processes=options.processes)
    say(export_types(train_types(pictures, pace=Pace(options.steps, _RATE), seed=options.seed), options.out))


if __name__ == "__main__":
    main()
