"""Pictures that commands write, signed with the user's key and read back with C2PA's own reader."""

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from made_keys import write_keys

c2pa = pytest.importorskip("c2pa", reason="needs the extra credentials")

DOCS = Path(__file__).parents[2] / "docs" / "how-to" / "audit.md"
KEYS = ("--sign-key", "keys/key.pem", "--sign-cert", "keys/cert.pem")
TAMPERED = "assertion.dataHash.mismatch"


@pytest.fixture
def keys(tmp_path):
    """In the folder of the command."""
    (tmp_path / "keys").mkdir()
    return write_keys(tmp_path / "keys")


@pytest.fixture
def pair(tmp_path):
    """Two pictures of one place, the later one brighter."""
    rng = np.random.default_rng(3)
    texture = ndimage.gaussian_filter(rng.normal(0, 1, (160, 160, 3)), (2, 2, 0))
    place = np.clip(110 + 120 * texture, 20, 220)
    paths = tmp_path / "a.png", tmp_path / "b.png"
    for path, pixels in zip(paths, (place, np.clip(1.1 * place + 10, 0, 255)), strict=True):
        Image.fromarray(pixels.astype(np.uint8)).save(path)
    return paths


@pytest.fixture
def shed(tmp_path):
    """An outline to measure."""
    ring = [[500040.0, 4689950.0], [500090.0, 4689950.0], [500090.0, 4689970.0], [500040.0, 4689970.0]]
    feature = {
        "type": "Feature",
        "properties": {"name": "shed"},
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
    }
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32652"}}
    path = tmp_path / "shed.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}))
    return path


def read(content, form):
    """State, codes of what is wrong but trust, actions and our own assertion, as C2PA's reader gives them."""
    with c2pa.Reader(form, io.BytesIO(content)) as reader:
        found = json.loads(reader.json())
    manifest = found["manifests"][found["active_manifest"]]
    said = {one["label"]: one["data"] for one in manifest["assertions"]}
    wrong = {one["code"] for one in found.get("validation_status", ())} - {"signingCredential.untrusted"}
    return found["validation_state"], wrong, said["c2pa.actions.v2"]["actions"], said["org.yardwatch.picture"]


def repainted(content):
    """The same PNG with one pixel of another colour and the manifest of the first."""
    pixels = np.array(Image.open(io.BytesIO(content)))
    pixels[pixels.shape[0] // 2, pixels.shape[1] // 2] ^= 255
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    plain = stream.getvalue()
    at = content.index(b"caBX") - 4
    length = int.from_bytes(content[at : at + 4], "big") + 12
    return plain[:33] + content[at : at + length] + plain[33:]


def test_the_figure_of_a_comparison_names_both_scenes_and_what_was_drawn(yardwatch, pair, keys):
    """Hashes and annotations; the pictures were taken."""
    ended = yardwatch("change", *pair, "--figure", "c.png", *KEYS)
    assert ended.code == 0, ended.err
    state, wrong, actions, told = read(Path("c.png").read_bytes(), "image/png")
    assert (state, wrong) == ("Valid", set())
    assert [one["sha256"] for one in told["scenes"]] == [sha256(path.read_bytes()).hexdigest() for path in pair]
    assert any("outlines of changes" in one for one in told["annotations"])
    assert actions[0]["digitalSourceType"].endswith("/compositeCapture")
    assert {one["action"] for one in actions} >= {"c2pa.created", "c2pa.resized", "c2pa.drawing"}


def test_the_figure_of_measures_names_the_scene_and_the_crop(yardwatch, yard, shed, keys):
    """As PNG and as SVG."""
    for name, form in (("m.png", "image/png"), ("m.svg", "image/svg+xml")):
        ended = yardwatch("measure", yard / "image1.tif", "--geometry", shed, "--figure", name, *KEYS)
        assert ended.code == 0, ended.err
        state, wrong, actions, told = read(Path(name).read_bytes(), form)
        assert (state, wrong) == ("Valid", set())
        (scene,) = told["scenes"]
        assert scene["sha256"] == sha256((yard / "image1.tif").read_bytes()).hexdigest()
        window = scene["window_px"]
        assert 0 < window["width"] < 300
        assert 0 <= window["left"] <= 80
        assert "c2pa.cropped" in {one["action"] for one in actions}


def test_one_pixel_of_another_colour_is_found(yardwatch, yard, shed, keys):
    """The manifest is there, and does not fit."""
    assert yardwatch("measure", yard / "image1.tif", "--geometry", shed, "--figure", "m.png", *KEYS).code == 0
    signed = Path("m.png").read_bytes()
    assert read(signed, "image/png")[0] == "Valid"
    state, wrong, *_ = read(repainted(signed), "image/png")
    assert state == "Invalid"
    assert TAMPERED in wrong


def test_the_figures_of_a_package_are_signed_and_simulated_ones_say_so(yardwatch, keys, tmp_path):
    """Each numbered figure of the report and each picture of a scene."""
    assert yardwatch("demo", "demo").code == 0
    assert yardwatch("export", "demo", "--package", "evidence.zip", *KEYS).code == 0
    hashes = {sha256(path.read_bytes()).hexdigest() for path in (tmp_path / "demo" / "images").glob("*.tif")}
    kinds, cropped = set(), 0
    with zipfile.ZipFile("evidence.zip") as package:
        names = [name for name in package.namelist() if name.startswith("figures/")]
        for name in names:
            form = "image/png" if name.endswith(".png") else "image/jpeg"
            state, wrong, actions, told = read(package.read(name), form)
            assert (state, wrong) == ("Valid", set()), name
            assert {one["sha256"] for one in told["scenes"]} <= hashes
            assert told["simulated"] == bool(told["scenes"])
            kinds.add(actions[0]["digitalSourceType"].rpartition("/")[2])
            cropped += any(one["window_px"] for one in told["scenes"])
    assert kinds == {"algorithmicMedia", "dataDrivenMedia"}
    assert cropped
    assert {"figures/figure-01.jpg"} < set(names)
    assert yardwatch("audit", "evidence.zip").code == 0


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--figure", "c.html", *KEYS), "carries no content credentials"),
        (("--figure", "c.png", *KEYS[:2]), "go together"),
        (KEYS, "give --figure as well"),
        (("--figure", "c.png", "--sign-key", "keys/locked.pem", *KEYS[2:]), "has a password"),
    ],
)
def test_what_cannot_be_signed_is_said_before_any_work(yardwatch, yard, keys, words, problem):
    """One line, exit code 2, nothing written."""
    ended = yardwatch("change", yard / "image1.tif", yard / "image2.tif", *words)
    assert ended.code == 2
    assert problem in ended.err
    assert ended.err.count("\n") == 1
    assert not list(Path().glob("c.*"))


def test_without_the_extra_one_line_says_how_to_get_it(yard, shed, keys, tmp_path):
    """And nothing is written."""
    program = (
        "import sys; sys.modules['c2pa'] = None; from yardwatch.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    words = ["measure", yard / "image1.tif", "--geometry", shed, "--figure", "m.png", *KEYS]
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, words)], cwd=tmp_path, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "pip install yardwatch[credentials]" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "m.png").exists()


def test_the_commands_of_the_handbook_make_a_key_that_signs(yardwatch, yard, shed, tmp_path):
    """As they stand there."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    found = re.search(r"```sh\n(printf .*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    subprocess.run(["sh", "-e", "-c", found[1]], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    ended = yardwatch("measure", yard / "image1.tif", "--geometry", shed, "--figure", "m.png",
                      "--sign-key", "key.pem", "--sign-cert", "chain.pem")  # fmt: skip
    assert ended.code == 0, ended.err
    assert read(Path("m.png").read_bytes(), "image/png")[0] == "Valid"
