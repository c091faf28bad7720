"""Content credentials of exported pictures."""

import io

import numpy as np
import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image

from yardwatch.errors import InputError, MisuseError
from yardwatch.report.credentials import PictureFacts, ShownScene, read_credentials, read_signer, sign_picture

pytest.importorskip("c2pa", reason="needs the extra credentials")

from made_keys import write_keys

FACTS = PictureFacts(
    "The yard on 3 December 2024",
    (ShownScene("one-5e5e", "5e" * 32, "2024-12-03T02:15Z", "© Example Imaging", (10, 20, 300, 200)),),
    ("outlines of railcars",),
    resized=True,
)


@pytest.fixture(scope="module")
def pems(tmp_path_factory):
    """Key and certificate files of an invented newsroom."""
    return write_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def picture():
    """A small PNG."""
    stream = io.BytesIO()
    Image.fromarray(np.arange(64 * 48 * 3, dtype=np.uint8).reshape(48, 64, 3)).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def signer(pems):
    """The newsroom's."""
    return read_signer(pems / "key.pem", pems / "cert.pem")


def test_a_signed_picture_says_what_it_is_made_of(picture, signer):
    """Read back from the file, and still the same picture."""
    signed = sign_picture(picture, FACTS, signer)
    found = read_credentials(signed)
    assert found is not None
    assert (found.facts, found.valid, found.signer) == (FACTS, True, "Invented newsroom")
    assert found.made_by.startswith("Yardwatch ")
    assert np.array_equal(Image.open(io.BytesIO(signed)), Image.open(io.BytesIO(picture)))


@pytest.mark.parametrize(
    ("simulated", "kind"),
    [
        ((), b"dataDrivenMedia"),
        ((False, False), b"compositeCapture"),
        ((True,), b"algorithmicMedia"),
        ((False, True), b"compositeSynthetic"),
    ],
)
def test_a_picture_says_what_sort_of_source_it_has(picture, signer, simulated, kind):
    """Drawn from data, taken, rendered, or partly rendered."""
    scenes = tuple(ShownScene(f"s-{at}", "ab" * 32, simulated=one) for at, one in enumerate(simulated))
    signed = sign_picture(picture, PictureFacts("A yard", scenes), signer)
    assert b"digitalsourcetype/" + kind in signed
    found = read_credentials(signed)
    assert found.valid
    assert found.facts.simulated == any(simulated)


def test_a_drawing_is_signed_as_well(signer):
    """SVG, which still is one; a changed word in it is found."""
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text x="1" y="5">73 cars</text></svg>'
    signed = sign_picture(drawing, FACTS, signer)
    assert fromstring(signed).tag.endswith("svg")
    assert read_credentials(signed).valid
    assert not read_credentials(signed.replace(b"73 cars", b"93 cars")).valid


def test_a_changed_picture_is_no_longer_valid(picture, signer):
    """One byte of its pixels is enough."""
    signed = bytearray(sign_picture(picture, FACTS, signer))
    signed[signed.rindex(b"IDAT") + 20] ^= 1
    found = read_credentials(bytes(signed))
    assert found is not None
    assert not found.valid
    assert found.problems


def test_a_picture_without_manifest_has_none(picture):
    """Also where it is not ours."""
    assert read_credentials(picture) is None


@pytest.mark.parametrize(
    ("key", "cert", "problem"),
    [
        ("locked.pem", "cert.pem", "has a password"),
        ("other.pem", "cert.pem", "is not that of the key"),
        ("cert.pem", "cert.pem", "holds no private key"),
        ("key.pem", "key.pem", "holds no certificate"),
        ("nothing.pem", "cert.pem", "cannot be read"),
    ],
)
def test_a_key_that_does_not_fit_is_named(pems, key, cert, problem):
    """In one line."""
    with pytest.raises(InputError, match=problem) as caught:
        read_signer(pems / key, pems / cert)
    assert "\n" not in str(caught.value)


def test_only_pictures_are_signed(signer):
    """Not any file."""
    with pytest.raises(MisuseError, match="none of PNG, JPEG and SVG"):
        sign_picture(b"%PDF-1.7", FACTS, signer)
