"""Which evidence network a workspace counts with."""

import hashlib
import importlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime as ort

from yardwatch.errors import InputError, LimitError, MisuseError, Notice, WorkspaceError
from yardwatch.model.network import NetworkChoice
from yardwatch.model.ports import Progress, WorkspaceStore
from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.pipeline.counting import COUNT_STEP
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.pipeline.files import write_all
from yardwatch.pipeline.observing import UNKNOWN_PERSON
from yardwatch.railcars.evidence import Network
from yardwatch.railcars.network import OnnxNetwork, shipped_network
from yardwatch.sandbox.files import plain_file
from yardwatch.workspace import open_workspace

if TYPE_CHECKING:
    from yardwatch.pipeline.finetuning import Tuned

__all__ = ["FIGURES", "InUse", "Used", "figures_in", "fine_tune", "network_in", "network_of", "use_network"]

FIGURES = "yardwatch.figures"
"""Name under which a trained network carries how good it is, as JSON."""

_FOLDER = "models"
_MOST_BYTES = 64 * 10**6
_EXTERNAL = b"\x0a\x08location"
_REMEDY = "give a network that yardwatch model train wrote"


@dataclass(frozen=True, slots=True, eq=False)
class InUse:
    """The network that a workspace counts with."""

    network: Network
    """The network."""
    content: bytes
    """Its ONNX file."""
    step: str
    """Name of the step of counting with it: another network is another step, so all scenes are counted again."""
    choice: NetworkChoice | None
    """The choice that holds; None where nobody chose."""


@dataclass(frozen=True, slots=True)
class Used:
    """A choice that is now in a workspace."""

    choice: NetworkChoice
    """The choice."""
    notices: tuple[Notice, ...] = ()
    """What a reader should know."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        choice = self.choice
        facts: dict[str, Json] = {
            "sha256": choice.sha256,
            "name": choice.name,
            "by": choice.by,
            "chosen_at": choice.chosen_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "figures": dict(choice.figures),
        }
        return document(made_by("model use"), self.notices, {"network": facts})


def network_in(folder: Path) -> InUse:
    """The network that the workspace in `folder` counts with.

    Raises
    ------
    WorkspaceError
        If there is no workspace, or its network is missing or has changed.
    """
    with open_workspace(folder) as store:
        return network_of(store, folder)


def network_of(store: WorkspaceStore, folder: Path) -> InUse:
    """The network that a store counts with, whose chosen networks lie in `folder`."""
    choice = next(iter(reversed(store.network_choices())), None)
    if choice is None or choice.sha256 is None:
        return InUse(shipped_network(), _shipped(), COUNT_STEP, choice)
    path = _place(folder, choice.sha256)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != choice.sha256:
        raise WorkspaceError(
            f"{path}: the network that this workspace uses is missing or has changed; put it back, or go back to the "
            "shipped one with: yardwatch model use DIR"
        )
    return InUse(OnnxNetwork(content, name=choice.name), content, f"{COUNT_STEP}+{choice.sha256[:12]}", choice)


def use_network(folder: Path, file: Path | None, *, by: str | None = None) -> Used:
    """Count with another network from now on in the workspace in `folder`; None is the shipped one.

    The file is copied into the workspace. Only use networks from people you trust.

    Raises
    ------
    InputError
        If the file is no network of ours.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    now, person = datetime.now(UTC).replace(microsecond=0), " ".join((by or "").split()) or UNKNOWN_PERSON
    if file is None:
        choice = NetworkChoice(None, shipped_network().name, person, now, {})
        with open_workspace(folder) as store:
            store.choose_network(choice)
        return Used(choice)
    content = _content(file)
    digest = hashlib.sha256(content).hexdigest()
    figures = figures_in(content, str(file))
    choice = NetworkChoice(digest, f"tuned/{digest[:12]}", person, now, figures)
    with open_workspace(folder) as store:
        write_all({_place(folder, digest): content})
        store.choose_network(choice)
    message = f"{file.name} does not say how good it is"
    unmeasured = Notice("network_unmeasured", message, "train it with: yardwatch model train")
    return Used(choice, () if figures else (unmeasured,))


def figures_in(content: bytes, subject: str) -> dict[str, float]:
    """How good a network is by its own word; empty if it says nothing.

    Raises
    ------
    InputError
        If it is no network of ours: it cannot be loaded, or does not give evidence of a ribbon.
    """
    try:
        network = OnnxNetwork(content, name=subject, threads=1)
        spec = RibbonSpec()
        pixels = np.zeros((3, len(spec.offsets_m), 80), np.float32)
        network.read([Ribbon("", spec.step_m * np.arange(80.0), spec.offsets_m, pixels)], gsd_m=0.5)
        session = ort.InferenceSession(content, providers=["CPUExecutionProvider"])
        found: Any = json.loads(session.get_modelmeta().custom_metadata_map.get(FIGURES, "{}"))
        return {str(name): float(value) for name, value in found.items()}
    except Exception as error:  # noqa: BLE001 -- whatever the runtime makes of a foreign file
        raise InputError(subject, f"is no evidence network ({type(error).__name__})", _REMEDY) from None


def fine_tune(folder: Path, out: Path, *, steps: int, seed: int = 1, progress: Progress | None = None) -> "Tuned":
    """Train the network of a workspace further on what persons checked in it; see `finetuning.tune`.

    Raises
    ------
    MisuseError
        If the extra ``train`` is not installed, or too little was checked.
    """
    try:
        finetuning = importlib.import_module("yardwatch.pipeline.finetuning")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"torch", "onnx"}:
            raise
        raise MisuseError("training needs an extra; install it with: pip install 'yardwatch[train]'") from None
    effort = finetuning.Effort(steps=steps, seed=seed)
    tuned: Tuned = finetuning.tune(folder, out, effort, progress=progress)
    return tuned


def _shipped() -> bytes:
    return files("yardwatch.railcars").joinpath("weights", "ribbons.onnx").read_bytes()


def _place(folder: Path, digest: str) -> Path:
    return folder / _FOLDER / f"{digest}.onnx"


def _content(file: Path) -> bytes:
    real = plain_file(file, error=InputError)
    if real.stat().st_size > _MOST_BYTES:
        raise LimitError(str(file), f"is more than {_MOST_BYTES / 1e6:.0f} MB", _REMEDY)
    content = real.read_bytes()
    if _EXTERNAL in content:
        raise InputError(str(file), "has weights outside itself", _REMEDY)
    return content
