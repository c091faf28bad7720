"""Train the network of a workspace further on the railcars that persons checked in it (needs the extra ``train``)."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from yardwatch.errors import MisuseError
from yardwatch.model.ports import Progress, WorkspaceStore
from yardwatch.model.railcar import Count
from yardwatch.model.scene import Scene
from yardwatch.pipeline.checked import counts_in
from yardwatch.pipeline.counting import COUNTABLE_GSD_M
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.pipeline.examples import examples_of
from yardwatch.pipeline.files import check_target, write_all
from yardwatch.pipeline.judging_networks import Found, judge_on_scenes, judge_on_simulated
from yardwatch.pipeline.networks import FIGURES, network_of
from yardwatch.pipeline.reopening import reopened
from yardwatch.pipeline.trainable import TrainableGraph
from yardwatch.pipeline.training import batch, loss
from yardwatch.pipeline.training_examples import Example, make_examples
from yardwatch.railcars.network import OnnxNetwork
from yardwatch.workspace import open_workspace

__all__ = ["Effort", "Tuned", "tune", "tune_in"]

_HELD_OUT = 0.3
_LEAST_SCENES = 2
_WORSE = 0.01
_OURS = 0.5


@dataclass(frozen=True, slots=True)
class Effort:
    """How long and on what a network is trained further."""

    steps: int = 600
    """Steps of the optimiser."""
    ribbons: int = 200
    """Simulated ribbons that are mixed in, so that nothing is forgotten."""
    judged_ribbons: int = 60
    """Simulated ribbons, of other seeds, on which the old and the new network are judged."""
    seed: int = 1
    """What is held out, mixed and drawn follows from it."""
    rate: float = 3e-4
    """Highest learning rate."""
    size: int = 12
    """Ribbons in a step; half of them from the workspace."""
    processes: int = 2
    """Processes that simulate."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """A network that was trained further, held against the one in use."""

    path: Path | None
    """The file; None if it is worse and was not written."""
    sha256: str
    """Hash of the new network."""
    before: tuple[Found, Found]
    """How good the network in use is: on the held-out scenes, and on simulated ribbons."""
    after: tuple[Found, Found]
    """How good the new one is, on the same."""
    trained_on: tuple[Scene, ...]
    """Scenes whose checked tracks it learned from."""
    held_out: tuple[Scene, ...]
    """Scenes on which both were judged."""

    @property
    def worse(self) -> bool:
        """Whether it finds less in the held-out scenes, or on simulated ribbons less by more than 0.01 in F1."""
        scenes, simulated = (new.f1 - old.f1 for new, old in zip(self.after, self.before, strict=True))
        return scenes < 0 or simulated < -_WORSE

    @property
    def figures(self) -> dict[str, float]:
        """How good the new network is beside the old one."""
        names = ("held-out scenes", "simulated ribbons")
        found: dict[str, float] = {}
        for name, old, new in zip(names, self.before, self.after, strict=True):
            found |= {f"F1 on {name}": new.f1, f"F1 on {name} before": old.f1, f"cars in {name}": float(new.truth)}
        return found

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        body: dict[str, Json] = {
            "written": str(self.path) if self.path else None,
            "sha256": self.sha256,
            "worse": self.worse,
            "figures": dict(self.figures),
            "trained_on": [scene.id for scene in self.trained_on],
            "held_out": [scene.id for scene in self.held_out],
        }
        inputs = {scene.filename: scene.sha256 for scene in (*self.trained_on, *self.held_out)}
        return document(made_by("model train", inputs), (), body)


def tune(folder: Path, out: Path, effort: Effort | None = None, *, progress: Progress | None = None) -> Tuned:
    """Train the network of the workspace in `folder` further, and write it to `out` unless it is worse.

    Scenes are held out whole. The old and the new network are judged on the checked tracks of those, and on simulated
    ribbons of other seeds than those that were mixed in.

    Parameters
    ----------
    folder : Path
        The workspace.
    out : Path
        The ONNX file to write.
    effort : Effort, optional
        How long and on what.
    progress : callable, optional
        Told of each step.

    Raises
    ------
    MisuseError
        If fewer than two scenes have a track that a person checked.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    check_target(out)
    with open_workspace(folder) as store:
        return tune_in(store, folder, out, effort or Effort(), progress=progress)


def tune_in(
    store: WorkspaceStore, folder: Path, out: Path, effort: Effort, *, progress: Progress | None = None
) -> Tuned:
    """Train the network of a store further."""
    in_use = network_of(store, folder)
    learned, held = _split(store, effort.seed)
    examples = [example for count in learned for example in _examples(store, count)]
    if not examples:
        raise MisuseError("no checked track that can be seen is left to learn from; check longer tracks")
    graph = TrainableGraph(in_use.content)
    simulated = make_examples(effort.ribbons, seed=effort.seed, processes=effort.processes)
    _train(graph, examples, simulated, effort, progress)
    new = OnnxNetwork(graph.saved({}), name="new")
    before, after = (
        (judge_on_scenes(store, held, one), judge_on_simulated(one, ribbons=effort.judged_ribbons, seed=effort.seed))
        for one in (in_use.network, new)
    )
    scenes = [tuple(count.scene for count in part) for part in (learned, held)]
    tuned = Tuned(out, "", before, after, *scenes)
    notes = {FIGURES: json.dumps(tuned.figures), "yardwatch.from": hashlib.sha256(in_use.content).hexdigest()}
    content = graph.saved(notes)
    tuned = replace(tuned, sha256=hashlib.sha256(content).hexdigest(), path=None if tuned.worse else out)
    if not tuned.worse:
        write_all({out: content})
    return tuned


def _split(store: WorkspaceStore, seed: int) -> tuple[list[Count], list[Count]]:
    """Scenes with a checked track, to learn from and to judge by; never one scene for both."""
    counts = [
        count
        for count in counts_in(store)
        if count.scene.gsd_m <= COUNTABLE_GSD_M and any(track.checked_by for track in count.tracks)
    ]
    if len(counts) < _LEAST_SCENES:
        raise MisuseError(
            f"{len(counts)} scenes have tracks that a person checked, two are needed: one to learn from and another to "
            "judge by; check whole tracks with: yardwatch railcar check DIR --scene ID"
        )
    counts.sort(key=lambda count: count.scene.sha256)
    order = np.random.default_rng(seed).permutation(len(counts))
    number = max(1, round(_HELD_OUT * len(counts)))
    return [counts[index] for index in order[number:]], [counts[index] for index in order[:number]]


def _examples(store: WorkspaceStore, count: Count) -> list[Example]:
    site = store.site()
    with reopened(store, site, count.scene) as reader:
        return examples_of(reader, site, count)


def _train(
    graph: TrainableGraph,
    examples: Sequence[Example],
    simulated: Sequence[Example],
    effort: Effort,
    progress: Progress | None,
) -> None:
    """Change the weights; the same for the same seed on the same machine."""
    torch.manual_seed(effort.seed)
    rng = np.random.default_rng(effort.seed)
    optimiser = torch.optim.AdamW(graph.parameters(), lr=effort.rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=effort.rate, total_steps=effort.steps)
    for step in range(effort.steps):
        own = round(_OURS * effort.size) if simulated else effort.size
        chosen = [examples[index] for index in rng.integers(len(examples), size=own)]
        chosen += [simulated[index] for index in rng.integers(max(1, len(simulated)), size=effort.size - own)]
        inputs, truth = batch(chosen, rng)
        value = loss(graph(inputs), truth)
        optimiser.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(graph.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if progress:
            progress("training", step + 1, effort.steps)
