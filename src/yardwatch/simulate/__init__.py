"""Rendered yards of invented places with exact truth."""

from yardwatch.simulate.conditions import BANDS, Conditions, Sensor, Sun, View, Weather, random_conditions
from yardwatch.simulate.consists import dusted, place_consists
from yardwatch.simulate.place import invented_site
from yardwatch.simulate.plan import Colour, PlacedCar, Style, Thing, TrackLook, Way, YardPlan
from yardwatch.simulate.ribbon import CONCEALED, EMPTY, RibbonCar, SimulatedRibbon, random_ribbon
from yardwatch.simulate.scene import SITE_CRS, SITE_ORIGIN_M, Rendered, render
from yardwatch.simulate.style import random_style
from yardwatch.simulate.truth import Concealed, TrueCar, Truth, truth_features
from yardwatch.simulate.yard import random_yard

__all__ = [
    "BANDS",
    "CONCEALED",
    "EMPTY",
    "SITE_CRS",
    "SITE_ORIGIN_M",
    "Colour",
    "Concealed",
    "Conditions",
    "PlacedCar",
    "Rendered",
    "RibbonCar",
    "Sensor",
    "SimulatedRibbon",
    "Style",
    "Sun",
    "Thing",
    "TrackLook",
    "TrueCar",
    "Truth",
    "View",
    "Way",
    "Weather",
    "YardPlan",
    "dusted",
    "invented_site",
    "place_consists",
    "random_conditions",
    "random_ribbon",
    "random_style",
    "random_yard",
    "render",
    "truth_features",
]
