"""Audits, editions and evidence packages of a workspace on disk."""

import json
import re
import subprocess
import sys
import textwrap
import zipfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from yardwatch.errors import InputError, MisuseError, WorkspaceError
from yardwatch.model.audit import Level
from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.observation import Observation
from yardwatch.model.publishing import Edition, SignOff
from yardwatch.model.quantity import parse_quantity
from yardwatch.model.scene import Republish, Rights, Scene
from yardwatch.pipeline import (
    EditionWanted,
    accept_changes,
    audit_package,
    audit_workspace,
    head_text,
    package_workspace,
    publish,
    read_head,
    schema_text,
    sign_contents,
)
from yardwatch.workspace import create_workspace, open_workspace


def scene_of(path, number, *, may=Republish.YES):
    """A scene for any file; its pixels are never read here."""
    digest = sha256(path.read_bytes()).hexdigest()
    grid = Grid("EPSG:32652", (0.5, 0, 500000.0, 0, -0.5, 4690100.0), 400, 200)
    when = parse_when(f"2024-12-0{number}T02:15Z")
    return Scene(
        f"{number}-{digest[:8]}",
        path.name,
        digest,
        grid,
        0.5,
        3,
        "uint8",
        acquired=when,
        rights=Rights(may_republish=may),
    )


def seen(name, scene, count="at least 7"):
    """What a person saw in it."""
    made = datetime(2024, 12, 9, tzinfo=UTC)
    return Observation(name, "container", parse_quantity(count), scene.acquired, "A. Analyst", made, "Yard", scene.id)


@pytest.fixture
def folder(tmp_path, site):
    """A workspace with two images, one of which may not travel, and what was seen in them."""
    images = tmp_path / "images"
    images.mkdir()
    with create_workspace(tmp_path / "yard", site) as store:
        for number, may in ((1, Republish.YES), (2, Republish.UNKNOWN)):
            image = images / f"{number}.tif"
            image.write_bytes(f"image {number}".encode() * 50)
            scene = scene_of(image, number, may=may)
            store.add_scene(scene, str(image))
            store.add_observation(seen(f"p-{number}", scene))
            chip = store.chips / f"{scene.id}.png"
            chip.write_bytes(b"chip" * 20)
            store.log_files("picture", [chip])
    return tmp_path / "yard"


def codes(audit):
    """Code and level of each finding."""
    return {(one.code, one.level) for one in audit.findings}


def wanted(**more):
    """An edition by the author, nothing waived."""
    return EditionWanted(by="A. Analyst", **more)


def test_a_workspace_as_it_was_left_is_intact(folder):
    """And the document holds to its schema."""
    audit = audit_workspace(folder)
    assert (audit.verdict, audit.checked["scenes"], audit.not_recorded) == ("intact", 2, ())
    Draft202012Validator(json.loads(schema_text("audit"))).validate(audit.document)


def test_a_sample_of_flipped_bytes_is_found_in_every_file(folder, tmp_path):
    """The whole of it is the work of tools/flip_bytes.py."""
    files = [
        path
        for path in [*folder.rglob("*"), *(tmp_path / "images").iterdir()]
        if path.is_file() and path.stat().st_size
    ]
    for path in files:
        content = path.read_bytes()
        for place in {0, len(content) // 3, len(content) - 1}:
            changed = bytearray(content)
            changed[place] ^= 16
            path.write_bytes(bytes(changed))
            assert not audit_workspace(folder).intact, (path, place)
        path.write_bytes(content)
    assert audit_workspace(folder).intact


def test_an_image_that_is_gone_breaks_the_link_to_its_hash(folder, tmp_path):
    """The finding names the scene."""
    (tmp_path / "images" / "1.tif").unlink()
    assert codes(audit_workspace(folder)) == {("scene_missing", Level.BROKEN)}


def test_files_that_nobody_recorded_are_named_as_such(folder):
    """Nothing is said of them."""
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    audit = audit_workspace(folder)
    assert (audit.intact, audit.not_recorded) == (True, ("notes.txt",))


def test_a_picture_that_a_person_changed_can_be_accepted_and_an_image_cannot(folder, tmp_path):
    """Who accepts must say who he is and why."""
    chip = next((folder / "chips").iterdir())
    chip.write_bytes(b"drawn over")
    assert codes(audit_workspace(folder)) == {("file_changed", Level.EDITED)}
    with pytest.raises(MisuseError, match="who takes the change as right"):
        accept_changes(folder, by="A. Analyst", why=" ")
    accept_changes(folder, by="A. Analyst", why="brighter")
    assert audit_workspace(folder).intact
    (tmp_path / "images" / "1.tif").write_bytes(b"another image")
    accept_changes(folder, by="A. Analyst", why="no")
    assert codes(audit_workspace(folder)) == {("scene_changed", Level.BROKEN)}


@pytest.mark.parametrize(
    "given", ["", "12", "0:" + "ab" * 32, "x:y", "{", '{"sequence": true, "sha256": ""}', "3:abcd"]
)
def test_a_head_that_is_none_is_named(given):
    """In one line."""
    with pytest.raises(InputError, match="holds no head"):
        read_head(given)


def test_a_head_is_read_from_its_file_and_as_a_report_prints_it(folder, tmp_path):
    """Both are the same."""
    head = audit_workspace(folder).head
    (tmp_path / "head.json").write_text(head_text(head), encoding="utf-8")
    assert read_head(str(tmp_path / "head.json")) == read_head(str(head)) == head
    assert audit_workspace(folder, against=head).intact


def test_a_public_edition_needs_a_second_person(folder, tmp_path):
    """Neither nobody, nor the author under a name of other spaces and capitals; and a change takes the word back."""
    out = tmp_path / "report.html"
    options = {"options": wanted().options.__class__(outlines=True)}
    refused = publish(folder, out, wanted(**options))
    assert len(refused.refused) == 1
    assert "no second person" in refused.refused[0]
    assert not out.exists()
    sign_contents(folder, by="a.  ANALYST")
    assert publish(folder, out, wanted(**options)).refused
    sign_contents(folder, by="B. Second")
    with open_workspace(folder) as store:
        store.add_observation(seen("p-3", store.scenes()[0]))
    assert publish(folder, out, wanted(**options)).refused
    sign_contents(folder, by="B. Second", note="read twice")
    done = publish(folder, out, wanted(**options))
    assert not done.refused
    assert (done.edition.number, done.edition.sign_off.by, done.edition.sign_off.why) == (1, "B. Second", "read twice")
    assert "B. Second" in out.read_text(encoding="utf-8")
    assert str(done.edition.head.sha256) in out.read_text(encoding="utf-8")
    assert (folder / "reports" / done.edition.document).read_bytes() == out.read_bytes()
    Draft202012Validator(json.loads(schema_text("publish"))).validate(done.document)
    assert audit_workspace(folder).intact


def test_a_waiver_is_printed_with_its_reason(folder, tmp_path):
    """So that a reader knows."""
    options = wanted().options.__class__(outlines=True)
    done = publish(folder, tmp_path / "r.html", wanted(waive_sign_off="nobody else is here", options=options))
    assert (done.edition.sign_off.waived, done.edition.sign_off.why) == (True, "nobody else is here")
    assert "nobody else is here" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_number_that_differs_from_the_last_edition_needs_a_reason(folder, tmp_path):
    """And becomes an erratum; an internal edition needs no sign-off."""
    first = publish(folder, tmp_path / "one.html", wanted(public=False))
    assert (first.refused, first.edition.sign_off) == ((), None)
    assert first.edition.numbers
    printed = dict.fromkeys(first.edition.numbers, "as it was misprinted")
    with open_workspace(folder) as store:
        store.keep_edition(
            Edition(2, first.edition.published_at, False, printed, "ab" * 32, store.head(), "A. Analyst")
        )
    refused = publish(folder, tmp_path / "two.html", wanted(public=False))
    assert any("say why" in line for line in refused.refused)
    assert not (tmp_path / "two.html").exists()
    done = publish(folder, tmp_path / "two.html", wanted(public=False, why=("two were counted twice",)))
    assert {one.why for one in done.edition.errata} == {"two were counted twice"}
    assert {one.number_id for one in done.edition.errata} <= printed.keys()
    assert "two were counted twice" in (tmp_path / "two.html").read_text(encoding="utf-8")
    with open_workspace(folder) as store:
        assert list(store.editions())[-1] == done.edition


def test_a_published_document_that_is_changed_or_gone_is_found(folder, tmp_path):
    """Broken, since nobody may edit what was published."""
    done = publish(folder, tmp_path / "one.html", wanted(public=False))
    kept = folder / "reports" / done.edition.document
    kept.write_bytes(kept.read_bytes().replace(b"<", b"< ", 1))
    assert ("report_changed", Level.BROKEN) in codes(audit_workspace(folder))
    kept.unlink()
    assert ("report_missing", Level.BROKEN) in codes(audit_workspace(folder))


def test_an_edition_that_stands_on_nothing_is_found(folder):
    """A number whose observation was never there."""
    with open_workspace(folder) as store:
        content = b"<p></p>"
        (store.reports / "e.html").write_bytes(content)
        store.keep_edition(
            Edition(
                number=1, published_at=datetime.now(UTC), public=True, numbers={"n": "7"}, head=store.head(),
                sha256=sha256(content).hexdigest(), by="A", document="e.html", links={"n": ("p-1", "p-9")},
                sign_off=SignOff("B", datetime.now(UTC)),
            )
        )  # fmt: skip
    found = audit_workspace(folder).findings
    assert [(one.code, one.level) for one in found] == [("link_broken", Level.BROKEN)]
    assert "p-9" in found[0].message


def test_a_package_holds_what_may_travel_and_a_peer_can_audit_it(folder, tmp_path):
    """The image that may not travel is named with its hash; the same workspace gives the same bytes."""
    out = tmp_path / "evidence.zip"
    packed = package_workspace(folder, out)
    assert packed.verdict == "intact"
    names = zipfile.ZipFile(out).namelist()
    with open_workspace(folder) as store:
        open_, closed = store.scenes()
    assert f"workspace/images/{open_.id}.tif" in names
    assert not any(closed.id in name for name in names)
    assert set(packed.left_out) == {f"scene/{closed.id}", f"file/chips/{closed.id}.png"}
    assert closed.sha256 in zipfile.ZipFile(out).read("README.txt").decode()
    audit = audit_package(out, against=audit_workspace(folder).head)
    assert (audit.verdict, codes(audit)) == ("intact", {("left_out", Level.NOTE)})
    Draft202012Validator(json.loads(schema_text("export"))).validate(packed.document)
    again = tmp_path / "again.zip"
    package_workspace(folder, again)
    assert again.read_bytes() == out.read_bytes()
    assert audit_workspace(folder).intact


def test_a_peer_without_yardwatch_follows_the_log_as_the_readme_says(folder, tmp_path):
    """The few lines of Python in it print the head, and stop at a line that was changed."""
    packed = package_workspace(folder, tmp_path / "evidence.zip")
    with zipfile.ZipFile(tmp_path / "evidence.zip") as package:
        package.extractall(tmp_path / "peer")
    readme = (tmp_path / "peer" / "README.txt").read_text("utf-8")
    program = textwrap.dedent(re.search(r"\n    import hashlib.*?\n\n", readme, re.DOTALL)[0])
    ask = {"cwd": tmp_path / "peer", "capture_output": True, "text": True, "timeout": 60}
    told = subprocess.run([sys.executable, "-I", "-c", program], check=False, **ask)
    assert told.stdout.split() == str(packed.head).replace(":", " ").split()
    log = tmp_path / "peer" / "workspace" / "audit.jsonl"
    log.write_text(log.read_text("utf-8").replace('"A. Analyst"', '"B. Analyst"', 1), "utf-8")
    assert "AssertionError" in subprocess.run([sys.executable, "-I", "-c", program], check=False, **ask).stderr


def test_a_package_that_was_changed_on_the_way_is_found(folder, tmp_path):
    """By its checksums, or by the audit of what is in it."""
    package_workspace(folder, tmp_path / "evidence.zip")
    with zipfile.ZipFile(tmp_path / "evidence.zip") as whole, zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        for name in whole.namelist():
            content = whole.read(name)
            other.writestr(name, content.replace(b"container", b"tank") if name.endswith(".csv") else content)
        other.writestr("extra.txt", "from nobody")
    audit = audit_package(tmp_path / "other.zip")
    found = {(one.code, one.subject) for one in audit.findings if one.level is Level.BROKEN}
    assert found == {("file_changed", "tables/observations.csv"), ("file_added", "extra.txt")}


@pytest.mark.parametrize(
    "name", ["../outside.txt", "/etc/outside.txt", "a/../../outside.txt", "..\\outside.txt", "C:outside.txt"]
)
def test_a_package_from_a_stranger_writes_nothing_outside(tmp_path, name):
    """A name that leads out of it is refused in one line."""
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "gotcha")
    with pytest.raises(InputError, match=r"leads out of it|no evidence package") as caught:
        audit_package(path)
    assert "\n" not in str(caught.value)
    assert not list(Path(tmp_path).rglob("outside.txt"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_package_is_said_in_one_line(tmp_path, content):
    """A damaged or empty zip."""
    path = tmp_path / "some.zip"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"no sound zip|no evidence package"):
        audit_package(path)


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path):
    """Before anything is unpacked."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 40_000_000)
    with pytest.raises(InputError, match="would unpack to"):
        audit_package(path)


def test_a_folder_without_workspace_is_misuse(tmp_path):
    """No audit can be made of nothing."""
    with pytest.raises(WorkspaceError, match="holds no workspace"):
        audit_workspace(tmp_path)
