"""Keys and certificates of an invented newsroom."""

from datetime import UTC, datetime, timedelta

_USAGE = (
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "encipher_only",
    "decipher_only",
)


def write_keys(folder):
    """``key.pem``, ``cert.pem`` with that of its authority, ``other.pem``, and ``locked.pem`` with a password."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 -- of an extra
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 -- of an extra

    above, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("Invented authority", above, None, above, authority=True)
    leaf = _certificate("Invented newsroom", own, root.subject, above, authority=False)
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    plain, locked = serialization.NoEncryption(), serialization.BestAvailableEncryption(b"secret")
    (folder / "key.pem").write_bytes(own.private_bytes(pem, form, plain))
    (folder / "locked.pem").write_bytes(own.private_bytes(pem, form, locked))
    (folder / "other.pem").write_bytes(above.private_bytes(pem, form, plain))
    (folder / "cert.pem").write_bytes(leaf.public_bytes(pem) + root.public_bytes(pem))
    return folder


def _certificate(name, key, issuer, issuer_key, *, authority):
    from cryptography import x509  # noqa: PLC0415 -- of an extra
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 -- of an extra
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID  # noqa: PLC0415 -- of an extra

    now = datetime.now(UTC)
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)]
    )
    usage = x509.KeyUsage(
        digital_signature=not authority, key_cert_sign=authority, crl_sign=authority, **dict.fromkeys(_USAGE, False)
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
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not authority:
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return built.sign(issuer_key, hashes.SHA256())
