"""The public names of the pipeline are a promise."""

import importlib

import pytest

from yardwatch import pipeline

MODULES = ("adding", "demonstration", "doctor", "observing", "one_image", "reporting", "running", "schema", "starting")


def test_each_public_name_can_be_had_and_no_other():
    """They are loaded when first used; a misspelt one fails as in any module."""
    assert all(getattr(pipeline, name) is not None for name in pipeline.__all__)
    assert dir(pipeline) == sorted(pipeline.__all__)
    with pytest.raises(AttributeError, match="count_imag"):
        _ = pipeline.count_imag


@pytest.mark.parametrize("module", MODULES)
def test_the_public_names_of_each_use_case_are_those_of_the_room(module):
    """Nothing public in a use case is hidden behind a private path."""
    names = importlib.import_module(f"yardwatch.pipeline.{module}").__all__
    assert set(names) <= set(pipeline.__all__)
