"""Comparing sizes: with each other and with what was published."""

import pytest

from yardwatch.errors import InputError, MisuseError
from yardwatch.measuring.comparing import compare, compare_published, parse_published
from yardwatch.model.measurement import Measured, Measurement, rounded

RING = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0))


def structure(name, length, width, se=1.0):
    """A measured structure."""
    return Measured(
        name, RING, RING, RING, "EPSG:32652", Measurement.of("length", length, {"edges": se}),
        Measurement.of("width", width, {"edges": se}), Measurement.of("area", length * width, {"edges": se * length}),
        Measurement.of("bearing", 0.0, {"edges": 1.0}),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "length", "se", "width"),
    [
        ("348 x 26 m", 348, 0.29, 26),
        ("26 m by 348 m", 348, 0.29, 26),
        ("348×26", 348, 0.29, 26),
        ("360 x 45 metres", 360, 0.29, 45),
        ("350 m", 350, 2.9, None),
        ("about 350 m", 350, 17.5, None),
        ("348 ± 2 m x 26 ± 1 m", 348, 2, 26),
        ("1,142 x 85 ft", 348.08, 0.088, 25.9),
        ("0.8 km long", 800, 28.9, None),
    ],
)
def test_published_figures_are_read_as_people_write_them(text, length, se, width):
    """With the error that their rounding or wording implies."""
    published = parse_published(text)
    assert published.length.value == pytest.approx(length, abs=0.01)
    assert published.length.se == pytest.approx(se, rel=0.02)
    assert (published.width.value if published.width else None) == (width and pytest.approx(width, abs=0.02))


@pytest.mark.parametrize(
    "text", ["", "long", "348 x 26 x 3 m", "348 parsecs", "0 m", "-5 m", "9" * 500, "1e9 m", "<b>348 m"]
)
def test_what_is_no_figure_is_refused_in_one_line(text):
    """With what it was and how to write it."""
    with pytest.raises(InputError) as refused:
        parse_published(text)
    assert "\n" not in str(refused.value)


def test_a_difference_is_weighed_by_both_errors():
    """350 ± 1 and 348 ± 1 differ by 1.4 standard errors."""
    (length, width, area) = compare(structure("a", 350, 26), structure("b", 348, 26))
    assert length.z == pytest.approx(2 / 2**0.5)
    assert length.consistent
    assert width.z == 0
    assert area.what == "area"


def test_a_false_figure_is_found_out():
    """A canopy of 348 m is not one of 360 m."""
    length, _ = compare_published(structure("canopy", 348, 26, se=2.0), parse_published("360 x 26 m"))
    assert not length.consistent
    assert length.z < -5


@pytest.mark.parametrize(
    ("value", "se", "told"),
    [
        (348.3, 1.9, "348 ± 2"),
        (26.13, 0.98, "26 ± 1"),
        (26.13, 0.42, "26.1 ± 0.4"),
        (9048.0, 61.0, "9,050 ± 60"),
        (12.345, 0.001, "12.35 ± 0.01"),
        (5.0, 0.0, "5.00 ± 0"),
        (96.0, 96.0, "100 ± 100"),
    ],
)
def test_a_value_is_said_no_finer_than_its_error(value, se, told):
    """One figure of the error."""
    assert " ± ".join(rounded(value, se)) == told


def test_a_measurement_of_nothing_known_is_refused():
    """Unknown quantities, negative errors."""
    with pytest.raises(MisuseError):
        Measurement("colour", 1.0, 1.0)
    with pytest.raises(MisuseError):
        Measurement("length", 1.0, -1.0)
