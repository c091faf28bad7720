"""The use cases; the only place where the rooms meet.

Its public names are loaded when they are first used, so that ``yardwatch --help`` need not wait for the imaging
libraries.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yardwatch.pipeline.adding import AddedImage, Additions, add_images, add_to
    from yardwatch.pipeline.agreeing import sign_off, sign_off_in, take_back, take_back_in
    from yardwatch.pipeline.auditing import Audit, accept_changes, audit_workspace, head_text, read_head
    from yardwatch.pipeline.casing import Case, build_case, case_list_document, case_names, case_title
    from yardwatch.pipeline.changed import comparison_document
    from yardwatch.pipeline.checked import count_in, counts_in, keep_checked, tracks_in
    from yardwatch.pipeline.comparing import ComparedImages, compare_images, compare_scenes
    from yardwatch.pipeline.comparing_figures import FIGURE_FORMS
    from yardwatch.pipeline.correcting import Act, Corrected, Decision, check_tracks, decide, decide_in, railcars_of
    from yardwatch.pipeline.demonstration import Demonstration, demonstrate
    from yardwatch.pipeline.doctor import Check, Health, examine
    from yardwatch.pipeline.documents import SCHEMA_VERSION, Json, count_document, scene_facts, to_json
    from yardwatch.pipeline.drafting import (
        OSM_CREDIT,
        OSM_LICENCE,
        DraftedLine,
        DraftedSite,
        draft_on,
        draft_scene,
        draft_site,
    )
    from yardwatch.pipeline.exporting import FORMS, export_railcars
    from yardwatch.pipeline.extracting import RULES, Extracted, extract_from, extract_into
    from yardwatch.pipeline.figures import check_figure, figure_bytes
    from yardwatch.pipeline.files import check_target, write_all
    from yardwatch.pipeline.findings import findings_of
    from yardwatch.pipeline.geojson import railcars_geojson
    from yardwatch.pipeline.georeferencing import Georeferenced, georeference_image
    from yardwatch.pipeline.importing import (
        ImportedRailcars,
        ImportedScene,
        Labels,
        import_railcars,
        import_railcars_in,
    )
    from yardwatch.pipeline.judging import Judged, Listed, judge_claims, judge_in, list_claims
    from yardwatch.pipeline.lines import claim_rows, trend_lines
    from yardwatch.pipeline.measuring import AskedSize, MeasuredImage, measure_image, measured_lines
    from yardwatch.pipeline.meeting import Meeting, SeenTrain, Trains, trains_in, trains_of
    from yardwatch.pipeline.networks import InUse, Used, fine_tune, network_in, network_of, use_network
    from yardwatch.pipeline.observing import UNKNOWN_PERSON, Kept, Seen, observe, observe_in
    from yardwatch.pipeline.one_image import CountedImage, count_image
    from yardwatch.pipeline.package_audit import audit_package
    from yardwatch.pipeline.packaging import Packaged, package_workspace
    from yardwatch.pipeline.permitting import Permitted, permissions_in, permit_picture, with_permissions
    from yardwatch.pipeline.publishing import EditionWanted, Published, Signed, publish, sign_contents
    from yardwatch.pipeline.recording import Recorded, record
    from yardwatch.pipeline.registering import Registered, register_image, register_workspace, registration_facts
    from yardwatch.pipeline.reporting import Printed, ReportOptions, report_of, report_workspace
    from yardwatch.pipeline.running import CountedScene, Run, run_pending, run_workspace
    from yardwatch.pipeline.schema import schema_list_document, schema_names, schema_text
    from yardwatch.pipeline.seeing import MACHINE, observations_of
    from yardwatch.pipeline.signing import Signer, read_signer, with_credentials
    from yardwatch.pipeline.starting import Started, start_workspace
    from yardwatch.pipeline.staying import unmoved_facts, with_stays
    from yardwatch.pipeline.tabling import Exported, Imported, export_tables, import_tables, import_to
    from yardwatch.pipeline.told import Told
    from yardwatch.pipeline.tracing import (
        Trace,
        TracedImage,
        trace,
        trace_document,
        trace_facts,
        trace_image,
        trace_site,
    )
    from yardwatch.pipeline.trending import Asked, Trend, trend_in, trend_of
    from yardwatch.pipeline.words import heading, key_sentence, tally_rows

_HOME = {
    "adding": (
        "AddedImage",
        "Additions",
        "add_images",
        "add_to",
    ),
    "agreeing": (
        "sign_off",
        "sign_off_in",
        "take_back",
        "take_back_in",
    ),
    "casing": (
        "Case",
        "build_case",
        "case_list_document",
        "case_names",
        "case_title",
    ),
    "checked": (
        "count_in",
        "counts_in",
        "keep_checked",
        "tracks_in",
    ),
    "changed": ("comparison_document",),
    "comparing": (
        "ComparedImages",
        "compare_images",
        "compare_scenes",
    ),
    "comparing_figures": ("FIGURE_FORMS",),
    "correcting": (
        "Act",
        "Corrected",
        "Decision",
        "check_tracks",
        "decide",
        "decide_in",
        "railcars_of",
    ),
    "demonstration": (
        "Demonstration",
        "demonstrate",
    ),
    "doctor": (
        "Check",
        "Health",
        "examine",
    ),
    "documents": (
        "Json",
        "SCHEMA_VERSION",
        "count_document",
        "scene_facts",
        "to_json",
    ),
    "drafting": (
        "OSM_CREDIT",
        "OSM_LICENCE",
        "DraftedLine",
        "DraftedSite",
        "draft_on",
        "draft_scene",
        "draft_site",
    ),
    "exporting": (
        "FORMS",
        "export_railcars",
    ),
    "extracting": (
        "Extracted",
        "RULES",
        "extract_from",
        "extract_into",
    ),
    "figures": (
        "check_figure",
        "figure_bytes",
    ),
    "files": (
        "check_target",
        "write_all",
    ),
    "findings": ("findings_of",),
    "geojson": ("railcars_geojson",),
    "importing": (
        "ImportedRailcars",
        "ImportedScene",
        "Labels",
        "import_railcars",
        "import_railcars_in",
    ),
    "judging": (
        "Judged",
        "Listed",
        "judge_claims",
        "judge_in",
        "list_claims",
    ),
    "lines": (
        "claim_rows",
        "trend_lines",
    ),
    "measuring": (
        "AskedSize",
        "MeasuredImage",
        "measure_image",
        "measured_lines",
    ),
    "meeting": (
        "Meeting",
        "SeenTrain",
        "Trains",
        "trains_in",
        "trains_of",
    ),
    "networks": (
        "InUse",
        "Used",
        "fine_tune",
        "network_in",
        "network_of",
        "use_network",
    ),
    "observing": (
        "Kept",
        "Seen",
        "UNKNOWN_PERSON",
        "observe",
        "observe_in",
    ),
    "one_image": (
        "CountedImage",
        "count_image",
    ),
    "recording": (
        "Recorded",
        "record",
    ),
    "permitting": (
        "Permitted",
        "permissions_in",
        "permit_picture",
        "with_permissions",
    ),
    "reporting": (
        "Printed",
        "ReportOptions",
        "report_of",
        "report_workspace",
    ),
    "running": (
        "CountedScene",
        "Run",
        "run_pending",
        "run_workspace",
    ),
    "schema": (
        "schema_list_document",
        "schema_names",
        "schema_text",
    ),
    "seeing": (
        "MACHINE",
        "observations_of",
    ),
    "starting": (
        "Started",
        "start_workspace",
    ),
    "staying": (
        "unmoved_facts",
        "with_stays",
    ),
    "tabling": (
        "Exported",
        "Imported",
        "export_tables",
        "import_tables",
        "import_to",
    ),
    "told": ("Told",),
    "tracing": (
        "Trace",
        "TracedImage",
        "trace",
        "trace_document",
        "trace_facts",
        "trace_image",
        "trace_site",
    ),
    "trending": (
        "Asked",
        "Trend",
        "trend_in",
        "trend_of",
    ),
    "words": (
        "heading",
        "key_sentence",
        "tally_rows",
    ),
    "registering": (
        "Registered",
        "register_image",
        "register_workspace",
        "registration_facts",
    ),
    "georeferencing": (
        "Georeferenced",
        "georeference_image",
    ),
    "auditing": (
        "Audit",
        "accept_changes",
        "audit_workspace",
        "head_text",
        "read_head",
    ),
    "publishing": (
        "EditionWanted",
        "Published",
        "Signed",
        "publish",
        "sign_contents",
    ),
    "packaging": (
        "Packaged",
        "package_workspace",
    ),
    "signing": (
        "Signer",
        "read_signer",
        "with_credentials",
    ),
    "package_audit": ("audit_package",),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "FIGURE_FORMS",
    "FORMS",
    "MACHINE",
    "OSM_CREDIT",
    "OSM_LICENCE",
    "RULES",
    "SCHEMA_VERSION",
    "UNKNOWN_PERSON",
    "Act",
    "AddedImage",
    "Additions",
    "Asked",
    "AskedSize",
    "Audit",
    "Case",
    "Check",
    "ComparedImages",
    "Corrected",
    "CountedImage",
    "CountedScene",
    "Decision",
    "Demonstration",
    "DraftedLine",
    "DraftedSite",
    "EditionWanted",
    "Exported",
    "Extracted",
    "Georeferenced",
    "Health",
    "Imported",
    "ImportedRailcars",
    "ImportedScene",
    "InUse",
    "Json",
    "Judged",
    "Kept",
    "Labels",
    "Listed",
    "MeasuredImage",
    "Meeting",
    "Packaged",
    "Permitted",
    "Printed",
    "Published",
    "Recorded",
    "Registered",
    "ReportOptions",
    "Run",
    "Seen",
    "SeenTrain",
    "Signed",
    "Signer",
    "Started",
    "Told",
    "Trace",
    "TracedImage",
    "Trains",
    "Trend",
    "Used",
    "accept_changes",
    "add_images",
    "add_to",
    "audit_package",
    "audit_workspace",
    "build_case",
    "case_list_document",
    "case_names",
    "case_title",
    "check_figure",
    "check_target",
    "check_tracks",
    "claim_rows",
    "compare_images",
    "compare_scenes",
    "comparison_document",
    "count_document",
    "count_image",
    "count_in",
    "counts_in",
    "decide",
    "decide_in",
    "demonstrate",
    "draft_on",
    "draft_scene",
    "draft_site",
    "examine",
    "export_railcars",
    "export_tables",
    "extract_from",
    "extract_into",
    "figure_bytes",
    "findings_of",
    "fine_tune",
    "georeference_image",
    "head_text",
    "heading",
    "import_railcars",
    "import_railcars_in",
    "import_tables",
    "import_to",
    "judge_claims",
    "judge_in",
    "keep_checked",
    "key_sentence",
    "list_claims",
    "measure_image",
    "measured_lines",
    "network_in",
    "network_of",
    "observations_of",
    "observe",
    "observe_in",
    "package_workspace",
    "permissions_in",
    "permit_picture",
    "publish",
    "railcars_geojson",
    "railcars_of",
    "read_head",
    "read_signer",
    "record",
    "register_image",
    "register_workspace",
    "registration_facts",
    "report_of",
    "report_workspace",
    "run_pending",
    "run_workspace",
    "scene_facts",
    "schema_list_document",
    "schema_names",
    "schema_text",
    "sign_contents",
    "sign_off",
    "sign_off_in",
    "start_workspace",
    "take_back",
    "take_back_in",
    "tally_rows",
    "to_json",
    "trace",
    "trace_document",
    "trace_facts",
    "trace_image",
    "trace_site",
    "tracks_in",
    "trains_in",
    "trains_of",
    "trend_in",
    "trend_lines",
    "trend_of",
    "unmoved_facts",
    "use_network",
    "with_credentials",
    "with_permissions",
    "with_stays",
    "write_all",
]


def __getattr__(name: str) -> object:
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
