"""Signatures that anyone can check, with OpenSSL if need be."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from hypothesis import given, settings, strategies as st

from driftkeeper.domain.canonical import digest
from driftkeeper.domain.errors import ConfigError
from driftkeeper.domain.signing import Signer, is_signed_by, is_signed_with_rsa, new_key

SIGNER = Signer(new_key())
digests = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(digests)
@settings(max_examples=25)
def test_what_was_signed_is_recognised_with_the_public_key_alone(entry: str) -> None:
    signature = SIGNER.sign(entry)
    assert is_signed_by(SIGNER.public, entry, signature)
    assert signature == SIGNER.sign(entry)  # Ed25519 leaves nothing to chance


@given(digests, st.integers(0, 511), st.integers(0, 63))
@settings(max_examples=50)
def test_a_signature_or_digest_that_was_touched_is_not_recognised(
    entry: str, bit: int, place: int
) -> None:
    raw = bytearray(base64.b64decode(SIGNER.sign(entry)))
    raw[bit // 8] ^= 1 << bit % 8
    assert not is_signed_by(SIGNER.public, entry, base64.b64encode(raw).decode())
    other = entry[:place] + ("0" if entry[place] != "0" else "1") + entry[place + 1 :]
    assert not is_signed_by(SIGNER.public, other, SIGNER.sign(entry))


@pytest.mark.parametrize("signature", ["", "A", "not base64 at all!", "QUJD", "é", "\x00" * 88])
def test_what_is_no_signature_is_not_recognised_and_does_no_harm(signature: str) -> None:
    assert not is_signed_by(SIGNER.public, "ab" * 32, signature)


@pytest.mark.parametrize("public", [b"", b"short", b"\x00" * 32, b"x" * 33])
def test_nor_does_a_broken_public_key(public: bytes) -> None:
    assert not is_signed_by(public, "ab" * 32, SIGNER.sign("ab" * 32))


def test_another_key_does_not_recognise_it() -> None:
    assert not is_signed_by(Signer(new_key()).public, "ab" * 32, SIGNER.sign("ab" * 32))


def test_keys_are_new_each_time_and_named_by_their_digest() -> None:
    other = Signer(new_key())
    assert other.key_id != SIGNER.key_id
    assert SIGNER.key_id == digest(SIGNER.public)
    assert len(SIGNER.public) == 32


def test_a_key_survives_being_written_and_read() -> None:
    pem = new_key()
    assert Signer(pem).key_id == Signer(pem).key_id
    assert pem.startswith(b"-----BEGIN PRIVATE KEY-----")
    public = load_pem_public_key(Signer(pem).public_pem.encode())
    private = load_pem_private_key(pem, password=None)
    assert public == private.public_key()


def _other_keys() -> dict[str, bytes]:
    ec = generate_private_key(SECP256R1())
    ours = load_pem_private_key(new_key(), password=None)
    locked = BestAvailableEncryption(b"secret")
    return {
        "of another kind": ec.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "locked": ours.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked),
        "public": SIGNER.public_pem.encode(),
        "cut off": new_key()[:-30],
        "empty": b"",
        "of other bytes": b"\x00\xff",
    }


@pytest.mark.parametrize("name", list(_other_keys()))
def test_a_key_that_cannot_sign_is_a_configuration_error_of_one_line(name: str) -> None:
    with pytest.raises(ConfigError, match="the signing key") as caught:
        Signer(_other_keys()[name])
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
def test_openssl_agrees(tmp_path: Path) -> None:
    """The check that the documentation shows to auditors."""
    entry = digest(b"entry")
    files = {
        "key.pub": SIGNER.public_pem.encode(),
        "digest.txt": entry.encode(),
        "digest.sig": base64.b64decode(SIGNER.sign(entry)),
        "other.txt": digest(b"other").encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    def verify(message: str) -> int:
        command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pub"]
        return subprocess.run(
            [*command, "-in", message, "-sigfile", "digest.sig"],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        ).returncode

    assert verify("digest.txt") == 0
    assert verify("other.txt") != 0


class TestRsa:
    """Signatures that AWS makes."""

    RSA = generate_rsa_key(65537, 2048)
    MESSAGE = b"2026-07-01T03:00:00Z\nbucket/key\nhash\nnull"
    SIGNATURE = RSA.sign(MESSAGE, padding.PKCS1v15(), SHA256())

    def _der(self, form: PublicFormat) -> bytes:
        return self.RSA.public_key().public_bytes(Encoding.DER, form)

    @pytest.mark.parametrize("form", [PublicFormat.PKCS1, PublicFormat.SubjectPublicKeyInfo])
    def test_one_is_recognised_with_the_key_in_either_form(self, form: PublicFormat) -> None:
        der = self._der(form)
        assert is_signed_with_rsa(der, self.MESSAGE, self.SIGNATURE)
        assert not is_signed_with_rsa(der, self.MESSAGE + b"\n", self.SIGNATURE)
        assert not is_signed_with_rsa(der, self.MESSAGE, self.SIGNATURE[:-1])
        assert not is_signed_with_rsa(der, self.MESSAGE, b"")

    def test_one_with_another_padding_or_hash_is_not(self) -> None:
        der = self._der(PublicFormat.PKCS1)
        pss = padding.PSS(padding.MGF1(SHA256()), padding.PSS.MAX_LENGTH)
        for signature in (
            self.RSA.sign(self.MESSAGE, pss, SHA256()),
            self.RSA.sign(self.MESSAGE, padding.PKCS1v15(), SHA512()),
        ):
            assert not is_signed_with_rsa(der, self.MESSAGE, signature)

    @pytest.mark.parametrize("public", [b"", b"key", b"\x30\x82\xff", b"\x00" * 300])
    def test_a_broken_key_has_signed_nothing(self, public: bytes) -> None:
        assert not is_signed_with_rsa(public, self.MESSAGE, self.SIGNATURE)

    def test_nor_has_a_key_of_another_sort(self) -> None:
        other = generate_private_key(SECP256R1()).public_key()
        der = other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert not is_signed_with_rsa(der, self.MESSAGE, self.SIGNATURE)
