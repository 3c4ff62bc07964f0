"""Signatures: our own over journal digests, and those that AWS makes with RSA.

Ours are Ed25519 (RFC 8032). Keys are PEM: PKCS#8 for the private one, SubjectPublicKeyInfo for the public
one, so that `openssl pkeyutl -verify -rawin` can check a signature too. Those of AWS are PKCS#1 v1.5 with
SHA-256 (RFC 8017, 8.2).
"""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)

from driftkeeper.domain.canonical import digest
from driftkeeper.domain.errors import ConfigError


def new_key() -> bytes:
    """Return a fresh private key as PEM."""
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


class Signer:
    """Holds one private key and signs digests with it."""

    def __init__(self, pem: bytes) -> None:
        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError) as error:
            raise ConfigError(f"the signing key cannot be read: {error}") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise ConfigError("the signing key is not an Ed25519 key; make one with `init`")
        self._key = key
        self.public = key.public_key().public_bytes_raw()

    @property
    def key_id(self) -> str:
        """The SHA-256 of the raw public key in hex."""
        return digest(self.public)

    @property
    def public_pem(self) -> str:
        """The public key as PEM, for publishing."""
        pem = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return pem.decode()

    def sign(self, entry_digest: str) -> str:
        """Return the base64 signature over a digest in hex (its ASCII characters)."""
        return base64.b64encode(self._key.sign(entry_digest.encode())).decode()


def is_signed_by(public: bytes, entry_digest: str, signature: str) -> bool:
    """Say whether the base64 signature over the digest was made with that raw public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(
            base64.b64decode(signature, validate=True), entry_digest.encode()
        )
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def is_signed_with_rsa(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether the message was signed by the owner of an RSA key.

    The public key is DER, as SubjectPublicKeyInfo or as the bare PKCS#1 key; what is none has signed
    nothing.
    """
    try:
        key = load_der_public_key(public)
        if not isinstance(key, RSAPublicKey):
            return False
        key.verify(signature, message, padding.PKCS1v15(), SHA256())
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
