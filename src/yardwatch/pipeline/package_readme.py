"""The README of an evidence package: what it holds, and how to check it with Yardwatch and without."""

from collections.abc import Mapping, Sequence

from yardwatch._version import __version__
from yardwatch.model.publishing import AuditHead

__all__ = ["CHECKSUMS", "INSIDE", "package_readme"]

INSIDE = "workspace"
"""The folder of a package that holds the workspace."""
CHECKSUMS = "checksums.sha256"
"""The file of a package that holds the hash of each other file."""

_CHAIN = """\
    import hashlib, json
    last = None
    for line in open("{INSIDE}/audit.jsonl", encoding="utf-8"):
        line = line.rstrip("\\n")
        entry = json.loads(line)
        own = ',"sha256":"' + entry["sha256"] + '"'
        assert hashlib.sha256(line.replace(own, "", 1).encode()).hexdigest() == entry["sha256"], entry["sequence"]
        assert entry["previous"] == last or last is None, entry["sequence"]
        last = entry["sha256"]
    print(entry["sequence"], last)
"""


def package_readme(
    name: str, *, head: AuditHead | None, verdict: str, left_out: Mapping[str, str], wanted: Sequence[str], signed: bool
) -> str:
    """The text of the README.

    Parameters
    ----------
    name : str
        Name of the site.
    head : AuditHead, optional
        End of the audit log in the package.
    verdict : str
        What an audit said when it was packed.
    left_out : mapping
        What it does not hold, with the reason.
    wanted : sequence of str
        Hash and place of each image that was left out.
    signed : bool
        Whether its figures carry content credentials.
    """
    lines = [
        f"Evidence package: {name}",
        "",
        "What is here",
        "  report.*          the last public edition of the report, or a draft of it",
        "  figures/          numbered figures of the report and pictures of scenes, as far as they may be passed on",
        "  tables/           sources, observations, claims and events as CSV; railcars as COCO",
        f"  {INSIDE}/        the workspace: GeoPackage (opens in QGIS), audit log, images that may be passed on",
        f"  {CHECKSUMS}  the hash of each other file",
        "",
        "How to check it",
        f"  sha256sum -c {CHECKSUMS}",
        f"  pip install yardwatch=={__version__}",
        f"  yardwatch audit {INSIDE}",
        f"  yardwatch audit {INSIDE} --against HEAD",
        "",
        "HEAD is the head of the audit log as the report prints it under its provenance, or as the author kept it",
        "elsewhere. Only a head that did not come with this package shows that the log was not written anew.",
        f"The head of the log in this package is {head}; when it was packed, an audit said: {verdict}.",
        "",
        "Without Yardwatch",
        f"  sha256sum (macOS: shasum -a 256) checks the files. Each line of {INSIDE}/audit.jsonl holds its own SHA-256",
        "  and that of the line before; this Python, run in this folder, follows them and prints the head:",
        "",
        _CHAIN.replace("{INSIDE}", INSIDE),
        "  In the log, subjects that begin with file/ or scene/ give the hash of a file as it was then.",
    ]
    if signed:
        lines += ["", "The figures carry content credentials (C2PA): c2patool figures/figure-01.jpg"]
    lines += ["", "What was left out", *(f"  {one}: {why}" for one, why in sorted(left_out.items()))]
    lines += [] if left_out else ["  nothing"]
    if wanted:
        lines += ["", "Whoever has these images can put them in place, and the audit checks them too:", *wanted]
    return "\n".join([*lines, ""])
