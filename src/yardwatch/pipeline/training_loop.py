"""The loop in which every network of change is trained."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from yardwatch.pipeline.training_making import say

__all__ = ["ENDLESS_MIN", "Pace", "trained"]

ENDLESS_MIN = 1e9
"""Minutes that never run out."""

_TOLD_EVERY, _FADING = 50, 0.98

Net = TypeVar("Net", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long and how fast a network learns."""

    steps: int
    """At most so many steps."""
    peak: float
    """The highest learning rate, reached after `rising` steps; from there it falls as a cosine."""
    least: float = 0.0
    """What the learning rate falls to."""
    rising: int = 50
    """Steps until the learning rate is highest."""
    decay: float = 1e-3
    """Decay of the weights."""
    minutes: float = ENDLESS_MIN
    """At most so long."""
    kept: float = 0.0
    """What a running mean of the weights keeps of itself each step. It is the result; with 0 the last weights are."""

    def rate(self, step: int, gone: float) -> float:
        """Learning rate of a step when a share of the training is gone."""
        falling = 0.5 + 0.5 * float(np.cos(np.pi * gone))
        return self.peak * min(1.0, (step + 1) / self.rising) * falling + self.least


def trained(
    make: Callable[[], Net], loss: Callable[[Net, np.random.Generator], Tensor], *, pace: Pace, seed: int
) -> Net:
    """A network trained until steps or minutes run out; the same for a seed and a machine if it is the steps.

    Parameters
    ----------
    make : callable
        Gives the network to begin with.
    loss : callable
        Draws a batch by the generator and gives the loss of the network for it.
    pace : Pace
        How long and how fast.
    seed : int
        Of the first weights and of all that is drawn.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = make().train()
    averaged = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(pace.kept), use_buffers=True)
    optimiser = torch.optim.AdamW(net.parameters(), lr=pace.peak, weight_decay=pace.decay)
    started, mean = time.monotonic(), 0.0
    for step in range(pace.steps):
        passed_s = time.monotonic() - started
        gone = max(step / pace.steps, passed_s / (60 * pace.minutes))
        if gone >= 1:
            say(f"time is up at step {step}")
            break
        optimiser.param_groups[0]["lr"] = pace.rate(step, gone)
        value = loss(net, rng)
        optimiser.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        averaged.update_parameters(net)
        mean = _FADING * mean + (1 - _FADING) * value.item() if step else value.item()
        if step % _TOLD_EVERY == 0:
            say(f"step {step} of {pace.steps}: loss {mean:.3f}, {passed_s:.0f} s")
    return cast("Net", averaged.module.eval())
