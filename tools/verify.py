"""Run the long proofs and write what they found to docs/verification.md.

Three of them: every property test with 2,000 examples; files broken at random and fed to the command line; the accuracy
table of large simulations. ``--sample`` runs a minute of it and writes nothing.
"""

import argparse
import multiprocessing
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from breaking import break_files

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "verification.md"
SAMPLED = ("tests/model", "tests/railcars")
NOTHING_TO_RUN = 5
"""Exit code of pytest where no test was selected."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What one proof found."""

    name: str
    passed: bool | None
    """None where it could not run."""
    lines: tuple[str, ...]
    took_s: float


def main() -> int:
    """Run the proofs that were asked for; 0 if none failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", action="store_true", help="a minute of it; writes nothing")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long to break files (default: 10)")
    parser.add_argument(
        "--seed", type=int, default=None, help="of the broken files; by default the date, or 1 in a sample"
    )
    arguments = parser.parse_args()
    usual = 1 if arguments.sample else int(f"{datetime.now(UTC):%Y%m%d}")
    seed = usual if arguments.seed is None else arguments.seed
    minutes = 0.3 if arguments.sample else arguments.minutes
    proofs = [
        timed("Properties", lambda: properties(sample=arguments.sample)),
        timed("Broken files", lambda: broken_files(seed, minutes * 60)),
    ]
    if not arguments.sample:
        proofs.append(timed("Simulations", simulations))
    page = page_of(proofs)
    print(page)
    if not arguments.sample:
        PAGE.write_text(page, encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")
    return 1 if any(proof.passed is False for proof in proofs) else 0


def timed(name: str, proof: Callable[[], tuple[bool | None, list[str]]]) -> Proof:
    """Run one proof and take its time."""
    print(f"[{name}] …", file=sys.stderr, flush=True)
    began = time.monotonic()
    passed, lines = proof()
    return Proof(name, passed, tuple(lines), time.monotonic() - began)


def page_of(proofs: list[Proof]) -> str:
    """The page in Markdown."""
    words = {True: "passed", False: "FAILED", None: "not run"}
    head = [
        "# Verification", "",
        "Long proofs that are too slow for each change. `make verify` runs them and writes this page.", "",
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit()}, Python {platform.python_version()}, {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} cores.", "",
    ]  # fmt: skip
    body: list[str] = []
    for proof in proofs:
        body += [f"## {proof.name}: {words[proof.passed]}", "", *proof.lines, "", f"Took {proof.took_s:.0f} s.", ""]
    return "\n".join([*head, *body]).rstrip() + "\n"


def commit() -> str:
    """Short name of the commit, marked if files differ from it."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return f"`{said.stdout.strip() or 'unknown'}`"


def properties(*, sample: bool) -> tuple[bool | None, list[str]]:
    """Every test that Hypothesis drives, with many more examples than usual."""
    where = [folder for folder in (SAMPLED if sample else ("tests",)) if (ROOT / folder).is_dir()]
    environment = {name: value for name, value in os.environ.items() if name != "YARDWATCH_CI"}
    environment["YARDWATCH_THOROUGH"] = "sample" if sample else "1"
    command = [sys.executable, "-m", "pytest", "-q", "-m", "hypothesis", "-p", "no:cacheprovider", *where]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode not in {0, NOTHING_TO_RUN}:
        print(ran.stdout[-6000:], ran.stderr[-2000:], file=sys.stderr)
    closing = next((line for line in reversed(ran.stdout.splitlines()) if line.strip()), "no output").strip("= ")
    examples = "200" if sample else "2,000"
    said = f"Property tests in {', '.join(where)}, {examples} examples each unless a test says otherwise: {closing}."
    return ran.returncode in {0, NOTHING_TO_RUN}, [said]


def broken_files(seed: int, seconds: float) -> tuple[bool | None, list[str]]:
    """Break good files at random; only exit codes 0, 1, 2 and, for 2, one line may come of it."""
    with tempfile.TemporaryDirectory(prefix="yardwatch-verify-") as name:
        receiver, sender = multiprocessing.Pipe(duplex=False)
        work = (Path(name), seed, seconds, sender)
        worker = multiprocessing.get_context("spawn").Process(target=break_files, args=work)
        worker.start()
        sender.close()
        try:
            counts, told = receiver.recv()
        except EOFError:
            worker.join()
            kept = shutil.copytree(name, Path(tempfile.gettempdir()) / f"yardwatch-broken-{seed}", dirs_exist_ok=True)
            return False, [f"The program itself died (exit status {worker.exitcode}); its last files are in {kept}."]
        worker.join()
    kinds = sorted({kind for kind, _ in counts})
    table = [f"| {kind} | {' | '.join(str(counts[kind, code]) for code in (0, 1, 2))} |" for kind in kinds]
    head = [f"{sum(counts.values())} files, seed {seed}.", "", "| broken | done | no | refused |", "|---|---|---|---|"]
    return not told, [*head, *table, "", *(f"- {line}" for line in told)]


def simulations() -> tuple[bool | None, list[str]]:
    """The accuracy table of simulated scenes, as tools/accuracy.py prints it."""
    command = [sys.executable, str(ROOT / "tools" / "accuracy.py"), "validation"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = ran.stdout.splitlines()
    start = next((number for number, line in enumerate(lines) if line.startswith("Simulated")), None)
    if start is None:
        return False, ["```text", *(ran.stderr or ran.stdout).splitlines()[-5:], "```"]
    return True, ["```text", *lines[start:], "```"]


if __name__ == "__main__":
    sys.exit(main())
