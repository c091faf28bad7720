"""What must hold of every file in the repository."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import yardwatch

ROOT = Path(__file__).resolve().parents[2]
FRAGMENT = re.compile(r"[a-z0-9][a-z0-9-]*\.(added|changed|fixed|removed|security)\.md")
REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "deb." + "debian.org", "/sim" + "ple/")
MACHINE_PATHS = re.compile(
    "|".join(["/" + "root/", r"(?<!\.)/" + r"work/(?!yard)", "/" + r"home/\w", "/" + "opt/", r"C:\\" + "Users"])
)


def tracked_files():
    """Files that git tracks; none in a source archive, where there is no git."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def text_files():
    """Tracked files that are text, with what they say."""
    for path in tracked_files():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_file_names_a_package_registry_or_a_path_of_one_machine():
    """The project must set up wherever it is cloned, from whatever registry its user has."""
    told = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in text_files()
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATHS.search(line) or any(host in line for host in REGISTRIES)
    ]
    assert not told, "\n".join(told)


def test_no_file_is_large():
    """A repository keeps everything for ever; data belongs elsewhere. Weights of a network may have 5 MB."""
    limit = {".onnx": 5_000_000}
    large = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path.stat().st_size > limit.get(path.suffix, 2_000_000)
    ]
    assert not large


def test_no_file_was_left_with_marks_of_a_merge():
    """They are never meant."""
    marks = ("<" * 7 + " ", ">" * 7 + " ")
    assert not [name for name, text in text_files() if any(line.startswith(marks) for line in text.splitlines())]


@pytest.mark.parametrize(
    "name", ["LICENSE", "README.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "SECURITY.md", "CHANGELOG.md"]
)
def test_the_files_that_a_visitor_looks_for_are_there(name):
    """And they are not empty."""
    assert (ROOT / name).stat().st_size > 100


def test_the_licence_is_the_one_that_the_package_claims():
    """Apache-2.0, in full."""
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["license"] == "Apache-2.0"
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text


def test_the_version_is_written_once():
    """In pyproject.toml; the program asks its own metadata."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert yardwatch.__version__ == declared


def test_changelog_fragments_are_named_so_that_they_are_found():
    """A fragment of an unknown kind would silently be left out of the release notes."""
    names = {path.name for path in (ROOT / "changelog.d").iterdir()} - {"README.md", "template.md", ".gitignore"}
    assert not [name for name in names if not FRAGMENT.fullmatch(name)]


def test_changelog_fragments_say_something_short():
    """One or two sentences for users."""
    for path in (ROOT / "changelog.d").glob("*.*.md"):
        text = path.read_text(encoding="utf-8").strip()
        assert 20 < len(text) < 600, path.name
        assert text.endswith("."), path.name


def test_names_of_test_files_are_unique():
    """The runner imports them by their bare names, so of two alike only one would run."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert len(names) == len(set(names))


def test_each_line_of_the_lock_is_pinned_and_hashed():
    """A package without a hash could be exchanged under us."""
    lock = (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")
    packages = [block for block in re.split(r"\n(?=[a-zA-Z])", lock) if not block.startswith("#")]
    assert len(packages) > 40
    for block in packages:
        assert re.match(r"[\w.-]+==\S+", block), block[:60]
        assert "--hash=sha256:" in block, block[:60]


def test_the_lock_holds_all_that_the_package_declares():
    """A dependency that was added without `make lock` would be missing on a fresh machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
        *project["build-system"]["requires"],
    ]
    lock = (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")
    locked = {match[1].lower().replace("_", "-") for match in re.finditer(r"^([\w.-]+)==", lock, re.MULTILINE)}
    names = {re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-") for requirement in wanted}
    assert names <= locked, f"run make lock; missing: {', '.join(sorted(names - locked))}"
