"""Content credentials of exported pictures."""

import io
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from PIL import Image

from yardwatch.errors import InputError, MisuseError
from yardwatch.report.credentials import PictureFacts, ShownScene, read_credentials, read_signer, sign_picture

pytest.importorskip("c2pa", reason="needs the extra credentials")

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FACTS = PictureFacts(
    "The yard on 3 December 2024",
    (ShownScene("one-5e5e", "5e" * 32, "2024-12-03T02:15Z", "© Example Imaging", (10, 20, 300, 200)),),
    ("outlines of railcars",),
    resized=True,
)


def certificate(name, key, issuer, issuer_key, *, authority):
    """A certificate for a test."""
    now = datetime.now(UTC)
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)]
    )
    usage = dict.fromkeys(
        [
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ],
        False,
    )
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=not authority, key_cert_sign=authority, crl_sign=authority, **usage),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not authority:
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return built.sign(issuer_key, hashes.SHA256())


@pytest.fixture(scope="module")
def pems(tmp_path_factory):
    """Key and certificate files of an invented newsroom."""
    folder = tmp_path_factory.mktemp("keys")
    above, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = certificate("Invented authority", above, None, above, authority=True)
    leaf = certificate("Invented newsroom", own, root.subject, above, authority=False)
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(own.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "locked.pem").write_bytes(
        own.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"secret"))
    )
    (folder / "other.pem").write_bytes(above.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "cert.pem").write_bytes(leaf.public_bytes(pem) + root.public_bytes(pem))
    return folder


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


def test_a_simulated_picture_says_so(picture, signer):
    """As media that an algorithm made."""
    facts = PictureFacts("An invented yard", (ShownScene("sim-1", "ab" * 32),), simulated=True)
    signed = sign_picture(picture, facts, signer)
    assert b"digitalsourcetype/algorithmicMedia" in signed
    assert read_credentials(signed).facts.simulated


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
    with pytest.raises(MisuseError, match="neither PNG nor JPEG"):
        sign_picture(b"%PDF-1.7", FACTS, signer)
