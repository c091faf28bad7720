"""The public names are what we promise; they change on purpose only."""

import ast
import importlib
import importlib.util
import pkgutil
from pathlib import Path

import pytest

import yardwatch

SNAPSHOT = Path(__file__).with_name("public_names.txt")
UPDATE = "python tests/house/test_house_public_names.py"


def public_modules():
    """Every module of ours whose path has no private part."""
    found = pkgutil.walk_packages(yardwatch.__path__, "yardwatch.")
    return ["yardwatch", *sorted(m.name for m in found if not any(part.startswith("_") for part in m.name.split(".")))]


def public_names():
    """One line for each public name, as `__all__` lists it: module and name."""
    lines = []
    for name in public_modules():
        stated = [
            ast.literal_eval(node.value)
            for node in ast.parse(Path(importlib.util.find_spec(name).origin).read_text(encoding="utf-8")).body
            if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "__all__" for target in node.targets)
        ]
        lines += [f"{name}: {public}" for names in stated for public in sorted(names)]
    return "\n".join(lines) + "\n"


def imported(name):
    """The module, unless it needs torch, which only training does."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in {"torch", "onnx"}:
            raise
        pytest.skip(f"{name} is for training and wants torch, which is not installed")


def test_public_names_are_those_of_the_snapshot():
    """A name that vanished breaks somebody's program; a new one is a promise, so both must be meant."""
    now, then = set(public_names().splitlines()), set(SNAPSHOT.read_text(encoding="utf-8").splitlines())
    told = [f"gone: {line}" for line in sorted(then - now)] + [f"new: {line}" for line in sorted(now - then)]
    assert not told, "\n".join([*told, f"If this is meant, run: {UPDATE}"])


@pytest.mark.parametrize("name", public_modules())
def test_what_a_module_calls_public_is_in_it(name):
    """A slip in `__all__` breaks ``from … import *`` and every tool that reads it."""
    module = imported(name)
    for public in getattr(module, "__all__", ()):
        assert hasattr(module, public)


@pytest.mark.parametrize("name", public_modules())
def test_a_module_says_what_it_is_in_one_sentence(name):
    """The first line of its docstring is what a reader of the room sees."""
    first = (imported(name).__doc__ or "").strip().splitlines()[0]
    assert first.endswith((".", ":"))


if __name__ == "__main__":
    SNAPSHOT.write_text(public_names(), encoding="utf-8")
