"""The frozen suite of simulated yards: render it as it was frozen, and see how well they are counted.

Usage: python tools/suite.py render | score [--onnx FILE] [--every N] [--json PATH] | freeze REVISION

The renderer gets better; the suite must not change with it. So `tools/suite.json` pins the revision whose renderer and
recipe made it, with the hash of every yard, and rendering takes both out of the git history. Do not tune on it.
"""

import argparse
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from suite_renderer import checked_out

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = ROOT / "tools" / "suite.json"
FOLDER = ROOT / "build" / "suite"
GREY_LEVELS = 1
"""How far the coarse picture of a yard may differ where another processor rounds otherwise."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("render", help="render it into build/suite and compare it with the manifest")
    freezing = actions.add_parser("freeze", help="make a new suite with the recipe and renderer of a revision")
    freezing.add_argument("revision")
    scoring = actions.add_parser("score", help="count every yard with the code and network as they are now")
    scoring.add_argument("--onnx", type=Path, help="another network than the shipped one")
    scoring.add_argument("--every", type=int, default=1, help="only every Nth yard")
    scoring.add_argument("--json", type=Path, help="write the figures, too")
    options = parser.parse_args()
    if options.action == "freeze":
        return freeze(options.revision)
    if options.action == "score":
        import suite_score  # noqa: PLC0415 -- rendering needs none of it

        return suite_score.main(rendered()[:: options.every], options.onnx, options.json)
    rendered()
    return 0


def rendered() -> list[Path]:
    """The yards on disk, rendered first where they are not, and compared with the manifest."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    mark = FOLDER / "rendered-with"
    if not mark.is_file() or mark.read_text("utf-8") != manifest["rendered_with"]:
        render(manifest["rendered_with"], FOLDER)
        check(manifest["yards"], FOLDER)
        mark.write_text(manifest["rendered_with"], "utf-8")
    return [FOLDER / f"{name}.npz" for name in manifest["yards"]]


def freeze(revision: str) -> int:
    """Render with a revision and write the manifest anew."""
    full = _git("rev-parse", f"{revision}^{{commit}}").decode().strip()
    render(full, FOLDER)
    yards = {path.stem: fingerprint(path) for path in sorted(FOLDER.glob("*.npz"))}
    head = {"rendered_with": full, "sha256": digest(yards)}
    lines = ",\n".join(f'  "{name}": {json.dumps(print_)}' for name, print_ in yards.items())
    MANIFEST.write_text(f'{json.dumps(head)[:-1]}, "yards": {{\n{lines}\n}}}}\n', encoding="utf-8")
    (FOLDER / "rendered-with").write_text(full, "utf-8")
    return 0


def render(revision: str, folder: Path) -> None:
    """Run the recipe of a revision with the package of that revision."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob("*.npz"), *folder.glob("rendered-with")]:
        old.unlink()
    with checked_out(revision) as (checkout, environment):
        command = [sys.executable, str(checkout / "tools" / "suite_recipe.py"), str(folder)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            for number, _ in enumerate(process.stdout or (), 1):
                if number % 50 == 0:
                    _say(f"rendered {number} yards")
        if process.returncode:
            sys.exit("the suite could not be rendered; the error is above")


def check(yards: dict[str, list[str]], folder: Path) -> None:
    """Stop unless every yard is the frozen one, to the bit or but for the rounding of another processor."""
    differing = [name for name, print_ in yards.items() if fingerprint(folder / f"{name}.npz")[0] != print_[0]]
    changed = [name for name in differing if not alike(fingerprint(folder / f"{name}.npz"), yards[name])]
    if changed:
        sys.exit(
            f"{len(changed)} of {len(yards)} yards are not the frozen ones, first {changed[0]}: is the history whole?"
        )
    rounding = f"; {len(differing)} differ in the rounding of single pixels" if differing else ", all to the bit"
    _say(f"{len(yards)} yards as frozen{rounding}")


def fingerprint(path: Path) -> list[str]:
    """Hash of picture and truth, hash of the truth alone, and 4 × 4 mean grey levels of the picture in hexadecimal."""
    with np.load(path) as kept:
        pixels, facts = kept["pixels"], str(kept["facts"]).encode()
    whole = hashlib.sha256(f"{pixels.shape} {pixels.dtype}".encode() + pixels.tobytes() + facts)
    return [whole.hexdigest()[:16], hashlib.sha256(facts).hexdigest()[:16], bytes(_coarse(pixels)).hex()]


def alike(one: list[str], other: list[str]) -> bool:
    """Whether the truth is the same and the coarse pictures differ by rounding at most."""
    shades = [np.frombuffer(bytes.fromhex(print_[2]), np.uint8).astype(int) for print_ in (one, other)]
    return one[1] == other[1] and int(np.abs(shades[0] - shades[1]).max()) <= GREY_LEVELS


def digest(yards: dict[str, list[str]]) -> str:
    """One hash of all."""
    return hashlib.sha256(json.dumps({name: print_[0] for name, print_ in yards.items()}).encode()).hexdigest()


def _coarse(pixels: NDArray[np.generic]) -> list[int]:
    grey = pixels.mean(axis=0) / (1 if pixels.dtype == np.uint8 else 16)
    blocks = [block for rows in np.array_split(grey, 4) for block in np.array_split(rows, 4, axis=1)]
    return [min(255, round(float(block.mean()))) for block in blocks]


def _git(*words: str) -> bytes:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"git {words[0]}: {done.stderr.decode().strip()}; the suite needs the whole history of the project")
    return done.stdout


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
