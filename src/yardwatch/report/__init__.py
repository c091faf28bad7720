"""Figures and documents: values in, one self-contained HTML file out."""

from yardwatch.report.contents import CaseFindings, Followed, Inset, Report, Sheet, Unseen
from yardwatch.report.document import render_html
from yardwatch.report.fragments import lineage_html, ribbon_html, series_html, tally_html
from yardwatch.report.maps import annotated_scene_svg, inset_windows, site_map_svg
from yardwatch.report.palette import CarStyle, car_style
from yardwatch.report.raster import display_limits, grid_of_picture, ribbon_picture
from yardwatch.report.ribbons import ribbon_rows, ribbon_svg, unseen_on
from yardwatch.report.words import tally_sentence

__all__ = [
    "CarStyle",
    "CaseFindings",
    "Followed",
    "Inset",
    "Report",
    "Sheet",
    "Unseen",
    "annotated_scene_svg",
    "car_style",
    "display_limits",
    "grid_of_picture",
    "inset_windows",
    "lineage_html",
    "render_html",
    "ribbon_html",
    "ribbon_picture",
    "ribbon_rows",
    "ribbon_svg",
    "series_html",
    "site_map_svg",
    "tally_html",
    "tally_sentence",
    "unseen_on",
]
