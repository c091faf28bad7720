"""The frozen suite is what it says it is; rendering it anew is left to `make suite`."""

import importlib
import json
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def suite(monkeypatch):
    """`tools/suite.py` as a module."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    return importlib.import_module("suite")


@pytest.fixture(scope="module")
def manifest():
    return json.loads((ROOT / "tools" / "suite.json").read_text(encoding="utf-8"))


def kept(folder, name, *, grey=100, truth="{}"):
    """One yard on disk."""
    path = folder / f"{name}.npz"
    np.savez_compressed(path, pixels=np.full((3, 20, 30), grey, np.uint8), facts=np.array(truth))
    return path


def test_one_hash_stands_for_all_yards(manifest, suite):
    """So that a figure can name the suite it was measured on."""
    assert suite.digest(manifest["yards"]) == manifest["sha256"]


def test_the_suite_has_enough_yards_of_each_kind(manifest):
    """At least 40 with cars in each stratum, and 100 without any."""
    kinds = Counter(name.rsplit("-", 1)[0] for name in manifest["yards"])
    assert min(kinds[f"{stratum}-cars"] for stratum in ("fine", "half", "coarse")) >= 40
    assert sum(count for kind, count in kinds.items() if kind.endswith("-empty")) >= 100


def test_the_recipe_is_in_the_history(manifest):
    """What pins the renderer must stay reachable from what is checked out."""
    command = ["git", "merge-base", "--is-ancestor", manifest["rendered_with"], "HEAD"]
    try:
        found = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    except OSError:
        pytest.skip("git is not installed")
    if found.returncode == 128:
        pytest.skip("this copy has no whole history")
    assert found.returncode == 0


def test_a_yard_that_was_rendered_otherwise_is_noticed(tmp_path, suite):
    """Neither the picture nor the truth may change."""
    frozen = suite.fingerprint(kept(tmp_path, "one"))
    suite.check({"one": frozen}, tmp_path)
    kept(tmp_path, "one", grey=103)
    with pytest.raises(SystemExit, match="1 of 1 yards are not the frozen ones"):
        suite.check({"one": frozen}, tmp_path)
    kept(tmp_path, "one", truth='{"truth": []}')
    with pytest.raises(SystemExit, match="first one"):
        suite.check({"one": frozen}, tmp_path)


def test_the_rounding_of_another_processor_is_forgiven(tmp_path, suite):
    """A single pixel that differs by one is the same yard, but is told."""
    path = kept(tmp_path, "one")
    frozen = suite.fingerprint(path)
    pixels = np.load(path)["pixels"]
    pixels[0, 5, 5] += 1
    np.savez_compressed(path, pixels=pixels, facts=np.array("{}"))
    assert suite.fingerprint(path)[0] != frozen[0]
    suite.check({"one": frozen}, tmp_path)
