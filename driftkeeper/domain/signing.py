"""Ed25519 signatures (RFC 8032) over journal digests.

Keys are PEM: PKCS#8 for the private one, SubjectPublicKeyInfo for the public one, so that
`openssl pkeyutl -verify -rawin` can check a signature too.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
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
