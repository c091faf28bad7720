"""Which network a workspace counts with, and training it further."""

import hashlib
import importlib.util
import json
from importlib.resources import files

import numpy as np
import pytest

from yardwatch.errors import InputError, MisuseError, WorkspaceError
from yardwatch.pipeline import networks
from yardwatch.pipeline.counting import COUNT_STEP
from yardwatch.pipeline.judging_networks import judge_on_simulated
from yardwatch.pipeline.networks import fine_tune, network_in, use_network
from yardwatch.railcars.network import shipped_network
from yardwatch.workspace import create_workspace

SHIPPED = files("yardwatch.railcars").joinpath("weights", "ribbons.onnx").read_bytes()
HAS_TORCH = all(importlib.util.find_spec(name) for name in ("torch", "onnx"))


@pytest.fixture
def workspace(site, tmp_path):
    """A workspace without scenes."""
    create_workspace(tmp_path / "watch", site).close()
    return tmp_path / "watch"


def test_a_workspace_counts_with_the_shipped_network_until_somebody_chooses(workspace):
    """Its step is the usual one."""
    in_use = network_in(workspace)
    assert (in_use.step, in_use.choice, in_use.content) == (COUNT_STEP, None, SHIPPED)


def test_a_chosen_network_is_copied_and_named_by_its_hash(workspace, tmp_path):
    """Counting with it is another step, so every scene is counted again; the shipped one can be had back."""
    file = tmp_path / "tuned.onnx"
    file.write_bytes(SHIPPED)
    digest = hashlib.sha256(SHIPPED).hexdigest()
    used = use_network(workspace, file, by="Ann")
    file.unlink()
    assert (used.choice.sha256, used.choice.by) == (digest, "Ann")
    assert [notice.code for notice in used.notices] == ["network_unmeasured"]
    in_use = network_in(workspace)
    assert (in_use.network.name, in_use.step) == (f"tuned/{digest[:12]}", f"{COUNT_STEP}+{digest[:12]}")
    use_network(workspace, None)
    assert network_in(workspace).step == COUNT_STEP


def test_a_network_that_changed_in_the_workspace_is_not_used(workspace, tmp_path):
    """Nobody knows what it is now."""
    (tmp_path / "tuned.onnx").write_bytes(SHIPPED)
    choice = use_network(workspace, tmp_path / "tuned.onnx").choice
    place = workspace / "models" / f"{choice.sha256}.onnx"
    place.write_bytes(SHIPPED + b"\0")
    with pytest.raises(WorkspaceError, match="missing or has changed"):
        network_in(workspace)
    place.unlink()
    with pytest.raises(WorkspaceError, match="missing or has changed"):
        network_in(workspace)


@pytest.mark.parametrize(
    "content",
    [b"garbage", SHIPPED[:1000], SHIPPED + b"\x0a\x08location\x12\x0b/etc/passwd"],
    ids=["garbage", "cut", "external"],
)
def test_what_is_no_network_of_ours_is_refused(workspace, tmp_path, content):
    """Before anything is copied or chosen."""
    (tmp_path / "bad.onnx").write_bytes(content)
    with pytest.raises(InputError, match=r"bad\.onnx"):
        use_network(workspace, tmp_path / "bad.onnx")
    assert network_in(workspace).choice is None
    assert not (workspace / "models").exists()


@pytest.mark.skipif(HAS_TORCH, reason="the extra train is installed")
def test_training_without_its_extra_names_the_extra(workspace, tmp_path):
    """One line that says what to install."""
    with pytest.raises(MisuseError, match=r"yardwatch\[train\]"):
        fine_tune(workspace, tmp_path / "out.onnx", steps=1)


@pytest.mark.skipif(not HAS_TORCH, reason="needs the extra train: pip install 'yardwatch[train]'")
def test_training_needs_two_checked_scenes(workspace, tmp_path):
    """One to learn from and another to judge by."""
    with pytest.raises(MisuseError, match="two are needed"):
        fine_tune(workspace, tmp_path / "out.onnx", steps=1)


@pytest.mark.skipif(not HAS_TORCH, reason="needs the extra train: pip install 'yardwatch[train]'")
def test_the_graph_of_a_network_runs_in_torch_as_it_does_in_its_own_runtime(tmp_path):
    """To a hundred-thousandth, and its weights are written back where they were, with notes that can be read."""
    import onnxruntime as ort  # noqa: PLC0415
    import torch  # noqa: PLC0415

    from yardwatch.pipeline.trainable import TrainableGraph  # noqa: PLC0415

    graph = TrainableGraph(SHIPPED)
    ribbon = np.random.default_rng(1).normal(size=(2, graph.channels, 41, 128)).astype(np.float32)
    (expected,) = ort.InferenceSession(SHIPPED).run(None, {"ribbon": ribbon})
    found = graph(torch.from_numpy(ribbon))
    assert np.abs(found.detach().numpy() - expected).max() < 1e-4
    found.square().mean().backward()
    assert all(weight.grad is not None for weight in graph.parameters())
    with torch.no_grad():
        next(iter(graph.parameters())).add_(0.1)
    saved = graph.saved({networks.FIGURES: json.dumps({"F1": 0.5})})
    (changed,) = ort.InferenceSession(saved).run(None, {"ribbon": ribbon})
    assert np.abs(changed - graph(torch.from_numpy(ribbon)).detach().numpy()).max() < 1e-4
    assert np.abs(changed - expected).max() > 1e-3
    assert networks.figures_in(saved, "new") == {"F1": 0.5}


def test_the_truth_of_a_checked_track_is_told_as_the_simulator_tells_its_own():
    """State, ends, type and offset of a simulated ribbon, once from the simulator and once from its cars."""
    from yardwatch.model.railcar import Railcar  # noqa: PLC0415
    from yardwatch.pipeline import examples, training_examples  # noqa: PLC0415

    compared = 0
    for seed in np.random.SeedSequence(11).spawn(5):
        example = training_examples._simulate(seed)
        rng = np.random.default_rng(seed)
        occupancy = float(rng.uniform(0.4, 1.0)) if rng.random() < training_examples._OCCUPIED_SHARE else None
        spec = training_examples.RibbonSpec(half_width_m=8.0)
        length_m = training_examples._LENGTH_M
        simulated = training_examples.random_ribbon(rng, length_m=length_m, spec=spec, occupancy=occupancy)
        cars = [
            Railcar(
                "",
                "",
                car.start_m + car.lean_along_m,
                car.end_m + car.lean_along_m,
                car.offset_m + car.lean_across_m,
                3.0,
                car.type,
                None,
                {},
                1.0,
                None,
                (),
            )
            for car in simulated.cars
        ]
        state, begin, end, kinds, offset_m = examples._truth(simulated.ribbon.chainages_m, cars)
        seen = example.state != 3
        compared += (state == 2).sum()
        assert (state[seen] == example.state[seen]).mean() > 0.97
        assert np.abs(begin - example.begin)[seen].mean() < 0.01
        assert np.abs(end - example.end)[seen].mean() < 0.01
        body = seen & (state == 2) & (example.state == 2)
        assert (kinds[body] == example.type[body]).mean() > 0.97 if body.any() else True
        assert np.abs(offset_m - example.offset_m)[body].mean() < 0.1 if body.any() else True
    assert compared > 300


def test_a_network_is_judged_on_simulated_ribbons_in_plain_numbers():
    """The same ribbons for the same seed, and figures that JSON can hold."""
    found = judge_on_simulated(shipped_network(), ribbons=4, seed=3)
    assert found == judge_on_simulated(shipped_network(), ribbons=4, seed=3)
    assert json.loads(json.dumps([found.truth, found.found, found.right, found.f1 >= 1])) is not None
    assert 0 <= found.right <= min(found.truth, found.found)
    assert found.truth > 0
